/**
 * The console output of a container that crashed: fetched once for each crash, away from the
 * reconciler, and read for the exception that the runtime printed.
 */
package io.crashmonitor.operator.console;
