/** The command line over the analysis. */
package io.crashmonitor.minidump.inspect;
