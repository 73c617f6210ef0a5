/* The processes of this container, and which of them are the application. */
#ifndef CRASH_MONITOR_PROCESSES_H
#define CRASH_MONITOR_PROCESSES_H

#include "session.h"
#include "windows_api.h"

#include <stdint.h>

#define MAX_PROCESSES 512
/* Each has two handles to wait for, and Windows waits for 64 at once. */
#define MAX_WATCHED 31
#define MAX_ENDED 32

typedef struct {
    DWORD pid;
    DWORD parent;
    uint64_t start; /* FILETIME; 0 until asked for, NO_START when it cannot be had */
    wchar_t name[NAME_CHARS];
} process;

#define NO_START UINT64_MAX

typedef struct {
    process at[MAX_PROCESSES];
    int count;
    int more; /* there were more than MAX_PROCESSES */
} process_list;

/* One process instance; a pid alone may be used again. */
typedef struct {
    DWORD pid;
    uint64_t start;
} instance;

/* What the search knows beside the list. */
typedef struct {
    DWORD sibling_parent;  /* parent of the topmost process of the hook; the entry process has the same. 0: unknown */
    DWORD not_these[8];    /* processes of the hook itself */
    int nots;
    instance entry;        /* as found before; pid 0: not yet */
    struct { instance who; uint64_t end; } ended[MAX_ENDED]; /* watched ones that are gone: their children still count */
    int endeds;
} search;

typedef enum {
    ROLE_NAMED, /* by the session's name for it, or a worker of IIS */
    ROLE_ENTRY, /* the container's entry process */
    ROLE_CHILD  /* of the entry process: the application, or a tool that it runs for a moment */
} role;

typedef struct {
    int index; /* in the list */
    role as;
} found;

/* Whether pids came or went since the last call, as far as can be told cheaply: one for another may look the same. */
int processes_changed(void);
int processes_list(process_list *list);
uint64_t process_start(process *p);
process *process_by_pid(process_list *list, DWORD pid);
/* The application's processes, the entry process first, in an array of MAX_PROCESSES; their count. */
int processes_find(process_list *list, search *s, const wchar_t *pattern, found *out);
/* Windows' own processes, debuggers and ours: never the application. */
int is_system_process(const wchar_t *name);

/*
 * Fills sibling_parent and not_these from our own line of ancestors, as the hook sees it: attach.exe,
 * the cmd.exe that the runtime started, and the runtime's own process above them.
 */
void search_from_own_ancestors(process_list *list, search *s);

#endif
