package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * {@code POST /agent/v1/dumps/{crashId}/complete}: the block list is committed.
 *
 * @param length bytes of the blob as stored
 * @param rawLength bytes of the dump before compression
 * @param sha256 of the dump before compression, 64 lower-case hexadecimal digits; the same stands
 *     in the blob's metadata {@code sha256}
 * @param analysis the CrashReport as JSON; null when it was sent before
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DumpCompletion(long length, long rawLength, String sha256, JsonNode analysis) {}
