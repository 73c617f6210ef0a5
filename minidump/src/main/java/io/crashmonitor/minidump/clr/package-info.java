/** Managed runtimes: exceptions, method names and code that the native tables do not cover. */
package io.crashmonitor.minidump.clr;
