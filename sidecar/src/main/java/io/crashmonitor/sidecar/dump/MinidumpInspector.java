package io.crashmonitor.sidecar.dump;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.reader.DumpModule;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.reader.MiscInfo;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.report.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks into dumps with the minidump module. */
public final class MinidumpInspector implements DumpInspector {
  private static final int PROCESS_LIMIT = 260;
  private final JsonMapper mapper = AgentProtocol.mapper();

  @Override
  public Inspection inspect(Path file) throws IOException {
    Wholeness wholeness = Wholeness.of(file);
    return switch (wholeness.state()) {
      case WHOLE -> new Inspection.Whole(facts(file));
      case INCOMPLETE -> new Inspection.Truncated(facts(file), wholeness.reason());
      case NOT_A_MINIDUMP -> new Inspection.NoDump(wholeness.reason());
    };
  }

  @Override
  public JsonNode analyse(Path file) throws IOException {
    try {
      return mapper.valueToTree(MinidumpAnalyzer.analyze(file, AnalysisOptions.defaults()));
    } catch (RuntimeException e) {
      throw new IOException("the dump cannot be explained: " + e.getMessage(), e);
    }
  }

  private static DumpFacts facts(Path file) throws IOException {
    try (Minidump dump = Minidump.open(file)) {
      Optional<MiscInfo> misc = dump.miscInfo();
      return new DumpFacts(
          misc.map(MiscInfo::processId).orElse(OptionalLong.empty()),
          misc.flatMap(MiscInfo::createTime),
          Optional.of(dump.directory().written()).filter(t -> t.getEpochSecond() > 0),
          dump.modules().list().stream()
              .findFirst()
              .map(DumpModule::name)
              .map(MinidumpInspector::cut),
          dump.exception().map(e -> new ExitCode(e.code()).code()),
          dump.comment(),
          dump.systemInfo().map(s -> s.major() + "." + s.minor() + "." + s.build()));
    } catch (MinidumpException cutTooShort) {
      return DumpFacts.NONE;
    }
  }

  private static String cut(String name) {
    return name.length() <= PROCESS_LIMIT ? name : name.substring(0, PROCESS_LIMIT);
  }
}
