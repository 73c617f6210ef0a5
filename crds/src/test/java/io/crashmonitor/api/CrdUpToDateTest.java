package io.crashmonitor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The committed CRD is what the records say. To write it anew after a change: {@code ./mvnw -pl
 * crds -am test -Dtest=CrdUpToDateTest -Dcrd.update=true -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class CrdUpToDateTest {
  private static final String HEADER =
      "# Generated from the records in crds/; CrdUpToDateTest tells how to write it anew.\n";
  private static final List<String> COLUMNS =
      List.of("Target", "Phase", "Dumps", "Max", "Exit codes", "Stop", "Age");

  @Test
  void theCommittedDefinitionEqualsTheGeneratedOne(@TempDir Path folder) throws IOException {
    Path committed = Path.of("crashmonitorsessions.yaml").toAbsolutePath();

    String generated = generate(folder);
    if (Boolean.getBoolean("crd.update")) {
      Files.writeString(committed, generated);
    }

    assertThat(Files.readString(committed))
        .as("crds/crashmonitorsessions.yaml differs from the records: run with -Dcrd.update=true")
        .isEqualTo(generated);
  }

  @Test
  void theDefinitionFitsIntoAnApplyAnnotation() throws IOException {
    assertThat(Files.size(Path.of("crashmonitorsessions.yaml"))).isLessThan(262_144);
  }

  private static String generate(Path folder) throws IOException {
    new CRDGenerator()
        .customResourceClasses(CrashMonitorSession.class)
        .forCRDVersions("v1")
        .inOutputDir(folder.toFile())
        .generate();
    KubernetesSerialization yaml = new KubernetesSerialization();
    CustomResourceDefinition crd;
    try (var files = Files.list(folder)) {
      crd =
          yaml.unmarshal(
              Files.readString(files.findFirst().orElseThrow()), CustomResourceDefinition.class);
    }
    // The generator sorts columns by path; people read them in this order.
    crd.getSpec()
        .getVersions()
        .get(0)
        .getAdditionalPrinterColumns()
        .sort(
            Comparator.comparingInt(
                (CustomResourceColumnDefinition column) -> COLUMNS.indexOf(column.getName())));
    return HEADER + yaml.asYaml(crd);
  }
}
