package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.Compression;
import io.crashmonitor.report.CrashId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the agent makes of its session: told, untold, at its end. */
class AgentSessionIT extends AgentWithStorage {
  @Test
  void armsWithTheKeptConfigurationWhileTheOperatorIsAway() {
    // given
    Path control = folder.resolve("control/session.properties");
    RunningAgent first = start(Duration.ofSeconds(55));
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    first.close();
    operator.stop();
    delete(control);
    // when
    start(Duration.ofSeconds(55));
    // then
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    assertThat(read(control))
        .contains("disarmAt=" + Instant.parse("2030-01-01T00:00:00Z").toEpochMilli() + "\n")
        .contains("process=Checkout.exe\n");
  }

  @Test
  void passesAChangeOnToTheHelperAtOnce() {
    // given
    Path control = folder.resolve("control/session.properties");
    start(Duration.ofSeconds(55));
    patiently().until(() -> Files.exists(control) && read(control).contains("armed=true"));
    // when
    operator.configure(disarmed("BudgetUsed"));
    // then
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> read(control).contains("armed=false\ndisarmedReason=BudgetUsed\n"));
  }

  @Test
  void letsGoWhileAsManyDumpsWaitAsThereArePlacesAndComesBackWhenTheyHaveTheirs()
      throws IOException {
    // given one place, and an operator that does not answer offers yet
    operator.configure(configuration(Compression.Gzip).withPlacesLeft(1));
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    Path control = folder.resolve("control/session.properties");
    start(Duration.ofSeconds(55));
    patiently().until(() -> read(control).contains("armed=true"));
    // when
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // then
    patiently().until(() -> read(control).contains("armed=false\ndisarmedReason=BudgetUsed\n"));
    assertThat(file).exists();
    // and when the dump comes to storage, and another place is free
    operator.configure(configuration(Compression.Gzip).withPlacesLeft(2));
    operator.status = path -> 200;
    patiently().until(() -> Files.notExists(file));
    patiently().until(() -> read(control).contains("armed=true"));
  }

  @Test
  void saysThatTheHelperIsGoneAndHowItComesBack() throws IOException {
    // given
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(
        folder.resolve("state/attach.json"),
        """
        {"version":1,"heartbeat":"%s","supervisorPid":9,"phase":"Attached","exits":[],
         "processes":[{"pid":5,"name":"Checkout.exe","startTime":"%s","entry":true,"attached":true}]}\
        """
            .formatted(Instant.now(), START));
    start(Duration.ofSeconds(55));
    patiently().until(() -> operator.syncs.stream().anyMatch(s -> s.state().attached()));
    // when no heartbeat comes any more
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> operator.syncs.stream().anyMatch(s -> s.state().reason().equals("NoHeartbeat")));
    // then
    assertThat(operator.syncs.get(operator.syncs.size() - 1).state())
        .satisfies(
            state -> {
              assertThat(state.attached()).isFalse();
              assertThat(state.message()).contains("attach.exe hook");
            });
  }

  @Test
  void takesUpARotatedToken() throws IOException {
    // given
    start(Duration.ofSeconds(55));
    patiently().until(() -> !operator.syncs.isEmpty());
    operator.expectedToken = "pod-token-2";
    operator.configure(disarmed("Stopped"));
    patiently().until(() -> operator.statuses.contains(401));
    // when
    Files.writeString(folder.resolve("identity/token"), "pod-token-2\n");
    Path file = TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    // then
    patiently().until(() -> Files.notExists(file));
  }

  @Test
  void waitsForItsIdentity() throws IOException {
    // given
    Path identity = folder.resolve("identity");
    Files.move(identity, folder.resolve("later"));
    start(Duration.ofSeconds(55));
    Path control = folder.resolve("control/session.properties");
    patiently().until(() -> Files.exists(control) && read(control).contains("=Unknown\n"));
    // when
    Files.move(folder.resolve("later"), identity);
    // then
    patiently().until(() -> read(control).contains("armed=true"));
  }

  @Test
  void endsADrainOnceEverythingIsInStorage() throws IOException {
    // given
    Path file = TestDump.of(5, START, UNHANDLED).padded(9_000_000).ready(folder, 5, START, 1);
    Path end = Files.createDirectories(folder.resolve("control")).resolve("end");
    Files.writeString(end, "1\n");
    // when
    RunningAgent agent = start(Duration.ofSeconds(55));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(file).doesNotExist();
    assertThat(end).doesNotExist();
    assertThat(operator.completions).hasSize(1);
  }

  @Test
  void reportsWhatADrainHadNoTimeForAsLost() throws IOException {
    // given
    operator.status = path -> path.endsWith("/dumps") ? 503 : 200;
    TestDump.of(5, START, UNHANDLED).ready(folder, 5, START, 1);
    Path end = Files.createDirectories(folder.resolve("control")).resolve("end");
    Files.writeString(end, "1\n");
    // when
    RunningAgent agent = start(Duration.ofSeconds(3));
    // then
    patiently().until(agent.ended::isDone);
    assertThat(end).doesNotExist();
    String id = CrashId.of(RunningAgent.POD_UID, 5, START).value();
    assertThat(operator.abandons.get(id).reason()).isEqualTo("Lost");
  }
}
