package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.StorageProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * The pod's end in the kubelet's order: the hook at once, the container's own end after the app.
 */
class PodEndIT extends AgentWithStorage {
  private static final String CRASH = CrashId.of(RunningAgent.POD_UID, 5, START).value();

  @Test
  void holdsTheHookUntilWhatWaitsIsInStorageAndLivesOn() throws IOException {
    // given
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    RunningAgent agent = start(Duration.ofMinutes(5));
    patiently().until(() -> operator.statuses.contains(503));
    // when
    Path hook = Files.createFile(folder.resolve("control/drain"));
    int before = operator.statuses.size();
    patiently().until(() -> operator.statuses.size() > before + 5);
    assertThat(hook).exists();
    operator.status = path -> 200;
    // then
    patiently().until(() -> Files.notExists(hook));
    assertThat(operator.completions).containsKey(CRASH);
    assertThat(agent.ended).isNotDone();
  }

  @Test
  void bringsTheDumpOfAnAppThatCrashesWhileItEnds() throws IOException {
    // given an end that began when nothing waited
    RunningAgent agent = start(Duration.ofMinutes(5));
    patiently().until(() -> !operator.syncs.isEmpty());
    Path hook = Files.createFile(folder.resolve("control/drain"));
    patiently().until(() -> Files.notExists(hook));
    // when
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    patiently().until(() -> operator.statuses.contains(503));
    Path end = Files.createFile(folder.resolve("control/end"));
    int before = operator.statuses.size();
    patiently().until(() -> operator.statuses.size() > before + 5);
    assertThat(agent.ended).isNotDone();
    operator.status = path -> 200;
    // then
    patiently().until(agent.ended::isDone);
    assertThat(file).doesNotExist();
    assertThat(end).doesNotExist();
    assertThat(operator.completions).containsKey(CRASH);
    assertThat(operator.abandons).isEmpty();
  }

  @Test
  void endsByASignalAsByTheHelpersWord() {
    // given
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    RunningAgent agent = start(Duration.ofMinutes(5));
    patiently().until(() -> operator.statuses.contains(503));
    // when
    agent.end();
    operator.status = path -> 200;
    // then
    patiently().until(agent.ended::isDone);
    assertThat(file).doesNotExist();
    assertThat(operator.completions).containsKey(CRASH);
  }

  @Test
  void tellsAlsoOfADumpThatHadNoTimeToSettle() throws IOException {
    // given half a dump, which counts as cut off after half a minute
    byte[] whole = TestDump.of(5, START, UNHANDLED).padded(100_000).bytes();
    Path left = folder.resolve("dumps/incoming/5_" + START.toEpochMilli());
    Files.createDirectories(left);
    Files.write(
        left.resolve("checkout.exe_261122_080100.dmp"), Arrays.copyOf(whole, whole.length / 2));
    RunningAgent agent = start(Duration.ofSeconds(1));
    patiently().until(() -> !operator.syncs.isEmpty());
    // when
    Files.createFile(folder.resolve("control/end"));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(operator.offers)
        .extracting(DumpOffer::crashId, DumpOffer::truncated)
        .containsOnly(tuple(CRASH, true));
    assertThat(operator.abandons.get(CRASH).reason()).isEqualTo("Lost");
  }

  @Test
  void tellsNoDumpAsLostWhoseCommitIsUnderWay() throws Exception {
    // given
    CountDownLatch over = new CountDownLatch(1);
    Logger agentLog = Logger.getLogger(PodEnd.class.getName());
    Handler handler = new Waiting("the time to upload is over", over);
    agentLog.addHandler(handler);
    try (StorageProxy proxy = new StorageProxy(azurite.endpoint())) {
      operator.decide =
          offer -> proxy.through(store.grant(places.computeIfAbsent(offer.crashId(), id -> id)));
      proxy.fault = call -> call.equals("blocklist") ? afterTheEnd(over) : Fault.NONE;
      TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
      RunningAgent agent = start(Duration.ZERO);
      // then
      patiently().until(agent.ended::isDone);
    } finally {
      agentLog.removeHandler(handler);
    }
    assertThat(store.exists(CRASH)).isTrue();
    assertThat(operator.completions).containsKey(CRASH);
    assertThat(operator.abandons).isEmpty();
  }

  /** Storage commits when the agent has begun to end. */
  private Fault afterTheEnd(CountDownLatch over) {
    try {
      Files.createFile(folder.resolve("control/end"));
      over.await(1, TimeUnit.MINUTES);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Fault.NONE;
  }

  private static final class Waiting extends Handler {
    private final String message;
    private final CountDownLatch heard;

    Waiting(String message, CountDownLatch heard) {
      this.message = message;
      this.heard = heard;
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getMessage().equals(message)) {
        heard.countDown();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
