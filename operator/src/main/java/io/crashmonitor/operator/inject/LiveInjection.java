package io.crashmonitor.operator.inject;

import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of ours a live template holds. Ours is what the API server has on record as ours, not what
 * has our names.
 *
 * @param sessionUid of the label on the template
 * @param sidecar as it stands in the template; empty when it is missing or a user's own
 * @param volumes whether both our volumes are there
 * @param mounts containers of the app that mount our volume
 * @param hooks containers of the app whose postStart hook is ours
 * @param environment containers of the app with entries of ours that speak to the .NET runtime, and
 *     those entries
 * @param owned what is on record as ours
 */
public record LiveInjection(
    Optional<String> sessionUid,
    Optional<Container> sidecar,
    boolean volumes,
    List<String> mounts,
    List<String> hooks,
    Map<String, Map<String, String>> environment,
    OwnedFields owned) {

  static LiveInjection of(PodTemplateSpec template, OwnedFields owned) {
    var labels = template.getMetadata() == null ? null : template.getMetadata().getLabels();
    var pod = template.getSpec();
    List<String> volumeNames = pod.getVolumes().stream().map(Volume::getName).toList();
    return new LiveInjection(
        Optional.ofNullable(labels == null ? null : labels.get(Names.SESSION_UID_LABEL)),
        pod.getInitContainers().stream()
            .filter(c -> Names.SIDECAR.equals(c.getName()))
            .filter(c -> owned.initContainers().contains(c.getName()))
            .findFirst(),
        volumeNames.containsAll(List.of(Names.VOLUME, Names.IDENTITY_VOLUME)),
        pod.getContainers().stream()
            .filter(LiveInjection::mountsOurVolume)
            .map(Container::getName)
            .toList(),
        pod.getContainers().stream()
            .filter(c -> hasHook(c) && owned.hooks().contains(c.getName()))
            .map(Container::getName)
            .toList(),
        environment(pod.getContainers(), owned),
        owned);
  }

  private static Map<String, Map<String, String>> environment(
      List<Container> containers, OwnedFields owned) {
    Map<String, Map<String, String>> environment = new LinkedHashMap<>();
    for (Container container : containers) {
      Map<String, String> entries =
          RuntimeDumps.of(
              container, owned.environment().getOrDefault(container.getName(), Set.of()));
      if (!entries.isEmpty()) {
        environment.put(container.getName(), entries);
      }
    }
    return environment;
  }

  /** The engine that the template was injected for; empty while our sidecar is not in it. */
  public Optional<CaptureEngine> engine() {
    return sidecar.map(SidecarContainer::engine);
  }

  /** Whether anything of ours is in the template, whole or in parts. */
  public boolean present() {
    return owned.template();
  }

  /** Whether any of it can be this session's: also where somebody took the label alone away. */
  public boolean mayBeOf(String uid) {
    return present()
        && sessionUid.or(() -> sidecar.flatMap(LiveInjection::toldSession)).orElse(uid).equals(uid);
  }

  /** Whether it was this session that put it there. */
  public boolean of(String uid) {
    return sessionUid.filter(uid::equals).isPresent();
  }

  /** Whether nothing is missing and nothing is where it should not be. */
  public boolean complete(String uid, String container, Capture capture) {
    List<String> here = List.of(container);
    return owned.template()
        && of(uid)
        && sidecar.isPresent()
        && volumes
        && mounts.equals(here)
        && hooks.equals(capture instanceof Capture.Hook ? here : List.of())
        && engine().equals(Optional.of(capture.engine()))
        && (capture instanceof Capture.ByRuntime runtime
            ? environment.keySet().equals(Set.of(container))
                && RuntimeDumps.tells(environment.get(container), runtime.type())
            : environment.isEmpty())
        && owned.containers().equals(Set.of(container));
  }

  static boolean hasHook(Container container) {
    return container.getLifecycle() != null && container.getLifecycle().getPostStart() != null;
  }

  private static Optional<String> toldSession(Container sidecar) {
    return sidecar.getEnv().stream()
        .filter(e -> Names.ENV_SESSION_UID.equals(e.getName()) && e.getValue() != null)
        .map(e -> e.getValue())
        .findFirst();
  }

  private static boolean mountsOurVolume(Container container) {
    return container.getVolumeMounts().stream()
        .anyMatch(
            m -> Names.VOLUME.equals(m.getName()) && Names.MOUNT_PATH.equals(m.getMountPath()));
  }
}
