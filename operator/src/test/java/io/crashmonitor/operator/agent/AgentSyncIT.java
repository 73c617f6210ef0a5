package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.api.Names;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What agents say of themselves, and how they wait for news. */
@ExtendWith({SharedControlPlane.class, SharedAzurite.class})
class AgentSyncIT {
  private final ControlPlane plane;
  private final Azurite azurite;
  private AgentEndpoint endpoint;

  AgentSyncIT(ControlPlane plane, Azurite azurite) {
    this.plane = plane;
    this.azurite = azurite;
  }

  @BeforeEach
  void open() {
    endpoint = new AgentEndpoint(plane, azurite);
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void aSyncGetsTheConfigurationAtOnceWhenItHasAnother() throws Exception {
    endpoint.publish(true);

    HttpResponse<String> answer =
        endpoint.sync(endpoint.token(endpoint.injectedPod()), "", AgentEndpoint.state(true)).join();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(AgentEndpoint.json(answer).at("/configuration/armed").asBoolean()).isTrue();
    assertThat(AgentEndpoint.json(answer).at("/configurationHash").asText()).isNotEmpty();
  }

  @Test
  void aWaitingSyncWakesWhenTheConfigurationChanges() throws Exception {
    endpoint.publish(true);
    String token = endpoint.token(endpoint.injectedPod());
    String hash =
        AgentEndpoint.json(endpoint.sync(token, "", AgentEndpoint.state(true)).join())
            .at("/configurationHash")
            .asText();

    CompletableFuture<HttpResponse<String>> poll =
        endpoint.sync(token, hash, AgentEndpoint.state(true));
    await().atMost(AgentEndpoint.SOON).until(() -> endpoint.server.waiting() == 1);
    endpoint.publish(true);
    assertThat(poll).as("the same configuration is no news").isNotDone();
    endpoint.publish(false);

    assertThat(poll).succeedsWithin(AgentEndpoint.SOON);
    assertThat(AgentEndpoint.json(poll.join()).at("/configuration/disarmedReason").asText())
        .isEqualTo("Stopped");
  }

  @Test
  void aSecondSyncOfAPodEndsItsFirst() throws Exception {
    endpoint.publish(true);
    String token = endpoint.token(endpoint.injectedPod());
    String hash =
        AgentEndpoint.json(endpoint.sync(token, "", AgentEndpoint.state(true)).join())
            .at("/configurationHash")
            .asText();

    CompletableFuture<HttpResponse<String>> first =
        endpoint.sync(token, hash, AgentEndpoint.state(true));
    await().atMost(AgentEndpoint.SOON).until(() -> endpoint.server.waiting() == 1);
    CompletableFuture<HttpResponse<String>> second =
        endpoint.sync(token, hash, AgentEndpoint.state(false));

    assertThat(first).succeedsWithin(AgentEndpoint.SOON);
    assertThat(second).isNotDone();
  }

  @Test
  void whatAnAgentSaysIsInTheRegistryAndOnItsPod() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);

    endpoint.sync(token, "", AgentEndpoint.state(true)).join();

    assertThat(endpoint.registry.of(pod.getMetadata().getUid()).orElseThrow().state().attached())
        .isTrue();
    PodCondition attached = condition(pod);
    assertThat(attached.getStatus()).isEqualTo("True");
    assertThat(attached.getReason()).isEqualTo("Attached");
    String version = version(pod);
    endpoint.sync(token, "", AgentEndpoint.state(true)).join();
    assertThat(version(pod)).as("written on change only").isEqualTo(version);

    endpoint.sync(token, "", AgentEndpoint.state(false)).join();

    assertThat(condition(pod).getStatus()).isEqualTo("False");
    assertThat(condition(pod).getReason()).isEqualTo("WaitingForProcess");
  }

  private PodCondition condition(Pod pod) {
    return endpoint.plane.client().resource(pod).get().getStatus().getConditions().stream()
        .filter(c -> c.getType().equals(Names.POD_ATTACHED_CONDITION))
        .findFirst()
        .orElseThrow();
  }

  private String version(Pod pod) {
    return endpoint.plane.client().resource(pod).get().getMetadata().getResourceVersion();
  }
}
