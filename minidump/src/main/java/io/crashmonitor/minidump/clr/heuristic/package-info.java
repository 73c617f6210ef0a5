/** .NET Core 3.1, which does not describe itself. */
package io.crashmonitor.minidump.clr.heuristic;
