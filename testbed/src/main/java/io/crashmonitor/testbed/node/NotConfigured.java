package io.crashmonitor.testbed.node;

/** What a container or a volume refers to is not there (yet); tried again later. */
final class NotConfigured extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotConfigured(String message) {
    super(message);
  }
}
