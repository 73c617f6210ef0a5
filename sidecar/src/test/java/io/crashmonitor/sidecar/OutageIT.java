package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.Compression;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.StorageProxy.Fault;
import io.crashmonitor.sidecar.dump.DumpFile;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import io.crashmonitor.sidecar.operator.OperatorClient;
import io.crashmonitor.sidecar.pipeline.DumpPipeline;
import io.crashmonitor.sidecar.pipeline.DumpSteps;
import io.crashmonitor.sidecar.session.KnownSession;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.sidecar.upload.BlobRest;
import io.crashmonitor.sidecar.upload.DumpUpload;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An hour without operator or storage, which passes in seconds: what is asked in it, and how often.
 */
class OutageIT extends AgentWithStorage {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String CRASH = CrashId.of(RunningAgent.POD_UID, 5, START).value();
  // From half a minute to one between two attempts, and the first few sooner.
  private static final int MOST_ATTEMPTS = 130;
  private static final int LEAST_ATTEMPTS = 20;
  // Two blocks of it, and a little more.
  private static final int LARGE = 2 * (4 * 1024 * 1024 - 64 * 1024) + 1000;
  private static final int SMALL = 1000;

  private final VirtualTime time = new VirtualTime();
  private final List<Duration> sleeps = new ArrayList<>();
  private final ExecutorService http = Executors.newCachedThreadPool();
  private StorageProxy proxy;
  private DumpPipeline pipeline;
  private byte[] dump;
  private Path file;

  @BeforeEach
  void stand() {
    proxy = new StorageProxy(azurite.endpoint());
    operator.decide = offer -> proxy.through(store.grant(CRASH + ".dmp.gz"));
    operator.confirm = (id, completion) -> store.verdict(CRASH + ".dmp.gz", completion);
  }

  @AfterEach
  void end() {
    pipeline.close();
    proxy.close();
    http.shutdownNow();
  }

  @Test
  void asksSeldomWhileTheOperatorIsAway() throws IOException {
    // given
    submit(SMALL);
    operator.status = path -> path.equals(AgentProtocol.DUMPS) ? 503 : 200;
    // when
    time.pass(HOUR);
    // then
    assertThat(operator.statuses).hasSizeBetween(LEAST_ATTEMPTS, MOST_ATTEMPTS);
    operator.status = path -> 200;
    time.pass(Duration.ofMinutes(2));
    assertStored();
  }

  @Test
  void readsAndAsksLittleWhileStorageIsAwayInTheMiddleOfAnUpload() throws Exception {
    // given
    submit(LARGE);
    AtomicInteger blocks = new AtomicInteger();
    proxy.fault = call -> blocks.incrementAndGet() > 2 ? Fault.BUSY : Fault.NONE;
    time.pass(Duration.ofMinutes(2));
    assertThat(proxy.blocksPassed()).hasSize(2);
    // when what is in storage already could not be read again
    FileTime written = Files.getLastModifiedTime(file);
    byte[] changed = dump.clone();
    Arrays.fill(changed, LARGE / 4, LARGE / 2, (byte) 1);
    Files.write(file, changed);
    Files.setLastModifiedTime(file, written);
    time.pass(HOUR);
    // then
    assertThat(operator.offers).hasSizeBetween(LEAST_ATTEMPTS, MOST_ATTEMPTS);
    assertThat(proxy.calls).hasSizeLessThan(6 * MOST_ATTEMPTS);
    proxy.fault = call -> Fault.NONE;
    time.pass(Duration.ofMinutes(2));
    assertThat(proxy.blocksPassed()).hasSize(3).doesNotHaveDuplicates();
    assertStored();
  }

  @Test
  void asksForFewGrantsWhileStorageDeniesEach() throws Exception {
    // given
    submit(SMALL);
    proxy.fault = call -> Fault.FORBIDDEN;
    // when
    time.pass(HOUR);
    // then
    assertThat(operator.offers).hasSizeBetween(2 * LEAST_ATTEMPTS, 2 * MOST_ATTEMPTS);
    assertThat(sleeps).isEmpty();
    proxy.fault = call -> Fault.NONE;
    time.pass(Duration.ofMinutes(2));
    assertStored();
  }

  @Test
  void waitsNotLongerForStorageBecauseTheOperatorWasAway() throws IOException {
    // given
    submit(SMALL);
    operator.status = path -> path.equals(AgentProtocol.DUMPS) ? 503 : 200;
    time.pass(HOUR);
    operator.status = path -> 200;
    AtomicInteger calls = new AtomicInteger();
    proxy.fault = call -> calls.incrementAndGet() <= 6 ? Fault.BUSY : Fault.NONE;
    // when one attempt is in vain: the next comes after a second
    time.pass(Duration.ofMinutes(1).plus(Duration.ofSeconds(40)));
    // then
    assertStored();
  }

  private void submit(int size) throws IOException {
    VolumeLayout volume = new VolumeLayout(folder);
    volume.create();
    TestDump made = TestDump.of(5, START, UNHANDLED).padded(size);
    dump = made.bytes();
    file = made.ready(folder, 5, START, 1);
    pipeline = pipeline(volume);
    pipeline.submit(
        new DumpFile(
            file,
            ProcessInstance.of(5, START),
            DumpFile.Origin.HELPER_MOVED,
            Files.size(file),
            Files.getLastModifiedTime(file).toInstant()));
  }

  private void assertStored() {
    assertThat(operator.completions.get(CRASH).sha256()).isEqualTo(sha256());
    assertThat(file).doesNotExist();
    assertThat(store.downloaded(CRASH + ".dmp.gz")).isEqualTo(dump);
  }

  private String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(dump));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private DumpPipeline pipeline(VolumeLayout volume) {
    Random random = new Random(1);
    DumpUpload uploads =
        new DumpUpload(
            new BlobRest(HttpClient.newHttpClient(), BlobRest.USUAL_LIMIT),
            pause -> {
              sleeps.add(pause);
              time.sleep(pause);
            },
            random,
            Instant::now,
            BackOff.USUAL);
    DumpSteps steps =
        new DumpSteps(
            RunningAgent.POD_UID,
            volume,
            session(),
            () -> HelperState.NONE,
            new OperatorClient(
                operator.url(), folder.resolve("identity"), http, OperatorClient.Limits.USUAL),
            new MinidumpInspector(),
            uploads,
            DumpSteps.Limits.USUAL);
    return new DumpPipeline(steps, BackOff.USUAL, random, time, time);
  }

  private static KnownSession session() {
    return new KnownSession() {
      @Override
      public Optional<SessionConfiguration> configuration() {
        return Optional.of(AgentWithStorage.configuration(Compression.Gzip));
      }

      @Override
      public Duration clockOffset() {
        return Duration.ZERO;
      }
    };
  }
}
