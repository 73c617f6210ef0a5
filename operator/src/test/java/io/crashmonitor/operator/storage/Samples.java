package io.crashmonitor.operator.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.CrashKind;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Run;
import io.crashmonitor.api.SecretRef;
import io.crashmonitor.api.StorageAuth;
import io.crashmonitor.report.BlobLayout;
import io.crashmonitor.report.BlobLayout.DumpName;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.report.DumpReport;
import io.crashmonitor.report.ExitCode;
import io.crashmonitor.report.ExitCodeSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Inputs of the storage tests. */
public final class Samples {
  public static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  public static final String POD_UID = "5b2e7a4c-0000-4000-8000-000000000001";
  public static final String SHA = "ab".repeat(32);
  private static final ExitCode CODE = new ExitCode(0xC0000005);

  private Samples() {}

  /** A session of its own, on an account and container. */
  public static StorageTarget target(String account, String container, int maxDumps) {
    return new StorageTarget(
        new ResourceKey("shop", "checkout", UUID.randomUUID().toString()),
        new AzureBlobStorage(
            account, null, container, "", new StorageAuth(new SecretRef("shopdumps"), null)),
        new BlobLayout("", "c1", "shop", "deployment", "checkout"),
        new Run("0123456789ab", NOON.minus(Duration.ofHours(1)), NOON.plus(Duration.ofDays(15))),
        maxDumps);
  }

  public static AzureDumpStores stores(
      String account, String endpoint, String connectionString, Clock clock) {
    Map<String, byte[]> secret =
        Map.of("connectionString", connectionString.getBytes(StandardCharsets.UTF_8));
    return new AzureDumpStores(
        (namespace, name) ->
            namespace.equals("shop") && name.equals("shopdumps")
                ? Optional.of(secret)
                : Optional.empty(),
        BlobEndpoints.parse(account + "=" + endpoint),
        clock);
  }

  public static CrashId crash(int pid) {
    return CrashId.of(POD_UID, pid, NOON);
  }

  static DumpName name(int pid) {
    return new DumpName("web-1", "app.exe", pid, CODE, NOON.plusSeconds(5), ".gz");
  }

  static DumpPlaces.Wish wish(int pid) {
    return new DumpPlaces.Wish(crash(pid), POD_UID, name(pid), false);
  }

  static DumpReport report(int pid, String blob) {
    return report(pid, DumpState.Uploading, blob);
  }

  static DumpReport report(int pid, DumpState dump, String blob) {
    return new DumpReport(
        1,
        crash(pid).value(),
        "0123456789ab",
        "session-uid",
        "shop",
        "Deployment/checkout",
        "web-1",
        POD_UID,
        "win-1",
        "app",
        "shop/checkout:1",
        null,
        pid,
        "app.exe",
        NOON,
        NOON.plusSeconds(5),
        CrashKind.Crash,
        CODE.code(),
        ExitCodeSource.Exception,
        CODE.code(),
        DumpType.Full,
        dump,
        "",
        blob,
        null,
        1000L,
        null,
        "10.0.20348",
        null);
  }

  /** A report of an upload with one field more. */
  static DumpReport with(String field, JsonNode value) {
    ObjectNode tree = AgentProtocol.mapper().valueToTree(report(7, "d/x.dmp.gz"));
    tree.set(field, value);
    return AgentProtocol.mapper().convertValue(tree, DumpReport.class);
  }
}
