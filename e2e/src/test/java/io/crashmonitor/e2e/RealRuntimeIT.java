package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.crashmonitor.api.CrashSummary;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.Phase;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.report.ExceptionSource;
import io.crashmonitor.report.ExitCodeSource;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Engine CreateDump with a real .NET 8 and its {@code createdump.exe}: a C# program dies of an
 * unhandled exception. Another runtime, .NET 6 or later, is taken where {@code
 * CRASH_MONITOR_DOTNET_WINDOWS} names the folder of its {@code dotnet.exe}.
 */
class RealRuntimeIT {
  private static final String OTHER_RUNTIME = "CRASH_MONITOR_DOTNET_WINDOWS";
  private static final String IMAGE = "crash-monitor/sample-dotnet:1";
  private static final String APP =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: checkout
      spec:
        selector:
          matchLabels: {app: checkout}
        template:
          metadata:
            labels: {app: checkout}
          spec:
            nodeSelector:
              kubernetes.io/os: windows
            terminationGracePeriodSeconds: 2
            containers:
              - name: app
                image: %s
                args: [inner, 'C:\\data\\go']
                volumeMounts:
                  - {name: data, mountPath: 'C:\\data'}
            volumes:
              - {name: data, emptyDir: {}}
      """
          .formatted(IMAGE);

  @TempDir Path folder;

  private static Path runtime(Provisioned tools) {
    String other = System.getenv().getOrDefault(OTHER_RUNTIME, "");
    return other.isEmpty() ? ManagedApp.runtime(tools, Tool.DOTNET8_WINDOWS) : Path.of(other);
  }

  /** Where the exception can be read: .NET 9 and later tell in the dump how to. */
  private static ExceptionSource source(Path runtime) throws IOException {
    try (Stream<Path> versions = Files.list(runtime.resolve("shared/Microsoft.NETCore.App"))) {
      return versions
              .map(version -> version.getFileName().toString().split("\\.")[0])
              .anyMatch(major -> Integer.parseInt(major) >= 9)
          ? ExceptionSource.Dump
          : ExceptionSource.PreviousLog;
    }
  }

  /** Lays out the image of the application and its runtime where the node finds it. */
  private void addImage(Path images, Provisioned tools, Path runtime) throws Exception {
    Path app = ManagedApp.build(tools, folder.resolve("app"));
    Path image = Files.createDirectories(images.resolve(IMAGE.replace('/', '_').replace(':', '_')));
    Files.writeString(
        image.resolve("image.yaml"),
        """
        reference: %s
        entrypoint: ['C:\\dotnet\\dotnet.exe', exec, 'C:\\app\\Shop.dll']
        env: {DOTNET_ROLL_FORWARD: Major}
        copies: [{from: '%s', to: 'C:\\dotnet'}, {from: '%s', to: 'C:\\app'}]
        """
            .formatted(IMAGE, runtime.toAbsolutePath(), app.toAbsolutePath()));
  }

  @Test
  void theDumpOfTheRuntimeIsStoredWithTheExceptionThatTheAppPrinted() throws Exception {
    Provisioned tools = Provisioned.load();
    Path runtime = runtime(tools);
    addImage(SharedCluster.get().images(), tools, runtime);
    try (Shop shop = Shop.open("dotnet")) {
      shop.apply(APP);
      shop.awaitRollout("checkout", 1);
      shop.monitor("checkout", 1, "capture: {engine: CreateDump}");
      shop.awaitAttached("checkout", 1);

      shop.crashNow("checkout");

      CrashMonitorSessionStatus done =
          shop.awaitStatus(
              "checkout",
              "the dump is stored, the exception told",
              s ->
                  s.phase() == Phase.Completed
                      && s.recentCrashes().stream().anyMatch(RealRuntimeIT::isStoredAndExplained));
      assertThat(done.engine()).isEqualTo(CaptureEngine.CreateDump);
      assertThat(done.dumpCount()).isEqualTo(1);
      assertThat(crash(done))
          .returns(CrashKind.Crash, CrashSummary::kind)
          .returns(DumpState.Stored, CrashSummary::dump)
          .returns("dotnet.exe", CrashSummary::process)
          .returns("0xE0434352", CrashSummary::code);
      assertThat(crash(done).exception())
          .contains("Contoso.Shop.OrderException", "Order for 'SKU-1234' x3 failed");
      assertThat(crash(done).exceptionSource()).isEqualTo(source(runtime));
      assertThat(crash(done).topFrame()).contains("Contoso.Shop.OrderService.Place");
      await("the kubelet's word of the end")
          .atMost(Shop.PATIENCE)
          .untilAsserted(
              () -> assertThat(shop.reports()).singleElement().satisfies(RealRuntimeIT::tells));
      assertThat(dump(shop)).satisfies(RealRuntimeIT::isOfTheRuntime);
    }
  }

  private static boolean isStoredAndExplained(CrashSummary crash) {
    return crash.dump() == DumpState.Stored && crash.exception() != null;
  }

  private static CrashSummary crash(CrashMonitorSessionStatus status) {
    return status.recentCrashes().stream()
        .filter(c -> c.dump() == DumpState.Stored)
        .findFirst()
        .orElseThrow();
  }

  private Path dump(Shop shop) throws IOException {
    assertThat(shop.dumps()).hasSize(1);
    BlobClient blob = shop.storage().getBlobClient(shop.dumps().get(0));
    Path file = folder.resolve("downloaded.dmp");
    try (InputStream packed = new GZIPInputStream(blob.openInputStream())) {
      Files.copy(packed, file);
    }
    return file;
  }

  private static void tells(JsonNode report) {
    assertThat(report.path("exitCodeSource").asText()).isEqualTo(ExitCodeSource.Kubelet.name());
    assertThat(report.has("exceptionCode")).isFalse();
    assertThat(report.path("analysis").path("exception").isNull()).isTrue();
  }

  private static void isOfTheRuntime(Path file) throws IOException {
    assertThat(Wholeness.of(file).state()).isEqualTo(Wholeness.State.WHOLE);
    try (Minidump dump = Minidump.open(file)) {
      assertThat(dump.modules().named("coreclr.dll")).isPresent();
    }
  }
}
