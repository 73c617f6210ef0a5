package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/**
 * The exception the dump was written for (MINIDUMP_EXCEPTION_STREAM).
 *
 * @param threadId the thread it happened on
 * @param code e.g. 0xC0000005, as the signed number it is on Windows
 * @param flags 0: continuable (often first chance); 1: not continuable
 * @param address of the instruction
 * @param parameters at most 15
 * @param context registers at that moment: not the ones in the thread list
 */
public record ExceptionInfo(
    long threadId, int code, long flags, long address, List<Long> parameters, Place context) {

  private static final int SIZE = 168;
  private static final int MOST_PARAMETERS = 15;

  static ExceptionInfo read(ByteSource bytes, StreamEntry stream, Findings findings) {
    Shape.atLeast(stream, SIZE);
    long at = stream.offset();
    bytes.require(at, SIZE);
    long claimed = bytes.u32(at + 32);
    if (claimed > MOST_PARAMETERS) {
      findings.add(
          Finding.at(
              "Exception", at + 32, claimed + " exception parameters; at most 15 are possible"));
    }
    List<Long> parameters = new ArrayList<>();
    for (int i = 0; i < Math.min(claimed, MOST_PARAMETERS); i++) {
      parameters.add(bytes.u64(at + 40 + 8L * i));
    }
    return new ExceptionInfo(
        bytes.u32(at),
        bytes.i32(at + 8),
        bytes.u32(at + 12),
        bytes.u64(at + 24),
        List.copyOf(parameters),
        Place.read(bytes, at + 160));
  }
}
