package io.crashmonitor.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom inside the operator. */
@AnalyzeClasses(
    packages = "io.crashmonitor.operator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule azureIsKnownToStorageAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.crashmonitor.operator.storage")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.azure..");

  @ArchTest
  static final ArchRule theWebServerIsKnownToTheAgentEndpointAndTheRoot =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.crashmonitor.operator.agent", "io.crashmonitor.operator")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..");

  @ArchTest
  static final ArchRule whatDecidesNeverSeesAClient =
      noClasses()
          .that()
          .resideInAPackage("io.crashmonitor.operator.crash")
          .or()
          .haveNameMatching(
              ".*\\.(SessionPlanner|Obstacles|Situation|SessionRequests|SessionWindow|"
                  + "SessionStatusFactory|SessionConditions|AttachedFacts|Conditions|WakeUps|"
                  + "Publication|SessionEvents|TargetConflicts|NotYetSupported|EngineChoice|"
                  + "InjectionIntent|Capture|RuntimeDumps|ServedFields|"
                  + "SidecarContainer|LiveInjection|OwnedFields|Injectability|Breaker|Rollout|"
                  + "Workload|InjectedPod)")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "com.azure..");

  @ArchTest
  static final ArchRule workloadsAreWrittenInOnePlace =
      noClasses()
          .that()
          .resideInAPackage("io.crashmonitor.operator.session")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                  HasName.Predicates.nameMatching(
                      "serverSideApply|forceConflicts|update|replace|edit|patch")));

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.crashmonitor.operator.(*)..").should().beFreeOfCycles();
}
