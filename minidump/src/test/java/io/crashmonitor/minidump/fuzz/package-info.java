/**
 * Fuzz targets in the form that Jazzer takes ({@code fuzzerTestOneInput}); they need no Jazzer to
 * compile, and {@link io.crashmonitor.minidump.fuzz.FuzzTargetsTest} feeds them seeded changes in
 * each build. With Jazzer: {@code bench/fuzz-minidump TARGET}.
 */
package io.crashmonitor.minidump.fuzz;
