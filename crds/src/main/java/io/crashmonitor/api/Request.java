package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** A request by annotation that is in force until a newer one or until spec.state changes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Request(
    @JsonPropertyDescription("Stop, Run or Disable.") RequestKind kind,
    @JsonPropertyDescription("The time that the annotation carries.") Instant at,
    @JsonPropertyDescription(
            "spec.state when the request was taken up; absent once it has changed, which ends the"
                + " request for good.")
        SessionState specState) {}
