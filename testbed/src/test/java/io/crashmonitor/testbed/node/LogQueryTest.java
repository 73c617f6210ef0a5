package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogQueryTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', a|b|c|",
    "tailLines=1, c|",
    "tailLines=2, b|c|",
    "tailLines=9, a|b|c|",
    "tailLines=0, ''",
    "limitBytes=3, a|b",
    "tailLines=2&limitBytes=2, b|"
  })
  void selectsWhatIsAskedFor(String query, String selected) {
    byte[] log = "a\nb\nc\n".getBytes(StandardCharsets.UTF_8);

    assertThat(new String(LogQuery.parse(query).select(log), StandardCharsets.UTF_8))
        .isEqualTo(selected.replace('|', '\n'));
  }
}
