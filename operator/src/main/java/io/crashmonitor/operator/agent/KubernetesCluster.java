package io.crashmonitor.operator.agent;

import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;

/** What the agent endpoint asks of and writes to the API server. */
final class KubernetesCluster implements PodIdentities.Cluster, PodConditions.Patcher {
  private static final PatchContext CONDITION =
      new PatchContext.Builder()
          .withPatchType(PatchType.STRATEGIC_MERGE)
          .withFieldManager(Names.FIELD_MANAGER + "-agents")
          .build();

  private final KubernetesClient client;

  KubernetesCluster(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public TokenReviewStatus review(String token, String audience) {
    return client
        .resource(
            new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audience)
                .endSpec()
                .build())
        .create()
        .getStatus();
  }

  @Override
  public Optional<Pod> pod(String namespace, String name) {
    return Optional.ofNullable(client.pods().inNamespace(namespace).withName(name).get());
  }

  @Override
  public void patch(AgentIdentity pod, Map<String, Object> status) {
    client
        .pods()
        .inNamespace(pod.namespace())
        .withName(pod.pod())
        .subresource("status")
        .patch(CONDITION, Serialization.asJson(status));
  }
}
