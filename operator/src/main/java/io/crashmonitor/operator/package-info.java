/** The operator's process: its configuration, its health, and the wiring of its parts. */
package io.crashmonitor.operator;
