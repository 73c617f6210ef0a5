package io.crashmonitor.sidecar.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Applications that run many programs: what that may cost them, and what is told of it. */
class ChildrenIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void startsProcDumpOnFewOfTheToolsThatTheApplicationRuns() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.supervise();
    container.awaitPhase(AttachPhase.WaitingForProcess);
    Instant begun = Instant.now();

    WineProcess app = family(40, 250, "--crash", "exit:5", "--after", "500");
    await().atMost(Duration.ofMinutes(2)).until(() -> container.output(app).contains("ended"));

    long starts =
        container.log().lines().filter(l -> l.matches(".*crasher.exe .*ProcDump starts")).count();
    long most = 12 + Duration.between(begun, Instant.now()).toSeconds() / 5;
    assertThat(starts).isPositive().isLessThanOrEqualTo(most);
    assertThat(most).as("fewer than the children").isLessThan(40);
    // How the others ended is known all the same.
    AttachState state = container.awaitState("exits", s -> s.exits().size() > 15);
    assertThat(state.exits()).extracting(ProcessExit::exitCode).containsOnly("0x00000005");
    assertThat(state.exits()).extracting(ProcessExit::attached).contains(false);
    AppContainer.assertAlive(app);
  }

  @Test
  void saysHowManyWaitAndHowManyAreNotWatched() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = family(40, 0);
    await().atMost(Duration.ofMinutes(2)).until(() -> container.output(app).contains("started"));
    container.supervise();

    AttachState state =
        container.awaitState(
            "children wait and 10 more are not watched",
            s ->
                s.message().contains("children wait")
                    && s.message().contains("; 10 more are not watched"));
    int attached = state.attachedNames().size();

    assertThat(state.processes()).hasSize(31);
    assertThat(state.attachedNames()).contains("family.exe").hasSizeLessThan(31);
    container.awaitState("the next one's turn", s -> s.attachedNames().size() > attached);
  }

  private WineProcess family(int count, int every, String... options) {
    String child = AppContainer.CRASHER + " --quiet " + String.join(" ", options);
    return container.start(
        "C:\\app\\family.exe", Integer.toString(count), Integer.toString(every), child.strip());
  }
}
