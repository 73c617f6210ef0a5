package io.crashmonitor.operator;

import static org.awaitility.Awaitility.await;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Lets a test do what the shipped role allows, and no more. */
public final class ShippedRole {
  private static final Path ROLE =
      Path.of(
          System.getProperty("crashmonitor.root"), "operator/src/main/kubernetes/clusterrole.yaml");

  private ShippedRole() {}

  /** A user of that name with the role, in the whole cluster; in force when this returns. */
  public static KubernetesClient client(ControlPlane plane, String user) {
    KubernetesClient admin = plane.client();
    ClusterRole role = admin.getKubernetesSerialization().unmarshal(read(), ClusterRole.class);
    admin.resource(role).fieldManager("test").forceConflicts().serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build())
        .serverSideApply();
    // The API server decides by a cache of its roles, which lags behind.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> role.getRules().stream().allMatch(rule -> isAllowed(admin, user, rule)));
    return plane.clientAs(user);
  }

  private static boolean isAllowed(KubernetesClient admin, String user, PolicyRule rule) {
    String[] resource = rule.getResources().get(0).split("/", 2);
    return Boolean.TRUE.equals(
        admin
            .resource(
                new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser(user)
                    .withNewResourceAttributes()
                    .withGroup(rule.getApiGroups().get(0))
                    .withResource(resource[0])
                    .withSubresource(resource.length > 1 ? resource[1] : null)
                    .withName(
                        rule.getResourceNames().isEmpty() ? null : rule.getResourceNames().get(0))
                    .withVerb(rule.getVerbs().get(0))
                    .endResourceAttributes()
                    .endSpec()
                    .build())
            .create()
            .getStatus()
            .getAllowed());
  }

  private static String read() {
    try {
      return Files.readString(ROLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
