package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedControlPlane.class)
class AgentCertificatesIT {
  private static final Set<String> HOSTS = Set.of("agents.ops.svc.cluster.local");

  private final ControlPlane plane;
  private final MovableClock clock = new MovableClock(Clock.systemUTC().instant());
  private String namespace;

  AgentCertificatesIT(ControlPlane plane) {
    this.plane = plane;
  }

  @BeforeEach
  void prepare() {
    namespace = plane.newNamespace("certificates");
  }

  private AgentCertificates open() {
    return AgentCertificates.open(plane.client(), namespace, HOSTS, clock);
  }

  private Secret secret() {
    return plane.client().secrets().inNamespace(namespace).withName(AgentCertificates.SECRET).get();
  }

  @Test
  void manyOperatorsAtOnceAgree() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<String>> starts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      starts.add(() -> open().tls().chain().get(0).getSerialNumber().toString());
    }

    List<Future<String>> serials = threads.invokeAll(starts);
    threads.shutdownNow();

    List<String> all = new ArrayList<>();
    for (Future<String> serial : serials) {
      all.add(serial.get());
    }
    assertThat(all).containsOnly(all.get(0));
  }

  @Test
  void aRestartTakesWhatIsThere() {
    AgentCertificates before = open();
    String version = secret().getMetadata().getResourceVersion();

    AgentCertificates after = open();

    assertThat(after.caPem()).isEqualTo(before.caPem());
    assertThat(secret().getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(after.refresh()).isFalse();
  }

  @Test
  void aRenewalByOneIsSeenByTheOther() {
    AgentCertificates one = open();
    AgentCertificates other = open();
    clock.advance(CertificatePair.LIFE.minus(Duration.ofDays(1)));

    assertThat(one.refresh()).isTrue();
    assertThat(other.refresh()).isTrue();

    assertThat(other.tls().chain()).isEqualTo(one.tls().chain());
    assertThat(other.refresh()).isFalse();
  }

  @Test
  void aSecretThatSomebodyBrokeIsMadeAnew() {
    AgentCertificates certificates = open();
    String before = certificates.caPem();
    Secret broken = secret();
    broken.getData().put("tls.crt", "");
    broken.getData().put("ca.crt", "");
    plane.client().resource(broken).update();

    assertThat(certificates.refresh()).isTrue();

    assertThat(certificates.caPem()).isNotEqualTo(before);
    assertThat(open().caPem()).isEqualTo(certificates.caPem());
  }
}
