package io.crashmonitor.sidecar.procdump;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.minidump.report.CrashReport.ManagedException;
import io.crashmonitor.report.ProcDumpConsole;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.DumpFailed;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.DumpInitiated;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Ended;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Failed;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Started;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Thrown;
import io.crashmonitor.sidecar.procdump.ConsoleEvent.Watching;
import io.crashmonitor.sidecar.procdump.ConsoleOutput.Entry;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.volume.PlainFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code logs\procdump.log}, which the helper lets all its ProcDumps write to: what is in it of one
 * process. Comes from the app's container; only its end is read.
 */
public final class ProcDumpLog {
  private static final int LIMIT = 256 * 1024;
  // As procdump.c has it.
  static final long MOST = 16L * 1024 * 1024;
  // The folder the helper gives each process instance.
  private static final Pattern FOLDER =
      Pattern.compile("[\\\\/](\\d{1,10})_(\\d{1,15})[\\\\/][^\\\\/]*$");

  private final Path file;
  private final JsonMapper mapper = AgentProtocol.mapper();

  public ProcDumpLog(Path file) {
    this.file = file;
  }

  /** What ProcDump said around its last dump of the process; empty when it said nothing. */
  public Optional<ProcDumpConsole> of(ProcessInstance process) {
    List<Entry> entries = entries();
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (entries.get(i).event().filter(e -> isDumpOf(process, e)).isPresent()) {
        return Optional.of(around(entries, i));
      }
    }
    return Optional.empty();
  }

  /** Why the last ProcDump could not do its work, in its own words; empty when it could. */
  public Optional<String> complaint() {
    String complaint = null;
    for (Entry entry : entries()) {
      ConsoleEvent event = entry.event().orElse(null);
      if (event instanceof Started) {
        complaint = null;
      } else if (event instanceof DumpFailed failed) {
        complaint = failed.words();
      } else if (event instanceof Failed failed) {
        complaint = complaint == null ? failed.words() : complaint + " " + failed.words();
      }
    }
    return Optional.ofNullable(complaint)
        .map(c -> c.substring(0, Math.min(ProcDumpConsole.LONGEST_LINE, c.length())));
  }

  /**
   * Empties the log where it has outgrown what the helper lets it grow to. For when there is no
   * helper: a ProcDump that it left behind writes on, a line for each exception.
   */
  public void bound() {
    if (PlainFiles.file(file).filter(log -> log.size() > MOST).isEmpty()) {
      return;
    }
    try (FileChannel log = FileChannel.open(file, Set.of(WRITE, NOFOLLOW_LINKS))) {
      log.truncate(0);
    } catch (IOException notNow) {
      // The next look comes in a second.
    }
  }

  private ProcDumpConsole around(List<Entry> entries, int dump) {
    int from = dump;
    while (from > 0 && !(is(entries, from, Started.class))) {
      from--;
    }
    int to = dump + 1;
    while (to < entries.size() && !is(entries, to, Started.class)) {
      if (is(entries, to++, Ended.class)) {
        break;
      }
    }
    List<String> lines =
        entries.subList(from, to).stream().filter(ProcDumpLog::tells).map(Entry::text).toList();
    return new ProcDumpConsole(
        lines.subList(Math.max(0, lines.size() - ProcDumpConsole.MOST_LINES), lines.size()),
        managed(entries.subList(from, dump)));
  }

  // Nearest before the dump: it is what the dump was taken for.
  private JsonNode managed(List<Entry> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      if (before.get(i).event().orElse(null) instanceof Thrown thrown) {
        return thrown.managed()
            ? mapper.valueToTree(
                List.of(
                    new ManagedException(thrown.name(), thrown.message(), "", "log", List.of())))
            : null;
      }
    }
    return null;
  }

  // Its settings, which it repeats each time, are the session's.
  private static boolean tells(Entry entry) {
    return entry.timed()
        || entry
            .event()
            .filter(e -> e instanceof Started || e instanceof Watching || e instanceof Failed)
            .isPresent();
  }

  private static boolean is(List<Entry> entries, int i, Class<? extends ConsoleEvent> type) {
    return entries.get(i).event().filter(type::isInstance).isPresent();
  }

  private static boolean isDumpOf(ProcessInstance process, ConsoleEvent event) {
    if (!(event instanceof DumpInitiated dump)) {
      return false;
    }
    Matcher folder = FOLDER.matcher(dump.path());
    return folder.find()
        && new ProcessInstance(
                Long.parseLong(folder.group(1)), Long.parseLong(folder.group(2)) / 1000)
            .equals(process);
  }

  private List<Entry> entries() {
    try {
      return ConsoleOutput.read(ConsoleBytes.text(PlainFiles.readEnd(file, LIMIT)));
    } catch (IOException noneOrNotNow) {
      return List.of();
    }
  }
}
