package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path logs;

  @Test
  void saysWithWhichWordsAServerEndedBeforeItWasReady() {
    try (ServerProcess server = shell("echo 'bind: address already in use'; exit 3")) {
      assertThatThrownBy(() -> server.await("accepts connections", SOON, () -> false))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("server ended with exit code 3 before: accepts connections")
          .hasMessageContaining("bind: address already in use")
          .hasMessageContaining(server.log().toString());
    }
  }

  @Test
  void givesUpOnAServerThatDoesNotGetReady() {
    try (ServerProcess server = shell("exec sleep 600")) {
      assertThatThrownBy(() -> server.await("answers", Duration.ofMillis(200), () -> false))
          .hasMessageContaining("server, not within 0 s: answers");
    }
  }

  @Test
  void endsTheServerWhenClosed() {
    ServerProcess server = shell("exec sleep 600");

    server.close();

    assertThat(ProcessHandle.of(server.pid())).isNotPresent();
  }

  @Test
  void leavesNoServerBehindWhenTheJvmIsKilled() throws IOException {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                logs.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = jvm.inputReader()) {
      ProcessHandle server = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(server.isAlive()).isTrue();

      jvm.destroyForcibly();

      await().atMost(SOON).until(() -> !server.isAlive());
    } finally {
      jvm.destroyForcibly();
    }
  }

  /**
   * The JVM to kill: it starts a server that was closed, one that was not, and tells the latter's
   * process id.
   */
  static final class Parent {
    private Parent() {}

    public static void main(String[] arguments) throws IOException {
      Path logs = Files.createDirectories(Path.of(arguments[0]));
      start(logs, "closed").close();
      System.out.println(start(logs, "living").pid());
      System.in.read();
    }

    private static ServerProcess start(Path logs, String name) {
      return ServerProcess.start(name, List.of("/bin/sleep", "600"), Map.of(), logs);
    }
  }

  private ServerProcess shell(String script) {
    return ServerProcess.start("server", List.of("/bin/sh", "-c", script), Map.of(), logs);
  }
}
