package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.DumpState;
import io.crashmonitor.api.DumpType;
import io.crashmonitor.api.Run;
import io.crashmonitor.operator.storage.StorageTarget;
import io.crashmonitor.operator.storage.StorageWatch;
import io.crashmonitor.testbed.controlplane.Azurite;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.SharedAzurite;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dumps that agents offer, from the offer to their end. */
@ExtendWith({SharedControlPlane.class, SharedAzurite.class})
class AgentDumpsIT {
  private final ControlPlane plane;
  private final Azurite azurite;
  private AgentEndpoint endpoint;

  AgentDumpsIT(ControlPlane plane, Azurite azurite) {
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
  void aDumpGoesFromOfferToStored() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);
    DumpOffer offer = endpoint.offer(pod, 7, endpoint.clock.instant().minusSeconds(10));

    JsonNode grant = AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, offer));
    assertThat(grant.at("/outcome").asText()).isEqualTo("Granted");
    endpoint.upload(grant.at("/blob").asText());
    JsonNode verdict = endpoint.complete(token, offer);

    assertThat(verdict.at("/outcome").asText()).isEqualTo("Stored");
    assertThat(
            AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, offer))
                .at("/outcome")
                .asText())
        .isEqualTo("AlreadyStored");
    assertThat(endpoint.spoke).contains(endpoint.storage.session());
    DumpOffer second = endpoint.offer(pod, 8, endpoint.clock.instant().minusSeconds(5));
    assertThat(
            AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, second))
                .at("/reason")
                .asText())
        .isEqualTo("BudgetUsed");
    try (StorageWatch watch =
        new StorageWatch(endpoint.stores, endpoint.clock, Duration.ofSeconds(1))) {
      watch.follow(endpoint.storage, true);
      await()
          .atMost(AgentEndpoint.SOON)
          .until(() -> watch.snapshot(endpoint.storage.session()).isPresent());
      assertThat(watch.snapshot(endpoint.storage.session()).orElseThrow().crashes())
          .extracting(c -> c.pid() + " " + c.dump() + " " + c.signature())
          .containsExactly("8 " + DumpState.Refused + " s1", "7 " + DumpState.Stored + " s1");
    }
  }

  private StorageTarget nextRun(int maxDumps) {
    Instant now = endpoint.clock.instant();
    return new StorageTarget(
        endpoint.storage.session(),
        endpoint.storage.storage(),
        endpoint.storage.layout(),
        new Run("fedcba987654", now, now.plusSeconds(60)),
        maxDumps);
  }

  /** The endpoint's run, as it is remembered so many hours after it ended. */
  private Run ended(int hours) {
    Instant end = endpoint.clock.instant().minus(Duration.ofHours(hours));
    return new Run(endpoint.storage.run().id(), end.minus(Duration.ofHours(1)), end);
  }

  @Test
  void anOperatorThatWasRestartedSinceStillStoresADumpOfTheRunBefore() throws Exception {
    // It has heard nothing of that run but what the session's status remembers.
    endpoint.publish(nextRun(1), true, DumpSettings.DEFAULT, endpoint.clock.instant(), ended(5));
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);
    Instant during = endpoint.clock.instant().minus(Duration.ofHours(5)).minusSeconds(600);
    Instant after = during.plusSeconds(1200);

    JsonNode grant =
        AgentEndpoint.json(
            endpoint.post(token, AgentProtocol.DUMPS, endpoint.offer(pod, 7, during)));

    assertThat(grant.at("/outcome").asText()).isEqualTo("Granted");
    assertThat(endpoint.blobs())
        .as("it counts in its run's ledger")
        .contains(endpoint.storage.ledger());
    assertThat(
            AgentEndpoint.json(
                    endpoint.post(token, AgentProtocol.DUMPS, endpoint.offer(pod, 8, after)))
                .at("/reason")
                .asText())
        .as("between the runs")
        .isEqualTo("WindowClosed");
    endpoint.publish(nextRun(1), true, DumpSettings.DEFAULT, endpoint.clock.instant(), ended(25));
    Instant longAgo = endpoint.clock.instant().minus(Duration.ofHours(25)).minusSeconds(600);
    assertThat(
            AgentEndpoint.json(
                    endpoint.post(token, AgentProtocol.DUMPS, endpoint.offer(pod, 9, longAgo)))
                .at("/reason")
                .asText())
        .as("a day is over")
        .isEqualTo("WindowClosed");
  }

  @Test
  void aDumpThatWasOnItsWayWhenItsRunEndedIsStoredInThatRun() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);
    DumpOffer offer = endpoint.offer(pod, 7, endpoint.clock.instant().minusSeconds(10));
    String blob =
        AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, offer)).at("/blob").asText();
    endpoint.publish(nextRun(1), true, DumpSettings.DEFAULT, endpoint.clock.instant(), ended(0));
    endpoint.upload(blob);

    assertThat(
            AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, offer))
                .at("/blob")
                .asText())
        .as("a renewal after the run")
        .isEqualTo(blob);
    assertThat(endpoint.complete(token, offer).at("/outcome").asText()).isEqualTo("Stored");
    DumpOffer inNextRun = endpoint.offer(pod, 8, endpoint.clock.instant().plusSeconds(1));
    assertThat(
            AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, inNextRun))
                .at("/outcome")
                .asText())
        .as("the next run has its own place")
        .isEqualTo("Granted");
  }

  @Test
  void anAbandonedDumpMakesRoomForTheNext() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);
    DumpOffer offer = endpoint.offer(pod, 7, endpoint.clock.instant());
    endpoint.post(token, AgentProtocol.DUMPS, offer);

    HttpResponse<String> answer =
        endpoint.post(
            token,
            AgentProtocol.ABANDON.replace("{crashId}", offer.crashId()),
            new DumpAbandon("Unreadable", "disk error"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(endpoint.complete(token, offer).at("/outcome").asText()).isEqualTo("OfferAgain");
    DumpOffer next = endpoint.offer(pod, 8, endpoint.clock.instant());
    assertThat(
            AgentEndpoint.json(endpoint.post(token, AgentProtocol.DUMPS, next))
                .at("/outcome")
                .asText())
        .isEqualTo("Granted");
  }

  @Test
  void anAnalysisIsKeptWithoutItsDumpWhereTheSessionWantsNoDump() throws Exception {
    endpoint.publish(
        endpoint.storage,
        true,
        new DumpSettings(DumpType.None, null, null, null, null),
        endpoint.clock.instant().minus(Duration.ofHours(1)));
    Pod pod = endpoint.injectedPod();
    String token = endpoint.token(pod);

    JsonNode first =
        AgentEndpoint.json(
            endpoint.post(
                token, AgentProtocol.DUMPS, endpoint.offer(pod, 7, endpoint.clock.instant())));
    JsonNode second =
        AgentEndpoint.json(
            endpoint.post(
                token, AgentProtocol.DUMPS, endpoint.offer(pod, 8, endpoint.clock.instant())));

    assertThat(first.at("/reason").asText()).isEqualTo("NotWanted");
    assertThat(second.at("/reason").asText()).as("its place counts").isEqualTo("BudgetUsed");
  }

  @Test
  void aCrashOutsideTheWindowGetsNoPlace() throws Exception {
    endpoint.publish(true);
    Pod pod = endpoint.injectedPod();

    JsonNode decision =
        AgentEndpoint.json(
            endpoint.post(
                endpoint.token(pod),
                AgentProtocol.DUMPS,
                endpoint.offer(pod, 7, endpoint.clock.instant().minus(Duration.ofHours(2)))));

    assertThat(decision.at("/outcome").asText()).isEqualTo("Refused");
    assertThat(decision.at("/reason").asText()).isEqualTo("WindowClosed");
  }
}
