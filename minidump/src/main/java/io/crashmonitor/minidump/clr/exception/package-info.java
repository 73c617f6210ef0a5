/** Exception objects: their chain, messages and stack traces, whatever runtime they belong to. */
package io.crashmonitor.minidump.clr.exception;
