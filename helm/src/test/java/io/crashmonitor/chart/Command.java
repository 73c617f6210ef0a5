package io.crashmonitor.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A program run to its end, as a user's shell would. */
public record Command(
    List<String> arguments, Map<String, String> environment, String input, Path folder) {

  public Command {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** What came out of it. */
  public record Result(List<String> arguments, int exitCode, String output, String errors) {
    /**
     * @return what it printed
     * @throws AssertionError with what it said, when it failed
     */
    public String succeeded() {
      if (exitCode != 0) {
        throw new AssertionError(this + "\n" + output + errors);
      }
      return output;
    }

    /** What it said of its failure. */
    public String failed() {
      if (exitCode == 0) {
        throw new AssertionError("did not fail: " + this + "\n" + output);
      }
      return errors;
    }

    @Override
    public String toString() {
      return String.join(" ", arguments) + ": exit code " + exitCode;
    }
  }

  public static Command of(String... arguments) {
    return new Command(List.of(arguments), Map.of(), "", Path.of("."));
  }

  public Command with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Command(arguments, more, input, folder);
  }

  public Command input(String text) {
    return new Command(arguments, environment, text, folder);
  }

  public Command in(Path workingFolder) {
    return new Command(arguments, environment, input, workingFolder);
  }

  public Result run() {
    ProcessBuilder builder = new ProcessBuilder(arguments).directory(folder.toFile());
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = text(process.getInputStream());
      return new Result(arguments, process.waitFor(), output, errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run " + arguments.get(0), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while " + arguments.get(0) + " ran", e);
    }
  }

  private static String text(java.io.InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
