/* The agent's Java as a child of the sidecar's entry process. */
#ifndef CRASH_MONITOR_AGENT_H
#define CRASH_MONITOR_AGENT_H

#include "windows_api.h"

/* Held while the sidecar lives and set while the agent runs: drain looks at it. */
#define AGENT_EVENT L"Global\\crash-monitor-agent-runs"

/* Keeps the agent running until stop is set, then gives it time to end. */
void agent_keep_running(HANDLE stop, HANDLE runs);

#endif
