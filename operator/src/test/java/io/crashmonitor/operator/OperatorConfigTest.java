package io.crashmonitor.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigTest {
  private static final Map<String, String> LEAST =
      Map.of("CRASH_MONITOR_SIDECAR_IMAGE", "example.com/sidecar:1");

  private static OperatorConfig with(String name, String value) {
    Map<String, String> environment = new HashMap<>(LEAST);
    if (name.startsWith("PROCDUMP_")) {
      environment.put("CRASH_MONITOR_PROCDUMP_URL", "https://tools.example/procdump.zip");
      environment.put("CRASH_MONITOR_PROCDUMP_SHA256", "0a".repeat(32));
    }
    environment.put("CRASH_MONITOR_" + name, value);
    return OperatorConfig.from(environment, Optional.of("ops"));
  }

  @Test
  void everythingButTheImageHasADefault() {
    OperatorConfig config = OperatorConfig.from(LEAST, Optional.of("ops"));

    assertThat(config)
        .hasToString(
            "OperatorConfig[namespace=ops, watchNamespaces=[],"
                + " sidecarImage=example.com/sidecar:1, clusterName=Optional.empty,"
                + " agentUrl=https://crash-monitor-agent.ops.svc.cluster.local:8443,"
                + " serviceHost=crash-monitor-agent.ops.svc.cluster.local, agentPort=8443,"
                + " healthPort=8081, blobEndpoints=BlobEndpoints[allowed={}],"
                + " procDumpLicenceAccepted=false, procDump=Optional.empty,"
                + " imagePullSecrets=[], storagePoll=PT1M,"
                + " joinWait=PT30S, attachWait=PT5M, breakerWait=PT2M, sidecarCpuRequest=50m,"
                + " sidecarMemoryRequest=96Mi, sidecarMemoryLimit=256Mi]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NAMESPACE               | monitoring         | namespace=monitoring",
        "WATCH_NAMESPACES        | shop, bank         | watchNamespaces=[shop, bank]",
        "SIDECAR_IMAGE           | r.example/s@sha256:ab | sidecarImage=r.example/s@sha256:ab",
        "CLUSTER_NAME            | prod-1             | clusterName=Optional[prod-1]",
        "CLUSTER_DOMAIN          | k8s.example        | agentUrl=https://crash-monitor-agent.ops.svc.k8s.example:8443",
        "AGENT_SERVICE           | agents             | serviceHost=agents.ops.svc.cluster.local",
        "AGENT_PORT              | 9443               | agentPort=9443",
        "AGENT_URL               | https://10.0.0.9:1 | agentUrl=https://10.0.0.9:1",
        "HEALTH_PORT             | 0                  | healthPort=0",
        "BLOB_ENDPOINTS          | shop=https://b.example | allowed={shop=https://b.example}",
        "ACCEPT_PROCDUMP_LICENCE | true               | procDumpLicenceAccepted=true",
        "PROCDUMP_URL            | https://b.example/p64.exe | url=https://b.example/p64.exe, sha256=0a",
        "PROCDUMP_SHA256         | 68e057587b0fd654efa095f76d80d633c0e5c60ea26fd3e7c0011c076bb2d00c | sha256=68e057587b0fd654efa095f76d80d633c0e5c60ea26fd3e7c0011c076bb2d00c",
        "IMAGE_PULL_SECRETS      | a,b.c              | imagePullSecrets=[a, b.c]",
        "STORAGE_POLL_SECONDS    | 1                  | storagePoll=PT1S",
        "JOIN_SECONDS            | 2                  | joinWait=PT2S",
        "ATTACH_SECONDS          | 20                 | attachWait=PT20S",
        "BREAKER_SECONDS         | 3                  | breakerWait=PT3S",
        "SIDECAR_CPU_REQUEST     | 100m               | sidecarCpuRequest=100m",
        "SIDECAR_MEMORY_REQUEST  | 128Mi              | sidecarMemoryRequest=128Mi",
        "SIDECAR_MEMORY_LIMIT    | 1Gi                | sidecarMemoryLimit=1Gi",
      })
  void eachVariableSetsItsOption(String name, String value, String shown) {
    assertThat(with(name, value).toString()).contains(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NAMESPACE               | Not_A_Namespace",
        "WATCH_NAMESPACES        | shop,no/slash",
        "SIDECAR_IMAGE           | two words",
        "CLUSTER_NAME            | a/b",
        "CLUSTER_DOMAIN          | UPPER",
        "AGENT_SERVICE           | a.b",
        "AGENT_PORT              | 70000",
        "AGENT_URL               | http://plain.example",
        "HEALTH_PORT             | eighty",
        "BLOB_ENDPOINTS          | shop=http://b.example",
        "ACCEPT_PROCDUMP_LICENCE | yes",
        "PROCDUMP_URL            | http://tools.example/procdump.zip",
        "PROCDUMP_SHA256         | 68e0",
        "IMAGE_PULL_SECRETS      | A",
        "STORAGE_POLL_SECONDS    | 0",
        "JOIN_SECONDS            | -1",
        "ATTACH_SECONDS          | 0",
        "BREAKER_SECONDS         | 1d",
        "SIDECAR_CPU_REQUEST     | half",
        "SIDECAR_MEMORY_REQUEST  | 96 Mi",
        "SIDECAR_MEMORY_LIMIT    | lots",
      })
  void aValueThatCannotBeUsedNamesItsVariable(String name, String value) {
    assertThatThrownBy(() -> with(name, value))
        .isInstanceOf(OperatorConfig.Invalid.class)
        .hasMessageContaining("CRASH_MONITOR_" + name + " ");
  }

  @Test
  void aSha256WithoutAnAddressIsAProblem() {
    assertThatThrownBy(() -> with("PROCDUMP_URL", ""))
        .hasMessageContaining("CRASH_MONITOR_PROCDUMP_URL is required");
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThatThrownBy(
            () -> OperatorConfig.from(Map.of("CRASH_MONITOR_JOIN_SECONDS", "x"), Optional.empty()))
        .hasMessageContaining("CRASH_MONITOR_NAMESPACE is required")
        .hasMessageContaining("CRASH_MONITOR_SIDECAR_IMAGE is required")
        .hasMessageContaining("CRASH_MONITOR_JOIN_SECONDS 'x'");
  }

  /** The two lists above hold a line for each variable that the Javadoc of the record names. */
  @Test
  void noOptionIsUntested() throws Exception {
    Set<String> tested = new TreeSet<>();
    for (String method :
        Set.of("eachVariableSetsItsOption", "aValueThatCannotBeUsedNamesItsVariable")) {
      Set<String> names = new TreeSet<>();
      for (String line :
          OperatorConfigTest.class
              .getDeclaredMethod(
                  method,
                  method.startsWith("each")
                      ? new Class<?>[] {String.class, String.class, String.class}
                      : new Class<?>[] {String.class, String.class})
              .getAnnotation(CsvSource.class)
              .value()) {
        names.add(line.substring(0, line.indexOf('|')).strip());
      }
      if (tested.isEmpty()) {
        tested.addAll(names);
      }
      assertThat(names).isEqualTo(tested);
    }
    // Two variables make up the address together with the port, and two say where ProcDump is.
    assertThat(tested).hasSize(OperatorConfig.class.getRecordComponents().length + 2);
  }
}
