package io.crashmonitor.sidecar.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Where there is nothing to do the supervisor sleeps. The bound is twenty times what it takes, and
 * far below what a loop takes that does not sleep; the figures are {@code bench/overhead}'s.
 */
class IdleIT {
  private static final Duration MOST = Duration.ofMillis(250);

  @RegisterExtension final AppContainer container = AppContainer.prepared();

  @Test
  void whileThereIsNoSession() throws Exception {
    container.app("--quiet");
    container.supervise();
    container.awaitPhase(AttachPhase.WaitingForSession);

    assertThat(cpuBetweenHeartbeats()).isLessThan(MOST);
  }

  @Test
  void whileThereIsNoProcess() throws Exception {
    container.session(SessionFile.ofCrashes().process("another.exe"));
    container.supervise();
    container.awaitPhase(AttachPhase.WaitingForProcess);

    assertThat(cpuBetweenHeartbeats()).isLessThan(MOST);
  }

  @Test
  void whileProcDumpDoesNotLetGo() throws Exception {
    container.environment(Map.of("PROCDUMP_STANDIN_FAULT", "deaf"));
    container.session(SessionFile.ofCrashes());
    container.app("--quiet");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.session(SessionFile.ofCrashes().disarmed("Stopped"));
    container.awaitState("left alone", s -> s.message().contains("left alone"));

    assertThat(cpuBetweenHeartbeats()).isLessThan(MOST);
  }

  private Duration cpuBetweenHeartbeats() throws IOException {
    Instant first = container.state().heartbeat();
    container.awaitState("heartbeat", s -> s.heartbeat().isAfter(first));
    Duration before = cpu();
    Instant second = container.state().heartbeat();
    container.awaitState("another heartbeat", s -> s.heartbeat().isAfter(second));
    return cpu().minus(before);
  }

  /**
   * Of the process of this machine; this container's supervisor is the only one with its prefix.
   */
  private Duration cpu() throws IOException {
    String prefix = "WINEPREFIX=" + container.prefix().driveC().getParent();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      ProcessHandle supervisor =
          all.filter(p -> text(p, "cmdline").contains("attach.exe\0supervise"))
              .filter(p -> !text(p, "cmdline").contains("CExecSvc"))
              .filter(p -> text(p, "environ").contains(prefix))
              .findFirst()
              .orElseThrow();
      return Duration.ofNanos(Long.parseLong(text(supervisor, "schedstat").split(" ")[0]));
    }
  }

  private static String text(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid(), file));
    } catch (IOException gone) {
      return "";
    }
  }
}
