package io.crashmonitor.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitCodeTest {
  @ParameterizedTest
  @CsvSource({
    "-1073741819, 0xC0000005, STATUS_ACCESS_VIOLATION",
    "3221225477, 0xC0000005, STATUS_ACCESS_VIOLATION",
    "0xc0000005, 0xC0000005, STATUS_ACCESS_VIOLATION",
    "E0434352, 0xE0434352, CLR_EXCEPTION",
    "-532462766, 0xE0434352, CLR_EXCEPTION",
    "3, 0x00000003, ''"
  })
  void readsEveryWayPeopleWriteIt(String text, String code, String name) {
    ExitCode exitCode = ExitCode.parse(text).orElseThrow();

    assertThat(exitCode.code()).isEqualTo(code);
    assertThat(exitCode.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0x", "0x1234567890", "99999999999", "-2147483649", "zebra", "C00000"})
  void whatIsNoExitCodeIsNone(String text) {
    assertThat(ExitCode.parse(text)).isEmpty();
  }

  @Test
  void anEndByRequestIsNoCrash() {
    assertThat(new ExitCode(0).isCrash()).isFalse();
    assertThat(new ExitCode(0xC000013A).isCrash()).isFalse();
    assertThat(new ExitCode(0x40010004).isCrash()).isFalse();
    assertThat(new ExitCode(0xC0000005).isCrash()).isTrue();
    assertThat(new ExitCode(1).isCrash()).isTrue();
  }

  @Test
  void anExceptionIsKnownByItsSeverity() {
    assertThat(new ExitCode(0xC0000005).isException()).isTrue();
    assertThat(new ExitCode(0xE0434352).isException()).isTrue();
    assertThat(new ExitCode(0xC000013A).isException()).isFalse();
    assertThat(new ExitCode(1).isException()).isFalse();
    assertThat(new ExitCode(0x80131623).isException()).isFalse();
  }
}
