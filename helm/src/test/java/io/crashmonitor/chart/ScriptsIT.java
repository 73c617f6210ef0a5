package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Shellcheck reads every shell script of the checkout. */
class ScriptsIT {
  private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules");

  @TestFactory
  Stream<DynamicTest> shellcheckFindsNoFaultIn() throws IOException {
    Provisioned tools = Provisioned.load();
    assumeTrue(
        tools.find(Tool.SHELLCHECK).isPresent(),
        "shellcheck is not here: testbed/provision.sh lint says why");
    String shellcheck = tools.path(Tool.SHELLCHECK).toString();
    List<Path> scripts = scripts();
    assertThat(scripts).hasSizeGreaterThan(10);
    return scripts.stream()
        .map(
            script ->
                DynamicTest.dynamicTest(
                    Checkout.ROOT.relativize(script).toString(),
                    () ->
                        Command.of(
                                shellcheck,
                                "--external-sources",
                                "--source-path=SCRIPTDIR",
                                "--severity=warning",
                                script.toString())
                            .run()
                            .succeeded()));
  }

  private static List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>();
    Files.walkFileTree(
        Checkout.ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isScript(file)) {
              scripts.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return scripts.stream().sorted().toList();
  }

  private static boolean isScript(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String first = reader.readLine();
      return first != null && first.matches("#!.*\\b(ba)?sh|# shellcheck shell=.*");
    } catch (IOException unreadable) {
      return false;
    }
  }
}
