/* How often ProcDump is started on children of the entry process. */
#ifndef CRASH_MONITOR_STARTS_H
#define CRASH_MONITOR_STARTS_H

#include <stdint.h>

#define STARTS_A_MINUTE 12

/* Zeros: none has been taken. */
typedef struct {
    uint64_t full_at; /* ticks, ms; when all that were taken will have come back */
} starts;

/*
 * In how many ms a child that has lived that long (ms) is to ask again; 0: it may have its ProcDump, and the
 * start is taken. *run_out says that there are none left even for one that stays.
 */
uint64_t starts_wait(starts *s, uint64_t lived, uint64_t now, int *run_out);

#endif
