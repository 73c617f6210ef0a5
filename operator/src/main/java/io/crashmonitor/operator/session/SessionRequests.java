package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.crashmonitor.api.Reasons;
import io.crashmonitor.api.Request;
import io.crashmonitor.api.RequestKind;
import io.crashmonitor.api.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What console and plugin asked for by annotation. The newest request counts; it is in force until
 * {@code spec.state} changes. Pure.
 *
 * @param recorded for {@code status.request}: the newest, in force or not
 * @param inForce what it asks for; empty when spec.state decides
 * @param runSince when the current run was asked for; it stays the run's beginning also when
 *     another request follows
 * @param notes requests that were not taken up, and why
 */
record SessionRequests(
    Optional<Request> recorded,
    Optional<RequestKind> inForce,
    Optional<Instant> runSince,
    List<Note> notes) {
  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final Map<RequestKind, String> ANNOTATIONS =
      Map.of(
          RequestKind.Stop, Names.STOP_REQUESTED_AT,
          RequestKind.Run, Names.RUN_REQUESTED_AT,
          RequestKind.Disable, Names.DISABLE_REQUESTED_AT);

  /** Of requests with the same time the one that does least counts. */
  private static final List<RequestKind> BY_WEIGHT =
      List.of(RequestKind.Run, RequestKind.Stop, RequestKind.Disable);

  private record Asked(RequestKind kind, Instant at) {}

  /**
   * @param stopTime of the spec; a run that would begin after it is refused
   * @param previous {@code status.request}
   */
  static SessionRequests of(
      Map<String, String> annotations,
      SessionState state,
      Optional<Instant> stopTime,
      Optional<Request> previous,
      Instant now) {
    List<Note> notes = new ArrayList<>();
    List<Asked> asked = new ArrayList<>();
    for (RequestKind kind : BY_WEIGHT) {
      String annotation = ANNOTATIONS.get(kind);
      Optional.ofNullable(annotations.get(annotation))
          .flatMap(value -> time(annotation, value, now, notes))
          .filter(at -> kind != RequestKind.Run || runs(at, stopTime, notes))
          .ifPresent(at -> asked.add(new Asked(kind, at)));
    }
    Optional<Request> recorded =
        asked.stream()
            .max(Comparator.comparing(Asked::at).thenComparingInt(a -> BY_WEIGHT.indexOf(a.kind())))
            .map(newest -> record(newest, state, previous));
    return new SessionRequests(
        recorded,
        recorded.filter(r -> r.specState() != null).map(Request::kind),
        asked.stream().filter(a -> a.kind() == RequestKind.Run).map(Asked::at).findFirst(),
        List.copyOf(notes));
  }

  /** What is wanted: by the request in force, else by the spec. */
  SessionState wanted(SessionState state) {
    return inForce
        .map(
            kind ->
                switch (kind) {
                  case Run -> SessionState.Monitoring;
                  case Stop -> SessionState.Stopped;
                  case Disable -> SessionState.Disabled;
                })
        .orElse(state);
  }

  private static Request record(Asked newest, SessionState state, Optional<Request> previous) {
    Optional<Request> known =
        previous.filter(p -> p.kind() == newest.kind() && newest.at().equals(p.at()));
    // Once spec.state has changed, the request is over, also when the state changes back.
    SessionState takenUpIn =
        known.isEmpty() ? state : known.get().specState() == state ? state : null;
    return new Request(newest.kind(), newest.at(), takenUpIn);
  }

  private static Optional<Instant> time(
      String annotation, String value, Instant now, List<Note> notes) {
    try {
      Instant at = OffsetDateTime.parse(value).toInstant();
      if (at.isAfter(now.plus(AHEAD))) {
        notes.add(
            new Note(
                Reasons.REQUEST_INVALID,
                "annotation "
                    + annotation
                    + " lies more than 5 minutes ahead and was not taken up: give the present"
                    + " time"));
        return Optional.empty();
      }
      return Optional.of(at);
    } catch (DateTimeParseException notATime) {
      notes.add(
          new Note(
              Reasons.REQUEST_INVALID,
              "annotation "
                  + annotation
                  + " is not an RFC 3339 time and was not taken up: give one such as "
                  + "2026-11-22T08:00:00Z"));
      return Optional.empty();
    }
  }

  private static boolean runs(Instant at, Optional<Instant> stopTime, List<Note> notes) {
    if (stopTime.filter(stop -> !stop.isAfter(at)).isEmpty()) {
      return true;
    }
    notes.add(
        new Note(
            Reasons.RUN_REFUSED,
            "the run requested for "
                + at
                + " was refused because spec.stopTime has passed: set a later spec.stopTime, or"
                + " spec.duration instead, and request the run again"));
    return false;
  }
}
