/** What a .NET program wrote on its console when it died. */
package io.crashmonitor.minidump.clr.console;
