/** The report's shape: what one dump says about one crash. */
package io.crashmonitor.minidump.report;
