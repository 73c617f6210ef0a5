package io.crashmonitor.testbed.controlplane;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** The files by which the servers of one control plane know each other and their administrator. */
final class Credentials {
  static final String ADMIN = "crash-monitor-admin";
  private static final String ADMIN_GROUP = "system:masters";

  private final Path folder;
  private final TestCa ca;
  private final String url;
  private final String adminToken;

  private Credentials(Path folder, TestCa ca, String url, String adminToken) {
    this.folder = folder;
    this.ca = ca;
    this.url = url;
    this.adminToken = adminToken;
  }

  /** Makes everything anew in the folder, readable by the owner alone. */
  static Credentials create(Path folder, TestCa ca, String url) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    Credentials made = new Credentials(folder, ca, url, HexFormat.of().formatHex(random));
    made.write();
    return made;
  }

  TestCa ca() {
    return ca;
  }

  String adminToken() {
    return adminToken;
  }

  Path caFile() {
    return folder.resolve("ca.crt");
  }

  Path servingCertificate() {
    return folder.resolve("apiserver.crt");
  }

  Path servingKey() {
    return folder.resolve("apiserver.key");
  }

  /** With this the API server presents itself to kubelets. */
  Path kubeletClientCertificate() {
    return folder.resolve("kubelet-client.crt");
  }

  Path kubeletClientKey() {
    return folder.resolve("kubelet-client.key");
  }

  Path serviceAccountPublicKey() {
    return folder.resolve("service-account.pub");
  }

  Path serviceAccountKey() {
    return folder.resolve("service-account.key");
  }

  Path tokenFile() {
    return folder.resolve("tokens.csv");
  }

  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  private void write() {
    Folders.writePrivate(caFile(), ca.certificatePem());
    TestCa.Identity serving =
        ca.server("kube-apiserver", List.of("127.0.0.1"), List.of("localhost", "kubernetes"));
    Folders.writePrivate(servingCertificate(), serving.certificatePem());
    Folders.writePrivate(servingKey(), serving.privateKeyPem());
    TestCa.Identity kubelet = ca.client("kube-apiserver-kubelet-client", List.of(ADMIN_GROUP));
    Folders.writePrivate(kubeletClientCertificate(), kubelet.certificatePem());
    Folders.writePrivate(kubeletClientKey(), kubelet.privateKeyPem());
    KeyPair serviceAccounts = TestCa.newKeys();
    Folders.writePrivate(serviceAccountPublicKey(), TestCa.pem(serviceAccounts.getPublic()));
    Folders.writePrivate(serviceAccountKey(), TestCa.pem(serviceAccounts.getPrivate()));
    Folders.writePrivate(
        tokenFile(), "%s,%s,%s,%s\n".formatted(adminToken, ADMIN, ADMIN, ADMIN_GROUP));
    Folders.writePrivate(kubeconfig(), kubeconfigText());
  }

  private String kubeconfigText() {
    return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: testbed
          cluster: {server: "%s", certificate-authority: "%s"}
        users:
        - name: admin
          user: {token: "%s"}
        contexts:
        - name: testbed
          context: {cluster: testbed, user: admin}
        current-context: testbed
        """
        .formatted(url, caFile(), adminToken);
  }
}
