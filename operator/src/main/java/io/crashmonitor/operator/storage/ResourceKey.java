package io.crashmonitor.operator.storage;

/**
 * Names one session for ever: a deleted and recreated session of the same name is another.
 *
 * @param uid the API server's; the key under which everything about a session is kept
 */
public record ResourceKey(String namespace, String name, String uid) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
