package io.crashmonitor.report;

import java.util.Map;
import java.util.Optional;

/**
 * A Windows exit code: 32 bit. Kubernetes shows it signed (-1073741819), Docker unsigned
 * (3221225477), people know it as 0xC0000005; all three are one value here.
 *
 * @param value the bits, signed as in {@code lastState.terminated.exitCode}
 */
public record ExitCode(int value) {
  // NTSTATUS values from [MS-ERREF] 2.3.1; CLR and HRESULT values from corerror.h.
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0xC0000005, "STATUS_ACCESS_VIOLATION"),
          Map.entry(0xC0000006, "STATUS_IN_PAGE_ERROR"),
          Map.entry(0xC000001D, "STATUS_ILLEGAL_INSTRUCTION"),
          Map.entry(0xC0000025, "STATUS_NONCONTINUABLE_EXCEPTION"),
          Map.entry(0xC000008C, "STATUS_ARRAY_BOUNDS_EXCEEDED"),
          Map.entry(0xC000008E, "STATUS_FLOAT_DIVIDE_BY_ZERO"),
          Map.entry(0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO"),
          Map.entry(0xC0000095, "STATUS_INTEGER_OVERFLOW"),
          Map.entry(0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION"),
          Map.entry(0xC00000FD, "STATUS_STACK_OVERFLOW"),
          Map.entry(0xC0000135, "STATUS_DLL_NOT_FOUND"),
          Map.entry(0xC0000138, "STATUS_ORDINAL_NOT_FOUND"),
          Map.entry(0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND"),
          Map.entry(0xC000013A, "STATUS_CONTROL_C_EXIT"),
          Map.entry(0xC0000142, "STATUS_DLL_INIT_FAILED"),
          Map.entry(0xC0000354, "STATUS_DEBUGGER_INACTIVE"),
          Map.entry(0xC0000374, "STATUS_HEAP_CORRUPTION"),
          Map.entry(0xC0000409, "STATUS_STACK_BUFFER_OVERRUN"),
          Map.entry(0xC0000417, "STATUS_INVALID_CRUNTIME_PARAMETER"),
          Map.entry(0xC0000420, "STATUS_ASSERTION_FAILURE"),
          Map.entry(0xC0000602, "STATUS_FAIL_FAST_EXCEPTION"),
          Map.entry(0x80000003, "STATUS_BREAKPOINT"),
          Map.entry(0x40010004, "DBG_TERMINATE_PROCESS"),
          Map.entry(0xE06D7363, "CPP_EXCEPTION"),
          Map.entry(0xE0434352, "CLR_EXCEPTION"),
          Map.entry(0xE0434F4D, "CLR_EXCEPTION_V1"),
          Map.entry(0xE053534F, "CLR_STACK_OVERFLOW"),
          Map.entry(0x800703E9, "COR_E_STACKOVERFLOW"),
          Map.entry(0x80131506, "COR_E_EXECUTIONENGINE"),
          Map.entry(0x80131623, "COR_E_FAILFAST"),
          Map.entry(0x8007000E, "E_OUTOFMEMORY"));

  /**
   * Reads -1073741819, 3221225477, 0xC0000005 and C0000005 (eight hexadecimal digits) alike.
   *
   * @return empty when the text is none of these
   */
  public static Optional<ExitCode> parse(String text) {
    try {
      String t = text.strip();
      if (t.startsWith("0x") || t.startsWith("0X")) {
        return t.length() > 10 || t.length() < 3
            ? Optional.empty()
            : Optional.of(new ExitCode(Integer.parseUnsignedInt(t.substring(2), 16)));
      }
      if (t.length() == 8 && t.chars().anyMatch(Character::isLetter)) {
        return Optional.of(new ExitCode(Integer.parseUnsignedInt(t, 16)));
      }
      long value = Long.parseLong(t);
      return value < Integer.MIN_VALUE || value > 0xFFFF_FFFFL
          ? Optional.empty()
          : Optional.of(new ExitCode((int) value));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /** The eight hexadecimal digits, as in blob names: C0000005. */
  public String hex() {
    return String.format("%08X", value);
  }

  /** As people and status write it: 0xC0000005. */
  public String code() {
    return "0x" + hex();
  }

  /** The name of the status, or nothing where it has none. */
  public String name() {
    return NAMES.getOrDefault(value, "");
  }

  /**
   * Whether a process that ended with it has crashed. An end by request is no crash: 0, Ctrl-C
   * (C000013A) and termination by a debugger (40010004).
   */
  public boolean isCrash() {
    return value != 0 && value != 0xC000013A && value != 0x40010004;
  }

  /**
   * Whether it is the code of an exception nobody handled: an NTSTATUS of severity error
   * ([MS-ERREF] 2.3, the two highest bits), Microsoft's or a customer's such as the CLR's.
   */
  public boolean isException() {
    return value >>> 30 == 3 && isCrash();
  }

  @Override
  public String toString() {
    return name().isEmpty() ? code() : code() + " (" + name() + ")";
  }
}
