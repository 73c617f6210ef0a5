package io.crashmonitor.minidump.reason;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.synth.Bytes;
import io.crashmonitor.minidump.synth.DumpBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrashReasonTest {
  private static CrashReason reason(long code, long... parameters) {
    return reason(DumpBuilder.amd64(), code, parameters);
  }

  private static CrashReason reason(DumpBuilder builder, long code, long... parameters) {
    byte[] context = DumpBuilder.amd64Context(0x1000, Map.of());
    Minidump dump = builder.exception(1, code, 0x1000, context, parameters).open();
    return CrashReason.of(dump.exception().orElseThrow(), dump.systemInfo(), dump.memory());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x10, Access violation: read of 0x10 (null pointer)",
    "1, 0x7ff000000000, Access violation: write of 0x7ff000000000",
    "8, 0x1234, Access violation: execute of 0x1234",
    "8, 0x0, Access violation: execute of 0x0 (call of a null pointer)",
  })
  void tellsWhatAnAccessViolationTried(long kind, String address, String words) {
    assertThat(reason(0xC0000005L, kind, Long.decode(address)).words()).isEqualTo(words);
  }

  @Test
  void saysThatAnAddressWhichIsNotCanonicalIsNotToldByTheProcessor() {
    assertThat(reason(0xC0000005L, 0, -1).words()).contains("not canonical");
  }

  @Test
  void namesTheStatusBehindAnInPageError() {
    assertThat(reason(0xC0000006L, 0, 0x5000_0000L, 0xC000009CL).words())
        .isEqualTo("In-page error: read of 0x50000000 failed with 0xC000009C (Device data error)");
  }

  @ParameterizedTest
  @CsvSource({
    "2, Fast fail: STACK_COOKIE_CHECK_FAILURE (2)",
    "7, Fast fail: FATAL_APP_EXIT (7)",
    "72, Fast fail: CLR_EXCEPTION_AOT (72)",
    "4711, Fast fail: 4711"
  })
  void namesFastFailSubcodes(long sub, String words) {
    assertThat(reason(0xC0000409L, sub).words()).isEqualTo(words);
  }

  @Test
  void namesTheHresultOfADotNetException() {
    assertThat(reason(0xE0434352L, 0x80131509L).words())
        .isEqualTo(".NET exception: HRESULT 0x80131509 (System.InvalidOperationException)");
  }

  @ParameterizedTest
  @CsvSource({
    "0xC0000094, INTEGER_DIVIDE_BY_ZERO, Integer divide by zero",
    "0xC00000FD, STACK_OVERFLOW, Stack overflow",
    "0xC0000374, HEAP_CORRUPTION, Heap corruption",
    "0x80000003, BREAKPOINT, Breakpoint",
    "0x12345678, 0x12345678, Exception 0x12345678",
  })
  void namesCodesAndLeavesUnknownOnesTheirNumber(String code, String name, String words) {
    assertThat(reason(Long.decode(code)))
        .returns(name, CrashReason::name)
        .returns(words, CrashReason::words);
  }

  @Test
  void readsTypeAndTextOfACppException() {
    long base = 0x140000000L;
    Bytes image = new Bytes().padTo(0x100);
    image.u32(0).u32(0).u32(0).u32(0x200).padTo(0x200);
    image.u32(2).u32(0x300).u32(0x340).padTo(0x300);
    image.u32(0).u32(0x400).padTo(0x340).u32(0).u32(0x480).padTo(0x400);
    image.u64(0).u64(0).ascii(".?AVOutOfStock@shop@@").u8(0).padTo(0x480);
    image.u64(0).u64(0).ascii(".?AVexception@std@@").u8(0).padTo(0x500);
    byte[] object = new Bytes().u64(0xAAAA).u64(0x9100).toArray();
    DumpBuilder dump =
        DumpBuilder.amd64()
            .memory(0x9000, object)
            .memory(0x9100, new Bytes().ascii("no more SKU-1").u8(0).toArray())
            .memory(base, image.toArray());

    assertThat(reason(dump, 0xE06D7363L, 0x19930520L, 0x9000, base + 0x100, base).words())
        .isEqualTo("C++ exception shop::OutOfStock: no more SKU-1");
  }

  @Test
  void aCppExceptionWhoseTypesAreNotInTheDumpIsStillOne() {
    assertThat(reason(0xE06D7363L, 0x19930520L, 0x9000, 0x100, 0).words())
        .isEqualTo("C++ exception");
  }
}
