package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SidecarConfigTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "CRASH_MONITOR_AGENT_URL", "https://crash-monitor-agent.ops.svc.cluster.local:8443",
          "CRASH_MONITOR_SESSION_UID", "s",
          "CRASH_MONITOR_CONTAINER", "app",
          "POD_NAMESPACE", "shop",
          "POD_NAME", "checkout-1",
          "POD_UID", "u");

  @Test
  void takesTheDefaultsOfTheImage() throws SidecarConfig.Invalid {
    SidecarConfig config = SidecarConfig.from(GOOD);
    assertThat(config.root()).isEqualTo(Path.of("C:\\crash-monitor"));
    assertThat(config.identity()).isEqualTo(Path.of("C:\\crash-monitor-identity"));
    assertThat(config.drainLimit()).isEmpty();
    assertThat(config.diskPercent()).isEqualTo(15);
    assertThat(config.procDump()).isEmpty();
  }

  @Test
  void takesProcDumpOnlyOverHttpsAndWithItsChecksum() throws SidecarConfig.Invalid {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put("CRASH_MONITOR_PROCDUMP_URL", "https://tools.example/procdump.zip");
    assertThatThrownBy(() -> SidecarConfig.from(environment))
        .hasMessageContaining("CRASH_MONITOR_PROCDUMP_SHA256 is not set");
    environment.put("CRASH_MONITOR_PROCDUMP_SHA256", "68E0");
    assertThatThrownBy(() -> SidecarConfig.from(environment))
        .hasMessageContaining("CRASH_MONITOR_PROCDUMP_SHA256 must be 64 hexadecimal digits");
    environment.put("CRASH_MONITOR_PROCDUMP_SHA256", "0a".repeat(32));
    assertThat(SidecarConfig.from(environment).procDump()).isPresent();
    environment.put("CRASH_MONITOR_PROCDUMP_URL", "http://tools.example/procdump.zip");
    assertThatThrownBy(() -> SidecarConfig.from(environment))
        .hasMessageContaining("CRASH_MONITOR_PROCDUMP_URL must be an https URL");
  }

  @Test
  void namesEveryVariableAtFaultAtOnce() {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.remove("POD_UID");
    environment.put("CRASH_MONITOR_AGENT_URL", "https://no host");
    environment.put("CRASH_MONITOR_DISK_PERCENT", "lots");
    assertThatThrownBy(() -> SidecarConfig.from(environment))
        .isInstanceOf(SidecarConfig.Invalid.class)
        .hasMessageContaining("POD_UID is not set")
        .hasMessageContaining("CRASH_MONITOR_AGENT_URL must be an https URL")
        .hasMessageContaining("CRASH_MONITOR_DISK_PERCENT must be a whole number of 0 to 90");
  }
}
