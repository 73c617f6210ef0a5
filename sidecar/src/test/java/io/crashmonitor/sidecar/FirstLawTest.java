package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/architecture.md} names for "The app comes first" are there. */
class FirstLawTest {
  private static final Path ROOT = Path.of(System.getProperty("crashmonitor.root"));
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");

  @Test
  void everyHarmIsShownByATestThatExists() throws IOException {
    List<String> rows =
        Files.readString(ROOT.resolve("docs/architecture.md"))
            .lines()
            .dropWhile(line -> !line.equals("## The app comes first"))
            .dropWhile(line -> !line.startsWith("|---"))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(rows).isNotEmpty();
    assertThat(rows)
        .allSatisfy(
            row -> {
              List<MatchResult> tests = NAMED.matcher(row).results().toList();
              assertThat(tests).isNotEmpty();
              for (MatchResult test : tests) {
                assertThat(source(test.group(1))).contains("void " + test.group(2) + "(");
              }
            });
  }

  private static String source(String test) throws IOException {
    for (String module : List.of("sidecar", "operator", "e2e")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        Path found = files.filter(f -> f.endsWith(test + ".java")).findFirst().orElse(null);
        if (found != null) {
          return Files.readString(found);
        }
      }
    }
    return "";
  }
}
