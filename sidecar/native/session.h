/* control\session.properties: what the agent wants to be done. */
#ifndef CRASH_MONITOR_SESSION_H
#define CRASH_MONITOR_SESSION_H

#include "windows_api.h"

#include <stddef.h>
#include <stdint.h>

#define SESSION_BYTES 65536
#define SESSION_ARGS 64
#define NAME_CHARS 128

typedef struct {
    int count;
    const wchar_t *at[SESSION_ARGS]; /* into the session's pool */
} arguments;

typedef struct {
    int armed;
    wchar_t disarmed_reason[32];
    uint64_t disarm_at; /* epoch ms, 0: never */
    wchar_t process[NAME_CHARS];
    arguments args;
    arguments again; /* for a process that was dumped and lives on; none: the same */
    wchar_t pool[SESSION_BYTES];
    size_t pool_used;
    unsigned commit_percent;
    unsigned volume_percent;
    unsigned drain_seconds; /* 0: not said */
    unsigned dump_seconds;  /* ProcDump's own bound of a dump, its option -at; 0: none */
} session;

/* Reads the text of a file; NULL, or words for what is wrong (the session is then unusable). */
const wchar_t *session_parse(session *s, const char *bytes, size_t length);

/* ProcDump's arguments for a process of which so many dumps were taken. */
const arguments *session_args(const session *s, int dumps);

/* The same command lines for ProcDump? */
int session_same_args(const session *a, const session *b);

#endif
