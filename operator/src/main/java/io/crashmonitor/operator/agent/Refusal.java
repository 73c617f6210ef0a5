package io.crashmonitor.operator.agent;

/** A request that gets no answer of its kind: an HTTP status and words for the agent's log. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Seconds after which asking again makes sense. */
  static final int RETRY_AFTER = 5;

  private final int status;

  private Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static Refusal badRequest(String message) {
    return new Refusal(400, message);
  }

  static Refusal unauthenticated(String message) {
    return new Refusal(401, message);
  }

  static Refusal forbidden(String message) {
    return new Refusal(403, message);
  }

  static Refusal tooLarge(int limit) {
    return new Refusal(413, "a message is at most " + limit + " bytes");
  }

  static Refusal tooMany(String message) {
    return new Refusal(429, message);
  }

  static Refusal notNow(String message) {
    return new Refusal(503, message);
  }

  int status() {
    return status;
  }
}
