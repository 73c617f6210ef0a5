/**
 * A small Linux node of the control plane: it runs pods of one container, from images that are tar
 * files, as processes in mount namespaces of their own. Enough for the operator's pod, exactly as a
 * chart deploys it; no network of its own, no init containers, no limits.
 */
package io.crashmonitor.testbed.linuxnode;
