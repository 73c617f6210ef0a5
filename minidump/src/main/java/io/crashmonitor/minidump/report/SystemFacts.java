package io.crashmonitor.minidump.report;

/**
 * The system the process ran on.
 *
 * @param os family: {@code Windows}
 * @param version {@code 10.0.20348}
 * @param architecture of the process: {@code amd64}, {@code x86}, {@code arm64}
 * @param processors how many
 * @param build in the system's own words; empty when not known
 * @param memory of the machine
 */
public record SystemFacts(
    String os, String version, String architecture, int processors, String build, Memory memory) {
  public SystemFacts {
    build = CrashReport.text(build);
    memory = memory == null ? Memory.UNKNOWN : memory;
  }

  /**
   * Memory of the machine when the dump was written, in bytes; 0 when not known.
   *
   * @param physical RAM
   * @param available of it
   * @param commit committed by all processes
   * @param commitLimit RAM and page files: where allocations fail
   */
  public record Memory(long physical, long available, long commit, long commitLimit) {
    /** Nothing is known. */
    public static final Memory UNKNOWN = new Memory(0, 0, 0, 0);
  }
}
