package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.cluster.Artifacts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a stranger does first: {@code ./try}, to the end of the session, and then Ctrl-C. */
class TryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Pattern FOLDER =
      Pattern.compile("export KUBECONFIG=(\\S+)/control-plane/pki/kubeconfig");

  private final Path root = Artifacts.find().root();
  private final StringBuffer output = new StringBuffer();

  @Test
  void showsTheMainJobAndLeavesNothingBehindAfterCtrlC() throws Exception {
    // What it would build, this build has built.
    Files.writeString(root.resolve("testbed/target/try.stamp"), "");

    Process run = start();
    try {
      await("the session is complete")
          .atMost(PATIENCE)
          .failFast(() -> assertThat(run.isAlive()).as(output::toString).isTrue())
          .until(() -> output.indexOf("Ctrl-C ends everything.") >= 0);
      new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor();

      assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      run.destroyForcibly();
    }

    assertThat(output)
        .contains("phase     Completed (MaxDumpsReached)", "As expected:", "Stopping everything.")
        .doesNotContain("NOT AS EXPECTED", "problem ");
    assertThat(run.exitValue()).as("that of a program ended by Ctrl-C").isEqualTo(130);
    Matcher folder = FOLDER.matcher(output);
    assertThat(folder.find()).isTrue();
    assertThat(Path.of(folder.group(1))).doesNotExist();
    assertThat(processesThatKnow(folder.group(1))).isEmpty();
  }

  private Process start() throws IOException {
    Process run =
        new ProcessBuilder("./try").directory(root.toFile()).redirectErrorStream(true).start();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = run.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(line -> output.append(line).append('\n'));
              } catch (IOException | UncheckedIOException closed) {
                output.append("(the end of its output was lost)\n");
              }
            },
            "output of try");
    reader.setDaemon(true);
    reader.start();
    return run;
  }

  /** By command line or environment; Wine's processes have it there alone. */
  private static Stream<String> processesThatKnow(String folder) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(
              process ->
                  read(process.resolve("cmdline")).contains(folder)
                      || read(process.resolve("environ")).contains(folder))
          .map(process -> process + ": " + read(process.resolve("cmdline")))
          .toList()
          .stream();
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException endedOrNotOurs) {
      return "";
    }
  }
}
