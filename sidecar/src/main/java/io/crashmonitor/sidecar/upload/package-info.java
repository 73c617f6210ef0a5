/**
 * Dumps into Azure Blob Storage: blocks with MD5, a journal of what is there already, one commit.
 * Two REST calls of the JDK's HTTP client, Put Block and Put Block List.
 */
package io.crashmonitor.sidecar.upload;
