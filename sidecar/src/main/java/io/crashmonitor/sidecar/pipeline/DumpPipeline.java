package io.crashmonitor.sidecar.pipeline;

import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.pipeline.Next.Deleted;
import io.crashmonitor.sidecar.pipeline.Next.GivenUp;
import io.crashmonitor.sidecar.pipeline.Next.Offer;
import io.crashmonitor.sidecar.pipeline.Next.Retry;
import io.crashmonitor.sidecar.pipeline.Next.Upload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * Brings dumps to storage. Offers go out one after the other on one thread, uploads on another: a
 * long upload keeps no crash from being reported. Whatever fails is tried again with back-off for
 * as long as the pod lives; nothing of it needs to be remembered over a restart, as the files and
 * their journals tell where each stands.
 */
public final class DumpPipeline implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DumpPipeline.class.getName());

  private static final int TELLING = 4;
  // The kubelet gives two seconds at least.
  private static final Duration COMMIT = Duration.ofSeconds(2);

  private final DumpSteps steps;
  private final BackOff backOff;
  private final RandomGenerator random;
  private final Map<Path, DumpJob> jobs = new ConcurrentHashMap<>();
  private final ScheduledExecutorService offers;
  private final ScheduledExecutorService uploads;

  public DumpPipeline(DumpSteps steps, BackOff backOff, RandomGenerator random) {
    this(
        steps,
        backOff,
        random,
        Executors.newSingleThreadScheduledExecutor(Threads.named("offers")),
        Executors.newSingleThreadScheduledExecutor(Threads.named("uploads")));
  }

  /**
   * On threads of the caller's.
   *
   * @param offers runs one task at a time, as does the other
   */
  public DumpPipeline(
      DumpSteps steps,
      BackOff backOff,
      RandomGenerator random,
      ScheduledExecutorService offers,
      ScheduledExecutorService uploads) {
    this.steps = steps;
    this.backOff = backOff;
    this.random = random;
    this.offers = offers;
    this.uploads = uploads;
  }

  /** Takes it on its way, unless it is. */
  public void submit(DumpFile dump) {
    if (!knows(dump.path())) {
      DumpJob job = new DumpJob(dump);
      steps.found(dump);
      jobs.put(dump.path(), job);
      LOG.info("found " + dump.path().getFileName() + ", " + (dump.size() >> 10) + " KiB");
      follow(job, new Offer());
    }
  }

  /** Whether it is on its way, or given up. */
  public boolean knows(Path file) {
    return jobs.containsKey(file);
  }

  /** Dumps on their way. */
  public int waiting() {
    return (int) jobs.values().stream().filter(job -> !job.givenUp).count();
  }

  /** Dumps that have a place in storage, or will ask for none any more. */
  public int decided() {
    return (int) jobs.values().stream().filter(job -> job.placed || job.givenUp).count();
  }

  /** Whether nothing more will come of the file. */
  public boolean hasGivenUp(Path file) {
    DumpJob job = jobs.get(file);
    return job != null && job.givenUp;
  }

  /**
   * Ends all that is under way, and tells the operator what will not arrive any more, as far as it
   * is reached in time. What is being committed is waited for first: no dump is told as lost that
   * is in storage, and none comes there after it was told.
   *
   * @param left in the volume; those that never came on their way are lost, too
   * @param most how long the telling may take
   */
  public void reportLost(List<DumpFile> left, Duration most) throws InterruptedException {
    offers.shutdownNow();
    uploads.shutdownNow();
    if (!uploads.awaitTermination(COMMIT.toMillis(), TimeUnit.MILLISECONDS)
        || !offers.awaitTermination(COMMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warning("something under way does not end");
    }
    left.stream()
        .filter(dump -> !knows(dump.path()))
        .forEach(dump -> jobs.put(dump.path(), new DumpJob(dump)));
    ExecutorService telling = Executors.newFixedThreadPool(TELLING, Threads.named("lost"));
    for (DumpJob job : jobs.values()) {
      telling.execute(() -> lost(job));
    }
    telling.shutdown();
    if (!telling.awaitTermination(most.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warning("the operator could not be told of all of them in time");
      telling.shutdownNow();
    }
  }

  private void lost(DumpJob job) {
    try {
      steps.lost(job);
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    offers.shutdownNow();
    uploads.shutdownNow();
    steps.close();
  }

  private void follow(DumpJob job, Next next) {
    if (next instanceof Offer) {
      schedule(offers, job, Duration.ZERO, () -> steps.offer(job));
    } else if (next instanceof Upload upload) {
      schedule(uploads, job, Duration.ZERO, () -> steps.upload(job, upload.grant()));
    } else if (next instanceof Retry retry) {
      retry(job, retry);
    } else if (next instanceof Deleted) {
      jobs.remove(job.file.path());
    } else if (next instanceof GivenUp givenUp) {
      job.givenUp = true;
      LOG.warning(
          job.file.path()
              + " is given up and stays there; the next agent offers it again: "
              + givenUp.why());
    }
  }

  private void retry(DumpJob job, Retry retry) {
    Duration wait = retry.after().orElse(Duration.ZERO);
    if (retry.failure()) {
      Duration backedOff = backOff.delay(++job.failures, random);
      wait = wait.compareTo(backedOff) > 0 ? wait : backedOff;
      LOG.warning(
          job.file.path().getFileName()
              + ": "
              + retry.why()
              + "; again in "
              + wait.toMillis()
              + " ms");
    }
    schedule(offers, job, wait, () -> steps.offer(job));
  }

  private interface Step {
    Next take() throws InterruptedException;
  }

  private void schedule(ScheduledExecutorService on, DumpJob job, Duration wait, Step step) {
    if (on.isShutdown()) {
      return;
    }
    on.schedule(() -> follow(job, safely(job, step)), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Next safely(DumpJob job, Step step) {
    try {
      return step.take();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return new Next.Stopped();
    } catch (RuntimeException | Error defect) {
      LOG.log(Level.WARNING, job.file.path().getFileName() + ": a step failed", defect);
      return Retry.failed("a step failed");
    }
  }
}
