package io.crashmonitor.minidump.report;

import java.util.List;

/**
 * The process.
 *
 * @param id process id; 0 when the dump has none
 * @param name file name of the program
 * @param path of the program
 * @param startTime whole seconds
 * @param commandLine as the process had it
 * @param environment names of its variables, never their values
 * @param resources what it used
 * @param rights as whom it ran
 */
public record ProcessFacts(
    long id,
    String name,
    String path,
    String startTime,
    String commandLine,
    List<String> environment,
    Resources resources,
    Rights rights) {
  public ProcessFacts {
    environment = CrashReport.copy(environment);
    rights = rights == null ? Rights.UNKNOWN : rights;
  }

  /**
   * What the process used when the dump was written; 0 when not known.
   *
   * @param workingSet bytes in RAM
   * @param peakWorkingSet the most it ever had
   * @param commit bytes committed: what a Windows container's memory limit counts
   * @param peakCommit the most it ever had
   * @param jobCommit bytes committed by all processes of its job; a Windows container is one
   * @param jobPeakCommit the most the job ever had
   * @param jobCommitLimit where the job's allocations fail; 0 also when it has no limit
   * @param userSeconds CPU time in user mode
   * @param kernelSeconds CPU time in the kernel
   * @param handles open handles
   * @param handleTypes the most frequent of them, at most 8, most first
   */
  public record Resources(
      long workingSet,
      long peakWorkingSet,
      long commit,
      long peakCommit,
      long jobCommit,
      long jobPeakCommit,
      long jobCommitLimit,
      long userSeconds,
      long kernelSeconds,
      long handles,
      List<HandleType> handleTypes) {
    public Resources {
      handleTypes = CrashReport.copy(handleTypes);
    }
  }

  /** How many handles are of a type: {@code Event}, {@code File}, {@code Key}. */
  public record HandleType(String type, int count) {}

  /**
   * As whom the process ran; names of persons and SIDs are not taken out of a dump. Empty where it
   * is not known.
   *
   * @param account if it is one that every machine has: {@code ContainerUser}, {@code LocalSystem}
   * @param integrity {@code untrusted}, {@code low}, {@code medium}, {@code high}, {@code system}
   * @param administrator whether the group of administrators was in force: {@code yes}, {@code no}
   */
  public record Rights(String account, String integrity, String administrator) {
    /** Nothing is known. */
    public static final Rights UNKNOWN = new Rights("", "", "");
  }
}
