package io.crashmonitor.operator.session;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds conditions in a fixed order. The transition time moves when the status does, and is cut to
 * seconds as the API server would.
 */
final class Conditions {
  private static final int WORDS = 1024;

  private final List<Condition> previous;
  private final Instant now;
  private final long generation;
  private final Map<String, Condition> built = new LinkedHashMap<>();

  /** The three values a condition can have. */
  enum Value {
    True,
    False,
    Unknown;

    static Value of(boolean value) {
      return value ? True : False;
    }
  }

  Conditions(List<Condition> previous, Instant now, long generation) {
    this.previous = previous;
    this.now = now;
    this.generation = generation;
  }

  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  /** Since when the condition has this status; now when it has not had it. */
  Instant since(String type, Value value) {
    return find(previous, type)
        .filter(c -> value.name().equals(c.getStatus()))
        .map(c -> Instant.parse(c.getLastTransitionTime()))
        .orElse(now.truncatedTo(ChronoUnit.SECONDS));
  }

  void set(String type, Value value, String reason, String message) {
    set(type, value, reason, message, since(type, value));
  }

  /** For one whose time moves also when the reason does. */
  void set(String type, Value value, String reason, String message, Instant since) {
    built.put(
        type,
        new ConditionBuilder()
            .withType(type)
            .withStatus(value.name())
            .withReason(reason)
            .withMessage(
                message.length() <= WORDS ? message : message.substring(0, WORDS - 1) + "…")
            .withLastTransitionTime(since.toString())
            .withObservedGeneration(generation)
            .build());
  }

  /** What was said before, where nothing newer is known. */
  void keep(String type, Value value, String reason, String message) {
    Optional<Condition> known = find(previous, type);
    if (known.isPresent()) {
      Condition c = known.get();
      set(type, Value.valueOf(c.getStatus()), c.getReason(), c.getMessage());
    } else {
      set(type, value, reason, message);
    }
  }

  /** All that were set, in the order of the list. */
  List<Condition> inOrder(List<String> types) {
    return types.stream().map(built::get).toList();
  }
}
