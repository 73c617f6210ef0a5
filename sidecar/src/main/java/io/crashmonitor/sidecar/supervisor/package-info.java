/** What the native helper in the app's container says of itself and of the app. */
package io.crashmonitor.sidecar.supervisor;
