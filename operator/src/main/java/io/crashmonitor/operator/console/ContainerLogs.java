package io.crashmonitor.operator.console;

/** Reads the log of a container's instance that ended; may wait for the API server. */
@FunctionalInterface
public interface ContainerLogs {

  /**
   * The log of the instance before the present one.
   *
   * @param lines from its end
   */
  Answer previous(EndedInstance instance, int lines);

  /** What came of asking for a log. */
  sealed interface Answer {
    /** The end of the log, as the app wrote it. */
    record Found(String text) implements Answer {}

    /** It may come: the kubelet has not turned the page yet, or somebody does not answer. */
    record NotYet(String why) implements Answer {}

    /** It will never come: the pod is gone, another instance ended since, or we may not read it. */
    record Gone(String why) implements Answer {}
  }
}
