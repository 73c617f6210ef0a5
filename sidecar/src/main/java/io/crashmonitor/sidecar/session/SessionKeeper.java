package io.crashmonitor.sidecar.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.sidecar.dump.RuntimeDumps;
import io.crashmonitor.sidecar.operator.SyncLoop;
import io.crashmonitor.sidecar.volume.AtomicFile;
import io.crashmonitor.sidecar.volume.PlainFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The session's last configuration and the operator's clock. Both lie in a file of the volume too:
 * an agent that starts while the operator is away knows what it knew, also when to stop.
 */
public final class SessionKeeper implements SyncLoop.Exchange, KnownSession {
  private static final Logger LOG = Logger.getLogger(SessionKeeper.class.getName());
  private static final int LIMIT = 256 * 1024;
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

  /**
   * What is known; times of the operator are this node's plus the offset.
   *
   * @param disarmedSince since when no dumps are wanted, by this node's clock; null while they are
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Known(
      String hash,
      SessionConfiguration configuration,
      long clockOffsetMillis,
      Instant disarmedSince) {
    static final Known NOTHING = new Known("", null, 0, null);

    Known with(String nextHash, SessionConfiguration next, long offset, Instant now) {
      return new Known(nextHash, next, offset, next.armed() ? null : since(next, now));
    }

    // What came before this word is the operator's to judge, also where it is the first: the
    // operator may have been away for all of the run.
    private Instant since(SessionConfiguration next, Instant now) {
      return disarmedSince == null || (isBeyondBudget(configuration) && !isBeyondBudget(next))
          ? now
          : disarmedSince;
    }

    private static boolean isBeyondBudget(SessionConfiguration configuration) {
      return RuntimeDumps.BUDGET_USED.equals(configuration.disarmedReason());
    }
  }

  private final Path file;
  private final Clock clock;
  private final Runnable changed;
  private final JsonMapper mapper = AgentProtocol.mapper();
  private volatile Known known = Known.NOTHING;

  /**
   * @param file where it is kept
   * @param changed told when the configuration is another
   */
  public SessionKeeper(Path file, Clock clock, Runnable changed) {
    this.file = file;
    this.clock = clock;
    this.changed = changed;
  }

  /** Takes up what an earlier agent in this pod knew. */
  public void load() {
    if (!PlainFiles.exists(file)) {
      return;
    }
    try {
      Known kept = mapper.readValue(PlainFiles.read(file, LIMIT), Known.class);
      if (kept.hash() != null && kept.configuration() != null) {
        check(kept.configuration());
        known = kept;
        LOG.info("goes on with the configuration of run " + kept.configuration().runId());
      }
    } catch (IOException | IllegalArgumentException unusable) {
      LOG.log(Level.WARNING, "the kept configuration cannot be used: " + unusable.getMessage());
    }
  }

  @Override
  public Optional<SessionConfiguration> configuration() {
    return Optional.ofNullable(known.configuration());
  }

  /** Since when the session wants no dumps, by this node's clock; empty while it does. */
  public Optional<Instant> disarmedSince() {
    return Optional.ofNullable(known.disarmedSince());
  }

  @Override
  public Duration clockOffset() {
    return Duration.ofMillis(known.clockOffsetMillis());
  }

  /** The time by the operator's clock. */
  public Instant operatorNow() {
    return clock.instant().plusMillis(known.clockOffsetMillis());
  }

  /** A time of the operator by this node's clock. */
  public Instant local(Instant operatorTime) {
    return operatorTime.minusMillis(known.clockOffsetMillis());
  }

  @Override
  public String configurationHash() {
    return known.hash();
  }

  @Override
  public void accept(SyncResponse response, Instant received) {
    Known before = known;
    long offset = offset(response, received, before.clockOffsetMillis());
    boolean other =
        response.configuration() != null && !before.hash().equals(response.configurationHash());
    if (other) {
      try {
        check(response.configuration());
      } catch (IllegalArgumentException notOurs) {
        LOG.warning("a configuration that cannot be used was left out: " + notOurs.getMessage());
        other = false;
      }
    }
    if (!other && offset == before.clockOffsetMillis()) {
      return;
    }
    known =
        other
            ? before.with(response.configurationHash(), response.configuration(), offset, received)
            : new Known(before.hash(), before.configuration(), offset, before.disarmedSince());
    keep();
    if (other) {
      SessionConfiguration now = known.configuration();
      LOG.info(
          () ->
              "run "
                  + now.runId()
                  + ": "
                  + (now.armed() ? "armed until " + now.stopTime() : now.disarmedReason()));
    }
    changed.run();
  }

  // The answer may have waited at the operator for a minute: its time is of the moment it was sent.
  private static long offset(SyncResponse response, Instant received, long before) {
    if (response.serverTime() == null) {
      return before;
    }
    long measured = Duration.between(received, response.serverTime()).toMillis();
    return Math.abs(measured - before) > CLOCK_TOLERANCE.toMillis() ? measured : before;
  }

  private static void check(SessionConfiguration configuration) {
    if (configuration.runId() == null || configuration.runId().isEmpty()) {
      throw new IllegalArgumentException("it names no run");
    }
    if (configuration.dump() == null || configuration.process() == null) {
      throw new IllegalArgumentException("it says nothing of process or dump");
    }
    SessionProperties.text(Optional.of(configuration), new Arming(true, ""), Optional.empty(), 0);
  }

  private void keep() {
    try {
      AtomicFile.replace(file, mapper.writeValueAsBytes(known));
    } catch (JacksonException impossible) {
      throw new IllegalStateException(impossible);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the configuration is not kept for a restart: " + e.getMessage());
    }
  }
}
