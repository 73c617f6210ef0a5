package io.crashmonitor.testbed.controlplane;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate authority of one test control plane. Keys are ECDSA P-256; everything is valid
 * from an hour ago (clocks of demonstrations are wrong at times) for a year.
 */
public final class TestCa {
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final Duration VALIDITY = Duration.ofDays(365);

  private final KeyPair keys;
  private final X500Principal name;
  private final Instant now;
  private final String certificatePem;

  /** A certificate with its private key (PKCS #8), both PEM. */
  public record Identity(String certificatePem, String privateKeyPem) {
    @Override
    public String toString() {
      return "Identity[the private key is not printed]";
    }
  }

  public TestCa(String commonName, Instant now) {
    this.keys = newKeys();
    this.name = new X500Principal("CN=" + commonName);
    this.now = now;
    this.certificatePem = pem(selfSigned());
  }

  public String certificatePem() {
    return certificatePem;
  }

  /**
   * A server's certificate.
   *
   * @param addresses IP addresses it is reached at
   * @param dnsNames names it is reached at
   */
  public Identity server(String commonName, List<String> addresses, List<String> dnsNames) {
    GeneralName[] names =
        Stream.concat(
                addresses.stream().map(a -> new GeneralName(GeneralName.iPAddress, a)),
                dnsNames.stream().map(n -> new GeneralName(GeneralName.dNSName, n)))
            .toArray(GeneralName[]::new);
    return issue(
        new X500Principal("CN=" + commonName),
        KeyPurposeId.id_kp_serverAuth,
        new GeneralNames(names));
  }

  /**
   * A client's certificate, as the API server reads it.
   *
   * @param user the user name (the subject's common name)
   * @param groups the user's groups (its organizations)
   */
  public Identity client(String user, List<String> groups) {
    StringBuilder subject = new StringBuilder("CN=\"").append(user).append('"');
    groups.forEach(group -> subject.append(",O=\"").append(group).append('"'));
    return issue(new X500Principal(subject.toString()), KeyPurposeId.id_kp_clientAuth, null);
  }

  private Identity issue(X500Principal subject, KeyPurposeId purpose, GeneralNames names) {
    KeyPair own = newKeys();
    JcaX509v3CertificateBuilder builder = builder(subject, own.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (names != null) {
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
    } catch (CertIOException e) {
      throw new UncheckedIOException(e);
    }
    return new Identity(pem(sign(builder)), pem(own.getPrivate()));
  }

  private X509CertificateHolder selfSigned() {
    JcaX509v3CertificateBuilder builder = builder(name, keys.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    } catch (CertIOException e) {
      throw new UncheckedIOException(e);
    }
    return sign(builder);
  }

  private JcaX509v3CertificateBuilder builder(X500Principal subject, PublicKey key) {
    return new JcaX509v3CertificateBuilder(
        name,
        new BigInteger(127, new SecureRandom()),
        Date.from(now.minus(BACKDATED)),
        Date.from(now.plus(VALIDITY)),
        subject,
        key);
  }

  private X509CertificateHolder sign(JcaX509v3CertificateBuilder builder) {
    try {
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("This JDK cannot sign with ECDSA", e);
    }
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot make P-256 keys", e);
    }
  }

  static String pem(PrivateKey key) {
    try {
      return pem(new JcaPKCS8Generator(key, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A public key or a certificate. */
  static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
