/** Reads PE images out of the crashed process's memory: headers, exports, unwind tables. */
package io.crashmonitor.minidump.pe;
