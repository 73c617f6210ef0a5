package io.crashmonitor.operator.storage;

import static io.crashmonitor.operator.storage.Samples.NOON;
import static io.crashmonitor.operator.storage.Samples.POD_UID;
import static io.crashmonitor.operator.storage.Samples.crash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.operator.storage.Ledger.Answer;
import io.crashmonitor.operator.storage.Ledger.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerTest {
  private static final Duration LINK = Duration.ofHours(1);

  private static Ledger.Wish wish(int pid, String podUid, Instant now) {
    return new Ledger.Wish(
        crash(pid),
        podUid,
        seconds -> "d/pod_app_" + pid + "_" + seconds + ".dmp.gz",
        ".gz",
        false,
        now,
        now.plus(LINK));
  }

  private static Ledger.Wish wish(int pid) {
    return wish(pid, POD_UID, NOON);
  }

  private static Ledger granted(Ledger ledger, Ledger.Wish wish) {
    return ((Answer.Placed) ledger.grant(wish, 100, report -> false)).ledger();
  }

  private static Ledger withOne() {
    return granted(Ledger.empty("r"), wish(7));
  }

  private static State state(Ledger ledger) {
    return ledger.entry(crash(7)).orElseThrow().state();
  }

  /** A ledger whose one entry is in that state, reached by the transitions that lead there. */
  private static Ledger in(State state) {
    Ledger one = withOne();
    return switch (state) {
      case Granted -> one;
      case Stored -> one.stored(crash(7));
      case Analysed -> {
        Ledger.Wish w = wish(7);
        yield granted(
            Ledger.empty("r"),
            new Ledger.Wish(w.crash(), w.podUid(), w.blob(), "", true, w.now(), w.sasExpires()));
      }
      case Expired -> one.expired(crash(7), NOON.plus(Duration.ofHours(2)));
      case Abandoned -> one.abandoned(crash(7));
      case Gone -> one.stored(crash(7)).gone(crash(7));
    };
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void anEntryReachesEachOfItsStates(State state) {
    assertThat(state(in(state))).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "Granted,1", "Stored,1", "Analysed,1",
    "Expired,0", "Abandoned,0", "Gone,0",
  })
  void aPlaceIsTakenByWhatIsComingOrThere(State state, int places) {
    assertThat(in(state).placesUsed()).isEqualTo(places);
  }

  @ParameterizedTest
  @CsvSource({
    "Granted,   Stored, Abandoned, Expired,  Granted",
    "Stored,    Stored, Stored,    Stored,   Gone",
    "Analysed,  Analysed, Analysed, Analysed, Gone",
    "Expired,   Expired, Expired,  Expired,  Expired",
    "Abandoned, Abandoned, Abandoned, Abandoned, Abandoned",
    "Gone,      Gone, Gone, Gone, Gone",
  })
  void whatHappensToAnEntryDependsOnItsState(
      State from, State onStored, State onAbandoned, State onExpired, State onGone) {
    Ledger ledger = in(from);

    assertThat(state(ledger.stored(crash(7)))).isEqualTo(onStored);
    assertThat(state(ledger.abandoned(crash(7)))).isEqualTo(onAbandoned);
    assertThat(state(ledger.expired(crash(7), NOON.plus(Duration.ofHours(2)))))
        .isEqualTo(onExpired);
    assertThat(state(ledger.gone(crash(7)))).isEqualTo(onGone);
  }

  @Test
  void everyTransitionTwiceIsTheSameAsOnce() {
    Instant late = NOON.plus(Duration.ofHours(2));
    for (State from : State.values()) {
      for (UnaryOperator<Ledger> t :
          List.<UnaryOperator<Ledger>>of(
              l -> l.stored(crash(7)),
              l -> l.abandoned(crash(7)),
              l -> l.expired(crash(7), late),
              l -> l.gone(crash(7)),
              l -> l.noted(crash(9), s -> "d/n_" + s + ".dmp", r -> false))) {
        Ledger once = t.apply(in(from));
        assertThat(t.apply(once)).isEqualTo(once);
      }
    }
  }

  @Test
  void noPlaceIsGivenBeyondTheMaximum() {
    Ledger ledger = granted(withOne(), wish(8));

    assertThat(ledger.grant(wish(9), 2, r -> false)).isEqualTo(new Answer.Full());
    assertThat(ledger.grant(wish(9), 3, r -> false)).isInstanceOf(Answer.Placed.class);
  }

  @Test
  void aRenewalIsPossibleInAFullRunAndKeepsNameAndTimeOfGrant() {
    Instant later = NOON.plus(Duration.ofMinutes(30));

    Answer answer = withOne().grant(wish(7, POD_UID, later), 1, r -> true);

    Ledger.Entry entry = ((Answer.Placed) answer).entry();
    assertThat(entry.blob()).isEqualTo("d/pod_app_7_0.dmp.gz");
    assertThat(entry.grantedAt()).isEqualTo(NOON);
    assertThat(entry.sasExpires()).isEqualTo(later.plus(LINK));
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"Expired", "Abandoned"})
  void aCrashWithoutItsPlaceGetsOneAgainUnderTheSameNameIfOneIsFree(State state) {
    assertThat(in(state).grant(wish(7), 0, r -> false)).isEqualTo(new Answer.Full());

    Answer answer = in(state).grant(wish(7), 1, r -> true);

    assertThat(((Answer.Placed) answer).entry().blob()).isEqualTo("d/pod_app_7_0.dmp.gz");
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"Stored", "Analysed", "Gone"})
  void whatWasStoredDoesNotComeAgain(State state) {
    assertThat(in(state).grant(wish(7), 9, r -> false)).isInstanceOf(Answer.Settled.class);
  }

  @Test
  void aCrashOfAnotherPodIsNotTouched() {
    assertThat(withOne().grant(wish(7, "other", NOON), 9, r -> false))
        .isEqualTo(new Answer.NotYours());
  }

  @Test
  void aGrantIsDueHalfAnHourAfterItsLastLink() {
    Instant end = NOON.plus(LINK).plus(Ledger.GRACE);

    assertThat(withOne().due(end)).isEmpty();
    assertThat(withOne().due(end.plusMillis(1))).hasSize(1);
    assertThat(state(withOne().expired(crash(7), end))).isEqualTo(State.Granted);
  }

  @Test
  void aTakenNameGetsSecondsAddedUntilItIsFree() {
    Ledger ledger = withOne();
    Ledger.Wish sameName =
        new Ledger.Wish(crash(8), POD_UID, wish(7).blob(), ".gz", false, NOON, NOON.plus(LINK));

    Answer answer = ledger.grant(sameName, 9, report -> report.endsWith("_1.dmp.json"));

    assertThat(((Answer.Placed) answer).entry().blob()).isEqualTo("d/pod_app_7_2.dmp.gz");
  }

  @Test
  void theSearchForANameEnds() {
    assertThatThrownBy(() -> Ledger.empty("r").grant(wish(7), 1, report -> true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no free name");
  }

  @Test
  void aGrantTakesOverTheNameOfItsNote() {
    Ledger noted =
        Ledger.empty("r").noted(crash(7), s -> "yesterday/pod_app_7_" + s + ".dmp", r -> false);

    Answer.Placed placed = (Answer.Placed) noted.grant(wish(7), 1, r -> true);

    assertThat(placed.entry().blob()).isEqualTo("yesterday/pod_app_7_0.dmp.gz");
    assertThat(placed.ledger().notes()).isEmpty();
  }

  @Test
  void notesAreBoundedAndThenCrashesAreOnlyCounted() {
    Ledger ledger = Ledger.empty("r");
    for (int pid = 0; pid < Ledger.NOTE_LIMIT + 3; pid++) {
      int p = pid;
      ledger = ledger.noted(crash(pid), s -> "d/pod_app_" + p + "_" + s + ".dmp", r -> false);
    }
    Ledger again = ledger.noted(crash(Ledger.NOTE_LIMIT), s -> "d/x.dmp", r -> false);

    assertThat(ledger.notes()).hasSize(Ledger.NOTE_LIMIT);
    assertThat(ledger.counted()).hasSize(3);
    assertThat(again).isEqualTo(ledger);
  }

  @Test
  void entriesWithoutAPlaceAreForgottenOldestFirst() {
    Ledger ledger = Ledger.empty("r");
    for (int pid = 0; pid < 300; pid++) {
      ledger = granted(ledger, wish(pid)).abandoned(crash(pid));
    }

    assertThat(ledger.entries()).hasSizeLessThanOrEqualTo(201);
    assertThat(ledger.entry(crash(0))).isEmpty();
    assertThat(ledger.entry(crash(299))).isPresent();
  }

  @Test
  void itSurvivesItsOwnJson() throws Exception {
    JsonMapper json = AgentProtocol.mapper();
    Ledger ledger =
        granted(withOne().stored(crash(7)), wish(8))
            .noted(crash(9), s -> "d/n.dmp", report -> false);

    assertThat(json.readValue(json.writeValueAsBytes(ledger), Ledger.class)).isEqualTo(ledger);
  }
}
