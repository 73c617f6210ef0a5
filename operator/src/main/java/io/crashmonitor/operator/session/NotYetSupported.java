package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionSpec;
import io.crashmonitor.api.Reasons;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fields that the API accepts and nothing carries out yet: named, never silently ignored. Pure. */
final class NotYetSupported {
  private NotYetSupported() {}

  /** What the session cannot do without. */
  static Optional<Note> inTheWay(CrashMonitorSessionSpec spec) {
    List<String> fields = new ArrayList<>();
    if (spec.storage().azureBlob().auth().workloadIdentity() != null) {
      fields.add("storage.azureBlob.auth.workloadIdentity (use secretRef)");
    }
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Note(
                Reasons.NOT_YET_SUPPORTED,
                "Not supported yet in spec: " + String.join(", ", fields) + "."));
  }
}
