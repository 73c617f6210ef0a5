/* One watched process and the ProcDump on it. */
#ifndef CRASH_MONITOR_WATCH_H
#define CRASH_MONITOR_WATCH_H

#include "processes.h"
#include "session.h"
#include "starts.h"
#include "windows_api.h"

#include <stdint.h>

typedef enum {
    WATCH_IDLE,         /* nothing to do, or not yet */
    WATCH_STARTING,     /* ProcDump runs, no debugger is on the process yet */
    WATCH_ATTACHED,     /* seen, not assumed */
    WATCH_CANCELLING,   /* ProcDump was asked to let go */
    WATCH_HELD_BACK,    /* a child, and ProcDump was started often enough for now */
    WATCH_STEPPED_BACK, /* somebody else debugs the process */
    WATCH_DENIED,       /* the process is another user's */
    WATCH_DISK_LOW,
    WATCH_MISSING,      /* there is no ProcDump */
    WATCH_FAILED        /* ProcDump does not do its work; tried again with growing pauses */
} watch_state;

/* What is wanted of every watched process now. */
typedef struct {
    int armed;
    unsigned generation; /* of ProcDump's arguments */
    const session *session;
    starts *for_children; /* what is left of them */
} intent;

typedef struct {
    int used;
    instance who;
    wchar_t name[NAME_CHARS];
    role as;
    int wanted;     /* still matches the session */
    int launched;   /* started by us: not lost sight of before it has ended, wanted or not */
    HANDLE process; /* NULL when it cannot be opened at all */
    int full_rights;
    watch_state state;
    wchar_t words[256]; /* for a person, when there is something to say */

    HANDLE procdump; /* NULL: none runs */
    DWORD procdump_pid;
    unsigned generation;
    uint64_t procdump_since; /* ticks, ms */
    uint64_t dump_bound;     /* ms that a dump may keep ProcDump from being asked to let go */
    uint64_t dump_since;     /* ticks, ms; since when one does. 0: none */
    uint64_t attached_at;    /* FILETIME, 0: not attached */
    int trying;              /* since its first sight, without a pause, and nobody before us */
    uint64_t first_attached; /* FILETIME of the first attach, where it tells how long attaching takes; else 0 */
    int was_attached;        /* now, or until the dump that is the last thing we know */
    uint64_t cancel_since;
    uint64_t cancel_next;
    int failures;
    uint64_t next_try;
    uint64_t disk_next;
    int low; /* too little free space, when last looked */
    int next_dump;
    int dumps;

    int ended;
    uint64_t ended_since;
    uint64_t end_time;
    DWORD exit_code;
} watch;

/* Starts to watch; 0 when the process is gone already. */
int watch_open(watch *w, process *p, role as);
/* The same for an entry process whose handle we hold. */
void watch_adopt(watch *w, HANDLE handle, DWORD pid, const wchar_t *name);
/* One step; now in ticks (ms). */
void watch_step(watch *w, const intent *want, uint64_t now);
/* Everything is told and moved, the slot may be used again. */
int watch_finished(const watch *w);
void watch_close(watch *w);

#endif
