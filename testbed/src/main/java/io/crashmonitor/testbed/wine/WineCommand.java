package io.crashmonitor.testbed.wine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program to run in a prefix.
 *
 * @param arguments the program and its arguments, e.g. {@code C:\app\app.exe}; the program is
 *     searched as Windows' CreateProcess does
 * @param environment beyond what Windows sets by itself
 * @param workingFolder where it starts
 * @param output the host's file that its standard output and error are appended to
 */
public record WineCommand(
    List<String> arguments,
    Map<String, String> environment,
    WindowsPath workingFolder,
    Path output) {

  public WineCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("A command needs a program");
    }
  }

  /** A program that starts in {@code C:\} with nothing set. */
  public static WineCommand of(Path output, String... arguments) {
    return new WineCommand(List.of(arguments), Map.of(), WindowsPath.of("C:\\"), output);
  }

  /** The same with these variables set. */
  public WineCommand withEnvironment(Map<String, String> variables) {
    return new WineCommand(arguments, variables, workingFolder, output);
  }

  /** What {@code testbed/native/winrun.c} reads. */
  byte[] request() {
    Stream<String> head = Stream.of(workingFolder.toString(), CommandLine.of(arguments));
    Stream<String> variables =
        environment.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue());
    return Stream.concat(head, variables)
        .map(field -> field.replace("\0", "") + "\0")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }
}
