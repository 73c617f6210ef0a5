/** Talking with the operator: identity of the pod, the long poll, offers and completions. */
package io.crashmonitor.sidecar.operator;
