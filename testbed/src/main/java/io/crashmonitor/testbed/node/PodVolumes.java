package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The volumes of one pod: folders of this machine. */
final class PodVolumes {
  private final List<Volume> volumes;
  private final Path folder;
  private final VolumeContent content;

  /**
   * @param folder the pod's own; the volumes are made in there
   */
  PodVolumes(List<Volume> volumes, Path folder, VolumeContent content) {
    this.volumes = List.copyOf(volumes);
    this.folder = folder;
    this.content = content;
  }

  /** Where a volume is on this machine. */
  Path path(String volume) {
    return folder.resolve(volume);
  }

  /** Where the volume mounted at that path of the container is on this machine. */
  Optional<Path> mountedAt(Container container, WindowsPath at) {
    return container.getVolumeMounts().stream()
        .filter(mount -> WindowsPath.of(mount.getMountPath()).equals(at))
        .map(this::source)
        .findFirst();
  }

  /**
   * Makes the volumes, or brings their content up to date.
   *
   * @throws NotConfigured when an object that is not optional is missing
   */
  void update() {
    for (Volume volume : volumes) {
      try {
        Path path = Files.createDirectories(path(volume.getName()));
        if (VolumeContent.hasContent(volume)) {
          write(path, content.of(volume));
        } else if (volume.getEmptyDir() == null) {
          throw new NotConfigured(
              "volume \"" + volume.getName() + "\" is of a kind this node does not have");
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write the volume " + volume.getName(), e);
      }
    }
  }

  /** Makes the container's volumes appear in its drive C; outer paths before inner ones. */
  void mount(Container container, WinePrefix prefix) {
    container.getVolumeMounts().stream()
        .sorted(Comparator.comparing(mount -> mount.getMountPath().length()))
        .forEach(mount -> prefix.mount(source(mount), WindowsPath.of(mount.getMountPath())));
  }

  /** Deletes all of them; links are not followed. */
  void delete() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }

  private Path source(VolumeMount mount) {
    Path volume = path(mount.getName());
    if (mount.getSubPath() == null || mount.getSubPath().isEmpty()) {
      return volume;
    }
    Path inside = volume.resolve(mount.getSubPath()).normalize();
    if (!inside.startsWith(volume)) {
      throw new NotConfigured("subPath leaves its volume: " + mount.getSubPath());
    }
    try {
      return Files.exists(inside) ? inside : Files.createDirectories(inside);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + inside, e);
    }
  }

  /** Each file is replaced by a rename, so a reader sees the old or the new one. */
  private static void write(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = folder.resolve(file.getKey());
      if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), file.getValue())) {
        continue;
      }
      Files.createDirectories(target.getParent());
      Path half = target.resolveSibling("..half." + target.getFileName());
      Files.write(half, file.getValue());
      Files.move(half, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    try (Stream<Path> present = Files.walk(folder)) {
      for (Path path : present.filter(Files::isRegularFile).toList()) {
        if (!files.containsKey(folder.relativize(path).toString())) {
          Files.delete(path);
        }
      }
    }
  }
}
