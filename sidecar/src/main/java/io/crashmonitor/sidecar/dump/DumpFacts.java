package io.crashmonitor.sidecar.dump;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a dump says of itself, each part empty where it does not.
 *
 * @param pid of the process
 * @param processStart whole seconds
 * @param written when the dump was begun
 * @param process file name of the program
 * @param exceptionCode unsigned hexadecimal, such as 0xC0000005
 * @param comment left by its writer: ProcDump's arguments and the event
 * @param osVersion such as 10.0.20348
 */
public record DumpFacts(
    OptionalLong pid,
    Optional<Instant> processStart,
    Optional<Instant> written,
    Optional<String> process,
    Optional<String> exceptionCode,
    Optional<String> comment,
    Optional<String> osVersion) {

  /** Of a dump that says nothing. */
  public static final DumpFacts NONE =
      new DumpFacts(
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
