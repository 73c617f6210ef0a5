/** .NET runtimes that describe themselves by data contracts (9 and later). */
package io.crashmonitor.minidump.clr.contract;
