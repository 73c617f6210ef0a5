package io.crashmonitor.minidump.clr;

import java.util.Optional;

/**
 * Code of a managed runtime at an address.
 *
 * @param method readable name with its type ({@code Contoso.Shop.OrderService.Place}); empty for a
 *     stub of the runtime, which is walked through but is no frame of its own in managed terms
 * @param assembly file name of the assembly ({@code Shop.dll}); empty where it is not known
 * @param offset of the address in the method's native code
 * @param hidden whether the method asks to be left out of stack traces (StackTraceHidden)
 * @param unwind how to unwind it; empty: by the module's own table if the address lies in a module,
 *     else as a leaf (return address on top of the stack)
 */
public record ManagedCode(
    String method, String assembly, long offset, boolean hidden, Optional<Unwind> unwind) {

  /**
   * A RUNTIME_FUNCTION in the runtime's own keeping.
   *
   * @param imageBase what begin, end and unwindInfo are relative to
   * @param begin of the function (or funclet)
   * @param end of the function
   * @param unwindInfo RVA of its UNWIND_INFO
   */
  public record Unwind(long imageBase, long begin, long end, long unwindInfo) {}
}
