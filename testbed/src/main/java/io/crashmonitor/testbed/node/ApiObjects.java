package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects of a pod's namespace, asked of the API server each time. */
final class ApiObjects implements PodObjects {
  private final KubernetesClient client;
  private final Pod pod;

  ApiObjects(KubernetesClient client, Pod pod) {
    this.client = client;
    this.pod = pod;
  }

  @Override
  public Optional<Map<String, byte[]>> configMap(String name) {
    return Optional.ofNullable(
            client.configMaps().inNamespace(pod.getMetadata().getNamespace()).withName(name).get())
        .map(
            found -> {
              Map<String, byte[]> values = decoded(found.getBinaryData());
              orEmpty(found.getData())
                  .forEach((k, v) -> values.put(k, v.getBytes(StandardCharsets.UTF_8)));
              return values;
            });
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String name) {
    return Optional.ofNullable(
            client.secrets().inNamespace(pod.getMetadata().getNamespace()).withName(name).get())
        .map(found -> decoded(found.getData()));
  }

  @Override
  public Token token(String audience, long expirationSeconds) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience.isEmpty() ? List.of() : List.of(audience))
            .withExpirationSeconds(expirationSeconds)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    TokenRequest answer =
        client
            .serviceAccounts()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(Optional.ofNullable(pod.getSpec().getServiceAccountName()).orElse("default"))
            .tokenRequest(request);
    return new Token(
        answer.getStatus().getToken(),
        Instant.parse(answer.getStatus().getExpirationTimestamp()).toEpochMilli());
  }

  private static Map<String, byte[]> decoded(Map<String, String> values) {
    Map<String, byte[]> bytes = new HashMap<>();
    orEmpty(values).forEach((name, value) -> bytes.put(name, Base64.getDecoder().decode(value)));
    return bytes;
  }

  private static Map<String, String> orEmpty(Map<String, String> values) {
    return values == null ? Map.of() : values;
  }
}
