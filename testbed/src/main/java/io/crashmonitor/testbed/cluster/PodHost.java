package io.crashmonitor.testbed.cluster;

import io.fabric8.kubernetes.api.model.Pod;

/** The node of an operator's pod: what it has, and what cannot be asked of the API alone. */
interface PodHost extends AutoCloseable {
  /** The operator's image, as the node knows it. */
  String image();

  /** A port of the agent endpoint that {@link Surroundings#agents} leads to. */
  int agentPort();

  /** A port that nothing else has where the pod runs. */
  int healthPort();

  /** SIGKILL for the process of the pod's container, which is then started again. */
  void kill(Pod pod);

  /** What the pod's container has printed. */
  String log(Pod pod);

  @Override
  void close();
}
