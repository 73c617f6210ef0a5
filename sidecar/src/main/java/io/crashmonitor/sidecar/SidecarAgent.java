package io.crashmonitor.sidecar;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.crashmonitor.agent.AgentState;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.DumpScan;
import io.crashmonitor.sidecar.dump.RuntimeDumps;
import io.crashmonitor.sidecar.dump.Settling;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.operator.SyncLoop;
import io.crashmonitor.sidecar.pipeline.DumpPipeline;
import io.crashmonitor.sidecar.pipeline.DumpSteps;
import io.crashmonitor.sidecar.pipeline.Threads;
import io.crashmonitor.sidecar.procdump.ProcDumpFetch;
import io.crashmonitor.sidecar.procdump.ProcDumpLog;
import io.crashmonitor.sidecar.session.Arming;
import io.crashmonitor.sidecar.session.GracePeriod;
import io.crashmonitor.sidecar.session.Room;
import io.crashmonitor.sidecar.session.RuntimeEngine;
import io.crashmonitor.sidecar.session.SessionFile;
import io.crashmonitor.sidecar.session.SessionKeeper;
import io.crashmonitor.sidecar.supervisor.AttachStateReader;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.upload.BlobRest;
import io.crashmonitor.sidecar.upload.DumpUpload;
import io.crashmonitor.sidecar.volume.SecondNames;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import io.crashmonitor.sidecar.volume.VolumeWatch;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * The agent, put together. One thread looks at the volume every second; others talk with the
 * operator, offer dumps and upload them.
 */
final class SidecarAgent {
  private static final Logger LOG = Logger.getLogger(SidecarAgent.class.getName());
  private static final Duration TICK = Duration.ofSeconds(1);
  // The helper's word for a ProcDump that ended otherwise than it should.
  private static final String PROCDUMP_FAILED = "ProcDumpFailed";
  private static final Duration CONNECT = Duration.ofSeconds(20);

  private final SidecarConfig config;
  private final Clock clock;
  private final VolumeLayout volume;
  private final AttachStateReader attach;
  private final SessionKeeper session;
  private final SessionFile sessionFile;
  private final SyncLoop sync;
  private final DumpScan scan;
  private final Settling settling;
  private final DumpPipeline pipeline;
  private final ProcDumpLog procdump;
  private final Optional<ProcDumpFetch> procdumpFetch;
  private final ExecutorService http = Executors.newCachedThreadPool(Threads.named("http"));
  private volatile HelperState helper = HelperState.NONE;
  private volatile Optional<String> complaint = Optional.empty();
  private volatile Room room;
  private final PodEnd podEnd;
  private Optional<Set<Path>> foundAtStart = Optional.empty();

  SidecarAgent(
      SidecarConfig config,
      DumpInspector inspector,
      SecondNames secondNames,
      String version,
      Clock clock,
      BackOff backOff) {
    // Not RandomGenerator.getDefault(): a runtime trimmed by jlink lacks its module, jdk.random.
    RandomGenerator random = new Random();
    this.config = config;
    this.clock = clock;
    this.volume = new VolumeLayout(config.root());
    this.attach = new AttachStateReader(volume.attachState(), clock);
    this.procdump = new ProcDumpLog(volume.procdumpLog());
    this.session = new SessionKeeper(volume.configuration(), clock, this::writeSessionFile);
    this.sessionFile = new SessionFile(volume.sessionProperties(), session);
    this.room = Room.unseen(config.diskPercent());
    this.scan =
        new DumpScan(volume, secondNames, () -> RuntimeEngine.isInForce(session.configuration()));
    this.settling = new Settling(dump -> inspector.isWhole(dump.path()));
    OperatorClient operator =
        new OperatorClient(config.agentUrl(), config.identity(), http, OperatorClient.Limits.USUAL);
    DumpUpload uploads =
        new DumpUpload(
            new BlobRest(
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .executor(http)
                    .build(),
                BlobRest.USUAL_LIMIT),
            pause -> TimeUnit.MILLISECONDS.sleep(pause.toMillis()),
            random,
            session::operatorNow,
            backOff);
    this.pipeline =
        new DumpPipeline(
            new DumpSteps(
                config.podUid(),
                volume,
                session,
                () -> helper,
                operator,
                inspector,
                uploads,
                DumpSteps.Limits.USUAL),
            backOff,
            random);
    this.podEnd =
        new PodEnd(
            volume,
            pipeline,
            () -> dumps().stream().filter(dump -> unwanted(dump).isEmpty()).toList(),
            this::drainLimit);
    this.procdumpFetch =
        config
            .procDump()
            .map(from -> new ProcDumpFetch(from, volume, redirected(), backOff, random));
    this.sync = new SyncLoop(operator, session, this::state, version, clock, backOff, random);
  }

  /** Follows no redirect from https to http. */
  private HttpClient redirected() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(CONNECT)
        .executor(http)
        .build();
  }

  /** Runs until the container ends and nothing waits any more. */
  void run() throws IOException, InterruptedException {
    volume.create();
    session.load();
    Thread syncing = Threads.named("sync").newThread(sync);
    Optional<Thread> fetching = procdumpFetch.map(Threads.named("procdump")::newThread);
    try (VolumeWatch watch = VolumeWatch.of(List.of(volume.ready(), volume.incoming()))) {
      look();
      syncing.start();
      fetching.ifPresent(Thread::start);
      while (!podEnd.isOver(clock.instant())) {
        watch.await(podEnd.pause(clock.instant(), TICK));
        look();
      }
    } finally {
      sync.stop();
      fetching.ifPresent(Thread::interrupt);
      pipeline.close();
      http.shutdownNow();
    }
  }

  /**
   * The container ends: what waits is still brought to storage, as far as the pod's grace period
   * goes.
   *
   * @return how long {@link #run} goes on at most
   */
  Duration end() {
    return podEnd.begin();
  }

  /** One look at the volume. */
  private void look() {
    AgentStates.Key before = AgentStates.Key.of(helper);
    Optional<Path> replaced = volume.replaced();
    List<DumpFile> dumps = replaced.isPresent() ? List.of() : scan.dumps();
    if (replaced.isEmpty() && foundAtStart.isEmpty()) {
      foundAtStart = Optional.of(dumps.stream().map(DumpFile::path).collect(toUnmodifiableSet()));
    }
    Space space = space();
    room = room.seen(space.free(), space.total(), dumps.size(), pipeline.decided());
    Arming wanted = sessionFile.update(room);
    helper = replaced.map(HelperState::replaced).orElseGet(() -> heard(wanted));
    for (DumpFile dump : settling.settled(dumps, helper, clock.instant())) {
      if (!pipeline.knows(dump.path()) && !scan.leaves(dump)) {
        unwanted(dump).ifPresentOrElse(why -> delete(dump, why), () -> pipeline.submit(dump));
      }
    }
    if (!helper.alive()) {
      procdump.bound();
    }
    if (!AgentStates.Key.of(helper).equals(before)) {
      HelperState now = helper;
      complaint = now.reason().equals(PROCDUMP_FAILED) ? procdump.complaint() : Optional.empty();
      LOG.info(() -> "helper: " + now.phase() + " " + now.reason() + " " + now.message());
      sync.stateChanged();
    }
  }

  private HelperState heard(Arming wanted) {
    return RuntimeEngine.isInForce(session.configuration())
        ? RuntimeEngine.state(wanted)
        : explained(attach.read());
  }

  private Optional<String> unwanted(DumpFile dump) {
    Optional<SessionConfiguration> configuration = session.configuration();
    // One that itself took the last room is kept: it is the only one there is.
    Optional<String> shortage =
        room.shortage().filter(why -> pipeline.waiting() > 0 && !isOfBefore(dump));
    return RuntimeDumps.unwanted(
        dump,
        configuration,
        session.disarmedSince(),
        configuration.map(SessionConfiguration::stopTime).map(session::local),
        shortage);
  }

  /** Whether it lay there when this agent began: it may have waited with the one before. */
  private boolean isOfBefore(DumpFile dump) {
    return foundAtStart.filter(found -> found.contains(dump.path())).isPresent();
  }

  private static void delete(DumpFile dump, String why) {
    try {
      dump.delete();
      LOG.info("deleted " + dump.path().getFileName() + ", which nobody asked for: " + why);
    } catch (IOException inUse) {
      // The next look comes in a second.
    }
  }

  private Duration drainLimit() {
    return config.drainLimit().orElseGet(() -> GracePeriod.forUploads(session.configuration()));
  }

  private List<DumpFile> dumps() {
    return volume.replaced().isPresent() ? List.of() : scan.dumps();
  }

  private HelperState explained(HelperState read) {
    return procdumpFetch.map(fetch -> fetch.explained(read)).orElse(read);
  }

  private AgentState state() {
    return AgentStates.of(helper, complaint, pipeline.waiting(), space().free());
  }

  private void writeSessionFile() {
    sessionFile.update(room);
  }

  private record Space(long free, long total) {}

  private Space space() {
    // Files.getFileStore reads the table of mounts each time; this asks for one volume.
    File root = config.root().toFile();
    return new Space(root.getUsableSpace(), root.getTotalSpace());
  }
}
