package io.crashmonitor.operator.inject;

import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The variables by which the .NET runtime of an app writes a dump of its own crash: "Collect dumps
 * on crash" of the .NET documentation. Pure.
 */
final class RuntimeDumps {
  private static final String PREFIX = "DOTNET_";

  /** The older prefix, which the runtime still reads where the newer is not set. */
  private static final String OLD_PREFIX = "COMPlus_";

  static final String ENABLE = PREFIX + "DbgEnableMiniDump";
  static final String TYPE = PREFIX + "DbgMiniDumpType";
  static final String NAME = PREFIX + "DbgMiniDumpName";
  static final List<String> NAMES = List.of(ENABLE, TYPE, NAME);

  /**
   * Process, pid and second of the crash; the agent looks for files there and in no other place.
   */
  private static final String FILE = Names.MOUNT_PATH + "\\dumps\\incoming\\%e_%p_%t.dmp";

  private RuntimeDumps() {}

  /**
   * The entries of the app's container.
   *
   * @param live entries of ours in the live template; what does not follow from the session's spec
   *     stays as it is there
   */
  static List<EnvVar> environment(DumpType type, Map<String, String> live) {
    return List.of(
        entry(ENABLE, "1"), entry(TYPE, value(type)), entry(NAME, live.getOrDefault(NAME, FILE)));
  }

  /** Whether entries of ours tell the runtime to write dumps of this type. */
  static boolean tells(Map<String, String> entries, DumpType type) {
    return entries.keySet().equals(Set.copyOf(NAMES))
        && "1".equals(entries.get(ENABLE))
        && value(type).equals(entries.get(TYPE));
  }

  /** Whether the runtime takes a variable for one of these: case does not count on Windows. */
  static boolean isMeantBy(String variable) {
    return NAMES.stream()
        .anyMatch(
            name ->
                name.equalsIgnoreCase(variable)
                    || (OLD_PREFIX + name.substring(PREFIX.length())).equalsIgnoreCase(variable));
  }

  /** Our entries in a container of the live template. */
  static Map<String, String> of(Container container, Set<String> owned) {
    Map<String, String> entries = new TreeMap<>();
    container.getEnv().stream()
        .filter(e -> NAMES.contains(e.getName()) && owned.contains(e.getName()))
        .forEach(e -> entries.put(e.getName(), e.getValue() == null ? "" : e.getValue()));
    return entries;
  }

  private static String value(DumpType type) {
    return switch (type) {
      case Mini -> "1";
      // For the analysis alone the heap is enough, as with ProcDump.
      case MiniPlus, None -> "2";
      case Triage -> "3";
      case Full -> "4";
    };
  }

  private static EnvVar entry(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }
}
