package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VolumeContentTest {
  private static final Pod POD =
      new PodBuilder()
          .withNewMetadata()
          .withName("checkout")
          .withNamespace("shop")
          .addToLabels("app", "checkout")
          .endMetadata()
          .withNewSpec()
          .endSpec()
          .build();

  private final FakeObjects objects = new FakeObjects();
  private final VolumeContent content =
      new VolumeContent(POD, "127.10.0.1", objects, () -> objects.now);

  @Test
  void replacesATokenAfterFourFifthsOfItsLife() {
    assertThat(file(identity(), "token")).isEqualTo("crashmonitor.io-1");
    objects.now = FakeObjects.TOKEN_LIFE_MILLIS * 8 / 10 - 1;
    assertThat(file(identity(), "token")).isEqualTo("crashmonitor.io-1");
    objects.now += 1;
    assertThat(file(identity(), "token")).isEqualTo("crashmonitor.io-2");
  }

  @Test
  void goesWithoutAnOptionalConfigMapUntilItIsThere() {
    assertThat(content.of(identity())).containsOnlyKeys("token");

    objects.configMaps.put("crash-monitor-ca", FakeObjects.one("ca.crt", "PEM"));

    assertThat(file(identity(), "ca.crt")).isEqualTo("PEM");
  }

  @Test
  void refusesAVolumeWhoseConfigMapIsMissing() {
    Volume volume =
        new VolumeBuilder()
            .withName("settings")
            .withNewConfigMap()
            .withName("settings")
            .endConfigMap()
            .build();

    assertThatThrownBy(() -> content.of(volume))
        .isInstanceOf(NotConfigured.class)
        .hasMessage("configmap \"settings\" not found in namespace shop");
  }

  @Test
  void writesThePodsFields() {
    Volume volume =
        new VolumeBuilder()
            .withName("info")
            .withNewDownwardAPI()
            .addNewItem()
            .withPath("labels")
            .withNewFieldRef("v1", "metadata.labels")
            .endItem()
            .endDownwardAPI()
            .build();

    assertThat(file(volume, "labels")).isEqualTo("app=\"checkout\"");
  }

  private String file(Volume volume, String path) {
    return new String(content.of(volume).get(path), StandardCharsets.UTF_8);
  }

  private static Volume identity() {
    return new VolumeBuilder()
        .withName("crash-monitor-identity")
        .withNewProjected()
        .addNewSource()
        .withNewServiceAccountToken("crashmonitor.io", 1000L, "token")
        .endSource()
        .addNewSource()
        .withNewConfigMap()
        .withName("crash-monitor-ca")
        .withOptional(true)
        .endConfigMap()
        .endSource()
        .endProjected()
        .build();
  }
}
