package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every way in which a dump comes to be: by ProcDump or by the app's runtime, or none is kept. */
class EnginesIT {
  /** Started by the helper where there is one, and by itself where there is none (yet). */
  private static final String BY_THE_HELPER =
      "if exist C:\\crash-monitor\\bin\\attach.exe (C:\\crash-monitor\\bin\\attach.exe launch --"
          + " C:\\app\\crasher.exe %1$s) else C:\\app\\crasher.exe %1$s";

  @Test
  void theRuntimeWritesTheDumpAndNothingIsAttached() throws IOException {
    try (Shop shop = Shop.open("createdump")) {
      shop.deploy("checkout", 1, "--runtime", "--crash", "av", "--when", "C:\\data\\go");
      String before = shop.template("checkout");
      shop.monitor("checkout", 1, "capture: {engine: CreateDump}", "dump: {type: Mini}");
      shop.awaitAttached("checkout", 1);

      shop.crashNow("checkout");

      CrashMonitorSessionStatus done = shop.awaitPhase("checkout", Phase.Completed);

      assertThat(done.engine()).isEqualTo(CaptureEngine.CreateDump);
      assertThat(done.dumpCount()).isEqualTo(1);
      // Such a dump says nothing of its exception; the end of the container does.
      assertThat(shop.dumps()).singleElement().asString().contains("crasher.exe", "E0434352");
      assertThat(stored(done))
          .returns(CrashKind.Crash, CrashSummary::kind)
          .returns("crasher.exe", CrashSummary::process);
      shop.awaitStatus("checkout", "the exit code", s -> "0xC0000005".equals(stored(s).code()));

      shop.annotate("checkout", Names.DISABLE_REQUESTED_AT, Instant.now().toString());
      shop.awaitPhase("checkout", Phase.Disabled);
      assertThat(shop.template("checkout")).isEqualTo(before);
    }
  }

  @Test
  void autoGoesOverToTheRuntimeWithTheNextRunWhereNothingAttaches() {
    try (Shop shop = Shop.open("auto", Map.of("CRASH_MONITOR_ATTACH_SECONDS", "5"))) {
      shop.deploy("checkout", 1, "--runtime");
      // No process has that name, so that ProcDump has nothing to attach to.
      shop.monitor("checkout", 1);
      shop.patch("checkout", "{\"spec\": {\"target\": {\"process\": \"nobody.exe\"}}}");

      CrashMonitorSessionStatus unattached =
          shop.awaitStatus("checkout", "learned", s -> s.nextEngine() != null);
      assertThat(unattached.engine()).isEqualTo(CaptureEngine.ProcDump);
      assertThat(shop.condition("checkout", ConditionTypes.READY).getMessage())
          .contains("CreateDump", Names.RUN_REQUESTED_AT);
      long generation = shop.generation("checkout");

      shop.annotate("checkout", Names.RUN_REQUESTED_AT, Instant.now().plusSeconds(1).toString());

      shop.awaitStatus(
          "checkout",
          "the runtime is told",
          s ->
              s.engine() == CaptureEngine.CreateDump
                  && s.phase() == Phase.Monitoring
                  && s.replicas().attached() == 1);
      assertThat(shop.condition("checkout", ConditionTypes.ATTACHED).getReason())
          .isEqualTo(Reasons.RUNTIME_WRITES_DUMPS);
      assertThat(shop.generation("checkout")).as("one rollout").isEqualTo(generation + 1);
    }
  }

  @Test
  void aCommandThatStartsTheHelperMissesNoCrashAtStart() {
    try (Shop shop = Shop.open("manual")) {
      shop.deployCommand(
          "checkout", "cmd", "/d", "/c", BY_THE_HELPER.formatted("--crash av --after 1"));
      shop.monitor("checkout", 1, "capture: {attach: Manual}");

      CrashMonitorSessionStatus done = shop.awaitPhase("checkout", Phase.Completed);

      assertThat(shop.dumps()).singleElement().asString().contains("crasher.exe", "C0000005");
      assertThat(stored(done).kind()).isEqualTo(CrashKind.Crash);
      assertThat(
              shop.deployment("checkout")
                  .get()
                  .getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .get(0)
                  .getLifecycle())
          .isNull();
    }
  }

  @Test
  void withoutADumpToKeepTheAnalysisIsTheReport() throws IOException {
    try (Shop shop = Shop.open("analysis")) {
      shop.deploy("checkout", 1, Shop.whenTold("av"));
      shop.monitor("checkout", 1, "dump: {type: None}");
      shop.awaitAttached("checkout", 1);

      shop.crashNow("checkout");

      CrashMonitorSessionStatus done = shop.awaitPhase("checkout", Phase.Completed);

      assertThat(done.dumpCount()).isZero();
      assertThat(done.recentCrashes())
          .isNotEmpty()
          .allSatisfy(
              crash -> {
                assertThat(crash.dump()).isEqualTo(DumpState.None);
                assertThat(crash.blob()).isNull();
              });
      // On a busy machine the analysis comes after the first word of the crash.
      shop.awaitStatus(
          "checkout",
          "the analysis",
          s ->
              s.recentCrashes().stream()
                  .anyMatch(c -> c.topFrame() != null && c.topFrame().contains("crasher")));
      assertThat(shop.dumps()).isEmpty();
      assertThat(shop.blobs()).anyMatch(name -> name.endsWith(".dmp.json"));
      await("no file is left in the pod")
          .atMost(Shop.PATIENCE)
          .untilAsserted(() -> assertThat(shop.files(shop.pods("checkout").get(0))).isEmpty());
    }
  }

  private static CrashSummary stored(CrashMonitorSessionStatus status) {
    List<CrashSummary> stored =
        status.recentCrashes().stream().filter(c -> c.dump() == DumpState.Stored).toList();
    assertThat(stored).hasSize(1);
    return stored.get(0);
  }
}
