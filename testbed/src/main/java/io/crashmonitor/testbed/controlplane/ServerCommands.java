package io.crashmonitor.testbed.controlplane;

import java.nio.file.Path;
import java.util.List;

/**
 * The command lines of the four servers: real defaults, except where a test machine would wait or
 * burn CPU for nothing.
 */
final class ServerCommands {
  private ServerCommands() {}

  static List<String> etcd(Path binary, Path data, int clientPort, int peerPort) {
    String client = "http://127.0.0.1:" + clientPort;
    String peer = "http://127.0.0.1:" + peerPort;
    return List.of(
        binary.toString(),
        "--data-dir=" + data,
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer,
        "--unsafe-no-fsync",
        "--log-level=warn");
  }

  static List<String> apiServer(
      Path binary, Credentials credentials, Path certDir, int etcdPort, int port) {
    return List.of(
        binary.toString(),
        "--etcd-servers=http://127.0.0.1:" + etcdPort,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + certDir,
        "--tls-cert-file=" + credentials.servingCertificate(),
        "--tls-private-key-file=" + credentials.servingKey(),
        "--client-ca-file=" + credentials.caFile(),
        "--token-auth-file=" + credentials.tokenFile(),
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-account-key-file=" + credentials.serviceAccountPublicKey(),
        "--service-account-signing-key-file=" + credentials.serviceAccountKey(),
        "--service-cluster-ip-range=10.96.0.0/16",
        // A loopback address is no valid endpoint of the service "kubernetes".
        "--endpoint-reconciler-type=none",
        "--kubelet-certificate-authority=" + credentials.caFile(),
        "--kubelet-client-certificate=" + credentials.kubeletClientCertificate(),
        "--kubelet-client-key=" + credentials.kubeletClientKey(),
        "--kubelet-preferred-address-types=InternalIP,Hostname",
        "--enable-priority-and-fairness=false",
        "--profiling=false");
  }

  static List<String> controllerManager(Path binary, Credentials credentials, Path folder) {
    return List.of(
        binary.toString(),
        "--kubeconfig=" + credentials.kubeconfig(),
        "--service-account-private-key-file=" + credentials.serviceAccountKey(),
        "--root-ca-file=" + credentials.caFile(),
        "--leader-elect=false",
        // No HTTPS port of its own: nothing asks it.
        "--secure-port=0",
        // The default is a folder of the system, which it would make.
        "--flex-volume-plugin-dir=" + folder.resolve("flexvolume"),
        "--node-monitor-period=1s",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--profiling=false");
  }

  static List<String> scheduler(Path binary, Credentials credentials) {
    return List.of(
        binary.toString(),
        "--kubeconfig=" + credentials.kubeconfig(),
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false");
  }
}
