package io.crashmonitor.sidecar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.volume.AtomicFile;
import io.crashmonitor.sidecar.volume.PlainFiles;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
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
 * Analyses dumps one after the other, beside everything else. What it finds is kept in a file of
 * the volume until the dump is gone: in memory the reports of some tens of waiting dumps would be
 * more than the agent has. A dump that ends the JVM twice is not analysed a third time: it is
 * stored without.
 */
final class Analyses implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Analyses.class.getName());
  private static final int ATTEMPTS = 2;
  // Far more than goes into an offer; read as a whole, as one part after the other is left out.
  private static final int LIMIT = 8 * 1024 * 1024;

  private final DumpInspector inspector;
  private final VolumeLayout volume;
  private final JsonMapper mapper = AgentProtocol.mapper();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Threads.named("analysis"));

  Analyses(DumpInspector inspector, VolumeLayout volume) {
    this.inspector = inspector;
    this.volume = volume;
  }

  /** The file with the analysis, once it is made; by an agent before this one, too. */
  Future<Path> begin(DumpFile dump) {
    return executor.submit(() -> analyse(dump));
  }

  /** The analysis, if it is there within the time; one that failed is none. */
  Optional<JsonNode> await(DumpJob job, Duration limit) throws InterruptedException {
    if (job.analysis.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(job.analysis.get().get(limit.toMillis(), TimeUnit.MILLISECONDS)));
    } catch (TimeoutException pending) {
      return Optional.empty();
    } catch (ExecutionException failed) {
      LOG.warning(job.file.path().getFileName() + ": no analysis: " + failed.getCause());
    } catch (CancellationException givenUp) {
      LOG.warning(job.file.path().getFileName() + ": the analysis was given up");
    } catch (IOException unreadable) {
      LOG.warning(job.file.path().getFileName() + ": no analysis: " + unreadable.getMessage());
    }
    job.analysis = Optional.empty();
    return Optional.empty();
  }

  /** Gives it up: an interrupt ends its reading. */
  void cancel(DumpJob job) {
    job.analysis.ifPresent(analysis -> analysis.cancel(true));
    job.analysis = Optional.empty();
  }

  /** Its dump is gone: nothing of it stays behind. */
  void forget(DumpFile dump) {
    try {
      Files.deleteIfExists(volume.analysis(name(dump)));
      Files.deleteIfExists(volume.analysisMarker(name(dump)));
    } catch (IOException e) {
      LOG.warning(dump.path().getFileName() + ": its analysis stays behind: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private Path analyse(DumpFile dump) throws IOException {
    Path result = volume.analysis(name(dump));
    if (PlainFiles.file(result).isPresent()) {
      return result;
    }
    Path marker = volume.analysisMarker(name(dump));
    long died = PlainFiles.file(marker).map(BasicFileAttributes::size).orElse(0L);
    if (died >= ATTEMPTS) {
      // The marker stays as long as the dump: the next agent must not try it either.
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
      keep(result, inspector.analyse(dump.path()));
      return result;
    } finally {
      Files.deleteIfExists(marker);
    }
  }

  private void keep(Path result, JsonNode analysis) throws IOException {
    byte[] bytes = mapper.writeValueAsBytes(analysis);
    if (bytes.length > LIMIT) {
      throw new IOException("it is longer than " + LIMIT + " bytes");
    }
    AtomicFile.replace(result, bytes);
  }

  private JsonNode read(Path result) throws IOException {
    if (PlainFiles.file(result).filter(a -> a.size() <= LIMIT).isEmpty()) {
      throw new FileSystemException(result + ": not there, or not the agent's");
    }
    try (InputStream in = Files.newInputStream(result, LinkOption.NOFOLLOW_LINKS)) {
      return mapper.readTree(in);
    }
  }

  // Two dumps of one process can be of one size, but are not written at the same time.
  private static String name(DumpFile dump) {
    return dump.process().pid()
        + "_"
        + dump.process().startSeconds()
        + "_"
        + dump.size()
        + "_"
        + dump.modified().toEpochMilli();
  }
}
