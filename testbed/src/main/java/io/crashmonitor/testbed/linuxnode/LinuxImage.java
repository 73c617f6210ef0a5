package io.crashmonitor.testbed.linuxnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A container image on an empty base, unpacked. In place of the base there are this machine's
 * {@code /usr} and {@code /etc} and the Java runtime of this JVM.
 *
 * @param root folder with the files of all layers
 * @param entrypoint program and arguments
 * @param user numeric, {@code uid:gid}
 */
public record LinuxImage(Path root, List<String> entrypoint, String user) {

  /**
   * Unpacks an image.
   *
   * @param tar as {@code docker save} and jib write it
   * @param folder for its files; made anew
   */
  public static LinuxImage unpack(Path tar, Path folder) {
    try {
      Path parts = Files.createDirectories(folder.resolve("parts"));
      Path root = Files.createDirectories(folder.resolve("root"));
      run("tar", "-xf", tar.toString(), "-C", parts.toString());
      ObjectMapper json = new ObjectMapper();
      JsonNode manifest = json.readTree(parts.resolve("manifest.json").toFile()).get(0);
      for (JsonNode layer : manifest.path("Layers")) {
        run("tar", "-xzf", parts.resolve(layer.asText()).toString(), "-C", root.toString());
      }
      JsonNode config =
          json.readTree(parts.resolve(manifest.path("Config").asText()).toFile()).path("config");
      List<String> entrypoint = new ArrayList<>();
      config.path("Entrypoint").forEach(word -> entrypoint.add(word.asText()));
      return new LinuxImage(root, entrypoint, config.path("User").asText());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack the image " + tar, e);
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    }
  }
}
