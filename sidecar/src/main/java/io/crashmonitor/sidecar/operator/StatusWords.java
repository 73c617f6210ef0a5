package io.crashmonitor.sidecar.operator;

/** HTTP statuses of the operator in words that say the next step. */
final class StatusWords {
  private StatusWords() {}

  static String of(int status) {
    return switch (status) {
      case 400 -> "the operator cannot make sense of the message (400)";
      case 401 -> "the operator does not accept this pod's token (401); the kubelet renews it";
      case 403 -> "the operator does not know this pod as one of a monitored workload (403)";
      case 413 -> "the operator finds the message too long (413)";
      case 429 -> "the operator asks this pod to slow down (429)";
      case 503 -> "the operator is not ready for this pod yet (503)";
      default -> "the operator answered with status " + status;
    };
  }
}
