package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crashmonitor.sidecar.procdump.ProcDumpLog;
import io.crashmonitor.sidecar.supervisor.ProcessInstance;
import io.crashmonitor.testbed.controlplane.ControlPlane;
import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.SharedControlPlane;
import io.crashmonitor.testbed.node.ImageCatalog;
import io.crashmonitor.testbed.node.NodeSettings;
import io.crashmonitor.testbed.node.WindowsNode;
import io.crashmonitor.testbed.wine.WineInstallation;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The mechanism in one pod: the sidecar brings the tools, the hook leaves the supervisor behind,
 * and the dump of a crash is in the shared volume when the app's container has died.
 */
@ExtendWith(SharedControlPlane.class)
class HandWrittenPodIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String SESSION =
      """
      version=1
      armed=true
      disarmedReason=
      disarmAt=
      process=
      arg.0=-accepteula
      arg.1=-ma
      arg.2=-e
      arg.3=-n
      arg.4=1
      disk.commitPercent=150
      disk.volumePercent=1
      """;

  private final Path root = Path.of(System.getProperty("crashmonitor.root", ".."));

  @Test
  void leavesADumpInTheVolumeWhenTheAppCrashes(ControlPlane controlPlane, @TempDir Path folder)
      throws IOException {
    image(folder, "crash-monitor/sidecar:native", "C:\\agent", "sidecar/target/native");
    // The stand-in for ProcDump lies beside the sample application.
    copy("testbed/target/native/procdump64.exe", folder, "crash-monitor_sidecar_native");
    image(folder, "crash-monitor/sample-crasher:1", "C:\\app", "testbed/target/native");
    KubernetesClient client = controlPlane.client();
    String namespace = controlPlane.newNamespace("hand-written");
    try (WindowsNode node =
        WindowsNode.start(
            NodeSettings.of(namespace, folder.resolve("node"), ImageCatalog.of(folder))
                .withBackoff(Duration.ofSeconds(1), Duration.ofSeconds(5)),
            client,
            WineInstallation.from(Provisioned.load()))) {
      Pod pod = client.resource(pod(namespace)).create();
      Path volume = node.volume(pod, "crash-monitor");
      await().atMost(SOON).until(() -> Files.exists(volume.resolve("state/ready")));
      arm(volume);

      Pod crashed =
          await()
              .atMost(SOON)
              .until(
                  () -> client.resource(pod).get(),
                  now ->
                      now.getStatus().getContainerStatuses().stream()
                          .anyMatch(s -> s.getLastState().getTerminated() != null));

      ContainerStateTerminated last =
          crashed.getStatus().getContainerStatuses().get(0).getLastState().getTerminated();
      assertThat(last.getExitCode()).isEqualTo(0xC0000005);
      assertThat(dumps(volume))
          .singleElement()
          .satisfies(dump -> assertThat(head(dump)).isEqualTo("MDMP"))
          .satisfies(
              dump ->
                  assertThat(said(volume, dump))
                      .anyMatch(l -> l.endsWith("Unhandled: C0000005.ACCESS_VIOLATION")));
      client.resource(pod).delete();
      await().atMost(SOON).until(() -> client.resource(pod).get() == null);
    }
  }

  private static Pod pod(String namespace) {
    try (var yaml = HandWrittenPodIT.class.getResourceAsStream("/hand-written-pod.yaml")) {
      Pod pod = Serialization.unmarshal(yaml, Pod.class);
      return new PodBuilder(pod)
          .editMetadata()
          .withNamespace(namespace)
          .endMetadata()
          .editSpec()
          .addToNodeSelector(Map.of("kubernetes.io/hostname", namespace))
          .endSpec()
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void image(Path images, String reference, String at, String payload) throws IOException {
    Path image =
        Files.createDirectories(images.resolve(reference.replace('/', '_').replace(':', '_')));
    Files.writeString(
        image.resolve("image.yaml"),
        """
        reference: %s
        entrypoint: ['%s\\crasher.exe']
        copies: [{from: '%s', to: '%s'}, {from: extra, to: '%s'}]
        """
            .formatted(reference, at, root.resolve(payload).toRealPath(), at, at));
    Files.createDirectories(image.resolve("extra"));
  }

  private void copy(String file, Path images, String image) throws IOException {
    Path source = root.resolve(file);
    Files.copy(source, images.resolve(image).resolve("extra").resolve(source.getFileName()));
  }

  private static void arm(Path volume) throws IOException {
    Path half = volume.resolve("control/half");
    Files.write(half, SESSION.getBytes(StandardCharsets.UTF_8));
    Files.move(half, volume.resolve("control/session.properties"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The process is frozen until the dump is written: it is there before the container has died. */
  private static List<Path> dumps(Path volume) throws IOException {
    try (Stream<Path> files = Files.walk(volume.resolve("dumps"))) {
      return files.filter(file -> file.toString().endsWith(".dmp")).toList();
    }
  }

  /** What ProcDump's log holds of the process, by the name the helper gave the dump's folder. */
  private static List<String> said(Path volume, Path dump) {
    Matcher process = Pattern.compile("(\\d+)_(\\d{13})").matcher(dump.toString());
    assertThat(process.find()).isTrue();
    Instant start = Instant.ofEpochMilli(Long.parseLong(process.group(2)));
    return new ProcDumpLog(volume.resolve("logs/procdump.log"))
        .of(ProcessInstance.of(Long.parseLong(process.group(1)), start))
        .orElseThrow()
        .lines();
  }

  private static String head(Path file) {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
