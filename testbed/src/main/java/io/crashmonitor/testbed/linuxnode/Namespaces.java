package io.crashmonitor.testbed.linuxnode;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** How this machine lets us make a mount namespace. */
enum Namespaces {
  /** By root: the container's user is the one it asks for. */
  ROOT(List.of("unshare", "--mount", "--propagation", "private")),
  /** In a user namespace, where there is only one user. */
  USER(List.of("unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"));

  private final List<String> command;

  Namespaces(List<String> command) {
    this.command = command;
  }

  List<String> command() {
    return command;
  }

  /** The best that works here. */
  static Optional<Namespaces> find() {
    for (Namespaces way : values()) {
      if (way.works()) {
        return Optional.of(way);
      }
    }
    return Optional.empty();
  }

  private boolean works() {
    List<String> probe = new java.util.ArrayList<>(command);
    probe.addAll(List.of("mount", "-t", "tmpfs", "probe", "/mnt"));
    try {
      return new ProcessBuilder(probe)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
