package io.crashmonitor.minidump.clr.exception;

import java.util.List;
import java.util.Optional;

/**
 * An exception as it lay in the crashed process's heap.
 *
 * @param address of the object
 * @param type full name
 * @param message as the program sees it, empty where it could not be read
 * @param hresult its HRESULT
 * @param frames its stack trace, the throwing method first; what the runtime would not print is
 *     left out
 * @param framesInDump how many frames the stack trace had before any were left out
 */
public record ExceptionObject(
    long address,
    String type,
    Optional<String> message,
    int hresult,
    List<StackEntry> frames,
    int framesInDump) {}
