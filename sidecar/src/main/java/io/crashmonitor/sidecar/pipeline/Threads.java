package io.crashmonitor.sidecar.pipeline;

import java.util.concurrent.ThreadFactory;

/** The agent's threads: named for thread dumps, and none keeps the JVM alive. */
public final class Threads {
  private Threads() {}

  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
