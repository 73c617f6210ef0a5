package io.crashmonitor.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.report.BlobLayout.DumpName;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobLayoutTest {
  private static final BlobLayout LAYOUT =
      new BlobLayout("", "0a1b2c3d", "shop", "Deployment", "checkout");
  private static final DumpName NAME =
      new DumpName(
          "checkout-6b9f-x2x4z",
          "Checkout.exe",
          1234,
          new ExitCode(0xC0000005),
          Instant.parse("2026-11-22T08:01:02Z"),
          ".gz");

  @Test
  void aDumpsNameTellsPodProcessExitCodeAndTime() {
    String blob = LAYOUT.dump(LocalDate.parse("2026-11-22"), NAME);

    assertThat(blob)
        .isEqualTo(
            "CrashDumps/0a1b2c3d/shop/deployment/checkout/2026-11-22/"
                + "checkout-6b9f-x2x4z_Checkout.exe_1234_C0000005_20261122_080102.dmp.gz");
    assertThat(BlobLayout.parse(blob)).contains(NAME);
  }

  @Test
  void theExitCodeIsTheThirdPartFromTheEndAsInTheOriginal() {
    String[] parts = LAYOUT.dump(LocalDate.parse("2026-11-22"), NAME).split("_");

    assertThat(parts[parts.length - 3]).isEqualTo("C0000005");
  }

  @Test
  void theReportLiesBesideTheDumpWhateverItsCompression() {
    String base = LAYOUT.base(LocalDate.parse("2026-11-22"), NAME);

    assertThat(BlobLayout.reportOf(base + ".gz")).isEqualTo(base + ".json");
    assertThat(BlobLayout.reportOf(base)).isEqualTo(base + ".json");
    assertThatThrownBy(() -> BlobLayout.reportOf("x.txt"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pod_app.exe_1_C0000005_20261122_080102.dmp.json",
        "pod_app.exe_1_C0000005_20261322_080102.dmp",
        "pod_../app.exe_1_C0000005_20261122_080102.dmp",
        "<img onerror=x>_app.exe_1_C0000005_20261122_080102.dmp",
        "readme.md"
      })
  void whatIsNotOursIsNotADump(String blob) {
    assertThat(BlobLayout.parse(blob)).isEmpty();
  }

  @Test
  void aProcessNameCannotLeaveItsPlace() {
    assertThat(BlobLayout.processPart("..\\..\\evil_name?.exe"))
        .doesNotContain("\\", "/", "_", "?");
    assertThat(BlobLayout.processPart("x".repeat(500))).hasSize(64);
    assertThat(BlobLayout.processPart("")).isEqualTo("unknown");
  }
}
