package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.sidecar.volume.AtomicFile;
import io.crashmonitor.sidecar.volume.PlainFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * In which run each waiting dump was taken, kept in the volume: an agent that starts after the run
 * has ended still offers the dump for it. A file that cannot be written costs no more than that.
 */
final class DumpRuns {
  private static final Logger LOG = Logger.getLogger(DumpRuns.class.getName());
  private static final int LIMIT = 1024 * 1024;
  private static final int MOST = 1000;
  private static final int LONGEST_RUN = 100;
  private static final TypeReference<LinkedHashMap<String, String>> CONTENT =
      new TypeReference<>() {};

  private final Path file;
  private final JsonMapper mapper = AgentProtocol.mapper();
  private final Map<String, String> runs = new LinkedHashMap<>();
  private boolean loaded;

  /**
   * @param file where it is kept
   */
  DumpRuns(Path file) {
    this.file = file;
  }

  /**
   * The run of a dump: the one it was first seen in.
   *
   * @param now the run of today; empty before the operator's first word
   */
  synchronized Optional<String> of(Path dump, Optional<String> now) {
    load();
    Optional<String> before = Optional.ofNullable(runs.get(key(dump)));
    if (before.isEmpty() && now.isPresent() && runs.size() < MOST) {
      runs.put(key(dump), now.get());
      keep();
    }
    return before.or(() -> now);
  }

  /** The dump is gone. */
  synchronized void forget(Path dump) {
    load();
    if (runs.remove(key(dump)) != null) {
      keep();
    }
  }

  private static String key(Path dump) {
    return dump.getParent().getFileName() + "/" + dump.getFileName();
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    if (!PlainFiles.exists(file)) {
      return;
    }
    try {
      mapper.readValue(PlainFiles.read(file, LIMIT), CONTENT).entrySet().stream()
          .filter(e -> e.getValue() != null && e.getValue().length() <= LONGEST_RUN)
          .limit(MOST)
          .forEach(e -> runs.put(e.getKey(), e.getValue()));
    } catch (IOException unusable) {
      LOG.warning("the runs of the dumps that wait are not known: " + unusable.getMessage());
    }
  }

  private void keep() {
    try {
      AtomicFile.replace(file, mapper.writeValueAsBytes(runs));
    } catch (IOException e) {
      LOG.warning("the run of a dump is not kept for a restart: " + e.getMessage());
    }
  }
}
