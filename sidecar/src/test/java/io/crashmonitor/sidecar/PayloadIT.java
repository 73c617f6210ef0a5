package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.sidecar.StorageProxy.Fault;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.Provisioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The payload of the image as it is built: its libraries, its options, the modules of its runtime,
 * a process that can die.
 */
class PayloadIT {
  private static final Path PAYLOAD =
      Path.of(System.getProperty("crashmonitor.root"), "sidecar", "target", "payload");
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static final SessionConfiguration ARMED =
      new SessionConfiguration(
          "run-1", true, "", null, "", DumpSettings.DEFAULT, CaptureEngine.ProcDump, true);

  @TempDir Path folder;
  private FakeOperator operator;
  private Process agent;
  private Path log;

  @BeforeEach
  void prepare() {
    operator = new FakeOperator(ARMED);
    operator.writeIdentity(folder.resolve("identity"));
    log = folder.resolve("agent.log");
  }

  @AfterEach
  void close() {
    if (agent != null) {
      agent.destroyForcibly();
    }
    operator.close();
  }

  @Test
  void goesOnWithAnUploadWhereAKilledAgentLeftIt() throws Exception {
    try (Azurite azurite = Azurite.start(Provisioned.load(), folder, Azurite.Persistence.MEMORY);
        StorageProxy proxy = new StorageProxy(azurite.endpoint())) {
      // given
      BlobStore store = new BlobStore(azurite, "dumps");
      operator.decide = offer -> proxy.through(store.grant("crash.dmp.gz"));
      operator.confirm = (id, completion) -> store.verdict("crash.dmp.gz", completion);
      TestDump dump = TestDump.of(5, START, "").padded(20 * 1024 * 1024);
      Path file = dump.ready(folder, 5, START, 1);
      AtomicInteger blocks = new AtomicInteger();
      proxy.fault = call -> blocks.incrementAndGet() > 3 ? Fault.HANG : Fault.NONE;
      agent = startAgent();
      patiently().until(() -> blocks.get() > 3);
      // when
      agent.destroyForcibly().waitFor();
      assertThat(proxy.blocksPassed()).hasSize(3);
      proxy.fault = call -> Fault.NONE;
      agent = startAgent();
      // then
      patiently().until(() -> Files.notExists(file));
      assertThat(proxy.blocksPassed()).hasSize(6).doesNotHaveDuplicates();
      assertThat(store.downloaded("crash.dmp.gz")).isEqualTo(dump.bytes());
    }
  }

  @Test
  void neverLogsTheSignatureOrTheToken() throws Exception {
    // given
    operator.decide =
        offer ->
            new Granted(
                "b.dmp.gz",
                "https://127.0.0.1:1/c/b.dmp.gz?sig=verysecret",
                Instant.now().plusSeconds(3600));
    TestDump.of(5, START, "").ready(folder, 5, START, 1);
    // when
    agent = startAgent();
    patiently().until(() -> Files.readString(log).contains("storage at 127.0.0.1:1"));
    // then
    assertThat(Files.readString(log)).doesNotContain("verysecret").doesNotContain("pod-token");
  }

  @Test
  void endsCleanlyWhenAsked() throws Exception {
    // given
    agent = startAgent();
    patiently().until(() -> !operator.syncs.isEmpty());
    // when
    agent.destroy();
    // then
    assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log)).doesNotContain("Exception").doesNotContain("SEVERE");
  }

  @Test
  void saysWhichVariablesAreMissing() throws Exception {
    // when
    agent = startAgent(Map.of("POD_UID", "", "CRASH_MONITOR_AGENT_URL", "http://operator"));
    // then
    assertThat(agent.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isEqualTo(64);
    assertThat(Files.readString(log))
        .contains("POD_UID is not set")
        .contains(
            "CRASH_MONITOR_AGENT_URL must be an https URL with a host, not 'http://operator'");
  }

  @Test
  void isSmallWhenIdle() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "memory is read from Linux's /proc");
    // given
    Instant begun = Instant.now();
    agent = startAgent();
    patiently().until(() -> !operator.syncs.isEmpty());
    Duration start = Duration.between(begun, Instant.now());
    // when
    await().during(Duration.ofSeconds(5)).until(agent::isAlive);
    // then
    long resident = kilobytes("VmRSS:");
    System.out.printf(
        "agent: first sync after %d ms, %d MB resident when idle, peak %d MB%n",
        start.toMillis(), resident >> 10, kilobytes("VmHWM:") >> 10);
    // Catches what doubles it; how much it is exactly, and depends on the runtime, is
    // bench/sidecar's.
    assertThat(resident).isLessThan(96 << 10);
  }

  private long kilobytes(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + agent.pid() + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  private Process startAgent() throws IOException {
    return startAgent(Map.of());
  }

  private Process startAgent(Map<String, String> other) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(TrimmedRuntime.java().toString(), "@java.options"))
            .directory(PAYLOAD.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Map<String, String> environment = new HashMap<>();
    environment.put("CRASH_MONITOR_ROOT", folder.toString());
    environment.put("CRASH_MONITOR_IDENTITY", folder.resolve("identity").toString());
    environment.put("CRASH_MONITOR_AGENT_URL", operator.url().toString());
    environment.put("CRASH_MONITOR_SESSION_UID", "session-uid");
    environment.put("CRASH_MONITOR_CONTAINER", "app");
    environment.put("CRASH_MONITOR_DISK_PERCENT", "0");
    environment.put("POD_NAMESPACE", "shop");
    environment.put("POD_NAME", "checkout-1");
    environment.put("POD_UID", RunningAgent.POD_UID);
    environment.putAll(other);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }
}
