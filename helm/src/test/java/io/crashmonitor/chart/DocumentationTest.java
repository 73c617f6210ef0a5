package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.Reasons;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The documentation says what the program has, and nothing that it does not have. */
class DocumentationTest {
  private static final Path DOCS = Checkout.ROOT.resolve("docs");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)(#[^)]*)?\\)");

  @Test
  void everyReasonOfAConditionHasItsEntry() throws IOException {
    Set<String> reasons =
        Arrays.stream(Reasons.class.getFields())
            .map(DocumentationTest::value)
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> entries =
        matches("(?m)^### (\\w+)$", read("troubleshooting.md"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(entries).isEqualTo(reasons);
  }

  @Test
  void noEntryIsEmpty() throws IOException {
    assertThat(read("troubleshooting.md")).doesNotContainPattern("(?m)^### \\w+\\n\\n?#");
  }

  @Test
  void everyVariableOfTheOperatorIsInItsTable() throws IOException {
    String config =
        Files.readString(
            Checkout.ROOT.resolve(
                "operator/src/main/java/io/crashmonitor/operator/OperatorConfig.java"));

    Set<String> documented =
        matches("(?m)^\\| `(CRASH_MONITOR_\\w+)` \\|", read("operations.md"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> read =
        matches("@param \\w+ (CRASH_MONITOR_\\w+)|<(CRASH_MONITOR_\\w+)>", config)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(read);
  }

  @Test
  void everyChartValueInTheTableIsThere() throws IOException {
    JsonNode values =
        Manifests.YAML.readTree(Files.readString(Checkout.CHART.resolve("values.yaml")));

    List<String> named =
        read("operations.md")
            .lines()
            .filter(line -> line.startsWith("| `CRASH_MONITOR"))
            .flatMap(line -> matches("`([a-z]\\w+(?:\\.\\w+)*)`", line.split("\\|")[2]))
            .toList();

    assertThat(named)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            value ->
                assertThat(values.at("/" + value.replace('.', '/')).isMissingNode())
                    .as(value)
                    .isFalse());
  }

  @TestFactory
  Stream<DynamicTest> everyLinkLeadsSomewhere() throws IOException {
    try (Stream<Path> docs = Files.list(DOCS)) {
      return Stream.concat(docs.toList().stream(), Stream.of(Checkout.ROOT.resolve("README.md")))
          .filter(file -> file.toString().endsWith(".md"))
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getFileName().toString(),
                      () ->
                          assertThat(matches(LINK.pattern(), Files.readString(file)))
                              .allSatisfy(link -> assertThat(file.resolveSibling(link)).exists())));
    }
  }

  private static String value(Field constant) {
    try {
      return (String) constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static String read(String name) throws IOException {
    return Files.readString(DOCS.resolve(name));
  }

  private static Stream<String> matches(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(DocumentationTest::firstGroup)
        .toList()
        .stream();
  }

  private static String firstGroup(MatchResult match) {
    for (int i = 1; i <= match.groupCount(); i++) {
      if (match.group(i) != null) {
        return match.group(i);
      }
    }
    return match.group();
  }
}
