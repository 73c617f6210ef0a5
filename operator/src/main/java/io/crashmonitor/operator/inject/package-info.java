/**
 * What is put into a user's workload and taken out again, when that does harm, and what pods tell
 * of it. {@link io.crashmonitor.operator.inject.WorkloadApplier} alone writes; the rest is pure.
 */
package io.crashmonitor.operator.inject;
