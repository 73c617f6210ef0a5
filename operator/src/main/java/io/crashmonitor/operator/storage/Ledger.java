package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.CrashId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The budget of one run, as it lies in storage: who holds a place, and which crashes are recorded
 * without one. Pure: each transition gives another ledger, and {@link LedgerStore} makes it count
 * by compare-and-swap. A transition that was made before is not made again, so a repeated request
 * or a lost answer does no harm.
 *
 * @param version 1
 * @param entries crashes that have or had a place, oldest first
 * @param notes crashes that are recorded without a place, oldest first
 * @param counted ids of crashes that are only counted, because there are too many notes
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Ledger(
    int version, String runId, List<Entry> entries, List<Note> notes, List<String> counted) {
  public static final int VERSION = 1;

  /** Reports without a place in one run; later crashes are counted, not reported. */
  public static final int NOTE_LIMIT = 200;

  /** A grant ends this long after its last signature did. */
  public static final Duration GRACE = Duration.ofMinutes(30);

  private static final int PLACELESS_LIMIT = 200;
  private static final int COUNTED_LIMIT = 2000;

  /** What became of a place. */
  public enum State {
    /** Given; the dump is on its way. */
    Granted,
    /** The dump is in storage. */
    Stored,
    /** There is no dump by intent; the report holds the place. */
    Analysed,
    /** The dump did not come in time: no place; another offer gets one, under the same name. */
    Expired,
    /** The agent gave it up: no place. */
    Abandoned,
    /** It was stored, and somebody deleted it: no place. */
    Gone;

    boolean holdsPlace() {
      return this == Granted || this == Stored || this == Analysed;
    }
  }

  /**
   * @param blob name of the dump's blob; of an Analysed one, the name it would have
   * @param sasExpires when the last signature given out ends
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Entry(
      String crashId,
      String podUid,
      String blob,
      State state,
      Instant grantedAt,
      Instant sasExpires) {
    Entry with(State next) {
      return new Entry(crashId, podUid, blob, next, grantedAt, sasExpires);
    }

    public String report() {
      return BlobLayout.reportOf(blob);
    }
  }

  /**
   * @param report name of the report's blob
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Note(String crashId, String report) {}

  /**
   * A wish for a place.
   *
   * @param blob name of the dump with so many seconds added, for when the name is taken
   * @param suffix of the name, for its compression: empty, .gz or .zst
   * @param analysisOnly no dump will come
   * @param sasExpires of the signature that goes with the grant
   */
  public record Wish(
      CrashId crash,
      String podUid,
      IntFunction<String> blob,
      String suffix,
      boolean analysisOnly,
      Instant now,
      Instant sasExpires) {}

  /** What a wish came to. */
  public sealed interface Answer {
    /** A place, new or renewed. */
    record Placed(Ledger ledger, Entry entry) implements Answer {}

    /** It needs no place any more: stored, analysed, or stored and deleted since. */
    record Settled(Entry entry) implements Answer {}

    /** No place is free. */
    record Full() implements Answer {}

    /** The crash belongs to another pod. */
    record NotYours() implements Answer {}
  }

  public Ledger {
    entries = entries == null ? List.of() : List.copyOf(entries);
    notes = notes == null ? List.of() : List.copyOf(notes);
    counted = counted == null ? List.of() : List.copyOf(counted);
  }

  public static Ledger empty(String runId) {
    return new Ledger(VERSION, runId, List.of(), List.of(), List.of());
  }

  public int placesUsed() {
    return (int) entries.stream().filter(e -> e.state().holdsPlace()).count();
  }

  public Optional<Entry> entry(CrashId crash) {
    return entries.stream().filter(e -> e.crashId().equals(crash.value())).findFirst();
  }

  public Optional<Note> note(CrashId crash) {
    return notes.stream().filter(n -> n.crashId().equals(crash.value())).findFirst();
  }

  /**
   * Gives a place, or renews it.
   *
   * @param taken whether a report of this name is there already, from another run
   */
  public Answer grant(Wish wish, int maxDumps, Predicate<String> taken) {
    Optional<Entry> known = entry(wish.crash());
    if (known.isPresent() && !known.get().podUid().equals(wish.podUid())) {
      return new Answer.NotYours();
    }
    State state = known.map(Entry::state).orElse(State.Expired);
    if (state == State.Stored || state == State.Analysed || state == State.Gone) {
      return new Answer.Settled(known.get());
    }
    if (state != State.Granted && placesUsed() >= maxDumps) {
      return new Answer.Full();
    }
    String blob = known.map(Entry::blob).orElseGet(() -> name(wish, taken));
    Instant since =
        known.filter(e -> e.state() == State.Granted).map(Entry::grantedAt).orElse(wish.now());
    Entry next =
        new Entry(
            wish.crash().value(),
            wish.podUid(),
            blob,
            wish.analysisOnly() ? State.Analysed : State.Granted,
            since,
            wish.sasExpires());
    return new Answer.Placed(put(next).withoutNote(wish.crash()), next);
  }

  /** The dump is there, whole. Without a place it changes nothing: the maximum holds. */
  public Ledger stored(CrashId crash) {
    return change(crash, e -> e.state() == State.Granted ? e.with(State.Stored) : e);
  }

  /** The dump will never come. */
  public Ledger abandoned(CrashId crash) {
    return change(crash, e -> e.state() == State.Granted ? e.with(State.Abandoned) : e);
  }

  /** The dump did not come; nothing when the grant was renewed meanwhile. */
  public Ledger expired(CrashId crash, Instant now) {
    return change(crash, e -> isDue(e, now) ? e.with(State.Expired) : e);
  }

  /** What held the place was deleted in storage. */
  public Ledger gone(CrashId crash) {
    return change(
        crash,
        e -> e.state() == State.Stored || e.state() == State.Analysed ? e.with(State.Gone) : e);
  }

  /** What had been deleted in storage is there again: it counts, whatever the maximum. */
  public Ledger restored(CrashId crash, State as) {
    return change(crash, e -> e.state() == State.Gone ? e.with(as) : e);
  }

  /**
   * Records a crash without a place: a note, or beyond the limit its id alone.
   *
   * @param blob name of the dump it has not, with so many seconds added
   */
  public Ledger noted(CrashId crash, IntFunction<String> blob, Predicate<String> taken) {
    if (entry(crash).isPresent() || note(crash).isPresent() || counted.contains(crash.value())) {
      return this;
    }
    if (notes.size() < NOTE_LIMIT) {
      return new Ledger(
          version,
          runId,
          entries,
          plus(
              notes, new Note(crash.value(), BlobLayout.reportOf(FreeNames.of(this, blob, taken)))),
          counted);
    }
    return counted.size() >= COUNTED_LIMIT
        ? this
        : new Ledger(version, runId, entries, notes, plus(counted, crash.value()));
  }

  /** Grants whose time is over: to be settled by what lies in storage. */
  public List<Entry> due(Instant now) {
    return entries.stream().filter(e -> isDue(e, now)).toList();
  }

  /** Entries whose place stands for something in storage. */
  public List<Entry> settled() {
    return entries.stream()
        .filter(e -> e.state() == State.Stored || e.state() == State.Analysed)
        .toList();
  }

  /** Entries of which something was in storage and was deleted. */
  public List<Entry> gone() {
    return entries.stream().filter(e -> e.state() == State.Gone).toList();
  }

  private static boolean isDue(Entry e, Instant now) {
    return e.state() == State.Granted && now.isAfter(e.sasExpires().plus(GRACE));
  }

  private String name(Wish wish, Predicate<String> taken) {
    Optional<Note> note = note(wish.crash());
    if (note.isPresent()) {
      String report = note.get().report();
      return report.substring(0, report.length() - BlobLayout.REPORT_SUFFIX.length())
          + wish.suffix();
    }
    return FreeNames.of(this, wish.blob(), taken);
  }

  private Ledger change(CrashId crash, UnaryOperator<Entry> transition) {
    Optional<Entry> known = entry(crash);
    if (known.isEmpty()) {
      return this;
    }
    Entry next = transition.apply(known.get());
    return next.equals(known.get()) ? this : put(next);
  }

  /** In place of the entry of the same crash, or at the end; forgets the oldest placeless ones. */
  private Ledger put(Entry next) {
    List<Entry> all = new ArrayList<>(entries);
    all.replaceAll(e -> e.crashId().equals(next.crashId()) ? next : e);
    if (!all.contains(next)) {
      all.add(next);
    }
    long placeless = all.stream().filter(e -> !e.state().holdsPlace()).count();
    for (int i = 0; placeless > PLACELESS_LIMIT; ) {
      if (all.get(i).state().holdsPlace()) {
        i++;
      } else {
        all.remove(i);
        placeless--;
      }
    }
    return new Ledger(version, runId, all, notes, counted);
  }

  private Ledger withoutNote(CrashId crash) {
    return note(crash).isEmpty()
        ? this
        : new Ledger(
            version,
            runId,
            entries,
            notes.stream().filter(n -> !n.crashId().equals(crash.value())).toList(),
            counted);
  }

  private static <T> List<T> plus(List<T> list, T one) {
    return Stream.concat(list.stream(), Stream.of(one)).toList();
  }
}
