package io.crashmonitor.sidecar.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.agent.DumpDecision.Refused;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.BlobStore;
import io.crashmonitor.sidecar.StorageProxy;
import io.crashmonitor.sidecar.StorageProxy.Fault;
import io.crashmonitor.sidecar.TestDump;
import io.crashmonitor.sidecar.operator.Reply;
import io.crashmonitor.sidecar.upload.UploadResult.Committed;
import io.crashmonitor.sidecar.upload.UploadResult.Decided;
import io.crashmonitor.sidecar.upload.UploadResult.FileGone;
import io.crashmonitor.sidecar.upload.UploadResult.Postponed;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Uploads to real storage on its good and its bad days. */
class DumpUploadIT {
  private static final String BLOB = "CrashDumps/a/pod_app.exe_5_C0000005_20261122_080100.dmp.gz";
  private static Azurite azurite;

  @TempDir Path folder;
  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicInteger renewals = new AtomicInteger();
  private final Checksums sums = new Checksums();
  private Duration limit = BlobRest.USUAL_LIMIT;
  private BlobStore store;
  private StorageProxy proxy;
  private Path file;
  private byte[] dump;

  @BeforeAll
  static void startStorage(@TempDir Path folder) {
    azurite = Azurite.start(Provisioned.load(), folder, Azurite.Persistence.MEMORY);
  }

  @AfterAll
  static void stopStorage() {
    azurite.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    store = new BlobStore(azurite, "dumps-" + Long.toHexString(System.nanoTime()));
    proxy = new StorageProxy(azurite.endpoint());
    // Four blocks.
    dump = TestDump.of(5, Instant.EPOCH, "").padded(3 * BlockSource.PIECE + 100).bytes();
    file = Files.write(folder.resolve("5_0_1.dmp"), dump);
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NOT_FOUND", "CONFLICT", "TOO_MANY", "BROKEN", "BUSY", "CUT", "CUT_AFTERWARDS"})
  void triesABlockAgainAfter(Fault fault) throws InterruptedException {
    // given
    proxy.fault = once("block", fault);
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(store.downloaded(BLOB)).isEqualTo(dump);
    assertThat(pauses).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NOT_FOUND", "CONFLICT", "TOO_MANY", "BROKEN", "BUSY", "CUT", "CUT_AFTERWARDS"})
  void triesTheCommitAgainAfter(Fault fault) throws InterruptedException {
    // given
    proxy.fault = once("blocklist", fault);
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(store.downloaded(BLOB)).isEqualTo(dump);
    assertThat(proxy.blocksPassed()).hasSize(4);
  }

  @Test
  void asksForANewGrantWhenTheOldOneIsNotAccepted() throws InterruptedException {
    // given
    proxy.fault = once("block", Fault.FORBIDDEN);
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(renewals).hasValue(1);
    assertThat(pauses).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"HANG", "STALL"})
  void doesNotWaitForeverFor(Fault fault) throws InterruptedException {
    // given
    limit = Duration.ofSeconds(3);
    proxy.fault = once("block", fault);
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(pauses).hasSize(1);
  }

  @Test
  void renewsAGrantBeforeItEnds() throws InterruptedException {
    // given
    Granted grant = grant();
    Granted ending = new Granted(grant.blob(), grant.url(), Instant.now().plusSeconds(30));
    // when
    UploadResult result = uploads().upload(job(ending, false), renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(renewals).hasValue(1);
    assertThat(proxy.blocksPassed()).hasSize(4);
  }

  @Test
  void stopsWhenTheOperatorNoLongerWantsIt() throws InterruptedException {
    // given
    proxy.fault = once("block", Fault.FORBIDDEN);
    Refused refused = new Refused("WindowClosed", "");
    // when
    UploadResult result = upload(() -> new Reply.Answer<>(refused));
    // then
    assertThat(result).isEqualTo(new Decided(refused));
    assertThat(store.exists(BLOB)).isFalse();
  }

  @Test
  void putsTheDumpBackAfterFiveFailuresInARowAndGoesOnWhereItStood() throws InterruptedException {
    // given
    AtomicInteger blocks = new AtomicInteger();
    proxy.fault = call -> blocks.incrementAndGet() > 2 ? Fault.BUSY : Fault.NONE;
    assertThat(upload(renewed()))
        .isInstanceOfSatisfying(Postponed.class, p -> assertThat(p.progress()).isTrue());
    assertThat(pauses).hasSize(5);
    assertThat(proxy.blocksPassed()).hasSize(2);
    assertThat(upload(renewed()))
        .isInstanceOfSatisfying(Postponed.class, p -> assertThat(p.progress()).isFalse());
    // when
    proxy.fault = call -> Fault.NONE;
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(proxy.blocksPassed()).hasSize(4).doesNotHaveDuplicates();
    assertThat(store.downloaded(BLOB)).isEqualTo(dump);
    assertThat(((Committed) result).length()).isEqualTo(store.stored(BLOB).length);
  }

  @Test
  void asksForOneNewGrantWhereStorageDeniesEach() throws InterruptedException {
    // given
    proxy.fault = call -> Fault.FORBIDDEN;
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Postponed.class);
    assertThat(renewals).hasValue(1);
    assertThat(proxy.calls).hasSize(2);
    assertThat(pauses).isEmpty();
  }

  @Test
  void storesADumpAsItsNameSays() throws InterruptedException {
    // given a name without a suffix, of a session that wanted no compression then
    String blob = BLOB.replace(".gz", "");
    Granted plain = proxy.through(store.grant(blob));
    // when
    uploads().upload(job(plain, false), renewed());
    // then
    assertThat(store.stored(blob)).isEqualTo(dump);
    assertThat(store.properties(blob).getContentEncoding()).isNull();
  }

  @Test
  void goesOnAfterALineThatWasCutOff() throws InterruptedException, IOException {
    // given
    AtomicInteger blocks = new AtomicInteger();
    proxy.fault = call -> blocks.incrementAndGet() > 2 ? Fault.BUSY : Fault.NONE;
    upload(renewed());
    Files.writeString(journal(), "{\"block\":\"000002-", StandardOpenOption.APPEND);
    // when
    proxy.fault = call -> Fault.NONE;
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(proxy.blocksPassed()).hasSize(4).doesNotHaveDuplicates();
  }

  @Test
  void beginsAnewWhenStorageHasForgottenTheBlocks() throws InterruptedException, IOException {
    // given
    upload(renewed());
    String journal = Files.readString(journal());
    BlobStore other = new BlobStore(azurite, "other-" + Long.toHexString(System.nanoTime()));
    Granted grant = proxy.through(other.grant(BLOB));
    assertThat(journal).contains("000003-");
    // when
    UploadResult first = uploads().upload(job(grant, false), () -> new Reply.Answer<>(grant));
    UploadResult second = uploads().upload(job(grant, false), () -> new Reply.Answer<>(grant));
    // then
    assertThat(first).isInstanceOf(Postponed.class);
    assertThat(second).isInstanceOf(Committed.class);
    assertThat(other.downloaded(BLOB)).isEqualTo(dump);
  }

  @Test
  void leavesABlobThatIsThereAsItIs() throws InterruptedException, IOException {
    // given
    upload(renewed());
    byte[] before = store.stored(BLOB);
    Files.delete(journal());
    Files.write(file, TestDump.of(5, Instant.EPOCH, "").padded(1000).bytes());
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(store.stored(BLOB)).isEqualTo(before);
  }

  @Test
  void replacesABlobThatTheOperatorFoundWrong() throws InterruptedException, IOException {
    // given
    upload(renewed());
    Files.delete(journal());
    byte[] other = TestDump.of(5, Instant.EPOCH, "").padded(1000).bytes();
    Files.write(file, other);
    // when
    UploadResult result = uploads().upload(job(grant(), true), renewed());
    // then
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(store.downloaded(BLOB)).isEqualTo(other);
  }

  @Test
  void knowsOfItsCommitAlsoWhenItIsToEndMeanwhile() throws InterruptedException {
    // given
    Thread uploading = Thread.currentThread();
    proxy.fault = call -> interrupting(uploading, call, Fault.NONE);
    // when
    UploadResult result = upload(renewed());
    // then
    assertThat(Thread.interrupted()).isTrue();
    assertThat(result).isInstanceOf(Committed.class);
    assertThat(store.downloaded(BLOB)).isEqualTo(dump);
  }

  @Test
  void doesNotWaitLongForACommitWhenItIsToEnd() {
    // given
    Thread uploading = Thread.currentThread();
    proxy.fault = call -> interrupting(uploading, call, Fault.HANG);
    // then
    assertThatThrownBy(() -> upload(renewed())).isInstanceOf(InterruptedException.class);
    assertThat(store.exists(BLOB)).isFalse();
  }

  private static Fault interrupting(Thread uploading, String call, Fault commit) {
    if (!call.equals("blocklist")) {
      return Fault.NONE;
    }
    uploading.interrupt();
    return commit;
  }

  @Test
  void refusesToShowASignatureToAnOpenNetwork() throws InterruptedException {
    // given
    Granted open =
        new Granted(BLOB, "http://192.0.2.1/c/b?sig=secret", Instant.now().plusSeconds(3600));
    // when
    UploadResult result = uploads().upload(job(open, false), () -> new Reply.Answer<>(open));
    // then
    assertThat(result)
        .isInstanceOfSatisfying(
            Postponed.class, p -> assertThat(p.why()).contains("https").doesNotContain("secret"));
  }

  @Test
  void saysThatTheFileIsGone() throws InterruptedException, IOException {
    Files.delete(file);
    assertThat(upload(renewed())).isEqualTo(new FileGone());
  }

  private UploadResult upload(DumpUpload.Renewal renewal) throws InterruptedException {
    return uploads().upload(job(grant(), false), renewal);
  }

  private DumpUpload uploads() {
    return new DumpUpload(
        new BlobRest(HttpClient.newHttpClient(), limit),
        pauses::add,
        new Random(1),
        Instant::now,
        BackOff.USUAL);
  }

  private DumpUpload.Job job(Granted grant, boolean overwrite) {
    return new DumpUpload.Job(file, grant, journal(), overwrite, sums);
  }

  private Path journal() {
    return folder.resolve("upload.json");
  }

  private Granted grant() {
    return proxy.through(store.grant(BLOB));
  }

  private DumpUpload.Renewal renewed() {
    return () -> {
      renewals.incrementAndGet();
      DumpDecision grant = grant();
      return new Reply.Answer<>(grant);
    };
  }

  private static Function<String, Fault> once(String wanted, Fault fault) {
    HashSet<String> done = new HashSet<>();
    return call -> call.equals(wanted) && done.add(call) ? fault : Fault.NONE;
  }
}
