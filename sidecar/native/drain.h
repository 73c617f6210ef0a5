/*
 * The end of a container, told by files that the agent takes away when it is done. drain: the preStop hook waits for
 * what there is to be uploaded now. end: the container was asked to end, the agent uploads what is left and ends.
 */
#ifndef CRASH_MONITOR_DRAIN_H
#define CRASH_MONITOR_DRAIN_H

#include "session.h"
#include "windows_api.h"

#define DRAIN_MARK L"control\\drain"
#define END_MARK L"control\\end"

/* The session as the agent wrote it; 0 where there is none that can be read. */
int session_read(session *into);

/* Tells the agent of the end; how long it may take then, in milliseconds. */
DWORD end_ask(void);
/* Waits until an agent that is nobody's child is done, no longer than it may take. */
void end_await(void);

#endif
