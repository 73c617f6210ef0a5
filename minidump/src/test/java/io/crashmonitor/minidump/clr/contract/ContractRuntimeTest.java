package io.crashmonitor.minidump.clr.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.clr.OverlayMemory;
import io.crashmonitor.minidump.clr.exception.ExceptionObject;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.exception.StackEntry;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.Minidump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real .NET 10 runtime, changed in one respect at a time. */
class ContractRuntimeTest {
  private static final long FREE = 0x7FF0_0000_0000L;

  private final List<String> lost = new ArrayList<>();
  private Minidump dump;
  private OverlayMemory memory;
  private View view;
  private long descriptor;
  private long crashed;

  @BeforeEach
  void open() throws IOException {
    dump = Minidump.open(Corpus.dump("gen__clr_clr"));
    memory = new OverlayMemory(dump.memory());
    view = new View(memory);
    long base = dump.modules().list().get(0).base();
    descriptor = RuntimeExport.find(view, base, Descriptor.EXPORT).orElseThrow();
    crashed = dump.exception().orElseThrow().threadId();
  }

  @AfterEach
  void close() throws IOException {
    if (dump != null) {
      dump.close();
    }
  }

  private ContractRuntime runtime() {
    return ContractRuntime.at(view, descriptor);
  }

  private List<ExceptionObject> chain() {
    return chain(Raised.in(dump, dump.memory()));
  }

  private List<ExceptionObject> chain(Optional<Raised> raised) {
    return runtime().exceptions(crashed, raised, lost::add);
  }

  /** The runtime's own description, changed, at another place of its memory. */
  private void describe(UnaryOperator<String> change) {
    String json =
        new String(
            view.bytes(view.pointer(descriptor + 16), view.i32(descriptor + 12)),
            StandardCharsets.UTF_8);
    byte[] changed = change.apply(json).getBytes(StandardCharsets.UTF_8);
    memory.put(FREE, changed);
    memory.putPointer(descriptor + 16, FREE);
    memory.put(
        descriptor + 12,
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(changed.length).array());
  }

  @Test
  void each_frame_of_the_exception_is_found_again_in_the_map_of_compiled_code() {
    ContractRuntime runtime = runtime();

    for (ExceptionObject exception : chain()) {
      for (StackEntry frame : exception.frames()) {
        CodeMap.Code code = runtime.code().find(frame.ip() - 1).orElseThrow();
        assertThat(runtime.types().method(code.methodDesc()).name())
            .isEqualTo(frame.method().orElseThrow().name());
        assertThat(code.start()).isLessThan(frame.ip());
      }
    }
  }

  @Test
  void an_address_of_no_code_is_found_in_no_map() {
    assertThat(runtime().code().find(0x1234)).isEmpty();
    assertThat(runtime().code().find(0)).isEmpty();
    assertThat(runtime().code().find(-1)).isEmpty();
  }

  @Test
  void the_layout_is_the_descriptors_so_that_swapped_fields_are_read_swapped() {
    String inner = chain().get(1).type();

    describe(json -> json.replace("\"_innerException\":32", "\"_innerException\":16"));

    assertThat(chain()).hasSize(1);
    assertThat(lost).anyMatch(reason -> reason.contains("no exception object"));
    assertThat(inner).isEqualTo("System.DivideByZeroException");
  }

  @Test
  void contract_versions_may_be_texts_as_in_dotnet_11() {
    describe(
        json ->
            json.replace("\"Exception\":1", "\"Exception\":\"c1\"")
                .replace("\"ExecutionManager\":2", "\"ExecutionManager\":\"c2\""));

    assertThat(runtime().descriptor().contract("Exception")).contains("1");
    assertThat(chain()).hasSize(2);
  }

  @Test
  void stack_arrays_that_the_runtime_describes_are_read_by_its_description() {
    List<ExceptionObject> before = chain();

    describe(
        json ->
            json.replace(
                "\"types\":{",
                "\"types\":{\"StackTraceArrayHeader\":{\"!\":16,\"Size\":0},"
                    + "\"StackTraceElement\":{\"!\":32,\"Ip\":0,\"MethodDesc\":16,\"Flags\":24},"));

    assertThat(chain()).isEqualTo(before);
  }

  @Test
  void a_stack_array_of_another_build_is_not_read_by_the_old_offsets() {
    describe(
        json ->
            json.replace(
                "\"types\":{",
                "\"types\":{\"StackTraceArrayHeader\":{\"!\":16,\"Size\":8},"
                    + "\"StackTraceElement\":{\"!\":32,\"Ip\":0,\"MethodDesc\":16,\"Flags\":24},"));

    assertThat(chain()).allSatisfy(exception -> assertThat(exception.frames()).isEmpty());
    assertThat(lost).anyMatch(reason -> reason.contains("do not fit"));
  }

  @Test
  void the_thrown_object_may_be_kept_without_a_handle_as_in_later_runtimes() {
    List<ExceptionObject> before = chain();
    long object = before.get(0).address();
    ContractRuntime runtime = runtime();
    long thread = threadOf(runtime);
    long tracker = view.pointer(thread + runtime.descriptor().offset("Thread", "ExceptionTracker"));
    memory.putPointer(
        tracker + runtime.descriptor().offset("ExceptionInfo", "ThrownObject"), object);

    assertThat(chain()).isEqualTo(before);
  }

  @Test
  void without_a_tracker_the_last_thrown_object_counts() {
    List<ExceptionObject> before = chain();
    ContractRuntime runtime = runtime();
    memory.putPointer(
        threadOf(runtime) + runtime.descriptor().offset("Thread", "ExceptionTracker"), 0);

    assertThat(chain()).isEqualTo(before);
  }

  @Test
  void inner_exceptions_that_come_back_to_themselves_end_with_a_word() {
    List<ExceptionObject> before = chain();
    memory.putPointer(
        before.get(1).address() + runtime().descriptor().offset("Exception", "_innerException"),
        before.get(0).address());

    assertThat(chain()).isEqualTo(before);
    assertThat(lost).containsExactly("the chain of inner exceptions comes back to itself");
  }

  @Test
  void a_count_that_does_not_fit_its_array_is_refused_before_anything_is_read() {
    long object = chain().get(0).address();
    long stack = view.pointer(object + runtime().descriptor().offset("Exception", "_stackTrace"));
    long array =
        runtime().types().isObjectArray(runtime().types().typeOf(stack))
            ? view.pointer(stack + 16)
            : stack;
    memory.put(array + 16, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0x7F);

    ExceptionObject outer = chain().get(0);

    assertThat(outer.frames()).isEmpty();
    assertThat(outer.message()).contains("Order for 'SKU-1234' x0 failed");
    assertThat(lost).anyMatch(reason -> reason.contains("2147483647 frames do not fit"));
  }

  @Test
  void a_message_that_is_not_set_reads_as_the_runtime_would_print_it() {
    long object = chain().get(0).address();
    memory.putPointer(object + runtime().descriptor().offset("Exception", "_message"), 0);

    assertThat(chain().get(0).message())
        .contains("Exception of type 'Contoso.Shop.OrderException' was thrown.");
  }

  @Test
  void a_descriptor_that_is_not_json_is_refused_in_words() {
    describe(json -> json.replace("{", "["));

    assertThatThrownBy(this::runtime)
        .isInstanceOf(ClrReadException.class)
        .hasMessageContaining("not JSON");
  }

  @Test
  void a_descriptor_of_absurd_size_is_refused_before_it_is_read() {
    memory.put(descriptor + 12, (byte) 0, (byte) 0, (byte) 0, (byte) 0x7F);

    assertThatThrownBy(this::runtime)
        .isInstanceOf(ClrReadException.class)
        .hasMessageContaining("2130706432 bytes");
  }

  @Test
  void a_native_crash_is_not_given_the_name_of_an_exception_that_was_handled() {
    assertThat(chain(Optional.of(new Raised(crashed, 0xC0000005, Optional.empty(), true))))
        .isEmpty();
    assertThat(lost)
        .containsExactly(
            "the crashing thread was handling Contoso.Shop.OrderException when it died of something else");
  }

  @Test
  void the_last_thrown_exception_does_not_count_under_another_hresult() {
    ContractRuntime runtime = runtime();
    memory.putPointer(
        threadOf(runtime) + runtime.descriptor().offset("Thread", "ExceptionTracker"), 0);

    assertThat(
            chain(
                Optional.of(
                    new Raised(crashed, Raised.MANAGED_EXCEPTION, Optional.of(0x80004003), false))))
        .isEmpty();
  }

  private long threadOf(ContractRuntime runtime) {
    return new ContractThreads(view, runtime.descriptor(), runtime.types())
        .thread(crashed)
        .orElseThrow();
  }
}
