/**
 * The agent endpoint: who may speak to the operator from inside a pod, and what it gets. What the
 * reconciler leaves for agents is on the {@link io.crashmonitor.operator.agent.SessionBoard}; what
 * agents say is in the {@link io.crashmonitor.operator.agent.AgentRegistry}.
 */
package io.crashmonitor.operator.agent;
