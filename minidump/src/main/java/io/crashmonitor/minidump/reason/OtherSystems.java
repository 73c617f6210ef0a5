package io.crashmonitor.minidump.reason;

import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.SystemInfo;
import java.util.OptionalLong;

/**
 * Reasons in the minidumps that Breakpad and Crashpad write on other systems: the signal's name, no
 * more. Those systems are not what this module is for; their dumps are read as far as they go.
 */
final class OtherSystems {
  private OtherSystems() {}

  static CrashReason reason(ExceptionInfo exception, SystemInfo system) {
    String name = exception.code() == -1 ? "DUMP_REQUESTED" : name(exception.code(), system);
    String words =
        exception.code() == -1
            ? "The dump was requested; no exception"
            : name + " at 0x" + Long.toHexString(exception.address());
    return new CrashReason(name, words, "", OptionalLong.empty());
  }

  private static String name(int code, SystemInfo system) {
    return switch (system.family()) {
      case "Linux", "Android" -> signal(code);
      case "macOS", "iOS" -> mach(code);
      default -> CodeNames.hex(code);
    };
  }

  private static String signal(int number) {
    return switch (number) {
      case 1 -> "SIGHUP";
      case 2 -> "SIGINT";
      case 3 -> "SIGQUIT";
      case 4 -> "SIGILL";
      case 5 -> "SIGTRAP";
      case 6 -> "SIGABRT";
      case 7 -> "SIGBUS";
      case 8 -> "SIGFPE";
      case 9 -> "SIGKILL";
      case 11 -> "SIGSEGV";
      case 13 -> "SIGPIPE";
      case 15 -> "SIGTERM";
      case 24 -> "SIGXCPU";
      case 31 -> "SIGSYS";
      default -> "signal " + number;
    };
  }

  private static String mach(int number) {
    return switch (number) {
      case 1 -> "EXC_BAD_ACCESS";
      case 2 -> "EXC_BAD_INSTRUCTION";
      case 3 -> "EXC_ARITHMETIC";
      case 4 -> "EXC_EMULATION";
      case 5 -> "EXC_SOFTWARE";
      case 6 -> "EXC_BREAKPOINT";
      case 10 -> "EXC_CRASH";
      case 11 -> "EXC_RESOURCE";
      case 12 -> "EXC_GUARD";
      default -> CodeNames.hex(number);
    };
  }
}
