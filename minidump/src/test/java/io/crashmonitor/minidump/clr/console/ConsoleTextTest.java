package io.crashmonitor.minidump.clr.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.clr.Printed;
import io.crashmonitor.minidump.clr.console.ConsoleCrash.Kind;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.minidump.report.CrashReport.ManagedFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Console output of each runtime, as its sources and real crashes print it. */
class ConsoleTextTest {
  private static ConsoleCrash parse(String text) {
    return ConsoleText.parse(text).orElseThrow();
  }

  private static List<String> methods(List<ManagedFrame> frames) {
    return frames.stream().map(ManagedFrame::method).toList();
  }

  @Test
  void dotnet_10_with_an_inner_exception() {
    String text =
        """
        Starting shop 1.0
        Unhandled exception. Contoso.Shop.OrderException: Order for 'SKU-1234' x0 failed
         ---> System.DivideByZeroException: Attempted to divide by zero.
           at Contoso.Shop.OrderService.Price(String sku, Int32 n)
           at Contoso.Shop.OrderService.Place(String sku, Int32 n)
           --- End of inner exception stack trace ---
           at Contoso.Shop.OrderService.Place(String sku, Int32 n)
           at Contoso.Shop.Program.Work(String s)
           at Contoso.Shop.Worker`1.Run(T x, Action`1 a)
           at Contoso.Shop.Program.Main(String[] args)
        """;

    ConsoleCrash crash = parse(text);

    assertThat(crash.kind()).isEqualTo(Kind.UNHANDLED_EXCEPTION);
    assertThat(Printed.lines(crash.exceptions()))
        .containsExactlyElementsOf(
            text.lines()
                .skip(1)
                .map(String::strip)
                .map(line -> line.replace("Unhandled exception. ", ""))
                .toList());
    assertThat(crash.exceptions()).extracting(ManagedException::source).containsOnly("log");
  }

  @Test
  void dotnet_framework_prints_the_inner_header_on_the_outers_line() {
    ConsoleCrash crash =
        parse(
            """

            Unhandled Exception: System.Reflection.TargetInvocationException: Exception has been thrown by the target of an invocation. ---> System.ArgumentNullException: Value cannot be null.
            Parameter name: sku ---> System.IO.IOException: disk
               at Shop.Store.Open() in C:\\src\\Shop\\Store.cs:line 12
               --- End of inner exception stack trace ---
               at Shop.Order.Check(String sku) in C:\\src\\Shop\\Order.cs:line 40
               --- End of inner exception stack trace ---
               at System.RuntimeMethodHandle.InvokeMethod(Object target, Object[] arguments, Signature sig, Boolean constructor)
               at Shop.Program.Main(String[] args) in C:\\src\\Shop\\Program.cs:line 7
            """);

    assertThat(crash.exceptions())
        .extracting(ManagedException::type)
        .containsExactly(
            "System.Reflection.TargetInvocationException",
            "System.ArgumentNullException",
            "System.IO.IOException");
    assertThat(crash.exceptions())
        .extracting(ManagedException::message)
        .containsExactly(
            "Exception has been thrown by the target of an invocation.",
            "Value cannot be null.\nParameter name: sku",
            "disk");
    assertThat(crash.exceptions())
        .extracting(exception -> methods(exception.frames()))
        .containsExactly(
            List.of("System.RuntimeMethodHandle.InvokeMethod", "Shop.Program.Main"),
            List.of("Shop.Order.Check"),
            List.of("Shop.Store.Open"));
    ManagedFrame open = crash.exceptions().get(2).frames().get(0);
    assertThat(open.file()).isEqualTo("C:\\src\\Shop\\Store.cs");
    assertThat(open.line()).isEqualTo(12);
  }

  @Test
  void dotnet_framework_in_german() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled Exception: System.InvalidOperationException: Kein Bestand. ---> System.IO.IOException: Platte
               bei Shop.Store.Open() in C:\\src\\Store.cs:Zeile 12.
               --- Ende der internen Ausnahmestapelüberwachung ---
               bei Shop.Program.Main(String[] args)
            """);

    assertThat(crash.exceptions())
        .extracting(exception -> methods(exception.frames()))
        .containsExactly(List.of("Shop.Program.Main"), List.of("Shop.Store.Open"));
    assertThat(crash.exceptions().get(1).frames().get(0).line()).isEqualTo(12);
  }

  @Test
  void a_trace_of_two_parts_keeps_its_boundary() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. System.InvalidOperationException: late
               at Shop.Job.RunAsync() in /src/Job.cs:line 5
            --- End of stack trace from previous location where exception was thrown ---
               at Shop.Program.Main()
            """);

    List<ManagedFrame> frames = crash.exceptions().get(0).frames();
    assertThat(methods(frames)).containsExactly("Shop.Job.RunAsync", "Shop.Program.Main");
    assertThat(frames).extracting(ManagedFrame::endOfPrevious).containsExactly(true, false);
    assertThat(frames.get(0).file()).isEqualTo("/src/Job.cs");
  }

  @Test
  void an_aggregate_keeps_its_first_inner_exception_in_the_chain_and_the_others_beside() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. System.AggregateException: One or more errors occurred. (a) (b)
             ---> System.InvalidOperationException: a
               at Shop.A.Run()
               --- End of inner exception stack trace ---
               at System.Threading.Tasks.Task.Wait()
             ---> (Inner Exception #1) System.TimeoutException: b
               at Shop.B.Run()<---

            """);

    assertThat(crash.exceptions())
        .extracting(ManagedException::type)
        .containsExactly("System.AggregateException", "System.InvalidOperationException");
    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly("System.Threading.Tasks.Task.Wait");
    assertThat(crash.otherInner())
        .extracting(ManagedException::type)
        .containsExactly("System.TimeoutException");
    assertThat(methods(crash.otherInner().get(0).frames())).containsExactly("Shop.B.Run");
  }

  @Test
  void a_message_of_several_lines_is_kept_whole_and_an_arrow_in_it_is_no_inner_exception() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. Shop.RuleException: price ---> too high
            rule 7:
              at most 100
               at Shop.Rules.Check(Decimal price)
            """);

    ManagedException exception = crash.exceptions().get(0);
    assertThat(crash.exceptions()).hasSize(1);
    assertThat(exception.message()).isEqualTo("price ---> too high\nrule 7:\n  at most 100");
    assertThat(methods(exception.frames())).containsExactly("Shop.Rules.Check");
  }

  @Test
  void an_exception_without_a_message_and_one_with_a_number() {
    assertThat(parse("Unhandled exception. Shop.Oops\n   at Shop.P.Main()\n").exceptions().get(0))
        .extracting(ManagedException::type, ManagedException::message)
        .containsExactly("Shop.Oops", "");
    assertThat(
            parse(
                    """
                    Unhandled exception. System.Runtime.InteropServices.COMException (0x8000ffff): Catastrophic failure
                       at Shop.Native.Call()
                    """)
                .exceptions()
                .get(0))
        .extracting(ManagedException::type, ManagedException::hresult, ManagedException::message)
        .containsExactly(
            "System.Runtime.InteropServices.COMException", "0x8000FFFF", "Catastrophic failure");
  }

  @Test
  void generic_types_and_methods_and_constructors() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. System.ServiceModel.FaultException`1[Shop.Detail, Shop]: no
               at Shop.Repository`2.Get[TKey](TKey key, Func`2 load)
               at Shop.Cache`1..ctor(Int32 size)
               at Shop.Program.<>c.<Main>b__0_0()
               at Shop.Program.<RunAsync>d__3.MoveNext()
               at Shop.Program.<Main>g__Check|0_1(Int32 n)
               at lambda_method1(Closure )
            """);

    assertThat(crash.exceptions().get(0).type())
        .isEqualTo("System.ServiceModel.FaultException`1[Shop.Detail, Shop]");
    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly(
            "Shop.Repository`2.Get[TKey]",
            "Shop.Cache`1..ctor",
            "Shop.Program.Main.lambda",
            "Shop.Program.RunAsync",
            "Shop.Program.Main.Check",
            "lambda_method1");
  }

  @Test
  void fail_fast_with_its_reason_and_the_stack_of_its_caller() {
    ConsoleCrash crash =
        parse(
            """
            Process terminated. ledger out of balance
            see runbook 7
               at System.Environment.FailFast(System.String)
               at Shop.Ledger.Close(System.Decimal)
               at Shop.Program.Main(System.String[])
            """);

    assertThat(crash.kind()).isEqualTo(Kind.FAIL_FAST);
    assertThat(crash.message()).isEqualTo("ledger out of balance\nsee runbook 7");
    assertThat(crash.exceptions()).isEmpty();
    assertThat(methods(crash.frames()))
        .containsExactly("System.Environment.FailFast", "Shop.Ledger.Close", "Shop.Program.Main");
  }

  @Test
  void fail_fast_with_an_exception_keeps_both_stacks_apart() {
    ConsoleCrash crash =
        parse(
            """
            Process terminated. cannot go on
            System.IO.IOException: disk
               at Shop.Store.Open()
               at Shop.Ledger.Load()
               at System.Environment.FailFast(System.String, System.Exception)
               at Shop.Program.Main()
            """);

    assertThat(crash.exceptions())
        .singleElement()
        .extracting(ManagedException::message)
        .isEqualTo("disk");
    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly("Shop.Store.Open", "Shop.Ledger.Load");
    assertThat(methods(crash.frames()))
        .containsExactly("System.Environment.FailFast", "Shop.Program.Main");
  }

  @Test
  void fail_fast_of_dotnet_10_puts_its_reason_on_a_line_of_its_own() {
    ConsoleCrash crash =
        parse(
            """
            Process terminated.
            ledger out of balance
               at System.Environment.<FailFast>g____PInvoke|11_0(System.Runtime.CompilerServices.StackCrawlMarkHandle, UInt16*, System.Runtime.CompilerServices.ObjectHandleOnStack, UInt16*)
               at System.Environment.FailFast(System.String, System.Exception)
               at Contoso.Shop.Program.Main(System.String[])
            System.Exception: in catch
               at Contoso.Shop.Program.Main(String[] a)
            """);

    assertThat(crash.message()).isEqualTo("ledger out of balance");
    assertThat(methods(crash.frames()))
        .containsExactly(
            "System.Environment.FailFast.__PInvoke",
            "System.Environment.FailFast",
            "Contoso.Shop.Program.Main");
    assertThat(crash.exceptions())
        .extracting(ManagedException::message)
        .containsExactly("in catch");
  }

  @Test
  void a_fatal_error_of_dotnet_10_may_have_no_words() {
    ConsoleCrash crash =
        parse(
            "Fatal error.\n   at Shop.Native.crash(Int32)\n   at Shop.Program.Main(System.String[])\n");

    assertThat(crash.kind()).isEqualTo(Kind.FATAL_ERROR);
    assertThat(crash.message()).isEmpty();
    assertThat(methods(crash.frames())).containsExactly("Shop.Native.crash", "Shop.Program.Main");
  }

  @Test
  void an_exception_without_a_stack_stands_between_two_that_have_one() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. Contoso.Shop.OrderException: wrap
             ---> Contoso.Shop.OrderException: mid
             ---> Contoso.Shop.Nested+Bad: bad 1 (Parameter 'l')
               at Contoso.Shop.Nested.Throw[T](T x, List`1 l)
               --- End of inner exception stack trace ---
               --- End of inner exception stack trace ---
               at Contoso.Shop.Program.Main(String[] a)
            """);

    assertThat(crash.exceptions())
        .extracting(exception -> methods(exception.frames()))
        .containsExactly(
            List.of("Contoso.Shop.Program.Main"),
            List.of(),
            List.of("Contoso.Shop.Nested.Throw[T]"));
  }

  @Test
  void fail_fast_of_dotnet_core_3_1_prints_its_exception_after_the_stack() {
    ConsoleCrash crash =
        parse(
            """
            Process terminated. ledger out of balance
               at System.Environment.FailFast(System.String, System.Exception)
               at Contoso.Shop.Program.Main(System.String[])
            System.Exception: in catch
               at Contoso.Shop.Program.Main(String[] a)
            """);

    assertThat(crash.message()).isEqualTo("ledger out of balance");
    assertThat(methods(crash.frames()))
        .containsExactly("System.Environment.FailFast", "Contoso.Shop.Program.Main");
    assertThat(crash.exceptions())
        .singleElement()
        .satisfies(
            exception -> {
              assertThat(exception.message()).isEqualTo("in catch");
              assertThat(methods(exception.frames())).containsExactly("Contoso.Shop.Program.Main");
            });
  }

  @Test
  void an_access_violation_in_native_code() {
    ConsoleCrash crash =
        parse(
            """
            Fatal error. System.AccessViolationException: Attempted to read or write protected memory. This is often an indication that other memory is corrupt.
               at Shop.Native.crash(Int32)
               at Shop.Program.Main(System.String[])
            """);

    assertThat(crash.kind()).isEqualTo(Kind.FATAL_ERROR);
    assertThat(crash.exceptions())
        .extracting(ManagedException::type)
        .containsExactly("System.AccessViolationException");
    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly("Shop.Native.crash", "Shop.Program.Main");
  }

  @Test
  void a_fatal_error_of_the_runtime_itself() {
    ConsoleCrash crash =
        parse("Fatal error. Internal CLR error. (0x80131506)\n   at Shop.Program.Main()\n");

    assertThat(crash.message()).isEqualTo("Internal CLR error. (0x80131506)");
    assertThat(methods(crash.frames())).containsExactly("Shop.Program.Main");
  }

  @Test
  void a_stack_overflow_shows_what_repeats_once() {
    ConsoleCrash crash =
        parse(
            """
            Stack overflow.
            Repeat 19246 times:
            --------------------------------
               at Shop.Tree.Depth(Shop.Node)
            --------------------------------
               at Shop.Program.Main(System.String[])
            """);

    assertThat(crash.kind()).isEqualTo(Kind.STACK_OVERFLOW);
    assertThat(methods(crash.frames())).containsExactly("Shop.Tree.Depth", "Shop.Program.Main");
  }

  @Test
  void dotnet_framework_says_a_stack_overflow_in_one_line() {
    assertThat(parse("\nProcess is terminated due to StackOverflowException.\n").kind())
        .isEqualTo(Kind.STACK_OVERFLOW);
  }

  @Test
  void native_aot_with_and_without_names() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled Exception: System.InvalidOperationException: no stock
               at Shop.Order.Place(String) + 0x1c
               at Shop!<BaseAddress>+0x12345
            """);

    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly("Shop.Order.Place", "Shop!<BaseAddress>+0x12345");
  }

  /** As a program of .NET 10.0.11 printed it that was published without the framework's texts. */
  @Test
  void a_program_without_the_frameworks_texts_prints_their_keys() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. System.TypeInitializationException: TypeInitialization_Type_NoTypeAvailable
             ---> System.NullReferenceException: Arg_NullReferenceException
               at Shop.Attributes.get_NamedArguments() + 0x8
               at Shop.Source..cctor() + 0x4a
               Exception_EndOfInnerExceptionStack
               at Shop.Provider..ctor(ICollection`1, ServiceProviderOptions) + 0x43b
               at Shop.Program.<Main>d__0.MoveNext() + 0x280
            --- End of stack trace from previous location ---
               at Shop.Program.<Main>(String[] args) + 0x28
            """);

    assertThat(crash.exceptions()).hasSize(2);
    assertThat(methods(crash.exceptions().get(0).frames()))
        .containsExactly("Shop.Provider..ctor", "Shop.Program.Main", "Shop.Program.Main");
    assertThat(methods(crash.exceptions().get(1).frames()))
        .containsExactly("Shop.Attributes.get_NamedArguments", "Shop.Source..cctor");
  }

  @Test
  void prefixes_of_container_logs_and_windows_line_ends_are_let_pass() {
    ConsoleCrash crash =
        parse(
            "2026-11-22T08:00:00.1234567Z stderr F Unhandled exception. System.Exception: boom\r\n"
                + "2026-11-22T08:00:00.1234568Z stderr F    at Shop.Program.Main()\r\n");

    assertThat(crash.exceptions().get(0).message()).isEqualTo("boom");
    assertThat(methods(crash.exceptions().get(0).frames())).containsExactly("Shop.Program.Main");
  }

  @Test
  void the_last_crash_counts_and_output_around_it_is_left_out() {
    ConsoleCrash crash =
        parse(
            """
            Unhandled exception. System.Exception: first
               at Shop.Old.Main()
            restarted
            Unhandled exception. System.Exception: second
               at Shop.New.Main()
            info: stopping
            """);

    assertThat(crash.exceptions())
        .singleElement()
        .extracting(ManagedException::message)
        .isEqualTo("second");
    assertThat(methods(crash.exceptions().get(0).frames())).containsExactly("Shop.New.Main");
  }

  @Test
  void an_exception_whose_stack_is_missing_does_not_swallow_what_follows() {
    ConsoleCrash crash =
        parse("Unhandled exception. System.Exception: boom\ninfo: one\ninfo: two\n");

    assertThat(crash.exceptions().get(0).message()).isEqualTo("boom");
  }

  @Test
  void escapes_for_the_terminal_do_not_come_through() {
    ConsoleCrash crash =
        parse("Unhandled exception. System.Exception: a\u001b[31mred\n   at A.B()\n");

    assertThat(crash.exceptions().get(0).message()).isEqualTo("a?[31mred");
  }

  @Test
  void text_without_a_crash_is_none() {
    assertThat(ConsoleText.parse("")).isEmpty();
    assertThat(ConsoleText.parse("info: all is well\nUnhandled exception. \n")).isEmpty();
  }
}
