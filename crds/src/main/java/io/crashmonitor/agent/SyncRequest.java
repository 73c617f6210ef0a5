package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * {@code POST /agent/v1/sync}: a long poll. The answer comes at once when the configuration differs
 * from the one named, else after at most {@link AgentProtocol#LONGEST_POLL}.
 *
 * @param agentVersion version of the sidecar
 * @param configurationHash of the configuration the agent has; empty for none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SyncRequest(String agentVersion, String configurationHash, AgentState state) {}
