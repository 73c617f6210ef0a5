package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.PodObjects.Token;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What is in a volume whose files are made from other objects. */
final class VolumeContent {
  private static final long DEFAULT_EXPIRATION_SECONDS = 3600;

  private final Pod pod;
  private final String podIp;
  private final PodObjects objects;
  private final LongSupplier now;
  private final Map<String, Held> tokens = new HashMap<>();

  /** A token with the time when it is to be replaced, epoch milliseconds. */
  private record Held(Token token, long renewAt) {}

  /**
   * @param now epoch milliseconds, UTC
   */
  VolumeContent(Pod pod, String podIp, PodObjects objects, LongSupplier now) {
    this.pod = pod;
    this.podIp = podIp;
    this.objects = objects;
    this.now = now;
  }

  /** Whether the files of the volume are the node's, and may change while the pod runs. */
  static boolean hasContent(Volume volume) {
    return volume.getProjected() != null
        || volume.getConfigMap() != null
        || volume.getSecret() != null
        || volume.getDownwardAPI() != null;
  }

  /**
   * The files by their paths, {@code /} between folders.
   *
   * @throws NotConfigured when an object that is not optional is missing
   */
  Map<String, byte[]> of(Volume volume) {
    Map<String, byte[]> files = new HashMap<>();
    if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        files.putAll(of(volume.getName(), source));
      }
    } else if (volume.getConfigMap() != null) {
      var source = volume.getConfigMap();
      files.putAll(configMap(source.getName(), source.getItems(), source.getOptional()));
    } else if (volume.getSecret() != null) {
      var source = volume.getSecret();
      files.putAll(secret(source.getSecretName(), source.getItems(), source.getOptional()));
    } else if (volume.getDownwardAPI() != null) {
      files.putAll(fields(volume.getDownwardAPI().getItems()));
    }
    return files;
  }

  private Map<String, byte[]> of(String volume, VolumeProjection source) {
    if (source.getServiceAccountToken() != null) {
      ServiceAccountTokenProjection wanted = source.getServiceAccountToken();
      return Map.of(wanted.getPath(), bytes(token(volume, wanted)));
    }
    if (source.getConfigMap() != null) {
      var ref = source.getConfigMap();
      return configMap(ref.getName(), ref.getItems(), ref.getOptional());
    }
    if (source.getSecret() != null) {
      var ref = source.getSecret();
      return secret(ref.getName(), ref.getItems(), ref.getOptional());
    }
    return source.getDownwardAPI() == null ? Map.of() : fields(source.getDownwardAPI().getItems());
  }

  /** Replaced after 80 % of its life, as the kubelet does. */
  private String token(String volume, ServiceAccountTokenProjection wanted) {
    String key = volume + "/" + wanted.getPath();
    long time = now.getAsLong();
    Held held = tokens.get(key);
    if (held == null || time >= held.renewAt()) {
      long seconds =
          Optional.ofNullable(wanted.getExpirationSeconds()).orElse(DEFAULT_EXPIRATION_SECONDS);
      Token token = objects.token(Optional.ofNullable(wanted.getAudience()).orElse(""), seconds);
      held = new Held(token, time + (token.expiresAt() - time) * 8 / 10);
      tokens.put(key, held);
    }
    return held.token().text();
  }

  private Map<String, byte[]> fields(List<DownwardAPIVolumeFile> items) {
    Map<String, byte[]> files = new HashMap<>();
    for (DownwardAPIVolumeFile item : items) {
      if (item.getFieldRef() != null) {
        String path = item.getFieldRef().getFieldPath();
        files.put(item.getPath(), bytes(PodFields.value(pod, podIp, path)));
      }
    }
    return files;
  }

  private Map<String, byte[]> configMap(String name, List<KeyToPath> items, Boolean optional) {
    return keys("configmap", name, objects.configMap(name), items, optional);
  }

  private Map<String, byte[]> secret(String name, List<KeyToPath> items, Boolean optional) {
    return keys("secret", name, objects.secret(name), items, optional);
  }

  private Map<String, byte[]> keys(
      String kind,
      String name,
      Optional<Map<String, byte[]>> found,
      List<KeyToPath> items,
      Boolean optional) {
    boolean mayBeMissing = Boolean.TRUE.equals(optional);
    if (found.isEmpty() && !mayBeMissing) {
      throw new NotConfigured(
          "%s \"%s\" not found in namespace %s"
              .formatted(kind, name, pod.getMetadata().getNamespace()));
    }
    Map<String, byte[]> values = found.orElse(Map.of());
    if (items == null || items.isEmpty()) {
      return values;
    }
    Map<String, byte[]> files = new HashMap<>();
    for (KeyToPath item : items) {
      byte[] value = values.get(item.getKey());
      if (value != null) {
        files.put(item.getPath(), value);
      } else if (!mayBeMissing) {
        throw new NotConfigured("%s \"%s\" has no key %s".formatted(kind, name, item.getKey()));
      }
    }
    return files;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
