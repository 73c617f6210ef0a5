package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.sidecar.SmallVolume;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A volume without a free byte: neither state, log nor dump can be written. */
class FullVolumeIT {
  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void leavesTheApplicationAloneAndAttachesOnceThereIsRoom() throws Exception {
    try (SmallVolume volume = SmallVolume.over(container.volume(), 40)) {
      container.session(SessionFile.ofCrashes());
      volume.fill();
      WineProcess app = container.appOnSignal("av");
      container.supervise();
      container.start(AppContainer.ATTACH, "hook").await(SOON);
      AppContainer.assertAlive(app);
      assertThat(container.volume().resolve("state/attach.json")).doesNotExist();

      volume.empty();
      container.awaitPhase(AttachPhase.Attached);
      container.signal("av");

      assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));
      container.awaitState("its dump", s -> s.exits().stream().anyMatch(e -> e.dumps() == 1));
    }
  }

  @Test
  void givesTheApplicationItsOwnExitCodeThoughItsDumpDoesNotFit() throws Exception {
    try (SmallVolume volume = SmallVolume.over(container.volume(), 40)) {
      container.session(SessionFile.ofCrashes());
      WineProcess app = container.appOnSignal("av");
      container.supervise();
      container.awaitPhase(AttachPhase.Attached);
      volume.fill();
      container.signal("av");

      assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(0xC0000005));

      volume.empty();
      AttachState state = container.awaitState("exit", s -> !s.exits().isEmpty());
      assertThat(state.exits().get(0).exitCode()).isEqualTo("0xC0000005");
      // Wine's dbghelp does not look whether it could write; the agent tells the part for what it
      // is.
      assertThat(container.ready())
          .allSatisfy(
              part -> assertThat(Wholeness.of(part).state()).isNotEqualTo(Wholeness.State.WHOLE));
    }
  }
}
