package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariablesTest {
  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource({
    "$(A),value",
    "x$(A)$(A)y,xvaluevaluey",
    "$(UNKNOWN),$(UNKNOWN)",
    "$$(A),$(A)",
    "$$$(A),$value",
    "$A,$A",
    "$(A,$(A",
    "price $,price $"
  })
  void expandsAsKubernetesDoes(String text, String expanded) {
    assertThat(Variables.expand(text, Map.of("A", "value"))).isEqualTo(expanded);
  }
}
