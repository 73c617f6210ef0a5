package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left when the application dies. */
class CrashIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @ParameterizedTest
  @CsvSource({
    "av, 0xC0000005",
    "div0, 0xC0000094",
    "clr, 0xE0434352",
    "stackoverflow, 0xC00000FD",
    "failfast, 0xC0000409"
  })
  void leavesAWholeDumpAndTheApplicationsOwnExitCode(String kind, String code) throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal(kind);
    long pid = app.pid().orElseThrow();
    container.supervise();
    AttachState attached = container.awaitPhase(AttachPhase.Attached);
    container.signal(kind);

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(Long.decode(code).intValue()));

    ProcessExit exit =
        container
            .awaitState("exit with its dump", s -> s.exits().stream().anyMatch(e -> e.dumps() == 1))
            .exitOf(pid);
    assertThat(exit.exitCode()).isEqualTo(code);
    assertThat(exit.attached()).isTrue();
    assertThat(exit.startTime()).isEqualTo(attached.processes().get(0).startTime());
    assertThat(exit.exitTime()).isAfter(exit.startTime());
    assertThat(container.incoming()).isEmpty();
    assertThat(container.ready())
        .singleElement()
        .satisfies(
            dump -> {
              assertThat(dump.getFileName())
                  .hasToString(pid + "_" + exit.startTime().toEpochMilli() + "_1.dmp");
              assertThat(Wholeness.of(dump).state()).isEqualTo(Wholeness.State.WHOLE);
              try (Minidump read = Minidump.open(dump)) {
                assertThat(read.exception().orElseThrow().code())
                    .isEqualTo(Long.decode(code).intValue());
              }
            });
  }

  @Test
  void keepsTheExitCodeOfAProcessThatEndsWithoutCrashing() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("exit:3221225786");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("exit:3221225786");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC000013A));

    AttachState state = container.awaitState("exit", s -> !s.exits().isEmpty());
    assertThat(state.exits().get(0).exitCode()).isEqualTo("0xC000013A");
    assertThat(state.exits().get(0).dumps()).isZero();
    await().atMost(SOON).until(() -> container.incoming().isEmpty());
    assertThat(container.ready()).isEmpty();
  }

  @Test
  void attachesAgainAfterAFirstChanceDumpAndNumbersTheDumps() throws Exception {
    container.session(
        SessionFile.ofCrashes()
            .arguments("-accepteula", "-mm", "-e", "1", "-f", "8BADF00D", "-n", "1"));
    WineProcess app = container.app("--first-chance", "8BADF00D");
    container.supervise();

    await().atMost(SOON).until(() -> container.ready().size() >= 2);

    AppContainer.assertAlive(app);
    assertThat(container.ready().get(0).getFileName().toString()).endsWith("_1.dmp");
    assertThat(container.ready().get(1).getFileName().toString()).endsWith("_2.dmp");
    assertThat(container.procdumpLog()).contains("Exception: 8BADF00D");
  }

  @Test
  void isNotStoppedAgainByAnExceptionThatItHandlesAfterItsFirstDump() throws Exception {
    container.session(
        SessionFile.ofCrashes()
            .arguments("-accepteula", "-mm", "-e", "1", "-f", "8BADF00D", "-n", "1")
            // Not the agent's, which has no filter: this one tells of each exception in the log.
            .again("-accepteula", "-mm", "-e", "1", "-f", "C00000FD.STACK_OVERFLOW", "-n", "1"));
    WineProcess app = container.app("--first-chance", "8BADF00D");
    container.supervise();
    await().atMost(SOON).until(() -> container.ready().size() == 1);

    AttachState again =
        container.awaitState(
            "attached once more", s -> s.processes().stream().anyMatch(p -> p.attached()));
    int before = exceptions();
    await().atMost(SOON).until(() -> exceptions() > before + 2);

    assertThat(again.processes()).hasSize(1);
    assertThat(container.ready()).hasSize(1);
    AppContainer.assertAlive(app);
  }

  private int exceptions() {
    return container.procdumpLog().split("Exception: 8BADF00D", -1).length;
  }

  @Test
  void ignoresFirstChanceExceptionsThatNoFilterNames() throws Exception {
    container.session(
        SessionFile.ofCrashes()
            .arguments(
                "-accepteula", "-mm", "-e", "1", "-f", "C00000FD.STACK_OVERFLOW", "-n", "1"));
    container.app("--first-chance", "8BADF00D:5");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);

    await().atMost(SOON).until(() -> container.procdumpLog().contains("Exception: 8BADF00D"));

    assertThat(container.ready()).isEmpty();
  }

  @Test
  void takesAnExitWithoutExceptionOnRequest() throws Exception {
    container.session(
        SessionFile.ofCrashes().arguments("-accepteula", "-mm", "-e", "-t", "-n", "1"));
    WineProcess app = container.appOnSignal("exit:7");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("exit:7");

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(7));

    await().atMost(SOON).until(() -> container.ready().size() == 1);
  }

  @Test
  void keepsProcDumpsConsoleInUtf16() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_UTF16", "1"));
    container.session(SessionFile.ofCrashes());
    container.appOnSignal("av");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal("av");

    await().atMost(SOON).until(() -> container.ready().size() == 1);

    assertThat(container.procdumpLog()).contains("U\0n\0h\0a\0n\0d\0l\0e\0d\0:\0");
  }
}
