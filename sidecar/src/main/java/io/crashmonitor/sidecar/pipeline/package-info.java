/** The way of a dump: looked into, offered, uploaded, confirmed, deleted. */
package io.crashmonitor.sidecar.pipeline;
