package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.node.KubeletTls;

/**
 * How a cluster and the parts that stay on this machine (storage, Windows node) reach each other.
 *
 * @param machine this machine's address as the cluster's pods and API server know it
 * @param agents address at which this machine reaches the port of the operator's agent endpoint
 * @param tls of the Windows node's endpoint for logs
 */
record Surroundings(String machine, String agents, KubeletTls tls) {}
