package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedControlPlane.class)
class ControlPlaneIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String AUDIENCE = "crashmonitor.io";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;

  ControlPlaneIT(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.client = controlPlane.client();
  }

  @Test
  void answersWithAVersionThatClientsCanParse() {
    assertThat(client.getKubernetesVersion().getMajor()).isEqualTo("1");
    assertThat(client.getKubernetesVersion().getGitVersion()).matches("v1\\.\\d+\\.\\d+");
  }

  @Test
  void rollsOutADeploymentWhosePodsAreScheduledToAReadyNode() {
    String namespace = controlPlane.newNamespace("rollout");
    readyNode(namespace);

    client.resource(deployment(namespace)).inNamespace(namespace).create();

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(client.pods().inNamespace(namespace).list().getItems())
                    .hasSize(2)
                    .extracting(pod -> pod.getSpec().getNodeName())
                    .containsOnly(namespace));
    Pod pod = client.pods().inNamespace(namespace).list().getItems().get(0);
    assertThat(pod.getMetadata().getOwnerReferences().get(0).getKind()).isEqualTo("ReplicaSet");
    client.nodes().withName(namespace).delete();
  }

  @Test
  void reviewsATokenForItsAudienceAlone() {
    String namespace = controlPlane.newNamespace("tokens");

    String token = controlPlane.serviceAccountToken(namespace, "default", AUDIENCE);

    TokenReview right = review(token, AUDIENCE);
    assertThat(right.getStatus().getAuthenticated()).isTrue();
    assertThat(right.getStatus().getAudiences()).containsExactly(AUDIENCE);
    assertThat(right.getStatus().getUser().getUsername())
        .isEqualTo("system:serviceaccount:" + namespace + ":default");
    assertThat(review(token, "other").getStatus().getAuthenticated()).isNotEqualTo(true);
  }

  @Test
  void deletesNamespacesWithAllThatIsInThem() {
    String namespace = controlPlane.newNamespace("deleted");
    client
        .resource(new ConfigMapBuilder().withNewMetadata().withName("a").endMetadata().build())
        .inNamespace(namespace)
        .create();

    client.namespaces().withName(namespace).delete();

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(client.namespaces().withName(namespace).get()).isNull());
  }

  @Test
  void kubectlWorksWithTheKubeconfig() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                controlPlane.kubectl().toString(),
                "--kubeconfig=" + controlPlane.kubeconfig(),
                "auth",
                "whoami",
                "-o",
                "jsonpath={.status.userInfo.username}")
            .redirectErrorStream(true);

    Process process = builder.start();

    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).isEqualTo("crash-monitor-admin");
  }

  @Test
  void holdsImpersonatedUsersAndServiceAccountsToTheirRoles() {
    String namespace = controlPlane.newNamespace("roles");

    KubernetesClient user = controlPlane.clientAs("jane", "developers");
    KubernetesClient serviceAccount = controlPlane.clientAsServiceAccount(namespace, "default");

    assertForbidden(user, namespace, "jane");
    assertForbidden(serviceAccount, namespace, "system:serviceaccount:" + namespace + ":default");
  }

  private static void assertForbidden(KubernetesClient as, String namespace, String user) {
    assertThatThrownBy(() -> as.secrets().inNamespace(namespace).list())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
        .hasMessageContaining(user);
  }

  private TokenReview review(String token, String audience) {
    return client
        .resource(
            new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audience)
                .endSpec()
                .build())
        .create();
  }

  /** A node that is an object only; it carries the label that the deployment selects. */
  private void readyNode(String name) {
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("testbed", name)
                .endMetadata()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("4"))
                .addToAllocatable("memory", new Quantity("8Gi"))
                .addToAllocatable("pods", new Quantity("50"))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withReason("Simulated")
                .withMessage("an object only")
                .endCondition()
                .endStatus()
                .build())
        .create();
  }

  private static Deployment deployment(String namespace) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("app")
        .endMetadata()
        .withNewSpec()
        .withReplicas(2)
        .withNewSelector()
        .withMatchLabels(Map.of("app", "app"))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "app")
        .endMetadata()
        .withNewSpec()
        .withNodeSelector(Map.of("testbed", namespace))
        .withContainers(List.of(new ContainerBuilder().withName("app").withImage("app").build()))
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
