package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Ports;
import io.crashmonitor.testbed.linuxnode.LinuxImage;
import io.crashmonitor.testbed.linuxnode.LinuxNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Linux node of the test bed, for clusters without one; its pods are in this machine's network.
 */
final class TestbedHost implements PodHost {
  private static final String IMAGE = "crash-monitor/operator:testbed";

  private final LinuxNode node;
  private final int agentPort = Ports.free();
  private final int healthPort = Ports.free();

  private TestbedHost(LinuxNode node) {
    this.node = node;
  }

  static TestbedHost start(Artifacts artifacts, KubernetesClient client, Path folder) {
    LinuxImage image = LinuxImage.unpack(artifacts.operatorImage(), folder.resolve("image"));
    return new TestbedHost(
        LinuxNode.start("linux-1", client, Map.of(IMAGE, image), folder.resolve("linux-1")));
  }

  @Override
  public String image() {
    return IMAGE;
  }

  @Override
  public int agentPort() {
    return agentPort;
  }

  @Override
  public int healthPort() {
    return healthPort;
  }

  @Override
  public void kill(Pod pod) {
    node.kill(pod);
  }

  @Override
  public String log(Pod pod) {
    try (Stream<Path> files = Files.list(node.folder(pod))) {
      StringBuilder all = new StringBuilder();
      for (Path log : files.filter(f -> f.toString().endsWith(".log")).sorted().toList()) {
        all.append(Files.readString(log));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the logs of pod " + pod.getMetadata(), e);
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
