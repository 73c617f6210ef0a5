/** Dumps in the volume: finding them, telling whole ones from others, what they say of a crash. */
package io.crashmonitor.sidecar.dump;
