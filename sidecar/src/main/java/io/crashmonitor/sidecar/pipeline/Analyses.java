package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.volume.PlainFiles;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;

/**
 * Analyses dumps one after the other, beside everything else. A dump that ends the JVM twice is not
 * analysed a third time: it is stored without.
 */
final class Analyses implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Analyses.class.getName());
  private static final int ATTEMPTS = 2;

  private final DumpInspector inspector;
  private final VolumeLayout volume;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Threads.named("analysis"));

  Analyses(DumpInspector inspector, VolumeLayout volume) {
    this.inspector = inspector;
    this.volume = volume;
  }

  Future<JsonNode> begin(DumpFile dump) {
    return executor.submit(() -> analyse(dump));
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
    } catch (CancellationException givenUp) {
      LOG.warning(job.file.path().getFileName() + ": the analysis was given up");
    }
    job.analysis = Optional.empty();
    return Optional.empty();
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

  private JsonNode analyse(DumpFile dump) throws IOException {
    Path marker =
        volume.analysisMarker(
            dump.process().pid() + "_" + dump.process().startSeconds() + "_" + dump.size());
    long died = PlainFiles.file(marker).map(BasicFileAttributes::size).orElse(0L);
    if (died >= ATTEMPTS) {
      Files.deleteIfExists(marker);
      throw new IOException("the agent ended while it analysed the dump, " + died + " times");
    }
    PlainFiles.requireFolderOf(marker);
    Files.write(
        marker,
        new byte[1],
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND,
        LinkOption.NOFOLLOW_LINKS);
    try {
      return inspector.analyse(dump.path());
    } finally {
      Files.deleteIfExists(marker);
    }
  }
}
