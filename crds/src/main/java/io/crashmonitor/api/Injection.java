package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;

/**
 * What the operator must remember of its own work on the workload, so that a restarted operator
 * decides as the one before.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Injection(
    @JsonPropertyDescription("When the operator last wrote its parts into the pod template.")
        Instant time,
    @JsonPropertyDescription(
            "What it wrote: the app's container and how its crashes are captured, such as app:"
                + " Hook. Where the spec wants another, nobody has removed anything.")
        String wrote,
    @JsonPropertyDescription(
            "What keeps the sidecar from running, in the kubelet's words; absent while nothing"
                + " does.")
        String trouble,
    @JsonPropertyDescription("Since when; the sidecar is taken out when it lasts.")
        Instant troubleSince,
    @JsonPropertyDescription(
            "When parts of ours that somebody had removed were put back, within the last hour.")
        @Size(max = 3)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Instant> heals) {

  /** More than this in an hour is a fight with another tool, which the operator gives up. */
  public static final int HEAL_LIMIT = 3;

  public Injection {
    heals = heals == null ? List.of() : List.copyOf(heals);
  }
}
