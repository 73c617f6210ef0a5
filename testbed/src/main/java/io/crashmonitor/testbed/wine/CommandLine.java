package io.crashmonitor.testbed.wine;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Arguments as the one command line that Windows knows.
 *
 * <p>The rules are those of Go's {@code syscall.EscapeArg}, which containerd's shim (hcsshim)
 * applies to a container's arguments: what a test sees here, a Windows node does too.
 */
final class CommandLine {
  private CommandLine() {}

  static String of(List<String> arguments) {
    return arguments.stream().map(CommandLine::escape).collect(Collectors.joining(" "));
  }

  private static String escape(String argument) {
    if (argument.isEmpty()) {
      return "\"\"";
    }
    boolean quoted = argument.chars().anyMatch(c -> c == ' ' || c == '\t');
    StringBuilder escaped = new StringBuilder(quoted ? "\"" : "");
    int slashes = 0;
    for (char c : argument.toCharArray()) {
      if (c == '"') {
        escaped.append("\\".repeat(slashes)).append('\\');
      }
      slashes = c == '\\' ? slashes + 1 : 0;
      escaped.append(c);
    }
    // Backslashes before a quote count double, also before the one that closes.
    return quoted
        ? escaped.append("\\".repeat(slashes)).append('"').toString()
        : escaped.toString();
  }
}
