/** Walks stacks without symbols: by unwind tables, by frame pointers, by search. */
package io.crashmonitor.minidump.unwind;
