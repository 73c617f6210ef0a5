package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * @param serverTime the operator's clock: the one that counts
 * @param configurationHash changes whenever the configuration does
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SyncResponse(
    Instant serverTime, String configurationHash, SessionConfiguration configuration) {}
