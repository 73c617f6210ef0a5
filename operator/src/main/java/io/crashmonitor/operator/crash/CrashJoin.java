package io.crashmonitor.operator.crash;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.inject.Termination;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.CrashId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Joins what storage, kubelet and agents say of crashes, so that each end of a process counts once.
 * Pure: the same evidence gives the same picture, in whatever order its halves arrive.
 */
public final class CrashJoin {
  /** An agent that has dumps in its volume will offer them; uploading goes before reporting. */
  private static final Duration LONGEST_OFFER = Duration.ofMinutes(10);

  private static final Duration BETWEEN_READINGS = Duration.ofSeconds(2);

  private final CrashEvidence evidence;
  private final Map<CrashId, StoredCrash> known = new LinkedHashMap<>();
  private final List<CrashPicture.Unrecorded> unrecorded = new ArrayList<>();
  private final List<CrashPicture.Join> joins = new ArrayList<>();
  private final List<StoredCrash> undecided = new ArrayList<>();

  /** Crashes that count in storage already, so far as a pod still tells of them. */
  private final List<StoredCrash> counted = new ArrayList<>();

  private Optional<Instant> lookAgainAt = Optional.empty();

  private CrashJoin(CrashEvidence evidence) {
    this.evidence = evidence;
    evidence.stored().forEach(c -> known.put(c.id(), c));
  }

  public static CrashPicture of(CrashEvidence evidence) {
    return new CrashJoin(evidence).picture();
  }

  private CrashPicture picture() {
    evidence.pods().forEach(this::counted);
    evidence.pods().forEach(this::exits);
    evidence.pods().forEach(pod -> pod.terminations().forEach(t -> termination(pod, t)));
    List<StoredCrash> crashes =
        known.values().stream()
            .filter(c -> c.runId().equals(evidence.runId()))
            .filter(c -> !superseded(c))
            .sorted(Comparator.comparing(StoredCrash::time).reversed())
            .toList();
    return new CrashPicture(crashes, unrecorded, joins, lost(), endings(), lookAgainAt);
  }

  private void counted(InjectedPod pod) {
    Stream.concat(
            ends(pod).map(end -> crash(pod, end)),
            pod.terminations().stream().map(t -> crash(pod, t)))
        .filter(c -> evidence.onlyCounted().contains(c.id()))
        .forEach(counted::add);
  }

  private Stream<ProcessEnd> ends(InjectedPod pod) {
    return Optional.ofNullable(evidence.agents().get(pod.uid())).stream()
        .flatMap(agent -> ProcessEnd.of(pod, agent).stream());
  }

  /** Processes that the agent saw end without a dump. */
  private void exits(InjectedPod pod) {
    ends(pod)
        .filter(end -> isCrash(pod, end.code().isCrash(), end.exitTime()))
        .filter(end -> !known.containsKey(end.id()) && !dumped(pod, end))
        .filter(end -> counted.stream().noneMatch(c -> c.id().equals(end.id())))
        .filter(
            end ->
                Stream.concat(known.values().stream(), counted.stream())
                    .noneMatch(c -> Ends.records(c, pod, end)))
        .forEach(end -> waitOrRecord(pod, end));
  }

  /** Whether one of its dumps is of its end: it is there, or on its way. */
  private boolean dumped(InjectedPod pod, ProcessEnd end) {
    Optional<StoredCrash> firstChance = Optional.ofNullable(known.get(end.firstChance(pod)));
    int ofItsLife = firstChance.filter(c -> c.kind() == CrashKind.FirstChance).isPresent() ? 1 : 0;
    return end.dumps() > ofItsLife;
  }

  /** Under a debugger, an end without a dump is first of all one whose dump is being written. */
  private void waitOrRecord(InjectedPod pod, ProcessEnd end) {
    StoredCrash crash = crash(pod, end);
    // Nobody tells of an exit any more once its pod is gone.
    if (end.attached() && !pod.deleting() && waits(pod, end.exitTime())) {
      undecided.add(crash);
    } else {
      add(crash, pod);
    }
  }

  private void termination(InjectedPod pod, Termination t) {
    if (!isCrash(pod, t.exitCode().isCrash(), t.finishedAt())) {
      return;
    }
    List<StoredCrash> halves =
        known.values().stream()
            .filter(c -> Ends.isOf(c, pod, t))
            .sorted(Comparator.comparing(StoredCrash::time))
            .toList();
    Optional<StoredCrash> other =
        halves.stream().filter(c -> !Ends.isRecordOfTermination(c)).reduce((a, b) -> b);
    if (other.isPresent()) {
      join(other.get(), t);
    } else if (halves.isEmpty()
        && Stream.concat(undecided.stream(), counted.stream())
            .noneMatch(c -> Ends.isOf(c, pod, t))) {
      waitOrRecord(pod, t);
    }
  }

  private void join(StoredCrash crash, Termination t) {
    if (crash.restartCount().isPresent()) {
      return;
    }
    StoredCrash joined = Ends.joined(crash, t);
    known.put(crash.id(), joined);
    if (unrecorded.removeIf(u -> u.crash().id().equals(crash.id()))) {
      evidence.pods().stream()
          .filter(p -> p.uid().equals(crash.podUid()))
          .findFirst()
          .ifPresent(p -> unrecorded.add(new CrashPicture.Unrecorded(joined, p)));
    } else {
      joins.add(
          new CrashPicture.Join(
              crash.id(), joined.exitCode(), joined.exitCodeSource(), t.restartCount()));
    }
  }

  private void waitOrRecord(InjectedPod pod, Termination t) {
    if (waits(pod, t.finishedAt())) {
      return;
    }
    add(crash(pod, t), pod);
  }

  private StoredCrash crash(InjectedPod pod, ProcessEnd end) {
    return DumplessCrash.of(end, pod, evidence.agents().get(pod.uid()), evidence.runId());
  }

  private StoredCrash crash(InjectedPod pod, Termination t) {
    return DumplessCrash.of(t, pod, evidence.agents().get(pod.uid()), evidence.runId());
  }

  /** Whether the dump of this end may still come. */
  private boolean waits(InjectedPod pod, Instant end) {
    AgentState agent = evidence.agents().get(pod.uid());
    boolean offerToCome = agent != null && agent.dumpsWaiting() > 0;
    Instant enough = end.plus(offerToCome && !pod.deleting() ? LONGEST_OFFER : evidence.patience());
    boolean waits = evidence.now().isBefore(enough) || evidence.storedAt().isBefore(enough);
    if (waits) {
      lookAgain(enough);
    }
    return waits;
  }

  /** A reading of storage that brings nothing new wakes nobody: look for it now and then. */
  private void lookAgain(Instant enough) {
    Instant at = enough.isAfter(evidence.now()) ? enough : evidence.now().plus(BETWEEN_READINGS);
    lookAgainAt = Optional.of(lookAgainAt.filter(before -> before.isBefore(at)).orElse(at));
  }

  private void add(StoredCrash crash, InjectedPod pod) {
    known.put(crash.id(), crash);
    unrecorded.add(new CrashPicture.Unrecorded(crash, pod));
  }

  private boolean isCrash(InjectedPod pod, boolean crashCode, Instant end) {
    return crashCode
        && evidence.counts(end)
        && pod.deletionRequestedAt().filter(asked -> !end.isBefore(asked)).isEmpty();
  }

  /** A termination was recorded, then its dump came after all: the dump tells more. */
  private boolean superseded(StoredCrash record) {
    return Ends.isRecordOfTermination(record)
        && known.values().stream().anyMatch(c -> Ends.supersedes(c, record));
  }

  /** Only of crashes that have a report, as the log goes there. */
  private List<CrashPicture.Ending> endings() {
    List<CrashPicture.Ending> endings = new ArrayList<>();
    for (InjectedPod pod : evidence.pods()) {
      for (Termination t : pod.terminations()) {
        evidence.stored().stream()
            .filter(c -> c.runId().equals(evidence.runId()) && !c.logged())
            .filter(c -> Ends.isOf(c, pod, t) && !superseded(c))
            .forEach(c -> endings.add(new CrashPicture.Ending(c.id(), pod, t)));
      }
    }
    return endings;
  }

  private List<CrashId> lost() {
    Set<String> there = evidence.pods().stream().map(InjectedPod::uid).collect(Collectors.toSet());
    return evidence.stored().stream()
        .filter(c -> c.dump() == DumpState.Uploading && !there.contains(c.podUid()))
        .filter(c -> c.time().plus(LONGEST_OFFER).isBefore(evidence.now()))
        .map(StoredCrash::id)
        .toList();
  }
}
