package io.crashmonitor.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code values.schema.json}: typing errors are found when rendering, not in the cluster. */
class ValuesSchemaIT {
  private static final String SHA256 = "ab".repeat(32);

  /** The word in the second column must be in what Helm says, so that one finds the mistake. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --set=replicaCout=2                                        | replicaCout
          --set=image.tagg=1                                         | tagg
          --set=image.digest=sha256:abc                              | digest
          --set=image.pullPolicy=Sometimes                           | pullPolicy
          --set=procdump.acceptLicence=yes                           | acceptLicence
          --set=procdump.url=https://example.org/procdump.zip        | sha256
          --set=procdump.sha256=${sha256}                            | sha256
          --set=procdump.url=https://me:pw@example.org/p.zip,procdump.sha256=${sha256} | url
          --set=watchNamespaces=shop                                 | watchNamespaces
          --set=watchNamespaces={Shop}                               | watchNamespaces
          --set=sidecar.windowsBuild=ltsc2016                        | windowsBuild
          --set=sidecar.resources.limits.memory=lots                 | memory
          --set=sidecar.resources.limits.cpu=1                       | cpu
          --set=storage.allowedEndpoints.shopdumps=http://10.0.0.1   | shopdumps
          --set=storage.allowedEndpoints.Shop_Dumps=https://a.b      | Shop_Dumps
          --set=agent.port=443                                       | port
          --set=clusterName=prod/eu                                  | clusterName
          """)
  void refusesAMistakeAndNamesIt(String option, String named) {
    for (Helm helm : Helm.values()) {
      assertThat(helm.templateCommand(option.replace("${sha256}", SHA256)).run().failed())
          .contains(named);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set=global.registry=example.org",
        "--set=enabled=true",
        "--set=procdump.url=https://example.org/a@b/procdump.zip,procdump.sha256=${sha256}",
        "--set=extraEnv[0].name=JAVA_TOOL_OPTIONS,extraEnv[0].value=-Xlog:gc",
        "--set=sidecar.resources.requests.cpu=0.1",
        "--set=storage.allowedEndpoints.devstoreaccount1=http://127.0.0.1:10000/devstoreaccount1",
        "--set=storage.allowedEndpoints.shopdumps=https://shopdumps.z01.blob.storage.azure.net",
      })
  void acceptsWhatIsRight(String option) {
    for (Helm helm : Helm.values()) {
      helm.template(option.replace("${sha256}", SHA256));
    }
  }

  @Test
  void knowsEachValueAndNoOther() throws IOException {
    Set<String> schema = new TreeSet<>();
    collect(
        "",
        new ObjectMapper()
            .readTree(Checkout.CHART.resolve("values.schema.json").toFile())
            .path("properties"),
        schema);
    Set<String> values = new TreeSet<>();
    JsonNode defaults =
        Manifests.YAML.readTree(Files.readString(Checkout.CHART.resolve("values.yaml")));
    defaults.fieldNames().forEachRemaining(name -> collectValues(name, defaults, schema, values));

    schema.removeIf(name -> name.equals("global") || name.equals("enabled"));
    assertThat(values).isEqualTo(schema);
  }

  private static void collect(String prefix, JsonNode properties, Set<String> names) {
    properties
        .properties()
        .forEach(
            property -> {
              if (property.getValue().has("properties")) {
                collect(
                    prefix + property.getKey() + ".",
                    property.getValue().path("properties"),
                    names);
              } else {
                names.add(prefix + property.getKey());
              }
            });
  }

  /** Goes down as far as the schema does. */
  private static void collectValues(
      String path, JsonNode defaults, Set<String> schema, Set<String> values) {
    JsonNode value = defaults.at("/" + path.replace('.', '/'));
    if (schema.contains(path) || !value.isObject() || value.isEmpty()) {
      values.add(path);
    } else {
      value
          .fieldNames()
          .forEachRemaining(name -> collectValues(path + "." + name, defaults, schema, values));
    }
  }
}
