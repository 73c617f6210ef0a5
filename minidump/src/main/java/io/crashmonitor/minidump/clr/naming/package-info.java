/** Names of managed methods as a person would write them. */
package io.crashmonitor.minidump.clr.naming;
