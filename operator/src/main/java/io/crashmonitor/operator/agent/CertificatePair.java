package io.crashmonitor.operator.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The CA and the certificate it signed, as PEM. Pure but for the random numbers of new keys.
 *
 * @param caPem what agents must trust: the CA, and after a change of it the one before
 * @param caKeyPem signs the next certificate
 * @param certificatePem of the endpoint
 * @param keyPem of the endpoint
 */
record CertificatePair(String caPem, String caKeyPem, String certificatePem, String keyPem) {
  static final Duration CA_LIFE = Duration.ofDays(3650);
  static final Duration LIFE = Duration.ofDays(365);

  /** Renewed this long before the end. */
  static final Duration RENEWAL = Duration.ofDays(60);

  private static final Duration SKEW = Duration.ofHours(1);
  private static final X500Name CA_NAME = new X500Name("CN=crash-monitor agent CA");
  private static final SecureRandom RANDOM = new SecureRandom();

  static CertificatePair create(Set<String> hosts, Instant now) {
    KeyPair key = newKey();
    X509Certificate ca = authority(key, now);
    return issue(pem(ca), pem(ca), key.getPrivate(), hosts, now);
  }

  /** The same when it is good; else with a new certificate, and if need be with a new CA. */
  CertificatePair renewed(Set<String> hosts, Instant now) {
    Instant soon = now.plus(RENEWAL);
    X509Certificate ca = certificates(caPem).get(0);
    if (soon.isAfter(ca.getNotAfter().toInstant())) {
      CertificatePair next = create(hosts, now);
      // Agents trust both until the ConfigMap in their pod is the new one.
      return new CertificatePair(
          next.caPem() + pem(ca), next.caKeyPem(), next.certificatePem(), next.keyPem());
    }
    X509Certificate own = certificates(certificatePem).get(0);
    boolean good = !soon.isAfter(own.getNotAfter().toInstant()) && names(own).containsAll(hosts);
    return good ? this : issue(caPem, pem(ca), privateKey(caKeyPem), hosts, now);
  }

  Instant validUntil() {
    return certificates(certificatePem).get(0).getNotAfter().toInstant();
  }

  AgentTls tls() {
    return new AgentTls(privateKey(keyPem), certificates(certificatePem));
  }

  Map<String, String> toData() {
    return Map.of(
        "ca.crt", caPem, "ca.key", caKeyPem, "tls.crt", certificatePem, "tls.key", keyPem);
  }

  /** Empty when a part is missing or does not fit. */
  static Optional<CertificatePair> parse(Map<String, String> data) {
    if (!data.keySet().containsAll(Set.of("ca.crt", "ca.key", "tls.crt", "tls.key"))) {
      return Optional.empty();
    }
    CertificatePair pair =
        new CertificatePair(
            data.get("ca.crt"), data.get("ca.key"), data.get("tls.crt"), data.get("tls.key"));
    try {
      privateKey(pair.caKeyPem());
      privateKey(pair.keyPem());
      X509Certificate own = certificates(pair.certificatePem()).get(0);
      own.verify(certificates(pair.caPem()).get(0).getPublicKey());
      return Optional.of(pair);
    } catch (IllegalStateException | GeneralSecurityException | IndexOutOfBoundsException broken) {
      return Optional.empty();
    }
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "CertificatePair[until " + validUntil() + "]";
  }

  private static CertificatePair issue(
      String trusted, String signer, PrivateKey signerKey, Set<String> hosts, Instant now) {
    KeyPair key = newKey();
    X509Certificate ca = certificates(signer).get(0);
    X509Certificate own = endpoint(key.getPublic(), ca, signerKey, hosts, now);
    return new CertificatePair(trusted, pem(signerKey), pem(own), pem(key.getPrivate()));
  }

  private static X509Certificate authority(KeyPair key, Instant now) {
    try {
      X509v3CertificateBuilder builder =
          builder(CA_NAME, CA_NAME, key.getPublic(), now, CA_LIFE)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return sign(builder, key.getPrivate());
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate endpoint(
      PublicKey key, X509Certificate ca, PrivateKey caKey, Set<String> hosts, Instant now) {
    GeneralName[] names =
        hosts.stream().sorted().map(CertificatePair::name).toArray(GeneralName[]::new);
    try {
      X509v3CertificateBuilder builder =
          builder(CA_NAME, new X500Name("CN=crash-monitor agent endpoint"), key, now, LIFE)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      return sign(builder, caKey);
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant now, Duration life) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, RANDOM).add(BigInteger.ONE),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(life)),
        subject,
        key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralName name(String host) {
    boolean address = host.matches("[0-9.]+") || host.contains(":");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private static Set<String> names(X509Certificate certificate) {
    try {
      Set<String> names = new HashSet<>();
      var alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(entry -> names.add(String.valueOf(entry.get(1))));
      }
      return names;
    } catch (GeneralSecurityException e) {
      return Set.of();
    }
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static List<X509Certificate> certificates(String pem) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("not a certificate", e);
    }
  }

  private static PrivateKey privateKey(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof PrivateKeyInfo info) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
      throw new IllegalStateException("not a PKCS #8 private key");
    } catch (IOException e) {
      throw new IllegalStateException("not a private key", e);
    }
  }

  private static String pem(X509Certificate certificate) {
    return write(certificate);
  }

  private static String pem(PrivateKey key) {
    try {
      return write(new JcaPKCS8Generator(key, null));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String write(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }
}
