/**
 * What a session wants and how far it has come: gather an observation, plan, act, report. Planner
 * and status are pure; {@link io.crashmonitor.operator.session.SessionReconciler} is the edge.
 */
package io.crashmonitor.operator.session;
