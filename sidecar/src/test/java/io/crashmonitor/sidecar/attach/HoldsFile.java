package io.crashmonitor.sidecar.attach;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs in the container: holds a file open until another file is there. {@code nio} lets others
 * delete it meanwhile, {@code io} does not.
 */
final class HoldsFile {
  private HoldsFile() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try (InputStream in =
        args[0].equals("nio")
            ? Files.newInputStream(Path.of(args[1]))
            : new FileInputStream(args[1])) {
      System.out.println("holds " + in.available());
      while (Files.notExists(Path.of(args[2]))) {
        Thread.sleep(50);
      }
    }
  }
}
