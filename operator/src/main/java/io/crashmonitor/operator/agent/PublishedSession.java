package io.crashmonitor.operator.agent;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.operator.storage.ResourceKey;
import io.crashmonitor.operator.storage.StorageTarget;
import java.time.Instant;

/**
 * What the agents of one session may know and get. Published while the session is injected, armed
 * or not: also after its stop time, so that dumps taken before it still come in.
 *
 * @param workload kind/name
 * @param container the app's container
 * @param windowStart crashes before it belong to no run or an earlier one
 * @param windowStop exclusive
 */
public record PublishedSession(
    ResourceKey session,
    StorageTarget storage,
    SessionConfiguration configuration,
    String workload,
    String container,
    Instant windowStart,
    Instant windowStop) {}
