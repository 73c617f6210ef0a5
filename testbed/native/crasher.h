/* What the parts of the sample application share. */
#ifndef CRASHER_H
#define CRASHER_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdint.h>

typedef struct {
    wchar_t crash[64];
    wchar_t cycle[256];
    wchar_t state[MAX_PATH];
    wchar_t when[MAX_PATH];
    uint64_t after_ms;
    uint64_t at_ms;
    DWORD first_chance;
    DWORD first_chance_rate;
    DWORD allocate_mb;
    int on_stop;
    int in_thread;
    int child;
    int runtime;
    int quiet;
} options;

extern const wchar_t CRASHER_USAGE[];
/* From the environment and then the command line; 0 for what is none of the options. */
int parse_options(options *o, int argc, wchar_t **argv);

/* A line on standard output, as UTF-8. */
void say(const wchar_t *format, ...);

/* From now on an unhandled exception leaves a dump, if the variables of the .NET runtime ask for one. */
void dump_own_crash(void);

/* Writes that dump, in a process of its own; returns the process' exit code. */
int create_dump(const wchar_t *pid, const wchar_t *type, const wchar_t *path);

#endif
