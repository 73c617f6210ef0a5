package io.crashmonitor.sidecar.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionKeeperTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final SessionConfiguration CONFIGURATION = configuration("run-1", "");

  @TempDir Path folder;
  private final AtomicInteger changes = new AtomicInteger();

  @Test
  void knowsAfterARestartWhatItKnew() {
    keeper().accept(new SyncResponse(NOW.plusSeconds(90), "h1", CONFIGURATION), NOW);
    SessionKeeper next = keeper();
    next.load();
    assertThat(next.configuration()).contains(CONFIGURATION);
    assertThat(next.configurationHash()).isEqualTo("h1");
    assertThat(next.operatorNow()).isEqualTo(NOW.plusSeconds(90));
  }

  @Test
  void decidesByTheOperatorsClock() {
    SessionKeeper keeper = keeper();
    keeper.accept(new SyncResponse(NOW.minusSeconds(3600), "h1", CONFIGURATION), NOW);
    assertThat(keeper.operatorNow()).isEqualTo(NOW.minusSeconds(3600));
    assertThat(keeper.local(NOW)).isEqualTo(NOW.plusSeconds(3600));
  }

  @Test
  void knowsHowFarTheOperatorsClockIsFromThisNodes() {
    SessionKeeper keeper = keeper();
    assertThat(keeper.clockOffset()).isZero();
    keeper.accept(new SyncResponse(NOW.minusMillis(1900), "h1", CONFIGURATION), NOW);
    assertThat(keeper.clockOffset()).as("the network's delay").isZero();
    keeper.accept(new SyncResponse(NOW.minusSeconds(600), "h1", CONFIGURATION), NOW);
    assertThat(keeper.clockOffset()).isEqualTo(Duration.ofMinutes(-10));
  }

  @Test
  void doesNotWriteForEveryAnswer() {
    SessionKeeper keeper = keeper();
    keeper.accept(new SyncResponse(NOW, "h1", CONFIGURATION), NOW);
    keeper.accept(new SyncResponse(NOW.plusMillis(300), "h1", CONFIGURATION), NOW);
    keeper.accept(new SyncResponse(NOW.minusMillis(300), "h1", null), NOW);
    assertThat(changes).hasValue(1);
  }

  @Test
  void staysWithTheLastConfigurationWhenTheNextCannotBeUsed() {
    SessionKeeper keeper = keeper();
    keeper.accept(new SyncResponse(NOW, "h1", CONFIGURATION), NOW);
    keeper.accept(new SyncResponse(NOW, "h2", configuration("run-2", "a\nb")), NOW);
    keeper.accept(new SyncResponse(NOW, "h3", configuration(null, "")), NOW);
    assertThat(keeper.configuration()).contains(CONFIGURATION);
    assertThat(keeper.configurationHash()).isEqualTo("h1");
  }

  @Test
  void wantsNoDumpsSinceItHeardOfTheStopAlsoWhereItsFirstWordIsTheStop() {
    SessionKeeper keeper = keeper();
    keeper.accept(new SyncResponse(NOW, "h1", disarmed("Stopped")), NOW);
    assertThat(keeper.disarmedSince()).contains(NOW);
    keeper.accept(new SyncResponse(NOW, "h2", disarmed("StopTimeReached")), NOW.plusSeconds(60));
    assertThat(keeper.disarmedSince()).contains(NOW);
    keeper.accept(new SyncResponse(NOW, "h3", CONFIGURATION), NOW.plusSeconds(90));
    assertThat(keeper.disarmedSince()).isEmpty();
  }

  @Test
  void wantsDumpsBeyondTheBudgetReportedUntilItStops() {
    SessionKeeper keeper = keeper();
    keeper.accept(new SyncResponse(NOW, "h1", CONFIGURATION), NOW);
    keeper.accept(new SyncResponse(NOW, "h2", disarmed("BudgetUsed")), NOW.plusSeconds(30));
    keeper.accept(new SyncResponse(NOW, "h3", disarmed("Stopped")), NOW.plusSeconds(60));
    assertThat(keeper.disarmedSince()).contains(NOW.plusSeconds(60));
  }

  @Test
  void startsWithNothingFromAFileThatIsBroken() throws IOException {
    Files.writeString(folder.resolve("configuration.json"), "{\"hash\":\"h1\",\"configur");
    SessionKeeper keeper = keeper();
    keeper.load();
    assertThat(keeper.configuration()).isEmpty();
    assertThat(keeper.configurationHash()).isEmpty();
  }

  private SessionKeeper keeper() {
    return new SessionKeeper(
        folder.resolve("configuration.json"),
        Clock.fixed(NOW, ZoneOffset.UTC),
        changes::incrementAndGet);
  }

  private static SessionConfiguration disarmed(String reason) {
    return new SessionConfiguration(
        "run-1",
        false,
        reason,
        NOW.plusSeconds(3600),
        "",
        DumpSettings.DEFAULT,
        CaptureEngine.CreateDump,
        false);
  }

  private static SessionConfiguration configuration(String run, String process) {
    return new SessionConfiguration(
        run,
        true,
        "",
        NOW.plusSeconds(3600),
        process,
        DumpSettings.DEFAULT,
        CaptureEngine.ProcDump,
        true);
  }
}
