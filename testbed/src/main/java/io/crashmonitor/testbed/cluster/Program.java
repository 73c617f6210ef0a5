package io.crashmonitor.testbed.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A program run to its end, as a user would.
 *
 * @param environment added to this JVM's own
 */
record Program(Map<String, String> environment) {
  static final Program PLAIN = new Program(Map.of());

  Program {
    environment = Map.copyOf(environment);
  }

  /** With a cluster to talk to. */
  static Program with(String variable, String value) {
    return new Program(Map.of(variable, value));
  }

  String run(String... command) {
    return run("", List.of(command));
  }

  /**
   * @param input for its standard input
   * @return what it printed
   * @throws IllegalStateException with its output, when it fails
   */
  String run(String input, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run " + command.get(0), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while " + command.get(0) + " ran", e);
    }
  }
}
