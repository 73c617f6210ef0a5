/**
 * A small reader for the JSON that runtimes leave in their memory; bounded, without dependencies.
 */
package io.crashmonitor.minidump.clr.json;
