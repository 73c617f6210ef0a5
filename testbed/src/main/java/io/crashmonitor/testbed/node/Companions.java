package io.crashmonitor.testbed.node;

import io.crashmonitor.testbed.wine.WinePrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A process of this machine that plays a part of a container, beside its entry process: the
 * sidecar's Java on the host's JVM. Started again a second after it ended, as the entry process of
 * the real image would.
 */
final class Companions {
  private static final long RESTART_SECONDS = 1;

  private Companions() {}

  /**
   * @param environment all of it but what this machine's programs need
   * @param wanted false from the moment the container has ended
   */
  static void start(
      List<String> command,
      Map<String, String> environment,
      WinePrefix container,
      Path log,
      BooleanSupplier wanted) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(container.driveC().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Map<String, String> own = builder.environment();
    Map<String, String> host =
        Map.of("PATH", own.getOrDefault("PATH", ""), "HOME", own.getOrDefault("HOME", "/"));
    own.clear();
    own.putAll(environment);
    own.putAll(host);
    own.putAll(container.membership());
    keep(builder, wanted);
  }

  private static void keep(ProcessBuilder builder, BooleanSupplier wanted) {
    if (!wanted.getAsBoolean()) {
      return;
    }
    try {
      Executor later = CompletableFuture.delayedExecutor(RESTART_SECONDS, TimeUnit.SECONDS);
      Process process = builder.start();
      if (!wanted.getAsBoolean()) {
        process.destroyForcibly(); // The container ended while this one was being started.
      }
      process.onExit().thenRunAsync(() -> keep(builder, wanted), later);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + builder.command().get(0), e);
    }
  }
}
