package io.crashmonitor.testbed.linuxnode;

import io.crashmonitor.testbed.controlplane.ServerProcess;
import io.crashmonitor.testbed.node.PodInputs;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts a pod's container: the image's files, the pod's volumes, its user, its environment. */
final class ContainerProcess {
  private static final String PATH =
      "/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Namespaces namespaces;
  private final Optional<LinuxImage> image;
  private final Path folder;

  /**
   * @param image empty where the node does not have it
   * @param folder the pod's own
   */
  ContainerProcess(Namespaces namespaces, Optional<LinuxImage> image, Path folder) {
    this.namespaces = namespaces;
    this.image = image;
    this.folder = folder;
  }

  /**
   * @param cluster variables that every container gets
   * @param run counted from 0
   */
  ServerProcess start(
      Pod pod, Container container, PodInputs inputs, Map<String, String> cluster, int run) {
    LinuxImage image =
        this.image.orElseThrow(
            () -> new IllegalStateException("no image " + container.getImage() + " on this node"));
    Map<String, String> base = new LinkedHashMap<>(cluster);
    base.put("PATH", PATH);
    base.put("JAVA_HOME", "/opt/java/openjdk");
    base.put("HOSTNAME", pod.getMetadata().getName());
    Map<String, String> environment = inputs.environment(container, base);
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(namespaces.command());
    command.addAll(
        List.of(
            "sh",
            script().toString(),
            make(folder.resolve("root-" + run)).toString(),
            image.root().toString(),
            javaHome(),
            namespaces == Namespaces.ROOT ? user(image, pod, container) : "-",
            Boolean.toString(readOnly(container)),
            mounts(pod, container, inputs).toString()));
    command.addAll(container.getCommand().isEmpty() ? image.entrypoint() : container.getCommand());
    command.addAll(container.getArgs());
    return ServerProcess.start(container.getName() + "-" + run, command, Map.of(), folder);
  }

  /** Refuses what a kubelet refuses. */
  private static String user(LinuxImage image, Pod pod, Container container) {
    var podContext = Optional.ofNullable(pod.getSpec().getSecurityContext());
    var own = Optional.ofNullable(container.getSecurityContext());
    String[] ofImage = image.user().split(":");
    String user =
        own.map(SecurityContext::getRunAsUser)
            .or(() -> podContext.map(c -> c.getRunAsUser()))
            .map(Object::toString)
            .orElse(ofImage[0]);
    String group =
        own.map(SecurityContext::getRunAsGroup)
            .or(() -> podContext.map(c -> c.getRunAsGroup()))
            .map(Object::toString)
            .orElse(ofImage.length > 1 ? ofImage[1] : "0");
    boolean nonRoot =
        own.map(SecurityContext::getRunAsNonRoot)
            .or(() -> podContext.map(c -> c.getRunAsNonRoot()))
            .orElse(false);
    if (nonRoot && user.equals("0")) {
      throw new IllegalStateException("container has runAsNonRoot and image will run as root");
    }
    return user + ":" + group;
  }

  private static boolean readOnly(Container container) {
    return Optional.ofNullable(container.getSecurityContext())
        .map(SecurityContext::getReadOnlyRootFilesystem)
        .orElse(false);
  }

  private Path mounts(Pod pod, Container container, PodInputs inputs) {
    StringBuilder lines = new StringBuilder();
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path volume = inputs.volume(mount.getName());
      boolean empty =
          pod.getSpec().getVolumes().stream()
              .anyMatch(v -> v.getName().equals(mount.getName()) && v.getEmptyDir() != null);
      if (empty) {
        everybodys(volume);
      }
      lines.append(
          "%s|%s|%s%n"
              .formatted(
                  volume,
                  mount.getMountPath(),
                  Boolean.TRUE.equals(mount.getReadOnly()) ? "ro" : "rw"));
    }
    return write(folder.resolve("mounts"), lines.toString());
  }

  private Path script() {
    try (InputStream script = ContainerProcess.class.getResourceAsStream("run-container.sh")) {
      return write(folder.resolve("run-container.sh"), new String(script.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String javaHome() {
    try {
      return Path.of(System.getProperty("java.home")).toRealPath().toString();
    } catch (IOException e) {
      throw new UncheckedIOException("No Java runtime at java.home", e);
    }
  }

  /** As the kubelet makes emptyDirs. */
  private static void everybodys(Path volume) {
    try {
      Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwxrwx"));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open " + volume, e);
    }
  }

  private static Path make(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + path, e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
