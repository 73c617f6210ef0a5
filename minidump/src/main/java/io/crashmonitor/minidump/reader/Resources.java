package io.crashmonitor.minidump.reader;

/**
 * Memory that the process used when the dump was written (MINIDUMP_PROCESS_VM_COUNTERS), for those
 * who ask whether it ran out of it. In bytes; 0 when not known.
 *
 * @param workingSet in RAM
 * @param peakWorkingSet the most it ever had
 * @param commit what it had committed: what a Windows container's memory limit counts
 * @param peakCommit the most it ever had
 * @param jobCommit committed by all processes of its job; a Windows container is a job
 * @param jobPeakCommit the most the job ever had
 * @param jobCommitLimit where the job's allocations fail; 0 also when it has no limit
 */
public record Resources(
    long workingSet,
    long peakWorkingSet,
    long commit,
    long peakCommit,
    long jobCommit,
    long jobPeakCommit,
    long jobCommitLimit) {
  /** Nothing is known. */
  public static final Resources UNKNOWN = new Resources(0, 0, 0, 0, 0, 0, 0);

  private static final int SIZE = 72;
  private static final int SIZE_WITH_JOB = 152;
  private static final int HAS_JOB = 0x10;

  /** Versions 1 and 2 agree up to the peak of the page file's usage; the second adds the job. */
  static Resources counters(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, SIZE);
    long at = stream.offset();
    boolean job =
        stream.size() >= SIZE_WITH_JOB && bytes.u16(at) >= 2 && (bytes.u16(at + 2) & HAS_JOB) != 0;
    bytes.require(at, job ? SIZE_WITH_JOB : SIZE);
    return new Resources(
        bytes.u64(at + 16),
        bytes.u64(at + 8),
        bytes.u64(at + 56),
        bytes.u64(at + 64),
        job ? bytes.u64(at + 120) : 0,
        job ? bytes.u64(at + 128) : 0,
        job ? limit(bytes.u64(at + 136), bytes.u64(at + 144)) : 0);
  }

  /** The lower of the limits of private and of all commit; 0 stands for none. */
  private static long limit(long ofPrivate, long ofAll) {
    if (ofPrivate <= 0 || ofAll <= 0) {
      return Math.max(0, Math.max(ofPrivate, ofAll));
    }
    return Math.min(ofPrivate, ofAll);
  }
}
