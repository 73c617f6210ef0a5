package io.crashmonitor.sidecar.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the supervisor takes from the application's limits, as Wine and Linux count it: Wine's own
 * share in a process and its way to list processes are in these figures.
 */
class FootprintIT {
  private static final long MEMORY_KB = 4096;
  private static final Duration LOOKED_AT = Duration.ofSeconds(20);
  private static final Duration CPU = Duration.ofMillis(200);

  @TempDir Path folder;
  private AppContainer container;

  @BeforeEach
  void open() throws Exception {
    container = AppContainer.prepared(folder);
  }

  @AfterEach
  void close() {
    if (container != null) {
      container.close();
    }
  }

  @Test
  void isSmallAndNearlyIdleWhileAttached() throws Exception {
    container.session(SessionFile.ofCrashes());
    container.app("--quiet");
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    ProcessHandle supervisor = supervisor();
    // The first seconds are spent on looking for more processes.
    awaitHeartbeats(Duration.ofSeconds(12));

    Duration before = cpu(supervisor);
    awaitHeartbeats(LOOKED_AT);
    Duration used = cpu(supervisor).minus(before);
    long memory = privateKilobytes(supervisor);

    System.out.printf(
        "supervisor: %d kB private, %d ms CPU in %d s%n",
        memory, used.toMillis(), LOOKED_AT.toSeconds());
    assertThat(memory).isLessThan(MEMORY_KB);
    assertThat(used).isLessThan(CPU);
  }

  private void awaitHeartbeats(Duration worth) {
    Instant end = container.state().heartbeat().plus(worth);
    container.awaitState("heartbeats of " + worth, state -> state.heartbeat().isAfter(end));
  }

  /** The Linux process; this container's supervisor is the only one with its prefix. */
  private ProcessHandle supervisor() throws IOException {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(p -> text(p, "cmdline").contains("attach.exe\0supervise"))
          .filter(p -> !text(p, "cmdline").contains("CExecSvc"))
          .filter(p -> text(p, "environ").contains("WINEPREFIX=" + folder.resolve("prefixes/app")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String text(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid(), file));
    } catch (IOException gone) {
      return "";
    }
  }

  private static Duration cpu(ProcessHandle process) {
    return Duration.ofNanos(Long.parseLong(text(process, "schedstat").split(" ")[0]));
  }

  private static long privateKilobytes(ProcessHandle process) {
    return text(process, "smaps_rollup")
        .lines()
        .filter(line -> line.startsWith("Private_"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
