package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.pe.PeImage;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.Minidump;
import java.util.Map;
import java.util.Optional;

/**
 * The exception the operating system saw, as far as it tells which managed exception stands behind
 * it. A thread keeps the last exception it dealt with long after it was handled: without this check
 * a native crash would be given the name of an exception that was caught an hour before.
 *
 * @param threadId of the thread that crashed
 * @param code as raised
 * @param hresult of the managed exception; only under the CLR's own code
 * @param inNativeCode whether a native module's own code ran into it, which no managed exception is
 *     made of
 */
public record Raised(long threadId, int code, Optional<Integer> hresult, boolean inNativeCode) {
  /** Under this code the CLR raises what was thrown by managed code. */
  public static final int MANAGED_EXCEPTION = 0xE0434352;

  /**
   * HRESULT of the exception the CLR makes of a hardware fault in managed code; unhandled, it is
   * raised again under the fault's own code.
   */
  private static final Map<Integer, Integer> OF_FAULT =
      Map.of(
          0xC0000005, 0x80004003,
          0xC0000094, 0x80020012,
          0xC0000095, 0x80131516,
          0xC00000FD, 0x800703E9);

  /** What the dump was written for; empty where it has no exception. */
  public static Optional<Raised> in(Minidump dump, Memory memory) {
    return dump.exception().map(exception -> of(exception, dump, memory));
  }

  private static Raised of(ExceptionInfo exception, Minidump dump, Memory memory) {
    boolean managed = exception.code() == MANAGED_EXCEPTION;
    return new Raised(
        exception.threadId(),
        exception.code(),
        managed
            ? exception.parameters().stream().findFirst().map(Long::intValue)
            : Optional.empty(),
        dump.modules()
            .find(exception.address())
            .filter(module -> isNative(memory, module))
            .isPresent());
  }

  /**
   * RaiseException, by which the CLR raises a fault again, lies in kernelbase.dll; jitted code in
   * no module.
   */
  private static boolean isNative(Memory memory, DumpModule module) {
    return !module.name().equalsIgnoreCase("kernelbase.dll")
        && PeImage.at(memory, module.base())
            .filter(image -> image.directory(PeImage.CLI).present())
            .isEmpty();
  }

  /**
   * Whether an exception object can be the one that was raised.
   *
   * @param xcode the operating system's code in the object
   * @param objectHresult the HRESULT in the object
   */
  public boolean isOf(int xcode, int objectHresult) {
    if (code == MANAGED_EXCEPTION) {
      return hresult.isEmpty() || hresult.get() == objectHresult;
    }
    Integer expected = OF_FAULT.get(code);
    return !inNativeCode && (xcode == code || expected != null && expected == objectHresult);
  }
}
