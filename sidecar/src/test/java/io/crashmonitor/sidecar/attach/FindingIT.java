package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.WatchedProcess;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which processes are the application. */
class FindingIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void takesTheOldestProcessAsEntryAndLeavesLaterOnesAlone() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess entry = container.app();
    // As "kubectl exec" would start it: no child of the entry process.
    appNamed("other.exe");
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.Attached);

    assertThat(state.processes())
        .singleElement()
        .returns(entry.pid().orElseThrow(), WatchedProcess::pid)
        .returns(true, WatchedProcess::entry);
  }

  @Test
  void watchesTheChildrenOfTheEntryProcessAndThoseThatComeLater() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.appOnSignal("av", "--child");
    container.supervise();
    container.awaitState("entry and child", s -> s.attachedNames().size() == 2);
    container.signal("av");

    AttachState later =
        container.awaitState(
            "another child attached after a crash",
            s -> s.exits().size() == 1 && s.attachedNames().size() == 2);

    assertThat(later.exits().get(0).exitCode()).isEqualTo("0xC0000005");
    assertThat(later.processes()).filteredOn(WatchedProcess::entry).hasSize(1);
    await().atMost(SOON).until(() -> container.ready().size() == 1);
  }

  @Test
  void findsProcessesByNameWithWildcardsInAnyCase() throws Exception {
    container.session(SessionFile.ofCrashes().process("CHECK*t.ex?"));
    container.app();
    appNamed("Checkout.exe");
    appNamed("checkit.exe");
    appNamed("checkers.exe");
    container.supervise();

    AttachState state = container.awaitState("two", s -> s.attachedNames().size() == 2);

    assertThat(state.attachedNames()).containsExactlyInAnyOrder("Checkout.exe", "checkit.exe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "*.exe"})
  void neverTakesASystemProcessForAPatternThatIsWide(String pattern) throws Exception {
    container.session(SessionFile.ofCrashes().process(pattern));
    WineProcess app = container.app();
    appNamed("svchost.exe");
    WineProcess cdb = appNamed("cdb.exe");
    container.supervise();
    // Looked at in one go: who is not watched with the first is not watched.
    AttachState state = container.awaitPhase(AttachPhase.Attached);

    assertThat(state.processes()).extracting(WatchedProcess::pid).containsExactly(pid(app));
    AppContainer.assertAlive(cdb);
  }

  @Test
  void takesASystemProcessThatIsNamedButNoDebugger() throws Exception {
    container.session(SessionFile.ofCrashes().process("svchost.exe"));
    WineProcess service = appNamed("svchost.exe");
    WineProcess cdb = appNamed("cdb.exe");
    container.supervise();
    AttachState named = container.awaitPhase(AttachPhase.Attached);
    container.session(SessionFile.ofCrashes().process("cdb.exe"));
    AttachState debugger = container.awaitPhase(AttachPhase.WaitingForProcess);

    assertThat(named.processes()).extracting(WatchedProcess::pid).contains(pid(service));
    assertThat(debugger.processes()).isEmpty();
    AppContainer.assertAlive(cdb);
  }

  @Test
  void watchesSeveralProcessesOfOneNameAndOutlivesEachOfThem() throws Exception {
    container.session(SessionFile.ofCrashes().process("crasher.exe"));
    container.appOnSignal("av");
    container.appOnSignal("clr");
    WineProcess survivor = container.app();
    container.supervise();
    container.awaitState("three", s -> s.attachedNames().size() == 3);
    container.signal("av");
    container.signal("clr");

    AttachState after =
        container.awaitState(
            "two crashed",
            s -> s.exits().size() == 2 && s.exits().stream().allMatch(e -> e.dumps() == 1));

    assertThat(after.exits())
        .extracting(exit -> exit.exitCode())
        .containsExactlyInAnyOrder("0xC0000005", "0xE0434352");
    assertThat(after.processes())
        .singleElement()
        .returns(survivor.pid().orElseThrow(), WatchedProcess::pid)
        .returns(true, WatchedProcess::attached);
    assertThat(container.ready()).hasSize(2);
  }

  @Test
  void watchesIisWorkersThroughARecycle() throws Exception {
    container.session(SessionFile.ofCrashes());
    appNamed("ServiceMonitor.exe");
    // As the activation service starts it: no child of the entry process.
    WineProcess worker =
        appNamed("w3wp.exe", AppContainer.onSignal("exit:0").toArray(String[]::new));
    container.supervise();
    container.awaitState("entry and worker", s -> s.attachedNames().size() == 2);

    WineProcess next = appNamed("w3wp.exe");
    container.awaitState("both workers", s -> s.attachedNames().size() == 3);
    container.signal("exit:0");

    AttachState after = container.awaitState("recycled", s -> s.processes().size() == 2);
    assertThat(after.processes())
        .filteredOn(p -> p.name().equals("w3wp.exe"))
        .singleElement()
        .returns(next.pid().orElseThrow(), WatchedProcess::pid)
        .returns(true, WatchedProcess::attached);
    assertThat(after.exitOf(worker.pid().orElseThrow()).exitCode()).isEqualTo("0x00000000");
    assertThat(container.ready()).isEmpty();
  }

  @Test
  void watchesIisWorkersWhereAScriptStartedItsMonitor() throws Exception {
    container.session(SessionFile.ofCrashes());
    place("ServiceMonitor.exe");
    WineProcess script = container.start("cmd", "/d", "/c", path("ServiceMonitor.exe"));
    await().atMost(SOON).until(() -> container.output(script).contains("started"));
    WineProcess worker = appNamed("w3wp.exe");
    container.supervise();

    AttachState state =
        container.awaitState(
            "script, monitor and worker",
            s -> s.attachedNames().containsAll(List.of("ServiceMonitor.exe", "w3wp.exe")));

    assertThat(state.processes())
        .filteredOn(p -> p.name().equals("w3wp.exe"))
        .singleElement()
        .returns(pid(worker), WatchedProcess::pid);
    assertThat(state.processes())
        .filteredOn(WatchedProcess::entry)
        .singleElement()
        .returns("cmd.exe", WatchedProcess::name);
  }

  @Test
  void lettingTheNameGoLetsTheProcessGo() throws Exception {
    container.session(SessionFile.ofCrashes().process("crasher.exe"));
    WineProcess app = container.app();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    container.session(SessionFile.ofCrashes().process("another.exe"));

    AttachState state =
        container.awaitState("nobody watched", s -> s.processes().isEmpty() && notCancelling(s));
    assertThat(state.phase()).isEqualTo(AttachPhase.WaitingForProcess);
    assertThat(state.message()).contains("another.exe");
    AppContainer.assertAlive(app);
  }

  @Test
  void saysWhenNoProcessHasTheName() throws Exception {
    container.session(SessionFile.ofCrashes().process("Checkout.exe"));
    container.app();
    container.supervise();

    AttachState state = container.awaitPhase(AttachPhase.WaitingForProcess);

    assertThat(state.message()).contains("Checkout.exe");
  }

  private static boolean notCancelling(AttachState state) {
    return state.phase() != AttachPhase.CancelPending;
  }

  private static long pid(WineProcess process) {
    return process.pid().orElseThrow();
  }

  private WineProcess appNamed(String name, String... options) throws Exception {
    place(name);
    return container.start(
        Stream.concat(Stream.of(path(name)), Stream.of(options)).toArray(String[]::new));
  }

  private void place(String name) throws Exception {
    Path programs = Files.createDirectories(container.folder().resolve("named"));
    Path program = programs.resolve(name);
    if (Files.notExists(program)) {
      Files.copy(AppContainer.PROGRAMS.resolve("crasher.exe"), program);
    }
    container.prefix().add(programs, WindowsPath.of("C:\\named-" + name));
  }

  private static String path(String name) {
    return "C:\\named-" + name + "\\" + name;
  }
}
