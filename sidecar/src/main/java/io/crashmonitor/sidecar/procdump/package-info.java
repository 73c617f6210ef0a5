/** What ProcDump writes on its console, versions 9.0 to 12.01: read from its log in the volume. */
package io.crashmonitor.sidecar.procdump;
