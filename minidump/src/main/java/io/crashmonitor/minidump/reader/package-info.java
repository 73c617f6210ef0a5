/**
 * Reads the container format: streams, memory, threads, modules, the exception. Everything is
 * bounds-checked here; what lies above works on values.
 */
package io.crashmonitor.minidump.reader;
