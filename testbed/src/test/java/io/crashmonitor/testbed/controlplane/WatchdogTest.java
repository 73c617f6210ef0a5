package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  @Test
  void endsWhatIsWatchedAndNothingThatIsForgottenHoweverOften() throws Exception {
    Process watched = new ProcessBuilder("sleep", "600").start();
    Process forgotten = new ProcessBuilder("sleep", "600").start();
    try {
      // One that it never heard of must not have it remember all others twice.
      Process watchdog = watchdog("+" + watched.pid(), "+" + forgotten.pid(), "-1", "-1");
      tell(watchdog, "-" + forgotten.pid());
      watchdog.getOutputStream().close();

      assertThat(watchdog.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(watched.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(forgotten.isAlive()).isTrue();
    } finally {
      watched.destroyForcibly();
      forgotten.destroyForcibly();
    }
  }

  private static Process watchdog(String... lines) throws IOException {
    Process watchdog = new ProcessBuilder("/bin/sh", "-c", Watchdog.SCRIPT).start();
    for (String line : lines) {
      tell(watchdog, line);
    }
    return watchdog;
  }

  private static void tell(Process watchdog, String line) throws IOException {
    watchdog.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    watchdog.getOutputStream().flush();
  }
}
