package io.crashmonitor.sidecar.upload;

import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.sidecar.operator.Reply;
import io.crashmonitor.sidecar.upload.StorageReply.BlocksGone;
import io.crashmonitor.sidecar.upload.StorageReply.Denied;
import io.crashmonitor.sidecar.upload.StorageReply.Done;
import io.crashmonitor.sidecar.upload.StorageReply.Exists;
import io.crashmonitor.sidecar.upload.StorageReply.Later;
import io.crashmonitor.sidecar.upload.UploadResult.Committed;
import io.crashmonitor.sidecar.upload.UploadResult.Decided;
import io.crashmonitor.sidecar.upload.UploadResult.Postponed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Logger;

/** One attempt of one upload. */
final class UploadAttempt {
  private static final Logger LOG = Logger.getLogger(UploadAttempt.class.getName());
  // Failures in a row that are waited out with the file open; after them the dump is put back.
  private static final int PATIENCE = 5;
  private static final Duration RENEW_BEFORE = Duration.ofMinutes(2);
  private static final Duration COMMIT_ANSWER = Duration.ofMillis(1500);
  private static final long PROGRESS_EVERY = 256L * 1024 * 1024;

  /** Ends the attempt with its result. */
  private static final class Ended extends Exception {
    private final transient UploadResult result;

    Ended(UploadResult result) {
      super(null, null, false, false);
      this.result = result;
    }
  }

  private record Sending(Block block, CompletableFuture<StorageReply> reply) {}

  private final DumpUpload upload;
  private final DumpUpload.Job job;
  private final DumpUpload.Renewal renewal;
  private final BlockSource source;
  private final UploadJournal journal;
  private Granted grant;
  private Optional<Sending> sending = Optional.empty();
  private boolean storedSome;
  private CompletableFuture<StorageReply> committing = new CompletableFuture<>();

  UploadAttempt(
      DumpUpload upload, DumpUpload.Job job, DumpUpload.Renewal renewal, BlockSource source) {
    this.upload = upload;
    this.job = job;
    this.renewal = renewal;
    this.source = source;
    this.grant = job.grant();
    this.journal =
        UploadJournal.open(
            job.journal(), grant.blob(), source.size(), source.modified(), job.compression());
  }

  UploadResult run() throws IOException, InterruptedException {
    try {
      stage();
      return commit();
    } catch (Ended end) {
      return end.result;
    } finally {
      sending.ifPresent(s -> s.reply().cancel(true));
    }
  }

  private void stage() throws IOException, InterruptedException, Ended {
    List<UploadJournal.Staged> there = journal.blocks();
    if (!there.isEmpty()) {
      LOG.info(
          grant.blob() + ": goes on after " + there.size() + " of " + source.blocks() + " blocks");
    }
    byte[][] buffers = new byte[2][];
    long progress = PROGRESS_EVERY;
    for (int i = 0; i < source.blocks(); i++) {
      if (i < there.size()) {
        source.skip();
        continue;
      }
      int side = i % 2;
      buffers[side] = buffers[side] == null ? new byte[BlockSource.bufferSize()] : buffers[side];
      Block block = source.next(buffers[side]);
      settle();
      send(block);
      long done = (long) i * BlockSource.PIECE;
      if (done >= progress) {
        LOG.info(grant.blob() + ": " + (done >> 20) + " of " + (source.size() >> 20) + " MiB");
        progress = done + PROGRESS_EVERY;
      }
    }
    settle();
  }

  private void send(Block block) throws InterruptedException, Ended {
    renewIfNeeded();
    sending = Optional.of(new Sending(block, upload.storage.putBlock(grant.url(), block)));
  }

  /** Waits until the block on its way is in storage. */
  private void settle() throws InterruptedException, Ended {
    if (sending.isEmpty()) {
      return;
    }
    Block block = sending.get().block();
    await(sending.get().reply(), () -> upload.storage.putBlock(grant.url(), block));
    journal.staged(block);
    storedSome = true;
    sending = Optional.empty();
  }

  private UploadResult commit() throws InterruptedException, Ended {
    String sha256 = source.sha256();
    BlobProperties properties =
        new BlobProperties(
            BlobProperties.fileName(grant.blob(), job.compression()), job.compression(), sha256);
    List<String> ids = journal.blocks().stream().map(b -> Block.base64(b.id())).toList();
    Supplier<CompletableFuture<StorageReply>> call =
        () -> {
          committing = upload.storage.putBlockList(grant.url(), ids, properties, job.overwrite());
          return committing;
        };
    renewIfNeeded();
    try {
      await(call.get(), call);
    } catch (InterruptedException end) {
      if (!isCommitted()) {
        throw end;
      }
      Thread.currentThread().interrupt();
    }
    long length = journal.blocks().stream().mapToLong(UploadJournal.Staged::length).sum();
    return new Committed(length, source.size(), sha256);
  }

  /** What became of a commit under way when the agent ends: storage may have it by now. */
  private boolean isCommitted() throws InterruptedException {
    try {
      StorageReply reply = committing.get(COMMIT_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      return reply instanceof Done || reply instanceof Exists;
    } catch (ExecutionException | TimeoutException unknown) {
      committing.cancel(true);
      return false;
    }
  }

  /** Waits for the call, and makes it again as long as there is hope. */
  private void await(
      CompletableFuture<StorageReply> first, Supplier<CompletableFuture<StorageReply>> again)
      throws InterruptedException, Ended {
    StorageReply reply = result(first);
    boolean renewed = false;
    for (int failures = 1; !(reply instanceof Done || reply instanceof Exists); failures++) {
      if (reply instanceof BlocksGone gone) {
        upload.forget(job.journal());
        // What this attempt brought there counts for nothing either.
        String why = gone.why() + "; from the beginning";
        throw new Ended(new Postponed(why, Optional.empty(), false));
      }
      if (reply instanceof Denied denied) {
        // A place granted a moment ago is refused as well: each more would be the operator's work.
        if (renewed) {
          throw postponed(denied.why(), Optional.empty());
        }
        renew();
        renewed = true;
      } else if (reply instanceof Later later) {
        pause(failures, later.after(), later.why());
        renewIfNeeded();
      }
      reply = result(again.get());
    }
  }

  private void pause(int failures, Optional<Duration> asked, String why)
      throws InterruptedException, Ended {
    if (failures > PATIENCE) {
      throw postponed(why, asked);
    }
    Duration backOff = upload.backOff.delay(failures, upload.random);
    Duration pause = asked.filter(a -> a.compareTo(backOff) > 0).orElse(backOff);
    LOG.warning(grant.blob() + ": " + why + "; again in " + pause.toMillis() + " ms");
    upload.pause.sleep(pause);
  }

  private Ended postponed(String why, Optional<Duration> after) {
    return new Ended(new Postponed(why, after, storedSome));
  }

  private void renewIfNeeded() throws InterruptedException, Ended {
    if (grant.expires() != null
        && upload.operatorNow.get().plus(RENEW_BEFORE).isAfter(grant.expires())) {
      renew();
    }
  }

  private void renew() throws InterruptedException, Ended {
    Reply<DumpDecision> reply = renewal.renew();
    if (reply instanceof Reply.Later<DumpDecision> later) {
      throw postponed("the grant is not renewed: " + later.why(), later.after());
    }
    DumpDecision decision = ((Reply.Answer<DumpDecision>) reply).value();
    if (!(decision instanceof Granted renewed) || !renewed.blob().equals(grant.blob())) {
      throw new Ended(new Decided(decision));
    }
    grant = renewed;
  }

  private static StorageReply result(CompletableFuture<StorageReply> call)
      throws InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      return new Later("storage: " + e.getCause().getClass().getSimpleName(), Optional.empty());
    }
  }
}
