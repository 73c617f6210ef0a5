package io.crashmonitor.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.SessionConfiguration;
import org.junit.jupiter.api.Test;

/** What agents get to know of a session. */
class PublicationTest {
  @Test
  void tellsHowManyPlacesAreLeft() {
    assertThat(configuration(Scene.monitoring("maxDumps: 3")).placesLeft()).isEqualTo(3);
    assertThat(configuration(Scene.monitoring("maxDumps: 3").dumps(2)).placesLeft()).isOne();
    assertThat(configuration(Scene.monitoring("maxDumps: 3").dumps(5)).placesLeft()).isZero();
  }

  @Test
  void tellsNothingOfPlacesThatNobodyHasCountedInThisRun() {
    Scene unread = Scene.monitoring("maxDumps: 3").remember().storageUnread();
    assertThat(configuration(unread).placesLeft()).isNull();
    Scene before = Scene.monitoring("maxDumps: 3").dumps(3).readFor("the run before");
    assertThat(configuration(before).placesLeft()).isNull();
  }

  private static SessionConfiguration configuration(Scene scene) {
    return Publication.agents(scene.situation(), scene.plan().standing())
        .orElseThrow()
        .configuration();
  }
}
