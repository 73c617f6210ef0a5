/**
 * A Windows node for a real control plane: a small kubelet whose containers are Wine prefixes.
 *
 * <p>What is decided is decided by functions over values ({@link
 * io.crashmonitor.testbed.node.PodPlanner}, {@link io.crashmonitor.testbed.node.Backoff}, {@link
 * io.crashmonitor.testbed.node.PodStatuses}); {@link io.crashmonitor.testbed.node.PodRunner} does
 * it, one thread for each pod.
 */
package io.crashmonitor.testbed.node;
