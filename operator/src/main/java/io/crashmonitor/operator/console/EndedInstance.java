package io.crashmonitor.operator.console;

import java.time.Instant;

/**
 * One instance of an app's container, which ended.
 *
 * @param podUid of exactly this pod, not of a later one with its name
 * @param startedAt of the instance, as the kubelet says
 */
public record EndedInstance(
    String namespace, String pod, String podUid, String container, Instant startedAt) {}
