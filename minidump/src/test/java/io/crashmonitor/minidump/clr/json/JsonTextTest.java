package io.crashmonitor.minidump.clr.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
  private static JsonValue parse(String text) {
    return JsonText.parse(text).orElseThrow();
  }

  @Test
  void values_of_every_kind_are_read() {
    JsonValue value =
        parse("{\"a\":[1,\"0x10\",-3,true,null,1.5e3],\"b\":{\"c\":\"x\\u0041\\n\\\"\"}}");

    assertThat(value.member("a").orElseThrow().items())
        .extracting(item -> item.text().orElseThrow())
        .containsExactly("1", "0x10", "-3", "true", "null", "1.5e3");
    assertThat(value.member("b").flatMap(b -> b.member("c")).flatMap(JsonValue::string))
        .contains("xA\n\"");
  }

  @Test
  void whole_numbers_are_read_in_the_forms_a_runtime_writes_them() {
    JsonValue value = parse("[7,\"7\",\"0x7fffffffffffffff\",\"0xFFFFFFFFFFFFFFFE\",-1,1.5,\"x\"]");

    assertThat(value.items().stream().map(JsonValue::integer).map(found -> found.orElse(42L)))
        .containsExactly(7L, 7L, Long.MAX_VALUE, -2L, -1L, 42L, 42L);
  }

  @Test
  void comments_and_trailing_commas_are_let_pass() {
    assertThat(parse("/* a */ {\"a\": [1, 2,], // b\n}").member("a").orElseThrow().items())
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "[1 2]",
        "tru",
        "\"abc",
        "\"\\x\"",
        "\"\\u12",
        "{}x",
        "[,]",
        "/*",
        "01x",
        "-"
      })
  void what_is_not_json_is_no_value(String text) {
    assertThat(JsonText.parse(text)).isEmpty();
  }

  @Test
  void a_text_beyond_a_limit_is_no_value() {
    assertThat(JsonText.parse("[".repeat(40) + "]".repeat(40))).isEmpty();
    assertThat(JsonText.parse("[" + "1,".repeat(100_001) + "1]")).isEmpty();
    assertThat(JsonText.parse("\"" + "x".repeat(1 << 20) + "\"")).isEmpty();
    assertThat(JsonText.parse("[".repeat(30) + "]".repeat(30))).isPresent();
  }

  @Test
  void random_texts_never_throw() {
    Random random = new Random(3);
    String pieces = "{}[]\",:0123456789.-eE\\u/tfn *\n";
    int read = 0;
    for (int round = 0; round < 50_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(24); i >= 0; i--) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      read += JsonText.parse(text.toString()).isPresent() ? 1 : 0;
    }
    assertThat(read).isPositive();
  }
}
