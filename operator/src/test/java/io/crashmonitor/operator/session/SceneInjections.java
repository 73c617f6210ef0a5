package io.crashmonitor.operator.session;

import io.crashmonitor.api.Names;
import io.crashmonitor.operator.inject.LiveInjection;
import io.crashmonitor.operator.inject.OwnedFields;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What of ours is in the template of a scene's target. */
final class SceneInjections {
  private SceneInjections() {}

  /** Whole, with the hook. */
  static LiveInjection hooked(String image) {
    return new LiveInjection(
        Optional.of(Scene.UID),
        Optional.of(new ContainerBuilder().withName(Names.SIDECAR).withImage(image).build()),
        true,
        List.of("app"),
        List.of("app"),
        Map.of(),
        owned(Set.of("app"), Map.of()));
  }

  /** With what makes the .NET runtime write full dumps, instead of the hook. */
  static LiveInjection forRuntime() {
    Map<String, String> entries =
        Map.of(
            "DOTNET_DbgEnableMiniDump", "1",
            "DOTNET_DbgMiniDumpType", "4",
            "DOTNET_DbgMiniDumpName", "C:\\x.dmp");
    return new LiveInjection(
        Optional.of(Scene.UID),
        hooked(Scene.IMAGE).sidecar().map(c -> with(c, Names.ENV_ENGINE, "CreateDump")),
        true,
        List.of("app"),
        List.of(),
        Map.of("app", entries),
        owned(Set.of(), Map.of("app", entries.keySet())));
  }

  /** Without the hook: the user's command starts the helper. */
  static LiveInjection withoutHook() {
    LiveInjection hooked = hooked(Scene.IMAGE);
    return new LiveInjection(
        hooked.sessionUid(),
        hooked.sidecar(),
        true,
        hooked.mounts(),
        List.of(),
        Map.of(),
        hooked.owned());
  }

  /** Somebody took the label away and left the sidecar of that session. */
  static LiveInjection unlabelled(String uid) {
    LiveInjection hooked = hooked(Scene.IMAGE);
    return new LiveInjection(
        Optional.empty(),
        hooked.sidecar().map(c -> with(c, Names.ENV_SESSION_UID, uid)),
        true,
        hooked.mounts(),
        hooked.hooks(),
        Map.of(),
        hooked.owned());
  }

  private static OwnedFields owned(Set<String> hooks, Map<String, Set<String>> entries) {
    return new OwnedFields(true, Set.of("app"), hooks, entries, Set.of(Names.SIDECAR), Set.of());
  }

  private static Container with(Container c, String name, String value) {
    return c.edit().addNewEnv().withName(name).withValue(value).endEnv().build();
  }
}
