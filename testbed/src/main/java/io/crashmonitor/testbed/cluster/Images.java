package io.crashmonitor.testbed.cluster;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Lays out the two images the simulated node knows, from what the build made: the sidecar's as the
 * image build would, with the stand-in in ProcDump's place and a Windows JRE, and the sample
 * application's. Links, not copies: an image costs nothing.
 */
final class Images {
  static final String SIDECAR = "crash-monitor/sidecar:dev";
  static final String CRASHER = "crash-monitor/sample-crasher:1";

  private Images() {}

  /**
   * @return the folder of the catalogue
   */
  static Path layOut(Artifacts artifacts, Provisioned tools, Path folder) {
    try {
      sidecar(artifacts, tools, Files.createDirectories(folder.resolve(fileName(SIDECAR))));
      crasher(artifacts, Files.createDirectories(folder.resolve(fileName(CRASHER))));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot lay out the images in " + folder, e);
    }
  }

  private static void sidecar(Artifacts artifacts, Provisioned tools, Path image)
      throws IOException {
    Path agent = Files.createDirectories(image.resolve("agent"));
    try (Stream<Path> parts = Files.list(artifacts.sidecarPayload())) {
      for (Path part : parts.toList()) {
        link(agent.resolve(part.getFileName()), part);
      }
    }
    link(agent.resolve("procdump64.exe"), artifacts.procdumpStandIn());
    link(agent.resolve("jre"), tools.path(Tool.JRE_WINDOWS));
    Files.writeString(
        image.resolve("image.yaml"),
        """
        reference: %s
        entrypoint: ['C:\\agent\\attach.exe', sidecar]
        workingDir: C:\\agent
        copies: [{from: agent, to: 'C:\\agent'}]
        services: true
        """
            .formatted(SIDECAR));
  }

  private static void crasher(Artifacts artifacts, Path image) throws IOException {
    Path app = Files.createDirectories(image.resolve("app"));
    link(app.resolve("crasher.exe"), artifacts.crasher());
    Files.writeString(
        image.resolve("image.yaml"),
        """
        reference: %s
        entrypoint: ['C:\\app\\crasher.exe']
        workingDir: C:\\app
        copies: [{from: app, to: 'C:\\app'}]
        """
            .formatted(CRASHER));
  }

  private static void link(Path link, Path to) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, to.toAbsolutePath());
  }

  private static String fileName(String reference) {
    return reference.replace('/', '_').replace(':', '_');
  }
}
