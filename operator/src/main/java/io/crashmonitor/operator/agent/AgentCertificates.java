package io.crashmonitor.operator.agent;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CA and the certificate of the agent endpoint, kept in a Secret of the operator's namespace:
 * made where there is none, renewed in time. Operators that run at once agree by the API server's
 * optimistic lock: who is late takes what is there.
 */
public final class AgentCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCertificates.class);

  /** The Secret, of type kubernetes.io/tls with two more keys. */
  public static final String SECRET = "crash-monitor-agent-tls";

  private static final int TRIES = 5;

  private final KubernetesClient client;
  private final String namespace;
  private final Set<String> hosts;
  private final Clock clock;
  private volatile CertificatePair current;

  private AgentCertificates(
      KubernetesClient client, String namespace, Set<String> hosts, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.hosts = Set.copyOf(hosts);
    this.clock = clock;
  }

  /**
   * Reads or makes them.
   *
   * @param hosts DNS names and IP addresses that agents call
   */
  public static AgentCertificates open(
      KubernetesClient client, String namespace, Set<String> hosts, Clock clock) {
    AgentCertificates certificates = new AgentCertificates(client, namespace, hosts, clock);
    certificates.refresh();
    return certificates;
  }

  /** What agents must trust: one certificate, or two while the CA changes. */
  public String caPem() {
    return current.caPem();
  }

  AgentTls tls() {
    return current.tls();
  }

  /**
   * Reads the Secret again, and renews in it what ends soon or lacks a host.
   *
   * @return whether they are others than before
   */
  public boolean refresh() {
    CertificatePair before = current;
    for (int i = 0; i < TRIES; i++) {
      Optional<CertificatePair> agreed = agree();
      if (agreed.isPresent()) {
        current = agreed.get();
        return !current.equals(before);
      }
    }
    throw new IllegalStateException(
        "Secret " + namespace + "/" + SECRET + " changes faster than it can be written");
  }

  /** Empty when somebody else was faster. */
  private Optional<CertificatePair> agree() {
    Secret secret = client.secrets().inNamespace(namespace).withName(SECRET).get();
    if (secret == null) {
      CertificatePair made = CertificatePair.create(hosts, clock.instant());
      return write(() -> client.resource(secret(made, null)).create(), made, "made");
    }
    Optional<CertificatePair> found = read(secret);
    CertificatePair wanted =
        found
            .map(pair -> pair.renewed(hosts, clock.instant()))
            .orElseGet(() -> CertificatePair.create(hosts, clock.instant()));
    if (found.isPresent() && found.get().equals(wanted)) {
      return found;
    }
    String version = secret.getMetadata().getResourceVersion();
    return write(() -> client.resource(secret(wanted, version)).update(), wanted, "renewed");
  }

  private Optional<CertificatePair> write(Runnable request, CertificatePair pair, String what) {
    try {
      request.run();
      LOG.atInfo()
          .addKeyValue("secret", namespace + "/" + SECRET)
          .addKeyValue("until", pair.validUntil())
          .log("the agent endpoint's certificate was {}", what);
      return Optional.of(pair);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Secret secret(CertificatePair pair, String resourceVersion) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(SECRET)
        .withResourceVersion(resourceVersion)
        .addToLabels("app.kubernetes.io/managed-by", "crash-monitor")
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withStringData(new TreeMap<>(pair.toData()))
        .build();
  }

  private static Optional<CertificatePair> read(Secret secret) {
    Map<String, String> data = new TreeMap<>();
    Optional.ofNullable(secret.getData())
        .orElse(Map.of())
        .forEach(
            (key, value) ->
                data.put(
                    key, new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII)));
    Optional<CertificatePair> pair = CertificatePair.parse(data);
    if (pair.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("secret", secret.getMetadata().getName())
          .log("the Secret does not hold our certificates: they are made anew");
    }
    return pair;
  }
}
