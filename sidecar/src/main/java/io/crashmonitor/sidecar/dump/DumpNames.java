package io.crashmonitor.sidecar.dump;

import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names in {@code dumps}, as the helper gives them: pid and start of the process. */
final class DumpNames {
  private static final Pattern FOLDER = Pattern.compile("([0-9]{1,10})_([0-9]{1,15})");
  private static final Pattern READY =
      Pattern.compile("([0-9]{1,10})_([0-9]{1,15})_[0-9]{1,6}\\.dmp");
  // ProcDump's own name for the file, from the program's: anything but what Windows forbids.
  private static final Pattern WRITTEN =
      Pattern.compile("[^\\\\/:*?\"<>|\\p{Cntrl}]{1,200}\\.dmp", Pattern.CASE_INSENSITIVE);

  // As the operator wishes it by DOTNET_DbgMiniDumpName: %e_%p_%t.dmp.
  private static final Pattern RUNTIME =
      Pattern.compile("([^\\\\/:*?\"<>|\\p{Cntrl}]{1,200})_([0-9]{1,10})_([0-9]{1,11})\\.dmp");

  private static final long LARGEST_PID = 0xFFFF_FFFFL;

  private DumpNames() {}

  /** The process of a folder in {@code incoming}: {@code <pid>_<startEpochMillis>}. */
  static Optional<ProcessInstance> ofFolder(String name) {
    return process(FOLDER.matcher(name));
  }

  /** The process of a file in {@code ready}: {@code <pid>_<startEpochMillis>_<n>.dmp}. */
  static Optional<ProcessInstance> ofReady(String name) {
    return process(READY.matcher(name));
  }

  /**
   * The process of a dump by the .NET runtime: {@code <program>_<pid>_<epoch seconds>.dmp}; the
   * time is the dump's.
   */
  static Optional<ProcessInstance> ofRuntime(String name) {
    Matcher matcher = RUNTIME.matcher(name);
    return matcher.matches() && Long.parseLong(matcher.group(2)) <= LARGEST_PID
        ? Optional.of(
            new ProcessInstance(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  /** The program's name in the name of a dump by the runtime. */
  static Optional<String> programOfRuntime(String name) {
    Matcher matcher = RUNTIME.matcher(name);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Whether a file in such a folder can be a dump. */
  static boolean isDump(String name) {
    return WRITTEN.matcher(name).matches();
  }

  private static Optional<ProcessInstance> process(Matcher name) {
    return name.matches() && Long.parseLong(name.group(1)) <= LARGEST_PID
        ? Optional.of(
            new ProcessInstance(
                Long.parseLong(name.group(1)), Long.parseLong(name.group(2)) / 1000))
        : Optional.empty();
  }
}
