package io.crashmonitor.testbed.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The images that the node can "pull": folders {@code <name>/image.yaml}, the name being the
 * reference with {@code _} for {@code /} and {@code :}. Read anew at each start of a container, so
 * images may come and go.
 *
 * @param folders searched in this order
 */
public record ImageCatalog(List<Path> folders) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  public ImageCatalog {
    folders = folders.stream().map(Path::toAbsolutePath).toList();
  }

  public static ImageCatalog of(Path... folders) {
    return new ImageCatalog(List.of(folders));
  }

  /** An image and where it is. */
  record Found(Image image, Path folder) {}

  Optional<Found> find(String reference) {
    String name = reference.replace('/', '_').replace(':', '_');
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(folder -> Files.isRegularFile(folder.resolve("image.yaml")))
        .map(ImageCatalog::read)
        .filter(found -> found.image().reference().equals(reference))
        .findFirst();
  }

  private static Found read(Path folder) {
    Path file = folder.resolve("image.yaml");
    try {
      return new Found(YAML.readValue(file.toFile(), Image.class), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the image " + file, e);
    }
  }
}
