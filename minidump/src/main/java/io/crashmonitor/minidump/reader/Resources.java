package io.crashmonitor.minidump.reader;

/**
 * What the process used when it crashed, for those who ask whether it ran out of something.
 *
 * @param workingSet bytes in RAM; 0 when not known
 * @param peakWorkingSet the most it ever had
 * @param commit bytes it had committed: what a Windows container's memory limit counts
 * @param peakCommit the most it ever had
 * @param handles open handles
 */
public record Resources(
    long workingSet, long peakWorkingSet, long commit, long peakCommit, long handles) {
  /** MINIDUMP_PROCESS_VM_COUNTERS_1 and _2 agree up to the peak of the page file's usage. */
  static Resources counters(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, 72);
    long at = stream.offset();
    bytes.require(at, 72);
    return new Resources(
        bytes.u64(at + 16), bytes.u64(at + 8), bytes.u64(at + 56), bytes.u64(at + 64), 0);
  }

  Resources withHandles(long count) {
    return new Resources(workingSet, peakWorkingSet, commit, peakCommit, count);
  }

  /** Whether anything is known. */
  public boolean known() {
    return (workingSet | commit | handles) != 0;
  }
}
