package io.crashmonitor.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.api.Names;
import io.crashmonitor.operator.MovableClock;
import io.crashmonitor.operator.storage.Samples;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodIdentitiesTest {
  private final MovableClock clock = new MovableClock(Samples.NOON);
  private final PlayedCluster cluster = new PlayedCluster();
  private static final String POD = "10.0.0.7";
  private final PodIdentities identities = new PodIdentities(cluster, clock);

  /** Says what the test wants it to. */
  private static final class PlayedCluster implements PodIdentities.Cluster {
    int asked;
    boolean up = true;
    boolean authenticated = true;
    String audience = Names.AUDIENCE;
    String user = "system:serviceaccount:shop:default";
    String podUid = "uid-1";
    String livingUid = "uid-1";
    String session = "session-1";
    Long gracePeriod = 90L;
    String imageId = "";

    @Override
    public TokenReviewStatus review(String token, String wanted) {
      asked++;
      if (!up) {
        throw new KubernetesClientException("down");
      }
      return new TokenReviewStatusBuilder()
          .withAuthenticated(authenticated)
          .withAudiences(audience)
          .withNewUser()
          .withUsername(user)
          .addToExtra("authentication.kubernetes.io/pod-name", List.of("web-1"))
          .addToExtra(
              "authentication.kubernetes.io/pod-uid",
              podUid.isEmpty() ? List.of() : List.of(podUid))
          .endUser()
          .build();
    }

    @Override
    public Optional<Pod> pod(String namespace, String name) {
      return livingUid.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new PodBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace)
                  .withName(name)
                  .withUid(livingUid)
                  .addToLabels(Names.SESSION_UID_LABEL, session)
                  .endMetadata()
                  .withNewSpec()
                  .withNodeName("win-1")
                  .withTerminationGracePeriodSeconds(gracePeriod)
                  .addNewContainer()
                  .withName("app")
                  .withImage("shop:1")
                  .endContainer()
                  .endSpec()
                  .withNewStatus()
                  .addNewContainerStatus()
                  .withName("app")
                  .withImageID(imageId)
                  .endContainerStatus()
                  .endStatus()
                  .build());
    }
  }

  @Test
  void aPodIsWhatTheApiServerSaysItIs() {
    AgentIdentity pod = identities.identify("token", POD);

    assertThat(pod.namespace() + "/" + pod.pod() + "/" + pod.podUid())
        .isEqualTo("shop/web-1/uid-1");
    assertThat(pod.sessionUid()).isEqualTo("session-1");
    assertThat(pod.node()).isEqualTo("win-1");
    assertThat(pod.images()).containsEntry("app", "shop:1");
    assertThat(pod.gracePeriodSeconds()).isEqualTo(90);
  }

  @Test
  void aPodThatDoesNotSayItHasKubernetesDefaultForItsGracePeriod() {
    cluster.gracePeriod = null;
    assertThat(identities.identify("token", POD).gracePeriodSeconds()).isEqualTo(30);
  }

  @Test
  void anIdentityIsKeptForTenMinutes() {
    identities.identify("token", POD);
    clock.advance(PodIdentities.LIFE.minusSeconds(1));
    identities.identify("token", POD);
    assertThat(cluster.asked).isEqualTo(1);

    clock.advance(Duration.ofSeconds(1));
    identities.identify("token", POD);
    assertThat(cluster.asked).isEqualTo(2);
    identities.identify("another token", POD);
    assertThat(cluster.asked).isEqualTo(3);
  }

  @Test
  void aRefusalIsKeptForHalfAMinute() {
    cluster.authenticated = false;
    assertThatThrownBy(() -> identities.identify("token", POD)).isInstanceOf(Refusal.class);
    cluster.authenticated = true;
    assertThatThrownBy(() -> identities.identify("token", POD)).isInstanceOf(Refusal.class);

    clock.advance(PodIdentities.REFUSAL_LIFE);

    assertThat(identities.identify("token", POD).pod()).isEqualTo("web-1");
    assertThat(cluster.asked).isEqualTo(2);
  }

  @Test
  void anApiServerThatIsAwaySaysNothingAboutTheToken() {
    cluster.up = false;
    assertThatThrownBy(() -> identities.identify("token", POD))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.status()).isEqualTo(503));
    cluster.up = true;

    assertThat(identities.identify("token", POD).pod()).isEqualTo("web-1");
  }

  @ParameterizedTest
  @CsvSource({
    "authenticated, 401",
    "audience, 401",
    "user, 403",
    "podUid, 403",
    "gone, 403",
    "other, 403",
    "session, 403",
  })
  void whoeverIsNotAnInjectedPodIsRefused(String flaw, int status) {
    Consumer<PlayedCluster> change =
        switch (flaw) {
          case "authenticated" -> c -> c.authenticated = false;
          case "audience" -> c -> c.audience = "https://kubernetes.default.svc";
          case "user" -> c -> c.user = "system:node:n1";
          case "podUid" -> c -> c.podUid = "";
          case "gone" -> c -> c.livingUid = "";
          case "other" -> c -> c.livingUid = "uid-2";
          default -> c -> c.session = "";
        };
    change.accept(cluster);

    assertThatThrownBy(() -> identities.identify("token", POD))
        .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.status()).isEqualTo(status));
  }

  @Test
  void aTokenBeyondAllLengthIsNotEvenAskedFor() {
    assertThatThrownBy(() -> identities.identify("x".repeat(20_000), POD))
        .isInstanceOf(Refusal.class);
    assertThat(cluster.asked).isZero();
  }

  private int status(String token, String address) {
    try {
      identities.identify(token, address);
      return 200;
    } catch (Refusal refusal) {
      return refusal.status();
    }
  }

  @Test
  void tokensThatSomebodyMakesUpCostTheApiServerOnlySoMuch() {
    assertThat(status("of a pod", POD)).isEqualTo(200);
    cluster.authenticated = false;
    String hostile = "10.0.0.66";
    for (int i = 0; i < 5000; i++) {
      status("made up " + i, hostile);
    }

    assertThat(cluster.asked).isEqualTo(1 + PodIdentities.REVIEWS_OF_AN_ADDRESS);
    assertThat(status("one more", hostile)).isEqualTo(429);
    assertThat(status("of a pod", hostile)).as("a known token costs nothing").isEqualTo(200);
    cluster.authenticated = true;
    assertThat(status("of another pod", "10.0.0.8")).as("others are served").isEqualTo(200);

    clock.advance(Duration.ofSeconds(1));
    assertThat(status("made up again", hostile)).isEqualTo(200);
  }

  @Test
  void tokensThatManyMakeUpCostTheApiServerOnlySoMuch() {
    cluster.authenticated = false;
    for (int i = 0; i < 5000; i++) {
      status("made up " + i, "10.0." + i / 100 + ".1");
    }

    assertThat(cluster.asked).isEqualTo(PodIdentities.REVIEWS);
    assertThat(status("one more", POD)).isEqualTo(503);

    clock.advance(Duration.ofSeconds(1));
    cluster.authenticated = true;
    assertThat(status("of a pod", POD)).isEqualTo(200);
  }

  @Test
  void anImageThatWasPulledAfterTheFirstWordIsKnownWhenItIsAskedFor() {
    AgentIdentity early = identities.identify("token", POD);
    assertThat(early.imageIds()).isEmpty();
    cluster.imageId = "shop@sha256:77";
    cluster.up = false;
    assertThat(identities.anew(early, "token", POD))
        .as("nothing newer can be had")
        .isEqualTo(early);
    cluster.up = true;

    assertThat(identities.anew(early, "token", POD).imageIds())
        .containsEntry("app", "shop@sha256:77");
    assertThat(identities.identify("token", POD).imageIds()).as("from now on").isNotEmpty();
  }
}
