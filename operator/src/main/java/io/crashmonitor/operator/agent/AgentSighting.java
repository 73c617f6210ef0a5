package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.AgentState;
import java.time.Instant;

/** The last word of one pod's agent. */
public record AgentSighting(String podUid, String sessionUid, Instant at, AgentState state) {}
