package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedControlPlane.class)
class KubeletConnectionIT {
  private final ControlPlane controlPlane;
  private final KubernetesClient client;

  KubeletConnectionIT(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.client = controlPlane.client();
  }

  /**
   * The kubelet accepts nobody but the API server, by its client certificate, as a real one does.
   */
  @Test
  void readsAPodsLogFromAKubeletAtALoopbackAddress() throws IOException {
    String namespace = controlPlane.newNamespace("logs");
    HttpsServer kubelet =
        kubelet("/containerLogs/" + namespace + "/app/main", "Unhandled exception");
    try {
      node(namespace, kubelet.getAddress().getPort());
      client
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withName("app")
                  .endMetadata()
                  .withNewSpec()
                  .withNodeName(namespace)
                  .addNewContainer()
                  .withName("main")
                  .withImage("app")
                  .endContainer()
                  .endSpec()
                  .build())
          .inNamespace(namespace)
          .create();

      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(client.pods().inNamespace(namespace).withName("app").getLog())
                      .isEqualTo("Unhandled exception"));
    } finally {
      kubelet.stop(0);
      client.nodes().withName(namespace).delete();
    }
  }

  private HttpsServer kubelet(String path, String log) throws IOException {
    TestCa ca = controlPlane.ca();
    TestCa.Identity identity = ca.server("kubelet", List.of("127.0.0.1"), List.of());
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(TestTls.presenting(ca, identity)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.createContext(
        path,
        exchange -> {
          byte[] body = log.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** Made in one request, as a kubelet does: from then on the node's controllers write it too. */
  private void node(String name, int kubeletPort) {
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .addNewAddress("127.0.0.1", "InternalIP")
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint(kubeletPort)
                .endDaemonEndpoints()
                .endStatus()
                .build())
        .create();
  }
}
