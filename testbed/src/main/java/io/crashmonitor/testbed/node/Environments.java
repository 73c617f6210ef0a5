package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A container's environment: the image's, then the pod's, with everything looked up. */
final class Environments {
  private final Pod pod;
  private final String podIp;
  private final PodObjects objects;

  Environments(Pod pod, String podIp, PodObjects objects) {
    this.pod = pod;
    this.podIp = podIp;
    this.objects = objects;
  }

  /**
   * @param base what is set before the container's own variables
   * @throws NotConfigured when a ConfigMap or Secret that is not optional is missing
   */
  Map<String, String> of(Container container, Map<String, String> base) {
    Map<String, String> values = new LinkedHashMap<>(base);
    container.getEnvFrom().forEach(source -> values.putAll(from(source)));
    for (EnvVar variable : container.getEnv()) {
      Optional<String> value =
          variable.getValueFrom() == null
              ? Optional.of(
                  Variables.expand(Optional.ofNullable(variable.getValue()).orElse(""), values))
              : from(variable.getValueFrom());
      value.ifPresent(text -> values.put(variable.getName(), text));
    }
    return values;
  }

  private Optional<String> from(EnvVarSource source) {
    if (source.getFieldRef() != null) {
      return Optional.of(PodFields.value(pod, podIp, source.getFieldRef().getFieldPath()));
    }
    if (source.getSecretKeyRef() != null) {
      var ref = source.getSecretKeyRef();
      return key(
          "secret", ref.getName(), objects.secret(ref.getName()), ref.getKey(), ref.getOptional());
    }
    if (source.getConfigMapKeyRef() != null) {
      var ref = source.getConfigMapKeyRef();
      return key(
          "configmap",
          ref.getName(),
          objects.configMap(ref.getName()),
          ref.getKey(),
          ref.getOptional());
    }
    throw new NotConfigured("only fieldRef, secretKeyRef and configMapKeyRef are known here");
  }

  private Map<String, String> from(EnvFromSource source) {
    Map<String, byte[]> found = Map.of();
    if (source.getConfigMapRef() != null) {
      var ref = source.getConfigMapRef();
      found =
          required("configmap", ref.getName(), objects.configMap(ref.getName()), ref.getOptional());
    } else if (source.getSecretRef() != null) {
      var ref = source.getSecretRef();
      found = required("secret", ref.getName(), objects.secret(ref.getName()), ref.getOptional());
    }
    String prefix = Optional.ofNullable(source.getPrefix()).orElse("");
    Map<String, String> values = new LinkedHashMap<>();
    found.forEach(
        (name, value) -> values.put(prefix + name, new String(value, StandardCharsets.UTF_8)));
    return values;
  }

  private static Optional<String> key(
      String kind, String name, Optional<Map<String, byte[]>> found, String key, Boolean optional) {
    Optional<String> value =
        Optional.ofNullable(required(kind, name, found, optional).get(key))
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    if (value.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw new NotConfigured("couldn't find key " + key + " in " + kind + " " + name);
    }
    return value;
  }

  private static Map<String, byte[]> required(
      String kind, String name, Optional<Map<String, byte[]>> found, Boolean optional) {
    if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw new NotConfigured(kind + " \"" + name + "\" not found");
    }
    return found.orElse(Map.of());
  }
}
