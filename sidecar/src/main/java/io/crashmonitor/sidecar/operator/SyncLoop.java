package io.crashmonitor.sidecar.operator;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.operator.Reply.Answer;
import io.crashmonitor.sidecar.operator.Reply.Later;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * Keeps the agent in step with the operator: asks, is answered when something changed or a minute
 * has passed, asks again. Between two questions lies a second at least, whatever happens.
 */
public final class SyncLoop implements Runnable {
  private static final Logger LOG = Logger.getLogger(SyncLoop.class.getName());
  private static final Duration LEAST_GAP = Duration.ofSeconds(1);

  /** The agent's side of the exchange. */
  public interface Exchange {
    /** Hash of the configuration it has; empty for none. */
    String configurationHash();

    /** The operator's word. */
    void accept(SyncResponse response, Instant received);
  }

  private final OperatorClient client;
  private final Exchange exchange;
  private final Supplier<AgentState> state;
  private final String version;
  private final Clock clock;
  private final BackOff backOff;
  private final RandomGenerator random;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private long changes;
  private CompletableFuture<?> inFlight = new CompletableFuture<>();
  private int failures;

  public SyncLoop(
      OperatorClient client,
      Exchange exchange,
      Supplier<AgentState> state,
      String version,
      Clock clock,
      BackOff backOff,
      RandomGenerator random) {
    this.client = client;
    this.exchange = exchange;
    this.state = state;
    this.version = version;
    this.clock = clock;
    this.backOff = backOff;
    this.random = random;
  }

  /** The agent's state has changed: tell the operator now, not when the poll ends. */
  public synchronized void stateChanged() {
    changes++;
    inFlight.cancel(true);
  }

  /** Ends the loop. */
  public void stop() {
    stopped.countDown();
    stateChanged();
  }

  @Override
  public void run() {
    try {
      do {
        Duration pause = turn();
        if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } while (true);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** One question and its answer; how long to wait before the next. */
  private Duration turn() throws InterruptedException {
    long before = changes();
    Reply<SyncResponse> reply;
    try {
      SyncRequest request = new SyncRequest(version, exchange.configurationHash(), state.get());
      reply = client.sync(request, under -> register(under, before));
      if (reply instanceof Answer<SyncResponse> answer) {
        exchange.accept(answer.value(), clock.instant());
      }
    } catch (CancellationException changed) {
      return LEAST_GAP;
    } catch (RuntimeException defect) {
      // This thread is the agent's only way to hear that it shall stop: it goes on.
      LOG.log(Level.WARNING, "an exchange with the operator failed", defect);
      reply = new Later<>("a defect", Optional.empty());
    }
    if (reply instanceof Answer<SyncResponse>) {
      if (failures > 0) {
        LOG.info("the operator answers again");
      }
      failures = 0;
      return LEAST_GAP;
    }
    return failed((Later<SyncResponse>) reply);
  }

  private Duration failed(Later<SyncResponse> later) {
    Duration usual = backOff.delay(++failures, random);
    Duration pause = later.after().filter(asked -> asked.compareTo(usual) > 0).orElse(usual);
    LOG.warning(
        () ->
            "not in step with the operator: "
                + later.why()
                + "; again in "
                + pause.toMillis()
                + " ms");
    return pause;
  }

  private synchronized long changes() {
    return changes;
  }

  private synchronized void register(CompletableFuture<?> request, long before) {
    inFlight = request;
    if (changes != before) {
      request.cancel(true);
    }
  }
}
