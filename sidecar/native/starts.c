/* How often ProcDump is started on children of the entry process. */
#include "starts.h"

#define EACH_MS (60000 / STARTS_A_MINUTE)
/* A child that lives this long is no tool that is run for a moment. */
#define SETTLED_MS 2000
#define AGAIN_MS 1000
/* Left by children that have only just come to those that stay. */
#define SPARE (STARTS_A_MINUTE / 2)

/* A bucket of STARTS_A_MINUTE, told by the time at which it is full again. */
static int take(starts *s, uint64_t now, unsigned spare) {
    uint64_t full_at = (s->full_at > now ? s->full_at : now) + EACH_MS;
    if (full_at - now > (uint64_t)(STARTS_A_MINUTE - spare) * EACH_MS) return 0;
    s->full_at = full_at;
    return 1;
}

/*
 * A tool that the application runs for a moment is not worth a ProcDump, and many are a burden on its memory
 * limit: a child waits until it has settled, and its turn. Where few come they need not wait: started by a
 * script or by LogMonitor.exe a child is the application, and that may crash in its first second.
 */
uint64_t starts_wait(starts *s, uint64_t lived, uint64_t now, int *run_out) {
    *run_out = 0;
    if (take(s, now, SPARE)) return 0;
    if (lived < SETTLED_MS) return SETTLED_MS - lived;
    if (take(s, now, 0)) return 0;
    *run_out = 1;
    return AGAIN_MS;
}
