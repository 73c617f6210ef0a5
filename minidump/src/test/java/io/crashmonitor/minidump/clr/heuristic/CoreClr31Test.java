package io.crashmonitor.minidump.clr.heuristic;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.Corpus;
import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.OverlayMemory;
import io.crashmonitor.minidump.clr.exception.ExceptionLayout;
import io.crashmonitor.minidump.clr.exception.ExceptionObject;
import io.crashmonitor.minidump.clr.exception.ExceptionReader;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.exception.StackEntry;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.Minidump;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of the finder on a real .NET Core 3.1, changed in one respect at a time. */
class CoreClr31Test {
  private static final int ACCESS_VIOLATION = 0xC0000005;
  private static final int STACK_CLEARED = 512 * 1024;

  private Minidump dump;
  private OverlayMemory memory;
  private HeuristicTypes types;
  private ExceptionScan scan;
  private View view;
  private long stackPointer;

  @BeforeEach
  void open() throws IOException {
    dump = Minidump.open(Corpus.dump("gen__clr31_thread"));
    memory = new OverlayMemory(dump.memory());
    view = new View(memory);
    types = new HeuristicTypes(view, CoreClrLayout.NET_CORE_3_1);
    scan = new ExceptionScan(view, types);
    stackPointer = dump.context(dump.exception().orElseThrow()).orElseThrow().sp();
  }

  @AfterEach
  void close() throws IOException {
    if (dump != null) {
      dump.close();
    }
  }

  private long thrown() {
    return scan.find(stackPointer, Raised.in(dump, dump.memory()).orElseThrow()).orElseThrow();
  }

  private static Raised fault() {
    return new Raised(1, ACCESS_VIOLATION, Optional.empty(), false);
  }

  @Test
  void jitted_methods_of_the_stack_trace_are_found_again_by_their_addresses() {
    JittedCode code = new JittedCode(view, types);
    List<ExceptionObject> chain =
        new ExceptionReader(view, types, layoutAfterFinding()).chain(thrown(), lost -> {});

    List<StackEntry> jitted =
        chain.stream()
            .flatMap(exception -> exception.frames().stream())
            .filter(frame -> dump.modules().find(frame.ip()).isEmpty())
            .toList();

    assertThat(jitted).hasSizeGreaterThan(3);
    assertThat(
            jitted.stream()
                .map(frame -> code.find(frame.ip() - 1).map(ManagedCode::method))
                .toList())
        .isEqualTo(jitted.stream().map(frame -> frame.method().map(ManagedMethod::name)).toList());
    assertThat(jitted)
        .allSatisfy(
            frame -> assertThat(code.find(frame.ip() - 1).orElseThrow().unwind()).isPresent());
  }

  private ExceptionLayout layoutAfterFinding() {
    thrown();
    return scan.layout();
  }

  @Test
  void an_address_of_no_code_is_no_jitted_method() {
    JittedCode code = new JittedCode(view, types);

    assertThat(code.find(stackPointer)).isEmpty();
    assertThat(code.find(0x1234)).isEmpty();
    assertThat(code.find(-1)).isEmpty();
  }

  @Test
  void an_inner_exception_is_not_taken_for_the_one_that_was_raised() {
    Raised inner = new Raised(1, Raised.MANAGED_EXCEPTION, Optional.of(0x80004003), false);

    assertThat(scan.find(stackPointer, inner)).isEmpty();
  }

  @Test
  void the_exception_of_a_fault_is_found_in_what_calls_left_below_the_stack_pointer() {
    long object = thrown();
    int hresult = types.exceptionField("_HResult");
    memory.put(object + hresult, (byte) 0x03, (byte) 0x40, (byte) 0x00, (byte) 0x80);
    memory.put(
        stackPointer,
        new byte
            [(int) Math.min(STACK_CLEARED, dump.memory().available(stackPointer, STACK_CLEARED))]);
    memory.putPointer(stackPointer - 0x200, object);

    assertThat(scan.find(stackPointer, fault())).contains(object);
    assertThat(
            scan.find(
                stackPointer,
                new Raised(1, Raised.MANAGED_EXCEPTION, Optional.of(0x80004003), false)))
        .as("what the CLR raised lies above the stack pointer")
        .isEmpty();
  }
}
