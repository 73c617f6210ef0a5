package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.controlplane.TestCa;

/**
 * How the node's endpoint and the API server know each other.
 *
 * @param own signs the endpoint's certificate
 * @param clientCaPem certificate of the authority whose clients are answered: the API server's
 */
public record KubeletTls(TestCa own, String clientCaPem) {
  /** Of a control plane with one authority for both. */
  public static KubeletTls of(TestCa ca) {
    return new KubeletTls(ca, ca.certificatePem());
  }
}
