/** ECMA-335 metadata of managed assemblies, read in place in the crashed process. */
package io.crashmonitor.minidump.clr.metadata;
