package io.crashmonitor.minidump.clr.exception;

import java.util.Optional;

/**
 * One frame of an exception's own stack trace.
 *
 * @param ip instruction pointer at the throw, for later frames at the return
 * @param method what ran; empty where its name could not be read
 * @param endOfForeignTrace whether the trace up to here was carried over by a rethrow ("End of
 *     stack trace from previous location")
 */
public record StackEntry(long ip, Optional<ManagedMethod> method, boolean endOfForeignTrace) {}
