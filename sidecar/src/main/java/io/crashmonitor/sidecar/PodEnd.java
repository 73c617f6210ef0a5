package io.crashmonitor.sidecar;

import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.pipeline.DumpPipeline;
import io.crashmonitor.sidecar.volume.PlainFiles;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Logger;

/** Obeys the marks of the pod's end in the volume, see {@link Drain}. */
final class PodEnd {
  private static final Logger LOG = Logger.getLogger(PodEnd.class.getName());
  // The pod's end must not wait for us.
  private static final Duration HURRY = Duration.ofMillis(200);
  // Longer than the margin of most grace periods: the kubelet ends it where that is used up.
  private static final Duration LOST = Duration.ofSeconds(20);

  private final VolumeLayout volume;
  private final DumpPipeline pipeline;
  private final Supplier<List<DumpFile>> left;
  private final Supplier<Duration> limit;
  private volatile boolean begun;
  private Drain drain = Drain.NONE;

  /**
   * @param left dumps in the volume that are wanted, on their way or not
   * @param limit how long uploads may take
   */
  PodEnd(
      VolumeLayout volume,
      DumpPipeline pipeline,
      Supplier<List<DumpFile>> left,
      Supplier<Duration> limit) {
    this.volume = volume;
    this.pipeline = pipeline;
    this.left = left;
    this.limit = limit;
  }

  /**
   * The agent's process is asked to end, by whoever knows nothing of marks.
   *
   * @return how long that takes at most
   */
  Duration begin() {
    begun = true;
    return limit.get().plus(LOST);
  }

  /** How long to wait before the next look. */
  Duration pause(Instant now, Duration usual) {
    return drain.isOfNow(now, limit.get()) ? HURRY : usual;
  }

  /** One look at the marks: whether the agent may end, all being in storage or told as lost. */
  boolean isOver(Instant now) throws IOException, InterruptedException {
    boolean hook = PlainFiles.exists(volume.drain());
    boolean end = begun || PlainFiles.exists(volume.end());
    Drain before = drain;
    drain = drain.seen(hook, end, now, limit.get());
    if (!drain.since().equals(before.since())) {
      LOG.info("the pod ends: uploading for at most " + limit.get().toSeconds() + " s");
    }
    boolean waits = (hook || end) && somethingWaits();
    switch (drain.verdict(waits, now, limit.get())) {
      case NOTHING, GO_ON -> {
        return false;
      }
      case RELEASE -> {
        LOG.info(waits ? "the hook waits no longer" : "nothing waits now");
        Files.deleteIfExists(volume.drain());
        return false;
      }
      case OVER -> LOG.warning("the time to upload is over");
      case DONE -> LOG.info("nothing waits any more");
    }
    pipeline.reportLost(left.get(), LOST);
    Files.deleteIfExists(volume.drain());
    Files.deleteIfExists(volume.end());
    return true;
  }

  private boolean somethingWaits() {
    return pipeline.waiting() > 0
        || left.get().stream().anyMatch(dump -> !pipeline.hasGivenUp(dump.path()));
  }
}
