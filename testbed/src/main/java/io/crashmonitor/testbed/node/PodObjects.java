package io.crashmonitor.testbed.node;

import java.util.Map;
import java.util.Optional;

/** The objects beside a pod in its namespace that its containers are made of. */
interface PodObjects {
  /** The ConfigMap's keys, text and binary; empty where there is no such ConfigMap. */
  Optional<Map<String, byte[]>> configMap(String name);

  /** The Secret's decoded keys; empty where there is no such Secret. */
  Optional<Map<String, byte[]>> secret(String name);

  /** A token of the pod's service account, bound to the pod. */
  Token token(String audience, long expirationSeconds);

  /**
   * @param expiresAt epoch milliseconds, UTC
   */
  record Token(String text, long expiresAt) {}
}
