package io.crashmonitor.sidecar;

import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Compression;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.volume.SecondNames;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An agent with real storage and an operator that is played over real TLS. */
abstract class AgentWithStorage {
  static final Instant START = Instant.parse("2026-11-22T08:00:00.250Z");
  static final String UNHANDLED =
      "\n*** procdump64 -ma -e 1 -f E053534F\n*** Unhandled exception: C0000005.ACCESS_VIOLATION";
  static Azurite azurite;

  @TempDir Path folder;
  final Map<String, String> places = new ConcurrentHashMap<>();
  final List<RunningAgent> agents = new ArrayList<>();
  BlobStore store;
  FakeOperator operator;

  @BeforeAll
  static void startStorage(@TempDir Path folder) {
    azurite = Azurite.start(Provisioned.load(), folder, Azurite.Persistence.MEMORY);
  }

  @AfterAll
  static void stopStorage() {
    azurite.close();
  }

  @BeforeEach
  void prepare() {
    store = new BlobStore(azurite, "dumps-" + Long.toHexString(System.nanoTime()));
    operator = new FakeOperator(configuration(Compression.Gzip));
    operator.writeIdentity(folder.resolve("identity"));
    operator.decide =
        offer -> store.grant(places.computeIfAbsent(offer.crashId(), id -> id + suffix(offer)));
    operator.confirm = (id, completion) -> store.verdict(places.get(id), completion);
  }

  @AfterEach
  void close() {
    agents.forEach(RunningAgent::close);
    operator.close();
  }

  RunningAgent start(Duration drainLimit) {
    RunningAgent agent = RunningAgent.start(folder, operator.url(), drainLimit);
    agents.add(agent);
    return agent;
  }

  /** With a drain that is bounded by the pod's grace period alone. */
  RunningAgent startBounded() {
    RunningAgent agent =
        RunningAgent.start(folder, operator.url(), Optional.empty(), new MinidumpInspector());
    agents.add(agent);
    return agent;
  }

  RunningAgent start(SecondNames names) {
    RunningAgent agent =
        RunningAgent.start(
            folder, operator.url(), Optional.empty(), new MinidumpInspector(), names);
    agents.add(agent);
    return agent;
  }

  RunningAgent start(Duration drainLimit, DumpInspector inspector) {
    RunningAgent agent =
        RunningAgent.start(folder, operator.url(), Optional.of(drainLimit), inspector);
    agents.add(agent);
    return agent;
  }

  static SessionConfiguration configuration(Compression compression) {
    return new SessionConfiguration(
        "run-1",
        true,
        "",
        Instant.parse("2030-01-01T00:00:00Z"),
        "Checkout.exe",
        new DumpSettings(null, null, null, null, compression),
        CaptureEngine.ProcDump,
        true);
  }

  static SessionConfiguration disarmed(String reason) {
    return new SessionConfiguration(
        "run-1", false, reason, null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true);
  }

  private static String suffix(DumpOffer offer) {
    return switch (offer.compression()) {
      case Gzip -> ".dmp.gz";
      case Zstd -> ".dmp.zst";
      case None -> ".dmp";
    };
  }

  static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
