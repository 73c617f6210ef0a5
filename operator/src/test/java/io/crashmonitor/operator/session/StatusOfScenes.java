package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSessionStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;

/** Reads statuses in tests. */
abstract class StatusOfScenes {
  static Instant at(int seconds) {
    return Scene.CREATED.plusSeconds(seconds);
  }

  static Condition condition(CrashMonitorSessionStatus status, String type) {
    return Conditions.find(status.conditions(), type).orElseThrow();
  }
}
