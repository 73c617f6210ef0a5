package io.crashmonitor.sidecar.operator;

import io.crashmonitor.api.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The projected volume: the pod's token, and the CA of the operator. The kubelet replaces both
 * while the pod lives, so they are read for each use.
 */
final class PodIdentity {
  private static final int LIMIT = 256 * 1024;

  private final Path folder;

  PodIdentity(Path folder) {
    this.folder = folder;
  }

  /** The bearer token: a secret. */
  String token() throws IOException {
    String token = new String(read(Names.TOKEN_FILE), StandardCharsets.US_ASCII).strip();
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new IOException(folder.resolve(Names.TOKEN_FILE) + " holds no token");
    }
    return token;
  }

  /** The CA as PEM. */
  byte[] ca() throws IOException {
    return read(Names.CA_FILE);
  }

  /** Trust in that CA and in nothing else. */
  static SSLContext trust(byte[] pem) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        store.setCertificateEntry("ca-" + count++, certificate);
      }
      if (count == 0) {
        throw new IOException(Names.CA_FILE + " holds no certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(Names.CA_FILE + " cannot be used: " + e.getMessage(), e);
    }
  }

  // The kubelet's own links inside the volume are followed: nobody in the pod can write there.
  private byte[] read(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw new IOException(file + " is longer than " + LIMIT + " bytes");
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw new IOException(file + " is not there (yet)", missing);
    }
  }
}
