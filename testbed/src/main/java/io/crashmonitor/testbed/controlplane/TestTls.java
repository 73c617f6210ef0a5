package io.crashmonitor.testbed.controlplane;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS contexts of this JVM for a {@link TestCa}. */
public final class TestTls {
  private static final char[] NO_PASSWORD = new char[0];

  private TestTls() {}

  /** For a client: trusts the servers of this authority alone, and shows no certificate. */
  public static SSLContext trusting(TestCa ca) {
    try {
      return context(trustStore(ca));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("No TLS context for the test authority", e);
    }
  }

  /**
   * For a server or a client with a certificate: shows the identity, trusts this authority alone.
   */
  public static SSLContext presenting(TestCa ca, TestCa.Identity identity) {
    try {
      KeyStore store = trustStore(ca);
      store.setKeyEntry(
          "identity",
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(der(identity.privateKeyPem()))),
          NO_PASSWORD,
          new Certificate[] {certificate(identity.certificatePem())});
      return context(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("No TLS context for an identity of the test authority", e);
    }
  }

  private static KeyStore trustStore(TestCa ca) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", certificate(ca.certificatePem()));
    return store;
  }

  private static SSLContext context(KeyStore store) throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Certificate certificate(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
