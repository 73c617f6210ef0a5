package io.crashmonitor.operator.agent;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What the agent endpoint proves itself with.
 *
 * @param key of the first certificate
 * @param chain the server's certificate first
 */
record AgentTls(PrivateKey key, List<X509Certificate> chain) {
  private static final char[] IN_MEMORY = new char[0];

  AgentTls {
    chain = List.copyOf(chain);
  }

  /** As Jetty wants it; never on disk. */
  KeyStore keyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, IN_MEMORY);
      store.setKeyEntry("agent", key, IN_MEMORY, chain.toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException inMemoryItWorks) {
      throw new IllegalStateException(inMemoryItWorks);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "AgentTls[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
