/* The supervisor: which processes are watched, what is wanted, what is told. */
#ifndef CRASH_MONITOR_SUPERVISE_H
#define CRASH_MONITOR_SUPERVISE_H

#include "processes.h"
#include "session.h"
#include "watch.h"
#include "windows_api.h"

#include <stdint.h>

#define MAX_EXITS 32

typedef struct {
    instance who;
    wchar_t name[NAME_CHARS];
    uint64_t end_time;
    DWORD exit_code;
    int attached;
    int dumps;
} process_exit;

typedef struct {
    session *session; /* the one in force, or NULL */
    unsigned generation;
    wchar_t session_problem[256]; /* why the newest file is not in force */
    int past_disarm_at;
    watch watches[MAX_WATCHED];
    process_exit exits[MAX_EXITS]; /* oldest first */
    int exit_count;
    uint64_t dumped_at; /* ticks, ms; 0: never */
    starts for_children;
    int unwatched; /* processes of the application for which there is no room */
    search search;
    process_list list;
} supervisor;

/* An application that this program has started itself, not running yet. */
typedef struct {
    HANDLE process;
    HANDLE thread;
    DWORD pid;
    const wchar_t *name;
    volatile LONG runs;
} launched;

/* Lets it run; once, whoever comes first. */
void launched_run(launched *app);

/* Runs until the container ends; with a launched application until that has ended: its exit code. */
DWORD supervise(const search *known, launched *app);

/* One supervisor in a container: 1 when this program is it now. */
int become_only_supervisor(void);
/* SeDebugPrivilege, where the user has it: for applications of other users. */
void use_debug_privilege(void);

/*
 * Sleeps until a process or a ProcDump ends, the session file changes, or something is due. 0 when the
 * session file is known to be the same.
 */
int wait_for_events(const supervisor *s, DWORD longest);

/* state\attach.json; due says that a heartbeat is wanted even if nothing has changed. 1 when in place. */
int state_write(const supervisor *s, int due);

#endif
