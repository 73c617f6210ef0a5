package io.crashmonitor.sidecar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The runtime of the image for this machine: linked by the script that the image's build runs, so
 * that a module which the agent lacks there is missed here.
 */
final class TrimmedRuntime {
  private static final Path SIDECAR = Path.of(System.getProperty("crashmonitor.root"), "sidecar");
  private static final Path HOME = Path.of(System.getProperty("java.home"));

  /** From here on jlink takes the modules of the runtime itself where there are no jmods. */
  private static final int LINKABLE = 24;

  private TrimmedRuntime() {}

  /** Whether {@link #java} is of such a runtime; else it is of the whole JDK. */
  static boolean isLinked() {
    return Runtime.version().feature() >= LINKABLE || Files.isDirectory(HOME.resolve("jmods"));
  }

  /** The {@code java} to run the agent with. */
  static synchronized Path java() {
    if (!isLinked()) {
      System.out.println("the agent runs on the whole JDK: " + HOME + " has no jmods to link from");
      return HOME.resolve("bin/java");
    }
    Path runtime = SIDECAR.resolve("target/runtime-" + Runtime.version());
    try {
      if (!Files.exists(runtime.resolve("bin/java"))) {
        link(runtime);
      }
      return runtime.resolve("bin/java");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void link(Path runtime) throws IOException, InterruptedException {
    Path half = Files.createTempDirectory(SIDECAR.resolve("target"), "linking").resolve("runtime");
    ProcessBuilder link =
        new ProcessBuilder(
                SIDECAR.resolve("image/link-runtime.sh").toString(),
                HOME.resolve("jmods").toString(),
                half.toString())
            .inheritIO();
    link.environment().put("JAVA_HOME", HOME.toString());
    Process process = link.start();
    if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("sidecar/image/link-runtime.sh failed; its words are above");
    }
    Files.move(half, runtime);
  }
}
