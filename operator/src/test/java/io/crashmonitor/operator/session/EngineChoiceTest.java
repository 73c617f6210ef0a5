package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.ConditionTypes;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Names;
import io.crashmonitor.api.NextEngine;
import io.crashmonitor.api.Phase;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.operator.agent.PublishedSession;
import io.crashmonitor.operator.inject.Capture;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.session.SessionStatusFactory.Written;
import io.crashmonitor.report.ExitCode;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineChoiceTest {
  private static final String CREATE_DUMP = "capture: {engine: CreateDump}";
  private static final Duration LATE = Duration.ofMinutes(7);
  private static final Duration PAUSE_END = Duration.ofHours(3);

  private static Capture injects(Scene scene) {
    assertThat(scene.plan()).isInstanceOf(Plan.Inject.class);
    return ((Plan.Inject) scene.plan()).capture();
  }

  private static Condition condition(CrashMonitorSessionStatus status, String type) {
    return Conditions.find(status.conditions(), type).orElseThrow();
  }

  private static CaptureEngine engineForAgents(Scene scene) {
    Situation s = scene.situation();
    return Publication.agents(s, scene.plan().standing())
        .map(PublishedSession::configuration)
        .map(SessionConfiguration::engine)
        .orElseThrow();
  }

  /** Monitored, with no debugger on since the pods began. */
  private static Scene unattached(String more) {
    return Scene.monitoring(more)
        .pod("checkout-1", p -> p.detached("WaitingForProcess", "").spoke(at(LATE)))
        .remember()
        .at(LATE);
  }

  private static Instant at(Duration afterCreation) {
    return Scene.CREATED.plus(afterCreation);
  }

  private static Scene nano() {
    return Scene.monitoring("")
        .pod("checkout-1", p -> p.detached("", "").installation("Nano Server"));
  }

  private static Scene byRuntime(String more) {
    return Scene.of(more)
        .injectedForRuntime()
        .pod("checkout-1", ScenePod::byRuntime)
        .remember(Written.Injected)
        .at(Duration.ofMinutes(2));
  }

  // --- as the spec says

  @Test
  void autoBeginsWithProcDump() {
    assertThat(injects(Scene.fresh())).isEqualTo(new Capture.Hook());
    assertThat(Scene.fresh().status())
        .returns(CaptureEngine.ProcDump, CrashMonitorSessionStatus::engine)
        .returns(null, CrashMonitorSessionStatus::nextEngine);
  }

  @Test
  void createDumpIsInjectedWithTheTypeOfTheDumpAndNamedInTheStatus() {
    Scene scene = Scene.of(CREATE_DUMP + "\n  dump: {type: Mini}");
    assertThat(injects(scene)).isEqualTo(new Capture.ByRuntime(DumpType.Mini));
    assertThat(scene.status().engine()).isEqualTo(CaptureEngine.CreateDump);
  }

  @Test
  void createDumpIsCompleteWithoutHookAndCountsItsPods() {
    Scene scene = byRuntime(CREATE_DUMP);
    CrashMonitorSessionStatus status = scene.status();
    assertThat(status.phase()).isEqualTo(Phase.Monitoring);
    assertThat(status.engine()).isEqualTo(CaptureEngine.CreateDump);
    assertThat(status.replicas().attached()).isEqualTo(1);
    assertThat(condition(status, ConditionTypes.ATTACHED))
        .returns("True", Condition::getStatus)
        .returns(Reasons.RUNTIME_WRITES_DUMPS, Condition::getReason)
        .extracting(Condition::getMessage)
        .asString()
        .contains("no debugger is attached");
    assertThat(engineForAgents(scene)).isEqualTo(CaptureEngine.CreateDump);
  }

  @Test
  void anotherEngineInTheSpecIsInjectedAtOnce() {
    assertThat(injects(Scene.monitoring().respec(CREATE_DUMP)))
        .isEqualTo(new Capture.ByRuntime(DumpType.Full));
    assertThat(injects(byRuntime(CREATE_DUMP).respec(""))).isEqualTo(new Capture.Hook());
    assertThat(injects(byRuntime(CREATE_DUMP).respec(CREATE_DUMP + "\n  dump: {type: Triage}")))
        .isEqualTo(new Capture.ByRuntime(DumpType.Triage));
  }

  @Test
  void createDumpNeedsNoLicenceOfProcDump() {
    assertThat(Scene.of(CREATE_DUMP).noLicence().plan()).isInstanceOf(Plan.Inject.class);
    assertThat(Scene.fresh().noLicence().plan().standing().message()).contains("CreateDump");
  }

  @Test
  void theLicenceIsNeededForTheEngineThatIsWantedNotForTheOneInTheTemplate() {
    Scene blocked = Scene.monitoring().noLicence().remember();
    assertThat(blocked.plan().standing().reason()).isEqualTo(Reasons.LICENCE_NOT_ACCEPTED);
    assertThat(injects(blocked.respec(CREATE_DUMP)))
        .isEqualTo(new Capture.ByRuntime(DumpType.Full));
    Plan other = byRuntime(CREATE_DUMP).noLicence().respec("capture: {engine: ProcDump}").plan();
    assertThat(other).isInstanceOf(Plan.Refuse.class);
    assertThat(other.standing().reason()).isEqualTo(Reasons.LICENCE_NOT_ACCEPTED);
  }

  @Test
  void aContainerThatTellsItsRuntimeItselfIsRefused() {
    Plan plan = Scene.of(CREATE_DUMP).template(withEnv("DOTNET_DbgMiniDumpType")).plan();
    assertThat(plan).isInstanceOf(Plan.Refuse.class);
    assertThat(plan.standing())
        .returns(Phase.Blocked, Plan.Standing::phase)
        .returns(Reasons.FIELD_CONFLICT, Plan.Standing::reason)
        .extracting(Plan.Standing::message)
        .asString()
        .contains("container app", "DOTNET_DbgMiniDumpType", "capture.engine: ProcDump");
    assertThat(Scene.fresh().template(withEnv("DOTNET_DbgMiniDumpType")).plan())
        .isInstanceOf(Plan.Inject.class);
  }

  @Test
  void aHookOfTheirsIsInTheWayOfOursAlone() {
    UnaryOperator<String> hooked =
        t ->
            t.replace(
                "lifecycle: {preStop",
                "lifecycle: {postStart: {exec: {command: [theirs.cmd]}}, preStop");
    assertThat(Scene.fresh().template(hooked).plan().standing().reason())
        .isEqualTo(Reasons.HOOK_IN_USE);
    assertThat(Scene.of(CREATE_DUMP).template(hooked).plan()).isInstanceOf(Plan.Inject.class);
    assertThat(injects(Scene.of("capture: {attach: Manual}").template(hooked)))
        .isEqualTo(new Capture.Manual());
  }

  @Test
  void manualIsCompleteWithoutHookAndSaysWhatTheCommandMustBe() {
    Scene scene =
        Scene.of("capture: {attach: Manual}")
            .injectedWithoutHook()
            .pod("checkout-1", p -> p.detached("", "").spoke(at(LATE)))
            .remember(Written.Injected)
            .at(LATE);
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
    assertThat(condition(scene.status(), ConditionTypes.ATTACHED).getMessage())
        .contains("attach.exe launch");
    assertThat(injects(Scene.monitoring().respec("capture: {attach: Manual}")))
        .isEqualTo(new Capture.Manual());
  }

  // --- what Auto learns

  @Test
  void nanoServerIsRememberedForTheNextInjection() {
    CrashMonitorSessionStatus status = nano().status();
    assertThat(status.engine()).isEqualTo(CaptureEngine.ProcDump);
    assertThat(status.nextEngine())
        .isEqualTo(
            new NextEngine(
                CaptureEngine.CreateDump,
                at(Duration.ofMinutes(2)),
                "pod checkout-1 runs on Nano Server"));
    assertThat(condition(status, ConditionTypes.ATTACHED).getMessage())
        .contains("Nano Server", Names.RUN_REQUESTED_AT);
  }

  @Test
  void nothingAttachedIsRememberedAfterFiveMinutes() {
    Scene scene = unattached("");
    assertThat(scene.at(Duration.ofSeconds(419)).status().nextEngine()).isNull();
    CrashMonitorSessionStatus status = scene.at(LATE).status();
    assertThat(status.nextEngine().reason()).contains("no debugger", "5 minutes");
    assertThat(condition(status, ConditionTypes.READY))
        .returns("False", Condition::getStatus)
        .extracting(Condition::getMessage)
        .asString()
        .contains("CreateDump", Names.RUN_REQUESTED_AT);
  }

  @Test
  void afterAPauseTheAgentsAreGivenTheirTimeAnew() {
    UnaryOperator<ScenePod> waits =
        p -> p.detached("WaitingForProcess", "").spoke(at(PAUSE_END.plusMinutes(5)));
    Scene resumed =
        Scene.monitoring("state: Stopped")
            .pod("checkout-1", p -> p.detached("Stopped", ""))
            .remember()
            .respec("")
            .pod("checkout-1", waits)
            .at(PAUSE_END);
    assertThat(resumed.status())
        .returns(Phase.Monitoring, CrashMonitorSessionStatus::phase)
        .returns(null, CrashMonitorSessionStatus::nextEngine);
    assertThat(condition(resumed.status(), ConditionTypes.READY).getStatus()).isEqualTo("True");

    resumed.remember().at(PAUSE_END.plusSeconds(299));
    assertThat(resumed.status().nextEngine()).isNull();
    assertThat(condition(resumed.remember().status(), ConditionTypes.ATTACHED))
        .as("no write at rest")
        .returns(at(PAUSE_END).toString(), Condition::getLastTransitionTime);
    assertThat(resumed.at(PAUSE_END.plusMinutes(5)).status().nextEngine()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Scheduled",
        "StopTimeReached",
        "BudgetUsed",
        "Stopped",
        "RemoteDebugging",
        "LicenceNotAccepted",
        "DumpsWaiting",
        "FolderReplaced",
        "ProcDumpMissing",
        "ProcDumpNotFetched",
        "CancelPending",
        "Unknown"
      })
  void anAgentThatWasNotAskedOrHasNoProcDumpTeachesNothing(String reason) {
    Scene scene = unattached("").pod("checkout-1", p -> p.detached(reason, "").spoke(at(LATE)));
    assertThat(scene.status().nextEngine()).isNull();
    scene.pod("checkout-2", p -> p.detached("ProcDumpFailed", "").spoke(at(LATE)));
    assertThat(scene.status().nextEngine()).as("another pod's does").isNotNull();
  }

  @Test
  void theRunThatIsUnderWayIsNoRequestForTheOtherEngine() {
    Instant asked = at(Duration.ofMillis(119_400));
    Scene scene =
        nano().annotate(Names.RUN_REQUESTED_AT, asked).at(Duration.ofMillis(119_500)).remember();
    assertThat(scene.status().nextEngine().since()).isEqualTo(at(Duration.ofMinutes(2)));
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);

    Scene ahead =
        nano().annotate(Names.RUN_REQUESTED_AT, at(Duration.ofMinutes(4))).remember().at(LATE);
    assertThat(ahead.plan()).as("by a clock that is ahead").isInstanceOf(Plan.Keep.class);
  }

  @Test
  void oneReplicaWithADebuggerIsEnoughForProcDump() {
    assertThat(unattached("").pod("checkout-2", p -> p.spoke(at(LATE))).status().nextEngine())
        .isNull();
  }

  @Test
  void whatIsNotProcDumpsFaultIsNotRemembered() {
    UnaryOperator<ScenePod> diskLow = p -> p.detached("DiskLow", "").spoke(at(LATE));
    assertThat(unattached("").pod("checkout-1", diskLow).remember().status().nextEngine()).isNull();
    assertThat(unattached("").pod("checkout-1", p -> p.detached("", "")).status().nextEngine())
        .as("an agent that is silent")
        .isNull();
    assertThat(unattached("").noPods().status().nextEngine()).isNull();
    assertThat(unattached("capture: {engine: ProcDump}").status().nextEngine()).isNull();
    assertThat(nano().template(withEnv("DOTNET_DbgEnableMiniDump")).status().nextEngine()).isNull();
  }

  @Test
  void whatIsInjectedStaysUntilARunIsRequested() {
    Scene scene = nano().remember().at(LATE);
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
    assertThat(engineForAgents(scene)).isEqualTo(CaptureEngine.ProcDump);
    scene.annotate(Names.RUN_REQUESTED_AT, at(LATE));
    assertThat(injects(scene)).isEqualTo(new Capture.ByRuntime(DumpType.Full));
  }

  @Test
  void aRunThatWasRequestedBeforeChangesNothing() {
    Scene scene =
        Scene.monitoring()
            .annotate(Names.RUN_REQUESTED_AT, at(Duration.ofSeconds(100)))
            .remember(Written.Injected)
            .pod("checkout-1", p -> p.installation("Nano Server"))
            .remember();
    assertThat(scene.status().nextEngine()).isNotNull();
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
  }

  @Test
  void aWorkloadThatIsInjectedAnewGetsTheOther() {
    assertThat(injects(nano().remember().wiped().noPods().at(LATE)))
        .isEqualTo(new Capture.ByRuntime(DumpType.Full));
  }

  @Test
  void theOtherEngineIsRememberedThroughDisabling() {
    Scene scene = nano().remember().respec("state: Disabled").wiped().noPods();
    scene.remember(Written.Released).at(LATE).remember();
    assertThat(injects(scene.respec(""))).isEqualTo(new Capture.ByRuntime(DumpType.Full));
  }

  @Test
  void theOtherEngineStaysInForceAndNothingMoreIsAnnounced() {
    Scene scene =
        nano()
            .remember()
            .at(LATE)
            .annotate(Names.RUN_REQUESTED_AT, at(LATE))
            .injectedForRuntime()
            .pod("checkout-1", p -> p.byRuntime().spoke(at(LATE)))
            .remember(Written.Injected)
            .at(LATE.plusMinutes(1));
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
    CrashMonitorSessionStatus status = scene.status();
    assertThat(status.engine()).isEqualTo(CaptureEngine.CreateDump);
    assertThat(status.nextEngine()).isNotNull();
    assertThat(condition(status, ConditionTypes.ATTACHED).getMessage())
        .doesNotContain("next injection");
  }

  @Test
  void anEngineOfTheirChoiceForgetsWhatAutoLearned() {
    Scene scene = nano().remember().respec("capture: {engine: ProcDump}").remember();
    assertThat(scene.status().nextEngine()).isNull();
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
  }

  @Test
  void aLostStatusRestartsNoPods() {
    Scene scene = Scene.of("").injectedForRuntime().pod("checkout-1", ScenePod::byRuntime);
    assertThat(scene.plan()).isInstanceOf(Plan.Keep.class);
    assertThat(scene.remember().at(LATE).plan()).isInstanceOf(Plan.Keep.class);
  }

  // --- while pods are replaced, and what a crash is

  @Test
  void podsOfBothTemplatesAreToldApart() {
    CrashMonitorSessionStatus status = byRuntime(CREATE_DUMP).pod("checkout-0", p -> p).status();
    assertThat(status.replicas().attached()).isEqualTo(2);
    assertThat(condition(status, ConditionTypes.ATTACHED).getMessage())
        .contains("A debugger is attached in 1 of 2 pods.", "In 1 of 2 pods the .NET runtime");
  }

  @Test
  void noCrashIsBeforeTheRuntime() {
    Termination end =
        new Termination(
            at(Duration.ofSeconds(1)),
            at(Duration.ofSeconds(2)),
            new ExitCode(0xE0434352),
            0,
            "Error");
    assertThat(
            byRuntime(CREATE_DUMP)
                .pod("checkout-1", p -> p.byRuntime().ended(end))
                .at(Duration.ofMinutes(3))
                .status()
                .recentCrashes())
        .singleElement()
        .matches(crash -> crash.kind() == CrashKind.Crash);
  }

  private static UnaryOperator<String> withEnv(String name) {
    return t ->
        t.replace("- name: app", "- name: app\n          env: [{name: " + name + ", value: x}]");
  }
}
