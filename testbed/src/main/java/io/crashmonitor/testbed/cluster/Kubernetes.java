package io.crashmonitor.testbed.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Map;

/** What a {@link TestCluster} is built on. */
interface Kubernetes extends AutoCloseable {
  /** The administrator's; closed with this. */
  KubernetesClient client();

  /** The administrator's. */
  Path kubeconfig();

  Surroundings surroundings();

  /**
   * Makes a namespace of that prefix that was not there, and waits until pods can be made in it.
   */
  String newNamespace(String prefix);

  /** Brings what operators find in a cluster, if they do not bring it themselves. */
  void install(TestCluster.Progress progress);

  /**
   * An operator, not started yet, with the rights of the shipped roles.
   *
   * @param environment its configuration, but for ports and credentials
   * @param folder for its files
   */
  Operator operator(Map<String, String> environment, Path folder);

  /** Whether to go on waiting for anything makes sense. */
  boolean isAlive();

  @Override
  void close();
}
