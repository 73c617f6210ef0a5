package io.crashmonitor.operator.session;

import io.crashmonitor.operator.inject.SidecarSettings;
import java.time.Duration;

/**
 * What the installation decides for all sessions.
 *
 * @param clusterName the cluster's folder in storage
 * @param licenceAccepted whether the Sysinternals licence was accepted for ProcDump
 * @param joinPatience how long a termination waits for its dump
 * @param attachPatience how long nothing may be attached before that is a fault
 * @param breakerPatience how long the sidecar may fail before it is taken out
 */
public record SessionSettings(
    SidecarSettings sidecar,
    String clusterName,
    boolean licenceAccepted,
    Duration joinPatience,
    Duration attachPatience,
    Duration breakerPatience) {}
