/** Turns exception codes and their parameters into words. */
package io.crashmonitor.minidump.reason;
