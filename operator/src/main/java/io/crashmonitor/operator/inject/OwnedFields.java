package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server has on record as applied by the operator, read from {@code managedFields}:
 * the only way to tell our parts from equal ones that a user wrote.
 *
 * @param template whether anything in the pod template is ours
 * @param containers names of the user's containers in which something is ours
 * @param hooks of these, where the postStart hook is ours
 * @param environment of these, names of the environment entries whose value is ours
 * @param initContainers names of init containers in which something is ours
 * @param pullSecrets names of image pull secrets that are ours
 */
public record OwnedFields(
    boolean template,
    Set<String> containers,
    Set<String> hooks,
    Map<String, Set<String>> environment,
    Set<String> initContainers,
    Set<String> pullSecrets) {
  private static final Pattern KEY_BY_NAME = Pattern.compile("k:\\{\"name\":\"([^\"]+)\"}");

  static OwnedFields of(HasMetadata resource) {
    Map<?, ?> fields =
        resource.getMetadata().getManagedFields().stream()
            .filter(entry -> Names.FIELD_MANAGER.equals(entry.getManager()))
            .filter(entry -> "Apply".equals(entry.getOperation()))
            .filter(entry -> entry.getSubresource() == null || entry.getSubresource().isEmpty())
            .findFirst()
            .map(entry -> fields(entry.getFieldsV1()))
            .orElse(Map.of());
    Map<?, ?> template = child(child(fields, "f:spec"), "f:template");
    Map<?, ?> pod = child(template, "f:spec");
    Map<?, ?> containers = child(pod, "f:containers");
    Set<String> hooks = new LinkedHashSet<>();
    Map<String, Set<String>> environment = new LinkedHashMap<>();
    for (String name : names(containers)) {
      Map<?, ?> container = child(containers, "k:{\"name\":\"" + name + "\"}");
      if (child(container, "f:lifecycle").containsKey("f:postStart")) {
        hooks.add(name);
      }
      Set<String> values = values(child(container, "f:env"));
      if (!values.isEmpty()) {
        environment.put(name, values);
      }
    }
    return new OwnedFields(
        !template.isEmpty(),
        names(containers),
        hooks,
        environment,
        names(child(pod, "f:initContainers")),
        names(child(pod, "f:imagePullSecrets")));
  }

  private static Map<?, ?> fields(FieldsV1 fields) {
    return fields == null ? Map.of() : fields.getAdditionalProperties();
  }

  private static Map<?, ?> child(Map<?, ?> fields, String key) {
    return fields.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static Set<String> values(Map<?, ?> entries) {
    Set<String> names = names(entries);
    names.removeIf(name -> !child(entries, "k:{\"name\":\"" + name + "\"}").containsKey("f:value"));
    return names;
  }

  private static Set<String> names(Map<?, ?> list) {
    Set<String> names = new LinkedHashSet<>();
    for (Object key : list.keySet()) {
      Matcher m = KEY_BY_NAME.matcher(String.valueOf(key));
      if (m.matches()) {
        names.add(m.group(1));
      }
    }
    return names;
  }
}
