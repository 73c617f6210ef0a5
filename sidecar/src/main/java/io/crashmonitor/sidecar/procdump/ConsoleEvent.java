package io.crashmonitor.sidecar.procdump;

/**
 * What a line of ProcDump's console says. There is no event for its exit code, which contradicts
 * these lines from version to version and is never asked for.
 */
public sealed interface ConsoleEvent {
  /** A ProcDump began to speak. */
  record Started(String version) implements ConsoleEvent {}

  /** The process it was told to watch. */
  record Watching(String process, long pid) implements ConsoleEvent {}

  /** It is attached, and ends only with the process or when asked to. */
  record Attached() implements ConsoleEvent {}

  /**
   * An exception.
   *
   * @param unhandled whether nobody handled it; else it was seen when thrown
   * @param code eight hexadecimal digits, such as E0434352
   * @param name such as ACCESS_VIOLATION or System.InvalidOperationException; may be empty
   * @param message of a managed exception; may be empty
   */
  record Thrown(boolean unhandled, String code, String name, String message)
      implements ConsoleEvent {
    // ProcDump's managed engine says E0434F4D also where the runtime raises E0434352.
    private static final String CLR = "E0434352";
    private static final String CLR_BY_ENGINE = "E0434F4D";

    /** Whether the name is that of a .NET type; without its engine ProcDump says CLR alone. */
    public boolean managed() {
      return (code.equals(CLR) || code.equals(CLR_BY_ENGINE))
          && !name.isEmpty()
          && !name.equals("CLR");
    }
  }

  /** A dump is begun. */
  record DumpInitiated(int number, String path) implements ConsoleEvent {}

  /** A dump is written to its end. */
  record DumpComplete(int number, String words) implements ConsoleEvent {}

  /** A dump was not written, or not to its end. */
  record DumpFailed(int number, String words) implements ConsoleEvent {}

  /** It could not do what it was told. */
  record Failed(String words) implements ConsoleEvent {}

  /** The process has ended. */
  record ProcessExited() implements ConsoleEvent {}

  /**
   * It ends.
   *
   * @param enough whether it took all the dumps it was to take
   */
  record Ended(boolean enough) implements ConsoleEvent {}
}
