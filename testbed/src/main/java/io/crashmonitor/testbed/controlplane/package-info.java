/**
 * A real Kubernetes control plane (etcd, API server, controller manager, scheduler) and Azurite,
 * run as processes of this machine for tests and demonstrations. There is no kubelet in here: nodes
 * are objects until something plays them.
 */
package io.crashmonitor.testbed.controlplane;
