/**
 * ProcDump in the pod: what it writes on its console, versions 9.0 to 12.01, read from its log in
 * the volume; and, where the image has none, the program itself, fetched and checked.
 */
package io.crashmonitor.sidecar.procdump;
