package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.Injection;
import io.crashmonitor.api.Phase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetConflictsTest {
  private static final String EARLY = "2026-11-22T08:00:00Z";
  private static final String LATE = "2026-11-22T09:00:00Z";

  @Test
  void theOlderSessionHasTheWorkload() {
    CrashMonitorSession older = session("z", EARLY, Phase.Monitoring, false);
    CrashMonitorSession younger = session("a", LATE, Phase.Pending, false);
    List<CrashMonitorSession> both = List.of(younger, older);

    assertThat(TargetConflicts.olderSession(younger, both)).contains("z");
    assertThat(TargetConflicts.olderSession(older, both)).isEmpty();
  }

  @Test
  void ofTwoOfOneAgeTheOneThatIsInStays() {
    CrashMonitorSession in = session("z", EARLY, Phase.Starting, true);
    CrashMonitorSession out = session("a", EARLY, Phase.Pending, false);
    List<CrashMonitorSession> both = List.of(in, out);

    assertThat(TargetConflicts.olderSession(out, both)).contains("z");
    assertThat(TargetConflicts.olderSession(in, both)).isEmpty();
  }

  @Test
  void aDisabledSessionLetsGoOnceItIsReleased() {
    CrashMonitorSession younger = session("a", LATE, Phase.Pending, false);
    assertThat(
            TargetConflicts.olderSession(
                younger, List.of(session("z", EARLY, Phase.Disabled, false))))
        .isEmpty();
    assertThat(
            TargetConflicts.olderSession(
                younger, List.of(session("z", EARLY, Phase.Pending, true))))
        .contains("z");
  }

  private static CrashMonitorSession session(
      String name, String created, Phase phase, boolean injected) {
    CrashMonitorSession session = new CrashMonitorSession();
    session.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withUid("uid-" + name)
            .withGeneration(1L)
            .withCreationTimestamp(created)
            .build());
    session.setStatus(
        new CrashMonitorSessionStatus(
            1L,
            phase,
            null,
            null,
            null,
            null,
            null,
            null,
            injected ? new Injection(Instant.parse(created), null, null, null, null) : null,
            null,
            0,
            0,
            null,
            null,
            null,
            null,
            null));
    return session;
  }
}
