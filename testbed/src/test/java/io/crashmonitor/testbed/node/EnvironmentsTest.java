package io.crashmonitor.testbed.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentsTest {
  private static final Pod POD =
      new PodBuilder()
          .withNewMetadata()
          .withName("checkout-1")
          .addToAnnotations("team/owner", "shop")
          .endMetadata()
          .withNewSpec()
          .withNodeName("windows")
          .endSpec()
          .build();

  private final FakeObjects objects = new FakeObjects();
  private final Environments environments = new Environments(POD, "127.10.0.1", objects);

  @Test
  void buildsOnWhatWasSetBefore() {
    Container container =
        new ContainerBuilder()
            .addNewEnv()
            .withName("GREETING")
            .withValue("$(HELLO), $(NAME)")
            .endEnv()
            .addNewEnv()
            .withName("NAME")
            .withValue("set after its use")
            .endEnv()
            .build();

    assertThat(environments.of(container, Map.of("HELLO", "hello")))
        .containsEntry("HELLO", "hello")
        .containsEntry("GREETING", "hello, $(NAME)");
  }

  @Test
  void readsThePodAndItsSecrets() {
    objects.secrets.put("storage", FakeObjects.one("key", "s3cret"));
    Container container =
        new ContainerBuilder()
            .addNewEnv()
            .withName("OWNER")
            .withNewValueFrom()
            .withNewFieldRef("v1", "metadata.annotations['team/owner']")
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("KEY")
            .withNewValueFrom()
            .withNewSecretKeyRef("key", "storage", false)
            .endValueFrom()
            .endEnv()
            .build();

    assertThat(environments.of(container, Map.of()))
        .containsEntry("OWNER", "shop")
        .containsEntry("KEY", "s3cret");
  }

  @Test
  void namesTheSecretThatIsMissingUnlessItIsOptional() {
    assertThatThrownBy(() -> environments.of(withSecret(false), Map.of()))
        .isInstanceOf(NotConfigured.class)
        .hasMessage("secret \"storage\" not found");
    assertThat(environments.of(withSecret(true), Map.of())).doesNotContainKey("KEY");
  }

  private static Container withSecret(boolean optional) {
    return new ContainerBuilder()
        .addNewEnv()
        .withName("KEY")
        .withNewValueFrom()
        .withNewSecretKeyRef("key", "storage", optional)
        .endValueFrom()
        .endEnv()
        .build();
  }
}
