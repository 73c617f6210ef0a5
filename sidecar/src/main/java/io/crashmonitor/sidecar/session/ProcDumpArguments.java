package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.DumpSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * ProcDump's arguments from typed fields, as an argv without process and folder: those two the
 * helper appends. There is no shell on the way and no field for free text.
 *
 * <p>{@code -k} (end the process after the dump) is never among them: what the app does after its
 * crash is its own affair.
 */
public final class ProcDumpArguments {
  // As the API's schema has it; checked here too, since what is passed on starts a program.
  private static final Pattern FILTER = Pattern.compile("[A-Za-z0-9*_][A-Za-z0-9*_.-]{0,127}");

  private ProcDumpArguments() {}

  /**
   * For a process that is watched.
   *
   * @throws IllegalArgumentException for a filter that the API would not have let in
   */
  public static List<String> of(SessionConfiguration configuration) {
    return of(configuration, configuration.dump().firstChance());
  }

  /**
   * For a process that was dumped and lives on: its end alone is of interest then. An exception
   * that it handles again and again would have it stand still for a dump each time.
   */
  static List<String> again(SessionConfiguration configuration) {
    return of(configuration, List.of());
  }

  private static List<String> of(SessionConfiguration configuration, List<String> firstChance) {
    DumpSettings dump = configuration.dump();
    List<String> arguments = new ArrayList<>();
    if (configuration.licenceAccepted()) {
      arguments.add("-accepteula");
    }
    arguments.add(kind(dump));
    arguments.add("-e");
    if (!firstChance.isEmpty()) {
      arguments.add("1");
      firstChance.forEach(filter -> arguments.addAll(List.of("-f", checked(filter))));
    }
    if (dump.onExit()) {
      arguments.add("-t");
    }
    // One dump for each attachment: the helper attaches again while the budget allows.
    arguments.addAll(List.of("-n", "1"));
    arguments.addAll(List.of("-at", Long.toString(Math.max(1, dump.timeLimit().toSeconds()))));
    return List.copyOf(arguments);
  }

  private static String kind(DumpSettings dump) {
    return switch (dump.type()) {
      case Full -> "-ma";
      case MiniPlus -> "-mp";
      case Mini -> "-mm";
      case Triage -> "-mt";
      // For the analysis only: all that the managed stack needs, and less than a full dump of a
      // native process, which is frozen meanwhile.
      case None -> "-mp";
    };
  }

  private static String checked(String filter) {
    if (!FILTER.matcher(filter).matches()) {
      throw new IllegalArgumentException("'" + filter + "' is no first chance filter");
    }
    return filter;
  }
}
