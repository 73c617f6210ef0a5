package io.crashmonitor.testbed.wine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @Test
  void quotesWhatHoldsASpaceAndNothingElse() {
    assertThat(CommandLine.of(List.of("cmd", "/d", "/c", "C:\\a.exe hook >nul 2>&1 & exit /b 0")))
        .isEqualTo("cmd /d /c \"C:\\a.exe hook >nul 2>&1 & exit /b 0\"");
  }

  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource(
      quoteCharacter = '\u0000',
      value = {
        "C:\\dir\\|C:\\dir\\",
        "C:\\my dir\\|\"C:\\my dir\\\\\"",
        "say \"hi\"|\"say \\\"hi\\\"\"",
        "a\\\"b|a\\\\\\\"b"
      },
      delimiter = '|')
  void escapesAsTheContainerRuntimeDoes(String argument, String escaped) {
    assertThat(CommandLine.of(List.of(argument))).isEqualTo(escaped);
  }

  @Test
  void keepsAnEmptyArgument() {
    assertThat(CommandLine.of(List.of("a", "", "b"))).isEqualTo("a \"\" b");
  }
}
