package io.crashmonitor.minidump.reason;

import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.SystemInfo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why the process crashed, in words.
 *
 * @param name symbolic: {@code ACCESS_VIOLATION}; the code in hex when it has no name
 * @param words with the exception's parameters: {@code Access violation: read of 0x10}
 * @param access what was tried, for faults of memory: {@code read}, {@code write}, {@code execute};
 *     else empty
 * @param accessAddress the address that could not be accessed
 */
public record CrashReason(String name, String words, String access, OptionalLong accessAddress) {
  private static final int ACCESS_VIOLATION = 0xC0000005;
  private static final int IN_PAGE_ERROR = 0xC0000006;
  private static final int GUARD_PAGE = 0x80000001;
  private static final int FAST_FAIL = 0xC0000409;
  private static final int CLR = 0xE0434352;
  private static final int CPP = 0xE06D7363;
  private static final long NULL_PAGES = 0x10000;

  /**
   * Explains an exception.
   *
   * @param memory for what the parameters point at
   * @param system the numbers of other systems are their own
   */
  public static CrashReason of(
      ExceptionInfo exception, Optional<SystemInfo> system, Memory memory) {
    if (!system.map(SystemInfo::windows).orElse(true)) {
      return OtherSystems.reason(exception, system.get());
    }
    int code = exception.code();
    List<Long> parameters = exception.parameters();
    return switch (code) {
      case ACCESS_VIOLATION, IN_PAGE_ERROR, GUARD_PAGE -> memoryFault(code, parameters);
      case FAST_FAIL -> fastFail(parameters);
      case CLR -> clr(parameters);
      case CPP -> plain(code, CppException.words(parameters, memory));
      default -> plain(code, words(code));
    };
  }

  private static String words(int code) {
    return CodeNames.of(code)
        .map(CodeNames.Name::words)
        .orElseGet(() -> "Exception " + CodeNames.hex(code));
  }

  private static CrashReason plain(int code, String words) {
    return new CrashReason(name(code), words, "", OptionalLong.empty());
  }

  private static String name(int code) {
    return CodeNames.of(code).map(CodeNames.Name::name).orElseGet(() -> CodeNames.hex(code));
  }

  private static CrashReason memoryFault(int code, List<Long> parameters) {
    if (parameters.size() < 2) {
      return plain(code, words(code));
    }
    String access =
        switch ((int) (long) parameters.get(0)) {
          case 0 -> "read";
          case 1 -> "write";
          case 8 -> "execute";
          default -> "access";
        };
    long address = parameters.get(1);
    String words = words(code) + ": " + access + " of 0x" + Long.toHexString(address);
    if (code == IN_PAGE_ERROR && parameters.size() > 2) {
      int status = (int) (long) parameters.get(2);
      words += " failed with " + CodeNames.hex(status) + " (" + words(status) + ")";
    } else if (address == -1 && code == ACCESS_VIOLATION) {
      words += " (or of an address that is not canonical: the processor does not tell)";
    } else if ("execute".equals(access)) {
      words += address == 0 ? " (call of a null pointer)" : "";
    } else if (Long.compareUnsigned(address, NULL_PAGES) < 0) {
      words += " (null pointer)";
    }
    return new CrashReason(name(code), words, access, OptionalLong.of(address));
  }

  private static CrashReason fastFail(List<Long> parameters) {
    if (parameters.isEmpty()) {
      return plain(FAST_FAIL, "Fast fail");
    }
    long sub = parameters.get(0);
    String known = CodeNames.fastFail(sub).map(name -> name + " (" + sub + ")").orElse("" + sub);
    return plain(FAST_FAIL, "Fast fail: " + known);
  }

  private static CrashReason clr(List<Long> parameters) {
    if (parameters.isEmpty()) {
      return plain(CLR, words(CLR));
    }
    int hresult = (int) (long) parameters.get(0);
    String known = CodeNames.of(hresult).map(name -> " (" + name.words() + ")").orElse("");
    return plain(CLR, words(CLR) + ": HRESULT " + CodeNames.hex(hresult) + known);
  }
}
