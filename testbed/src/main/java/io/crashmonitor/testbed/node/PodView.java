package io.crashmonitor.testbed.node;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A pod at one moment, as its node sees it.
 *
 * @param containers init containers and sidecars first
 * @param initialized whether the pod is past its init containers
 * @param finished set once the pod has come to its end: whether well
 */
record PodView(
    List<ContainerView> containers,
    RestartPolicy policy,
    boolean initialized,
    Optional<Boolean> finished,
    boolean terminating,
    Instant startTime,
    String podIp,
    String hostIp) {}
