/** Facts about the process that lie in its own memory. */
package io.crashmonitor.minidump.process;
