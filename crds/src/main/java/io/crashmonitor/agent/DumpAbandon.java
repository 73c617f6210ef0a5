package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * {@code POST /agent/v1/dumps/{crashId}/abandon}: the file will never come; its place is free.
 *
 * @param reason Truncated, Unreadable or Lost
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DumpAbandon(String reason, String message) {}
