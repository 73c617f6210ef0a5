package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.linuxnode.LinuxNode;
import io.crashmonitor.testbed.node.KubeletTls;
import java.nio.file.Path;

/** What a {@link TestCluster} is built on. */
public enum Base {
  /** A control plane of our own with the operator as a process beside it. */
  OWN("control plane (etcd, API server, controller manager, scheduler)") {
    @Override
    Kubernetes open(Artifacts artifacts, Provisioned tools, Path folder) {
      return OwnKubernetes.start(artifacts, tools, folder);
    }
  },
  /**
   * A control plane that is joined by its kubeconfig as a stranger's is: the same way as with kind,
   * on machines without a container engine. The operator runs from its image on a Linux node of the
   * test bed.
   */
  JOINED("a control plane to join, and a Linux node") {
    @Override
    Kubernetes open(Artifacts artifacts, Provisioned tools, Path folder) {
      LinuxNode.obstacle()
          .ifPresent(
              reason -> {
                throw new ObstacleException(reason);
              });
      ControlPlane other = ControlPlane.start(tools, folder);
      return JoinedKubernetes.join(
          artifacts,
          tools,
          other.kubeconfig(),
          new Surroundings(LOOPBACK, LOOPBACK, KubeletTls.of(other.ca())),
          client -> TestbedHost.start(artifacts, client, folder),
          other::close);
    }
  },
  /** A kind cluster, with the operator from its image. */
  KIND("kind cluster (about a minute; the first time its node's image is downloaded)") {
    @Override
    Kubernetes open(Artifacts artifacts, Provisioned tools, Path folder) {
      KindCluster.obstacle(artifacts)
          .ifPresent(
              reason -> {
                throw new ObstacleException(reason);
              });
      return KindCluster.create(artifacts, tools, folder);
    }
  };

  private static final String LOOPBACK = "127.0.0.1";
  private final String description;

  Base(String description) {
    this.description = description;
  }

  /** For people who wait for it. */
  String description() {
    return description;
  }

  /**
   * @throws ObstacleException where this machine cannot have it
   */
  abstract Kubernetes open(Artifacts artifacts, Provisioned tools, Path folder);
}
