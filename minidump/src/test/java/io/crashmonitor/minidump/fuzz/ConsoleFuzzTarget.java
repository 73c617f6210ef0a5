package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.clr.console.ConsoleText;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The input is what a program printed before it died. */
public final class ConsoleFuzzTarget {
  /** One of each form that the runtimes print. */
  static final String SAMPLE =
      """
      2026-11-22T08:00:00Z stderr F starting
      Unhandled exception. Contoso.Shop.OrderException: order 1
      second line (Parameter 'sku')
       ---> System.AggregateException: several
       ---> (Inner Exception #1) System.DivideByZeroException: by zero<---
         at Contoso.Shop.Cart`1.<Place>d__3.MoveNext() in C:\\src\\Cart.cs:line 12
         --- End of inner exception stack trace ---
         at Contoso.Shop.Program.<>c.<Main>b__0_0(String[] args, Action`1 done)
      --- End of stack trace from previous location ---
         at Contoso.Shop.Program.Main(String[] args)

      Process terminated. ledger out of balance
         at System.Environment.FailFast(System.String)
      Fatal error. System.AccessViolationException: protected memory
      Repeat 2 times:
      --------------------------------
         at Contoso.Shop.Native.crash_here(Int32)
      --------------------------------
      Stack overflow.
      Unhandled Exception: System.IO.IOException: disk
         at A.B()
      """;

  private ConsoleFuzzTarget() {}

  /** Whatever the text: a crash or none. */
  public static void fuzzerTestOneInput(byte[] data) {
    Objects.requireNonNull(ConsoleText.parse(new String(data, StandardCharsets.UTF_8)));
  }
}
