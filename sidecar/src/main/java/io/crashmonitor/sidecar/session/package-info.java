/** What the session wants now: kept over restarts, turned into the helper's control file. */
package io.crashmonitor.sidecar.session;
