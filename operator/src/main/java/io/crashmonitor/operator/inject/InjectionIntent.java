package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LocalObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The partial workload that the operator applies: keyed list entries of its own and nothing else,
 * so that no tool of the user's sees a difference and an apply without them takes them out again.
 *
 * <p>Pure. The uid is in every intent: an apply must neither create a workload nor touch one that
 * was deleted and made anew.
 */
public final class InjectionIntent {
  /** As the app's container runs it: a missing helper costs the dump, never the app. */
  static final List<String> HOOK =
      List.of("cmd", "/d", "/c", "C:\\crash-monitor\\bin\\attach.exe hook >nul 2>&1 & exit /b 0");

  private static final long TOKEN_SECONDS = 3600;

  private InjectionIntent() {}

  /** Everything of ours; what of it is in the live template keeps the values it has there. */
  public static HasMetadata inject(
      Workload live,
      String sessionUid,
      String container,
      Capture capture,
      SidecarSettings settings) {
    // Another engine restarts the pods anyway, and may need a newer sidecar.
    Optional<Container> kept =
        live.injection()
            .sidecar()
            .filter(sidecar -> SidecarContainer.engine(sidecar) == capture.engine());
    Container sidecar =
        kept.map(SidecarContainer::frozen)
            .orElseGet(() -> SidecarContainer.of(settings))
            .build(sessionUid, container, capture.engine());
    Set<String> pullSecrets = new TreeSet<>(live.injection().owned().pullSecrets());
    if (kept.isEmpty()) {
      pullSecrets.addAll(settings.pullSecrets());
    }
    PodTemplateSpec template =
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .addToLabels(Names.SESSION_UID_LABEL, sessionUid)
            .endMetadata()
            .withNewSpec()
            .withInitContainers(sidecar)
            .withContainers(app(live, container, capture))
            .withVolumes(sharedVolume(), identityVolume())
            .withImagePullSecrets(
                pullSecrets.stream()
                    .map(name -> new LocalObjectReferenceBuilder().withName(name).build())
                    .toList())
            .endSpec()
            .build();
    ObjectMeta meta = meta(live);
    return switch (live.kind()) {
      case Deployment ->
          new DeploymentBuilder()
              .withMetadata(meta)
              .withNewSpec()
              .withTemplate(template)
              .endSpec()
              .build();
      case StatefulSet ->
          new StatefulSetBuilder()
              .withMetadata(meta)
              .withNewSpec()
              .withTemplate(template)
              .endSpec()
              .build();
      case DaemonSet ->
          new DaemonSetBuilder()
              .withMetadata(meta)
              .withNewSpec()
              .withTemplate(template)
              .endSpec()
              .build();
    };
  }

  /** Nothing of ours: takes out everything that an earlier apply put in. */
  public static HasMetadata empty(Workload live) {
    ObjectMeta meta = meta(live);
    return switch (live.kind()) {
      case Deployment -> new DeploymentBuilder().withMetadata(meta).build();
      case StatefulSet -> new StatefulSetBuilder().withMetadata(meta).build();
      case DaemonSet -> new DaemonSetBuilder().withMetadata(meta).build();
    };
  }

  private static ObjectMeta meta(Workload live) {
    return new ObjectMetaBuilder()
        .withNamespace(live.namespace())
        .withName(live.name())
        .withUid(live.uid())
        .build();
  }

  private static Container app(Workload live, String name, Capture capture) {
    ContainerBuilder app =
        new ContainerBuilder()
            .withName(name)
            .addNewVolumeMount()
            .withName(Names.VOLUME)
            .withMountPath(Names.MOUNT_PATH)
            .endVolumeMount();
    if (capture instanceof Capture.ByRuntime runtime) {
      return app.withEnv(
              RuntimeDumps.environment(
                  runtime.type(), live.injection().environment().getOrDefault(name, Map.of())))
          .build();
    }
    return capture instanceof Capture.Hook ? hooked(live, app).build() : app.build();
  }

  private static ContainerBuilder hooked(Workload live, ContainerBuilder app) {
    List<String> hook =
        live.containers().stream()
            .filter(c -> live.injection().hooks().contains(c.getName()))
            .findFirst()
            .map(c -> c.getLifecycle().getPostStart().getExec().getCommand())
            .orElse(HOOK);
    return app.withNewLifecycle()
        .withNewPostStart()
        .withNewExec()
        .withCommand(hook)
        .endExec()
        .endPostStart()
        .endLifecycle();
  }

  private static Volume sharedVolume() {
    // No sizeLimit: a volume over its limit evicts the pod.
    return new VolumeBuilder().withName(Names.VOLUME).withNewEmptyDir().endEmptyDir().build();
  }

  private static Volume identityVolume() {
    return new VolumeBuilder()
        .withName(Names.IDENTITY_VOLUME)
        .withNewProjected()
        .addNewSource()
        .withNewServiceAccountToken()
        .withAudience(Names.AUDIENCE)
        .withExpirationSeconds(TOKEN_SECONDS)
        .withPath(Names.TOKEN_FILE)
        .endServiceAccountToken()
        .endSource()
        .addNewSource()
        .withNewConfigMap()
        .withName(Names.CA_CONFIG_MAP)
        .addNewItem()
        .withKey(Names.CA_FILE)
        .withPath(Names.CA_FILE)
        .endItem()
        // A pod must start also when the operator has not been in its namespace yet.
        .withOptional(true)
        .endConfigMap()
        .endSource()
        .endProjected()
        .build();
  }
}
