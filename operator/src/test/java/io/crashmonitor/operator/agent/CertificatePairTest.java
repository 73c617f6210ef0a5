package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatePairTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Set<String> HOSTS =
      Set.of("crash-monitor-agent.ops.svc.cluster.local", "10.0.0.9");

  private final CertificatePair pair = CertificatePair.create(HOSTS, NOW);

  private static X509Certificate own(CertificatePair pair) {
    return pair.tls().chain().get(0);
  }

  @Test
  void theCertificateNamesEachHostByItsKind() throws Exception {
    assertThat(own(pair).getSubjectAlternativeNames())
        .extracting(entry -> entry.get(0) + " " + entry.get(1))
        .containsExactlyInAnyOrder("2 crash-monitor-agent.ops.svc.cluster.local", "7 10.0.0.9");
    assertThat(own(pair).getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(own(pair).getBasicConstraints()).isEqualTo(-1);
  }

  @Test
  void itComesBackFromASecret() {
    assertThat(CertificatePair.parse(pair.toData())).contains(pair);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.crt", "ca.key", "tls.crt", "tls.key"})
  void aSecretWithABrokenPartIsNotOurs(String key) {
    Map<String, String> data = new HashMap<>(pair.toData());
    data.put(key, "nonsense");
    assertThat(CertificatePair.parse(data)).isEmpty();

    data.remove(key);
    assertThat(CertificatePair.parse(data)).isEmpty();
  }

  @Test
  void aCertificateOfAnotherCaIsNotOurs() {
    Map<String, String> data = new HashMap<>(pair.toData());
    data.put("ca.crt", CertificatePair.create(HOSTS, NOW).caPem());

    assertThat(CertificatePair.parse(data)).isEmpty();
  }

  @Test
  void aGoodOneStaysAsItIs() {
    assertThat(pair.renewed(HOSTS, NOW)).isEqualTo(pair);
    assertThat(pair.renewed(HOSTS, NOW.plus(CertificatePair.LIFE).minus(Duration.ofDays(61))))
        .isEqualTo(pair);
  }

  @Test
  void oneThatEndsSoonIsRenewedUnderTheSameCa() {
    Instant late = NOW.plus(CertificatePair.LIFE).minus(CertificatePair.RENEWAL).plusSeconds(1);

    CertificatePair renewed = pair.renewed(HOSTS, late);

    assertThat(renewed.caPem()).isEqualTo(pair.caPem());
    assertThat(renewed.validUntil()).isEqualTo(late.plus(CertificatePair.LIFE));
    assertThat(CertificatePair.parse(renewed.toData())).contains(renewed);
  }

  @Test
  void oneThatLacksAHostIsRenewed() throws Exception {
    CertificatePair renewed = pair.renewed(Set.of("agents.example"), NOW);

    assertThat(own(renewed).getSubjectAlternativeNames())
        .extracting(entry -> String.valueOf(entry.get(1)))
        .containsExactly("agents.example");
    assertThat(renewed.caPem()).isEqualTo(pair.caPem());
  }

  @Test
  void aCaThatEndsSoonIsReplacedAndBothAreTrusted() {
    Instant late = NOW.plus(CertificatePair.CA_LIFE).minus(Duration.ofDays(30));

    CertificatePair renewed = pair.renewed(HOSTS, late);

    assertThat(renewed.caPem()).endsWith(pair.caPem()).isNotEqualTo(pair.caPem());
    assertThat(CertificatePair.parse(renewed.toData())).contains(renewed);
  }

  @Test
  void keysAreNeverPrinted() {
    assertThat(pair.toString()).doesNotContain("PRIVATE");
    assertThat(pair.tls().toString()).doesNotContain("PRIVATE");
  }
}
