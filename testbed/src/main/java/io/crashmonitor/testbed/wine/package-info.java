/**
 * Windows processes on Linux: one Wine prefix per container, so that containers see neither each
 * other's processes nor each other's files, as on a Windows node with process isolation.
 *
 * <p>What Wine is not: no silos, no job limits on memory, no ContainerUser, no Nano Server, not the
 * real dbghelp.
 */
package io.crashmonitor.testbed.wine;
