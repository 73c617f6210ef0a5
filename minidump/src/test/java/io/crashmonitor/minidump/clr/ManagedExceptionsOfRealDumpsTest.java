package io.crashmonitor.minidump.clr;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.clr.ManagedRuntime.Description;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the dumps say is what the runtime itself printed when the program died. */
class ManagedExceptionsOfRealDumpsTest {
  private static final String INNER_END = "--- End of inner exception stack trace ---";

  /** What one dump gave. */
  private record Read(
      Optional<Description> runtime, List<ManagedException> chain, List<Finding> findings) {}

  private static Read read(String name) throws IOException {
    try (Minidump dump = Minidump.open(Corpus.dump(name))) {
      long crashed = dump.exception().orElseThrow().threadId();
      Optional<ManagedRuntime> runtime = ManagedRuntimes.detect(dump, dump.memory());
      return new Read(
          runtime.map(ManagedRuntime::description),
          runtime.map(found -> found.exceptions(crashed)).orElse(List.of()),
          dump.findings().list());
    }
  }

  @Test
  void an_exception_with_an_inner_one_is_read_by_the_contracts_of_dotnet_10() throws IOException {
    Read read = read("gen__clr_clr");

    assertThat(read.runtime()).contains(new Description(".NET", "10.0.9", "contract"));
    assertThat(Printed.lines(read.chain()))
        .containsExactly(
            "Contoso.Shop.OrderException: Order for 'SKU-1234' x0 failed",
            "---> System.DivideByZeroException: Attempted to divide by zero.",
            "at Contoso.Shop.OrderService.Price(String sku, Int32 n)",
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            INNER_END,
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            "at Contoso.Shop.Program.Work(String s)",
            "at Contoso.Shop.Worker`1.Run(T x, Action`1 a)",
            "at Contoso.Shop.Program.Main(String[] args)");
    assertThat(read.chain())
        .extracting(ManagedException::hresult)
        .containsExactly("0x80131500", "0x80020012");
    assertThat(read.chain()).extracting(ManagedException::source).containsOnly("contract");
    assertThat(read.findings()).isEmpty();
  }

  @Test
  void an_exception_of_a_secondary_thread_is_found_among_threads_without_one() throws IOException {
    Read read = read("gen__clr_thread");

    assertThat(Printed.lines(read.chain()))
        .containsExactly(
            "Contoso.Shop.OrderException: Order for '' x3 failed",
            "---> System.ArgumentNullException: Value cannot be null. (Parameter 'sku')",
            "at Contoso.Shop.OrderService.Lookup(String sku)",
            "at Contoso.Shop.OrderService.Price(String sku, Int32 n)",
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            INNER_END,
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            "at Contoso.Shop.Program.Bg()",
            "at System.Threading.Thread.StartCallback()");
  }

  @Test
  void only_the_crashed_thread_has_an_exception() throws IOException {
    try (Minidump dump = Minidump.open(Corpus.dump("gen__clr_thread"))) {
      ManagedRuntime runtime = ManagedRuntimes.detect(dump, dump.memory()).orElseThrow();

      assertThat(
              dump.threads().stream()
                  .map(DumpThread::id)
                  .filter(id -> !runtime.exceptions(id).isEmpty()))
          .containsExactly(dump.exception().orElseThrow().threadId());
    }
  }

  @Test
  void a_null_reference_is_found_though_the_operating_system_saw_an_access_violation()
      throws IOException {
    Read read = read("gen__clr_nre");

    assertThat(Printed.lines(read.chain()))
        .containsExactly(
            "System.NullReferenceException: Object reference not set to an instance of an object.",
            "at Contoso.Shop.Program.Main(String[] args)");
  }

  @Test
  void dotnet_core_3_1_is_read_without_any_description() throws IOException {
    Read read = read("gen__clr31_thread");

    assertThat(read.runtime()).contains(new Description(".NET Core", "3.1.23", "heuristic"));
    assertThat(Printed.lines(read.chain()))
        .containsExactly(
            "Contoso.Shop.OrderException: Order for '' x3 failed",
            "---> System.ArgumentNullException: Value cannot be null. (Parameter 'sku')",
            "at Contoso.Shop.OrderService.Lookup(String sku)",
            "at Contoso.Shop.OrderService.Price(String sku, Int32 n)",
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            INNER_END,
            "at Contoso.Shop.OrderService.Place(String sku, Int32 n)",
            "at Contoso.Shop.Program.Bg()",
            "at System.Threading.ThreadHelper.ThreadStart_Context(Object state)",
            "at System.Threading.ExecutionContext.RunInternal(ExecutionContext executionContext,"
                + " ContextCallback callback, Object state)",
            "--- End of stack trace from previous location ---",
            "at System.Threading.ExecutionContext.RunInternal(ExecutionContext executionContext,"
                + " ContextCallback callback, Object state)",
            "at System.Threading.ThreadHelper.ThreadStart()");
    assertThat(read.chain())
        .extracting(ManagedException::hresult)
        .containsExactly("0x80131500", "0x80004003");
  }

  @Test
  void a_dump_without_heap_says_that_managed_data_is_not_available() throws IOException {
    Read read = read("gen__clr_nre_mini");

    assertThat(read.runtime()).isEmpty();
    assertThat(read.findings())
        .filteredOn(finding -> finding.part().equals("managed"))
        .singleElement()
        .extracting(Finding::message)
        .asString()
        .startsWith("managed data is not available")
        .contains("full dump");
  }

  @Test
  void a_native_crash_is_not_said_to_lack_managed_data() throws IOException {
    Read read = read("gen__nat_1");

    assertThat(read.runtime()).isEmpty();
    assertThat(read.findings()).noneMatch(finding -> finding.part().equals("managed"));
  }
}
