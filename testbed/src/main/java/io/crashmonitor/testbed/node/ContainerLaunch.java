package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.node.ImageCatalog.Found;
import io.crashmonitor.testbed.wine.Services;
import io.crashmonitor.testbed.wine.WindowsPath;
import io.crashmonitor.testbed.wine.WineCommand;
import io.crashmonitor.testbed.wine.WinePrefix;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes a running container of a pod's container and an image. */
final class ContainerLaunch {
  /** In each container, the folder with the file of the cluster's names. */
  private static final WindowsPath HOSTS = WindowsPath.of("C:\\testbed-hosts");

  private static final WindowsPath MONITOR = WindowsPath.of("C:\\crash-monitor");
  private static final WindowsPath IDENTITY = WindowsPath.of("C:\\crash-monitor-identity");

  private final PodContext pod;
  private final Container container;
  private final Found image;

  ContainerLaunch(PodContext pod, Container container, Found image) {
    this.pod = pod;
    this.container = container;
    this.image = image;
  }

  /**
   * @param run how often this container has run before
   * @throws NotConfigured when something its environment refers to is missing
   */
  ContainerInstance start(int run) throws InterruptedException {
    Map<String, String> environment = environment();
    WinePrefix prefix =
        pod.prefixes()
            .create(
                pod.pod().getMetadata().getUid() + "_" + container.getName() + "_" + run,
                image.image().services() ? Services.DEVICES : Services.NONE);
    try {
      Path log = furnish(prefix, run);
      WineCommand command =
          new WineCommand(command(environment), environment, workingFolder(), log);
      ContainerInstance instance =
          ContainerInstance.start(
              prefix,
              command,
              log.resolveSibling("exec.log"),
              pod.settings().clock(),
              pod.executor(),
              pod.wake());
      startCompanion(instance, prefix, environment, log);
      return instance;
    } catch (RuntimeException | InterruptedException e) {
      prefix.close();
      throw e;
    }
  }

  private Path furnish(WinePrefix prefix, int run) {
    image
        .image()
        .copies()
        .forEach(
            copy -> prefix.add(image.folder().resolve(copy.from()), WindowsPath.of(copy.to())));
    pod.volumes().mount(container, prefix);
    prefix.mount(pod.hosts().getParent(), HOSTS);
    Path log = pod.log(container.getName(), run);
    try {
      Files.createDirectories(log.getParent());
      return Files.exists(log) ? log : Files.createFile(log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make " + log, e);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> base = new LinkedHashMap<>(pod.cluster());
    base.put("JAVA_TOOL_OPTIONS", hostsOption(HOSTS + "\\" + pod.hosts().getFileName()));
    base.putAll(image.image().env());
    return pod.environments().of(container, base);
  }

  private static String hostsOption(String file) {
    return "-Djdk.net.hosts.file=" + file;
  }

  /** As in Kubernetes: a command replaces the image's entry point and drops its arguments. */
  private List<String> command(Map<String, String> environment) {
    List<String> program =
        container.getCommand().isEmpty() ? image.image().entrypoint() : container.getCommand();
    List<String> all = Stream.concat(program.stream(), container.getArgs().stream()).toList();
    if (all.isEmpty()) {
      throw new NotConfigured("no command specified");
    }
    return all.stream().map(argument -> Variables.expand(argument, environment)).toList();
  }

  private WindowsPath workingFolder() {
    String own = container.getWorkingDir();
    return WindowsPath.of(own == null || own.isEmpty() ? image.image().workingDir() : own);
  }

  private void startCompanion(
      ContainerInstance instance, WinePrefix prefix, Map<String, String> environment, Path log) {
    if (image.image().companion() == null) {
      return;
    }
    Map<String, String> own = new LinkedHashMap<>(environment);
    own.put("JAVA_TOOL_OPTIONS", hostsOption(pod.hosts().toString()));
    pod.volumes()
        .mountedAt(container, MONITOR)
        .ifPresent(path -> own.put("CRASH_MONITOR_ROOT", path.toString()));
    pod.volumes()
        .mountedAt(container, IDENTITY)
        .ifPresent(path -> own.put("CRASH_MONITOR_IDENTITY", path.toString()));
    List<String> command =
        image.image().companion().command().stream()
            .map(argument -> argument.replace("${image}", image.folder().toString()))
            .toList();
    Companions.start(command, own, prefix, log, instance::alive);
  }
}
