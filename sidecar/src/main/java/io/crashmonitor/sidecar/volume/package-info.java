/**
 * The volume that the agent shares with the app's container. What lies in it may come from anybody
 * in that container: no links are followed, sizes are capped, half-written files are expected.
 */
package io.crashmonitor.sidecar.volume;
