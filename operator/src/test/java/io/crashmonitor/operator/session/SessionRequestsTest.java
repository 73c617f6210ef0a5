package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Names;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.Request;
import io.crashmonitor.api.RequestKind;
import io.crashmonitor.api.SessionState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionRequestsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");
  private static final String AT = "2026-11-22T07:00:00Z";

  @Test
  void theNewestRequestIsInForce() {
    SessionRequests requests =
        requests(
            Map.of(
                Names.STOP_REQUESTED_AT, AT, Names.RUN_REQUESTED_AT, "2026-11-22T08:30:00+01:00"),
            SessionState.Stopped,
            Optional.empty());

    assertThat(requests.inForce()).contains(RequestKind.Run);
    assertThat(requests.wanted(SessionState.Stopped)).isEqualTo(SessionState.Monitoring);
    assertThat(requests.runSince()).contains(Instant.parse("2026-11-22T07:30:00Z"));
  }

  @Test
  void ofTwoAtOneTimeTheOneThatDoesLeastCounts() {
    SessionRequests requests =
        requests(
            Map.of(Names.STOP_REQUESTED_AT, AT, Names.DISABLE_REQUESTED_AT, AT),
            SessionState.Monitoring,
            Optional.empty());
    assertThat(requests.inForce()).contains(RequestKind.Disable);
  }

  @Test
  void aChangeOfStateEndsARequestForGood() {
    Map<String, String> stop = Map.of(Names.STOP_REQUESTED_AT, AT);
    SessionRequests taken = requests(stop, SessionState.Monitoring, Optional.empty());
    SessionRequests changed = requests(stop, SessionState.Disabled, taken.recorded());
    SessionRequests back = requests(stop, SessionState.Monitoring, changed.recorded());

    assertThat(taken.inForce()).contains(RequestKind.Stop);
    assertThat(changed.inForce()).isEmpty();
    assertThat(back.inForce()).isEmpty();
    assertThat(back.recorded()).contains(new Request(RequestKind.Stop, Instant.parse(AT), null));
  }

  @Test
  void theRunGoesOnToBeTheRunWhenItIsStopped() {
    SessionRequests requests =
        requests(
            Map.of(Names.RUN_REQUESTED_AT, AT, Names.STOP_REQUESTED_AT, "2026-11-22T07:59:00Z"),
            SessionState.Monitoring,
            Optional.empty());
    assertThat(requests.inForce()).contains(RequestKind.Stop);
    assertThat(requests.runSince()).contains(Instant.parse(AT));
  }

  @Test
  void whatIsNoTimeOrTooFarAheadIsNamedAndNotTakenUp() {
    SessionRequests requests =
        requests(
            Map.of(Names.STOP_REQUESTED_AT, "soon", Names.RUN_REQUESTED_AT, "2026-11-22T08:05:01Z"),
            SessionState.Monitoring,
            Optional.empty());
    assertThat(requests.inForce()).isEmpty();
    assertThat(requests.notes())
        .extracting(Note::reason)
        .containsExactly(Reasons.REQUEST_INVALID, Reasons.REQUEST_INVALID);
    assertThat(requests.notes()).anyMatch(n -> n.message().contains(Names.STOP_REQUESTED_AT));
  }

  @Test
  void aClockThatIsFiveMinutesAheadIsTolerated() {
    assertThat(
            requests(
                    Map.of(Names.STOP_REQUESTED_AT, "2026-11-22T08:05:00Z"),
                    SessionState.Monitoring,
                    Optional.empty())
                .inForce())
        .contains(RequestKind.Stop);
  }

  @Test
  void aRunAfterTheStopTimeIsRefusedAndTheRequestBeforeItStays() {
    SessionRequests requests =
        SessionRequests.of(
            Map.of(Names.RUN_REQUESTED_AT, AT, Names.STOP_REQUESTED_AT, "2026-11-22T06:00:00Z"),
            SessionState.Monitoring,
            Optional.of(Instant.parse(AT)),
            Optional.empty(),
            NOW);
    assertThat(requests.inForce()).contains(RequestKind.Stop);
    assertThat(requests.runSince()).isEmpty();
    assertThat(requests.notes()).extracting(Note::reason).containsExactly(Reasons.RUN_REFUSED);
  }

  private static SessionRequests requests(
      Map<String, String> annotations, SessionState state, Optional<Request> previous) {
    return SessionRequests.of(annotations, state, Optional.empty(), previous, NOW);
  }
}
