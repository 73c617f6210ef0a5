package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hook that runs before the application counts as started, and what it leaves behind. */
class HookIT {
  private static final Pattern MEDIAN = Pattern.compile("median=([0-9.]+)ms");

  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void returnsAtOnceAndLeavesASupervisorThatAttaches() throws Exception {
    container.session(SessionFile.ofCrashes());
    WineProcess app = container.appOnSignal("av");

    WineExit hook = container.hook();

    assertThat(hook).isEqualTo(new WineExit.Exited(0));
    AttachState state = container.awaitPhase(AttachPhase.Attached);
    assertThat(state.processes()).singleElement().returns(true, p -> p.entry());
    container.signal("av");
    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
    await().atMost(SOON).until(() -> container.ready().size() == 1);
  }

  @Test
  void returnsLongBeforeItsBound() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.app();

    WineProcess timer =
        container.start("C:\\app\\overhead.exe", "--time", "5", AppContainer.ATTACH + " hook");
    assertThat(timer.await(SOON)).isEqualTo(new WineExit.Exited(0));

    Matcher median = MEDIAN.matcher(container.output(timer));
    assertThat(median.find()).isTrue();
    // It takes a tenth of a second; whatever it waited for would take longer than this.
    assertThat(Double.parseDouble(median.group(1))).isLessThan(1000);
  }

  @Test
  void succeedsWithoutTheHelper() throws Exception {
    Files.delete(container.volume().resolve("bin/attach.exe"));

    assertThat(container.hook()).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void succeedsWithAHelperThatIsNoProgram() throws Exception {
    Files.writeString(container.volume().resolve("bin/attach.exe"), "MZ, and then nothing");

    assertThat(container.hook()).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void succeedsWithAHelperThatMayNotBeRun() throws Exception {
    Path helper = container.volume().resolve("bin/attach.exe");
    Files.delete(helper);
    Files.createDirectory(helper);

    assertThat(container.hook()).isEqualTo(new WineExit.Exited(0));
  }

  @Test
  void doesNotMistakeItsOwnShellForTheApplication() throws Exception {
    container.session(SessionFile.ofCrashes());

    WineProcess shell =
        container.start(
            "cmd", "/d", "/c", AppContainer.ATTACH + " hook & for /l %i in (0,0,1) do @rem");

    AttachState state = container.awaitPhase(AttachPhase.WaitingForProcess);
    assertThat(shell.isAlive()).isTrue();
    assertThat(state.message()).contains("entry process is not found");
  }

  @Test
  void leavesOneSupervisorWhenItRunsTwice() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.app();
    container.hook();
    long first = container.awaitPhase(AttachPhase.Attached).supervisorPid();

    container.hook();

    await().atMost(SOON).until(() -> container.log().contains("another supervisor"));
    Instant then = Instant.now();
    AttachState state = container.awaitState("heartbeat", s -> s.heartbeat().isAfter(then));
    assertThat(state.supervisorPid()).isEqualTo(first);
    assertThat(state.attachedNames()).hasSize(1);
  }

  @Test
  void beatsMoreOftenThanTheAgentCallsItGone() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.app();
    container.hook();
    Instant previous = container.awaitPhase(AttachPhase.Attached).heartbeat();

    Duration shortest = Duration.ofDays(1);
    for (int beat = 0; beat < 3; beat++) {
      Instant before = previous;
      previous = container.awaitState("beat", s -> s.heartbeat().isAfter(before)).heartbeat();
      Duration apart = Duration.between(before, previous);
      shortest = apart.compareTo(shortest) < 0 ? apart : shortest;
    }

    // A machine that stands still for a moment says nothing of the pace.
    assertThat(shortest).isLessThan(Duration.ofSeconds(10));
  }
}
