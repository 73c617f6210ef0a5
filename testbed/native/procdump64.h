/* ProcDump's stand-in: what its parts share. Test code; see procdump64.c. */
#ifndef PROCDUMP64_H
#define PROCDUMP64_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <wchar.h>

#define MAX_FILTERS 32

typedef enum { DUMP_MINI, DUMP_MINIPLUS, DUMP_TRIAGE, DUMP_FULL } dump_kind;

/* How the stand-in is told to misbehave (environment PROCDUMP_STANDIN_FAULT). */
typedef enum {
    FAULT_NONE,
    FAULT_FAIL,          /* ends with an error before it attaches */
    FAULT_HANG,          /* never attaches, hears no cancel */
    FAULT_DEAF,          /* attaches, hears no cancel */
    FAULT_DIE,           /* is gone a second after attaching; the application lives on */
    FAULT_DIE_TOGETHER,  /* the same, and takes the application with it (C0000354) */
    FAULT_WRITE,         /* the dump cannot be written */
    FAULT_TRUNCATE,      /* half of the dump is missing */
    FAULT_IMPATIENT,     /* hears the cancel while it writes a dump, and abandons that */
    FAULT_LINGER         /* does not end when its process has ended */
} fault;

typedef struct {
    int accept_eula;
    int exceptions;   /* -e */
    int first_chance; /* -e 1 */
    int terminate;    /* -t */
    int overwrite;    /* -o */
    int cancel;       /* -cancel */
    dump_kind kind;
    int dumps;           /* -n */
    int abandon_seconds; /* -at */
    const wchar_t *include[MAX_FILTERS];
    int includes;
    const wchar_t *exclude[MAX_FILTERS];
    int excludes;
    const wchar_t *target; /* pid or image name */
    const wchar_t *place;  /* folder or file */
    fault fault;
    DWORD delay_ms;
    int utf16;
} options;

typedef struct {
    DWORD pid;
    HANDLE process;
    HANDLE cancel; /* set when it is to let go */
    wchar_t image[MAX_PATH];
    int taken; /* dumps written */
} target;

/* Fills options from the command line and the environment; an error's words, or NULL. */
const wchar_t *options_parse(options *o, int argc, wchar_t **argv);
/* Does the text hold the pattern (wildcards * and ?, any case, open at both ends)? */
int filter_matches(const wchar_t *pattern, const wchar_t *text);

void report_encoding(int utf16);
void report(const wchar_t *format, ...);
void report_at(const wchar_t *format, ...); /* with the time of day before it */
void report_banner(void);
void report_settings(const options *o, const target *t);
/* "C0000005.ACCESS_VIOLATION" */
void exception_text(DWORD code, wchar_t *out, size_t cap);

/* Writes one dump; exception and thread may be missing (a process that ends). 1 when it is there. */
int dump_write(const options *o, target *t, const EXCEPTION_RECORD *exception, DWORD tid, const wchar_t *reason);

/* Has the process stop where its exit begins; asks whether an event is that stop, and lets it go on. */
void exit_watch(const target *t);
int exit_begins(const target *t, const DEBUG_EVENT *event);
void exit_unwatch(const target *t);

#endif
