/**
 * Explains Windows crash dumps without Windows, symbols or any dependency: {@link
 * io.crashmonitor.minidump.MinidumpAnalyzer}.
 */
package io.crashmonitor.minidump;
