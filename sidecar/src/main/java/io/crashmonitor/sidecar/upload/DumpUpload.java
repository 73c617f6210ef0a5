package io.crashmonitor.sidecar.upload;

import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.api.Compression;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.operator.Reply;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Uploads dumps, one at a time. While a block is on its way the next is compressed; two buffers of
 * 4 MiB are all it needs. What storage has is in the journal, so an attempt begins where the last
 * one ended.
 */
public final class DumpUpload {
  /** Waits, unless the agent ends. */
  public interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  /** Offers the same dump again: renews the grant. */
  public interface Renewal {
    Reply<DumpDecision> renew() throws InterruptedException;
  }

  /**
   * What to upload.
   *
   * @param journal where to keep what is in storage
   * @param overwrite whether the operator found another blob of that name to be replaced
   * @param sums of the dump, kept from one attempt to the next
   */
  public record Job(Path file, Granted grant, Path journal, boolean overwrite, Checksums sums) {
    /** As the blob's name says: the session may want another one by now. */
    Compression compression() {
      if (grant.blob().endsWith(".gz")) {
        return Compression.Gzip;
      }
      return grant.blob().endsWith(".zst") ? Compression.Zstd : Compression.None;
    }
  }

  final BlobRest storage;
  final Pause pause;
  final RandomGenerator random;
  final Supplier<Instant> operatorNow;
  final BackOff backOff;

  /**
   * @param operatorNow the time by the operator's clock, which grants end by
   */
  public DumpUpload(
      BlobRest storage,
      Pause pause,
      RandomGenerator random,
      Supplier<Instant> operatorNow,
      BackOff backOff) {
    this.storage = storage;
    this.pause = pause;
    this.random = random;
    this.operatorNow = operatorNow;
    this.backOff = backOff;
  }

  /** The compression as it can be had here: without the library for it Zstd becomes Gzip. */
  public static Compression supported(Compression wished) {
    return switch (wished) {
      case None -> Compression.None;
      case Gzip -> Compression.Gzip;
      case Zstd -> Zstandard.isHere() ? Compression.Zstd : Compression.Gzip;
    };
  }

  /** Uploads and commits. */
  public UploadResult upload(Job job, Renewal renewal) throws InterruptedException {
    try (BlockSource source = BlockSource.open(job.file(), job.compression(), job.sums())) {
      if (source.blocks() > Block.MOST) {
        return new UploadResult.Postponed(
            "the dump is larger than a blob can be", Optional.empty(), false);
      }
      return new UploadAttempt(this, job, renewal, source).run();
    } catch (NoSuchFileException gone) {
      return new UploadResult.FileGone();
    } catch (IOException e) {
      return new UploadResult.Postponed(
          "the dump cannot be read: " + e.getMessage(), Optional.empty(), false);
    }
  }

  /** Forgets what is in storage of a dump. */
  public void forget(Path journal) {
    UploadJournal.delete(journal);
  }
}
