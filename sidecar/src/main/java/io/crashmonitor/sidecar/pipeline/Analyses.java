package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.sidecar.dump.DumpInspector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;

/** Analyses dumps one after the other, beside everything else. */
final class Analyses implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Analyses.class.getName());

  private final DumpInspector inspector;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Threads.named("analysis"));

  Analyses(DumpInspector inspector) {
    this.inspector = inspector;
  }

  Future<JsonNode> begin(Path file) {
    return executor.submit(() -> inspector.analyse(file));
  }

  /** The analysis, if it is there within the time; one that failed is none. */
  Optional<JsonNode> await(DumpJob job, Duration limit) throws InterruptedException {
    if (job.analysis.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(job.analysis.get().get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException pending) {
      return Optional.empty();
    } catch (ExecutionException failed) {
      LOG.warning(job.file.path().getFileName() + ": no analysis: " + failed.getCause());
      job.analysis = Optional.empty();
      return Optional.empty();
    }
  }

  /** Gives it up: an interrupt ends its reading. */
  void cancel(DumpJob job) {
    job.analysis.ifPresent(analysis -> analysis.cancel(true));
    job.analysis = Optional.empty();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
