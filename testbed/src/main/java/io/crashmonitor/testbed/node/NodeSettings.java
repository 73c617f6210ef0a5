package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.controlplane.TestCa;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a simulated node is to be.
 *
 * @param name the node's name in the cluster
 * @param address of this machine, by which the control plane reaches the node
 * @param folder for prefixes, volumes and logs; {@code logs} stays when the node is closed
 * @param images what it can pull
 * @param backoffBase the first wait of a container that keeps failing; the kubelet's is 10 s
 * @param backoffMax the longest wait; the kubelet's is 300 s
 * @param refresh how often volumes made of other objects are brought up to date
 * @param labels further labels of the node
 * @param hosts names that the JVMs in containers resolve to these addresses: the cluster's DNS
 * @param tls of the node's endpoint for logs; without it there are no {@code kubectl logs}
 */
public record NodeSettings(
    String name,
    String address,
    Path folder,
    ImageCatalog images,
    Duration backoffBase,
    Duration backoffMax,
    Duration refresh,
    Map<String, String> labels,
    Map<String, String> hosts,
    Optional<KubeletTls> tls,
    Clock clock) {

  private static final String LOOPBACK = "127.0.0.1";

  public NodeSettings {
    folder = folder.toAbsolutePath();
    labels = Map.copyOf(labels);
    hosts = Map.copyOf(hosts);
  }

  /** With the kubelet's waits, for a control plane on this machine. */
  public static NodeSettings of(String name, Path folder, ImageCatalog images) {
    return new NodeSettings(
        name,
        LOOPBACK,
        folder,
        images,
        Duration.ofSeconds(10),
        Duration.ofSeconds(300),
        Duration.ofSeconds(10),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Clock.systemUTC());
  }

  /** With another address, for a control plane that is not in the network of this machine. */
  public NodeSettings withAddress(String other) {
    return new NodeSettings(
        name, other, folder, images, backoffBase, backoffMax, refresh, labels, hosts, tls, clock);
  }

  /** With other waits between restarts and pulls. */
  public NodeSettings withBackoff(Duration base, Duration max) {
    return new NodeSettings(
        name, address, folder, images, base, max, refresh, labels, hosts, tls, clock);
  }

  /** With another interval for volumes made of other objects. */
  public NodeSettings withRefresh(Duration every) {
    return new NodeSettings(
        name, address, folder, images, backoffBase, backoffMax, every, labels, hosts, tls, clock);
  }

  /** With further labels, e.g. to have only some pods on this node. */
  public NodeSettings withLabels(Map<String, String> further) {
    return new NodeSettings(
        name,
        address,
        folder,
        images,
        backoffBase,
        backoffMax,
        refresh,
        further,
        hosts,
        tls,
        clock);
  }

  /** With names for the JVMs in containers. */
  public NodeSettings withHosts(Map<String, String> names) {
    return new NodeSettings(
        name, address, folder, images, backoffBase, backoffMax, refresh, labels, names, tls, clock);
  }

  /** With an endpoint for logs that the control plane of that CA trusts. */
  public NodeSettings withCa(TestCa authority) {
    return withTls(KubeletTls.of(authority));
  }

  /** With an endpoint for logs. */
  public NodeSettings withTls(KubeletTls endpoint) {
    return new NodeSettings(
        name,
        address,
        folder,
        images,
        backoffBase,
        backoffMax,
        refresh,
        labels,
        hosts,
        Optional.of(endpoint),
        clock);
  }
}
