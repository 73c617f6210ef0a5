package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.report.DumpReport;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports in storage: created once, changed by compare-and-swap, with their metadata. */
final class ReportStore {
  /** An agent's message and what the operator adds. */
  private static final int LIMIT = 2 * AgentProtocol.MESSAGE_LIMIT;

  private static final Logger LOG = LoggerFactory.getLogger(ReportStore.class);
  private static final int TRIES = 20;
  private static final JsonMapper JSON = AgentProtocol.mapper();

  private ReportStore() {}

  /** Writes a report, or adds what it tells to the one that is there. */
  static void put(DumpStore store, String blob, DumpReport told) {
    DumpReport report = ReportEdit.made(told);
    if (!store.create(blob, json(report), ReportMetadata.of(report))) {
      // As it was told: what is settled has moved its exception to where a merge does not look.
      change(store, blob, known -> ReportEdit.merged(known, told));
    }
  }

  /** Writes a report unless there is one. */
  static void create(DumpStore store, String blob, DumpReport told) {
    DumpReport report = ReportEdit.made(told);
    store.create(blob, json(report), ReportMetadata.of(report));
  }

  /** Changes a report; nothing when it was deleted, or is not as we wrote it. */
  static void change(DumpStore store, String blob, UnaryOperator<DumpReport> edit) {
    for (int i = 0; i < TRIES; i++) {
      Optional<DumpStore.Content> content = store.read(blob, LIMIT);
      if (content.isEmpty()) {
        return;
      }
      Optional<DumpReport> report = parse(content.get().bytes());
      if (report.isEmpty()) {
        // A place is not held back by a report that somebody edited.
        LOG.atWarn().addKeyValue("report", blob).log("a report cannot be read and stays as it is");
        return;
      }
      DumpReport known = report.get();
      DumpReport next = edit.apply(known);
      Map<String, String> metadata = ReportMetadata.of(next);
      if (next.equals(known) || store.replace(blob, json(next), metadata, content.get().etag())) {
        return;
      }
    }
    throw new StorageFaultException(
        new StorageFault.Unreachable("the report " + blob + " is never quiet"));
  }

  private static Optional<DumpReport> parse(byte[] json) {
    try {
      return Optional.ofNullable(JSON.readValue(json, DumpReport.class))
          .filter(r -> r.crashId() != null && r.dump() != null && r.exitCodeSource() != null);
    } catch (IOException notOurs) {
      return Optional.empty();
    }
  }

  private static byte[] json(DumpReport report) {
    try {
      return JSON.writeValueAsBytes(report);
    } catch (JsonProcessingException recordsAlwaysCan) {
      throw new IllegalStateException(recordsAlwaysCan);
    }
  }
}
