package io.crashmonitor.chart.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.api.Names;
import io.crashmonitor.chart.Helm;
import io.crashmonitor.operator.inject.WorkloadApplier.Outcome;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What happens to our entries, and to the user's deploys, for each tool that shares a workload with
 * us. {@code docs/operations.md} tells users the same.
 */
class GitOpsMatrixIT {
  private static final App FIRST = App.first();
  private static final String[] ALL = {
    Names.SIDECAR,
    "volume " + Names.VOLUME,
    "volume " + Names.IDENTITY_VOLUME,
    "mount in app",
    "hook in app",
    "label"
  };

  @ParameterizedTest
  @EnumSource
  void seesNoDifferenceAfterTheInjection(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      assertThat(workload.ours()).containsExactly(ALL);
      assertThat(workload.diff(FIRST).orElse("")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void applyingTheSameAgainChangesNothing(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      long generation = workload.generation();

      workload.deploy(FIRST);

      assertThat(workload.generation()).isEqualTo(generation);
      assertThat(workload.ours()).containsExactly(ALL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewImageIsOneRolloutAndKeepsOurs(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      workload.deploy(FIRST.image("shop/checkout:2").environment("[{name: A, value: a}]"));

      workload.awaitRevisions(3);
      assertThat(workload.app().getImage()).isEqualTo("shop/checkout:2");
      assertThat(workload.app().getEnv()).extracting(EnvVar::getName).containsExactly("A");
      assertThat(workload.ours()).containsExactly(ALL);
      long generation = workload.generation();
      workload.inject();
      assertThat(workload.generation()).as("nothing to heal").isEqualTo(generation);
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsOfTheUsersComeBesideOurs(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      workload.deploy(FIRST.parts(true));

      assertThat(workload.ours()).containsExactlyInAnyOrder(ALL);
      assertThat(workload.pod().getInitContainers())
          .extracting(Container::getName)
          .containsExactlyInAnyOrder("migrate", Names.SIDECAR);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverMergesThreeWayTakesOursAwayWithTheLastPartOfTheUsers(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST.parts(true))) {
      workload.deploy(FIRST);

      if (deployer.merge() == Deployer.Merge.THREE_WAY) {
        assertThat(workload.ours()).doesNotContain(Names.SIDECAR, "volume " + Names.VOLUME);
        workload.inject();
      }
      assertThat(workload.ours()).containsExactly(ALL);
      assertThat(workload.pod().getInitContainers()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void renamingTheContainerNeedsAReleaseFirstWhereTheServerMerges(Deployer deployer) {
    App renamed = FIRST.container("web");
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      if (deployer.merge() == Deployer.Merge.SERVER_SIDE) {
        assertThat(workload.refusal(renamed)).contains("spec.template.spec.containers");
        workload.release();
      }
      workload.deploy(renamed);

      assertThat(workload.pod().getContainers())
          .extracting(Container::getName)
          .containsExactly("web");
      assertThat(workload.ours()).doesNotContain("hook in web", "mount in web");
    }
  }

  @ParameterizedTest
  @EnumSource
  void replacingWipesOursAndOneApplyHeals(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      if (deployer.helm().isPresent()) {
        String force = deployer.helm().get() == Helm.HELM3 ? "--force" : "--force-replace";
        // Helm 4 refuses to replace and to apply server-side at once.
        if (deployer.helm().get() == Helm.HELM3) {
          workload.deploy(FIRST, force);
        } else {
          workload.deploy(FIRST, force, "--server-side=false");
        }
      } else {
        workload.replace(FIRST);
      }

      assertThat(workload.ours()).isEmpty();
      workload.inject();
      assertThat(workload.ours()).containsExactly(ALL);
      assertThat(workload.diff(FIRST).orElse("")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void undoingTheRolloutWipesOursAndOneApplyHeals(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injected(deployer, FIRST)) {
      workload.kubectl("rollout", "undo", "deployment/" + App.NAME);

      assertThat(workload.ours()).isEmpty();
      workload.inject();
      assertThat(workload.ours()).containsExactly(ALL);
      workload.awaitRevisions(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void releasingGivesBackTheSpecByteForByteWithOneRollout(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.deployed(deployer, FIRST.parts(true))) {
      String before = workload.spec();
      workload.inject();
      long generation = workload.generation();
      assertThat(workload.spec()).isNotEqualTo(before);

      workload.release();

      assertThat(workload.spec()).isEqualTo(before);
      assertThat(workload.generation()).isEqualTo(generation + 1);
      assertThat(workload.managers()).doesNotContain(Names.FIELD_MANAGER);
      workload.awaitRevisions(2);
      assertThat(workload.diff(FIRST.parts(true)).orElse("")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void variablesOfOursStandBesideTheUsersAndGoWithoutATrace(Deployer deployer) {
    try (SharedWorkload workload = SharedWorkload.injectedForRuntime(deployer, FIRST)) {
      long generation = workload.generation();
      assertThat(workload.ours()).contains("variables in app").doesNotContain("hook in app");
      assertThat(workload.diff(FIRST).orElse("")).isEmpty();
      workload.deploy(FIRST);
      workload.inject();
      assertThat(workload.generation()).as("the same again").isEqualTo(generation);

      App fewer = FIRST.environment("[{name: A, value: a}]");
      workload.deploy(fewer);
      assertThat(workload.app().getEnv())
          .extracting(EnvVar::getName)
          .containsExactlyInAnyOrder(
              "A", "DOTNET_DbgEnableMiniDump", "DOTNET_DbgMiniDumpType", "DOTNET_DbgMiniDumpName");

      workload.release();
      assertThat(workload.app().getEnv()).extracting(EnvVar::getName).containsExactly("A");
      assertThat(workload.ours()).isEmpty();
      assertThat(workload.managers()).doesNotContain(Names.FIELD_MANAGER);
      assertThat(workload.diff(fewer).orElse("")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHookOfTheUsersIsLeftAloneAndNamed(Deployer deployer) {
    App hooked = FIRST.lifecycle("{postStart: {exec: {command: [cmd, /c, warm.cmd]}}}");
    try (SharedWorkload workload = SharedWorkload.deployed(deployer, hooked)) {
      String before = workload.spec();

      Outcome outcome = workload.tryToInject();

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(((Outcome.Refused) outcome).words()).contains("lifecycle.postStart.exec.command");
      assertThat(workload.spec()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHookAtTheOtherEndOfTheContainersLifeIsNoConflict(Deployer deployer) {
    App hooked = FIRST.lifecycle("{preStop: {exec: {command: [cmd, /c, drain.cmd]}}}");
    try (SharedWorkload workload = SharedWorkload.injected(deployer, hooked)) {
      workload.deploy(hooked.image("shop/checkout:2"));

      assertThat(workload.app().getLifecycle().getPreStop().getExec().getCommand())
          .endsWith("drain.cmd");
      assertThat(workload.ours()).containsExactly(ALL);
    }
  }
}
