/** NativeAOT programs, which leave a record of their crash. */
package io.crashmonitor.minidump.clr.nativeaot;
