package io.crashmonitor.minidump.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.minidump.Corpus;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinidumpReadsRealDumpsTest {
  @ParameterizedTest
  @CsvSource({
    "gen__clr_clr,                             5,  21, AMD64, C:0xe0434352",
    "gen__clr_nre_mini,                        6,  21, AMD64, C:0xc0000005",
    "gen__nat_10,                              3,   5, AMD64, C:0xc0000005",
    "breakpad__tiny-exe-fastfail,              4,  21, AMD64, C:0xc0000409",
    "breakpad__tiny-exe-with-cet-xsave,        1,  25, AMD64, none",
    "minidump-stackwalk__windows-aarch64,    104, 131, ARM64, C:0x80000003",
    "minidump-stackwalk__windows-x86,         95, 154, X86,   C:0x80000003",
    "breakpad__null_read_av,                   2,  26, X86,   C:0xc0000005",
    "breakpad__linux_overflow,                 1,   8, AMD64, C:0x6",
  })
  void countsThreadsModulesAndException(
      String name, int threads, int modules, Architecture architecture, String code)
      throws IOException {
    try (Minidump dump = Minidump.open(Corpus.dump(name))) {
      assertThat(dump.threads()).hasSize(threads);
      assertThat(dump.modules().count()).isEqualTo(modules);
      assertThat(dump.architecture()).isEqualTo(architecture);
      assertThat(dump.exception().map(e -> "C:0x" + Integer.toHexString(e.code())).orElse("none"))
          .isEqualTo(code);
      assertThat(dump.findings().list()).isEmpty();
    }
  }

  @Test
  void readsTheStackAndTheHeadersOfImagesThroughTheMemoryLists() throws IOException {
    try (Minidump dump = Minidump.open(Corpus.dump("gen__nat_1"))) {
      ExceptionInfo exception = dump.exception().orElseThrow();
      CpuContext context = dump.context(exception).orElseThrow();
      DumpModule program = dump.modules().find(context.ip()).orElseThrow();

      assertThat(program.name()).isEqualTo("nat2.exe");
      assertThat(context.ip() - program.base()).isEqualTo(0x16c0);
      assertThat(dump.memory().u16(program.base())).isEqualTo(0x5A4D);
      assertThat(dump.memory().readable(context.sp(), 64)).isTrue();
      assertThat(dump.memory().available(0x10, 8)).isZero();
      assertThat(dump.comment().orElseThrow()).contains("procdump");
      assertThat(dump.miscInfo().orElseThrow().processId()).isNotEqualTo(OptionalLong.empty());
    }
  }

  @Test
  void realDumpsAreWhole() throws IOException {
    for (String name : List.of("gen__nat_1", "gen__clr_clr", "breakpad__null_read_av")) {
      assertThat(Wholeness.of(Corpus.dump(name))).as(name).returns(true, Wholeness::whole);
    }
  }
}
