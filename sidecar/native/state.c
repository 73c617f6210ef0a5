/* state\attach.json: what the sidecar and the operator get to know. */
#include "files.h"
#include "supervise.h"
#include "text.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#define STATE_BYTES 65536
#define INSTALLATION_CHARS 64

typedef struct {
    const char *phase;
    const wchar_t *reason;
    wchar_t message[400];
} summary;

static const watch *first_in(const supervisor *s, watch_state state) {
    for (int i = 0; i < MAX_WATCHED; i++)
        if (s->watches[i].used && !s->watches[i].ended && s->watches[i].state == state) return &s->watches[i];
    return NULL;
}

typedef struct {
    int living;
    int attached;
    int held_back;
} counts;

static counts count(const supervisor *s) {
    counts n = {0};
    for (int i = 0; i < MAX_WATCHED; i++) {
        const watch *w = &s->watches[i];
        if (!w->used || w->ended || !w->wanted) continue;
        n.living++;
        n.attached += w->attached_at != 0;
        n.held_back += w->state == WATCH_HELD_BACK;
    }
    return n;
}

static void add_words(summary *out, const wchar_t *pattern, ...) {
    size_t n = wcslen(out->message);
    va_list args;
    va_start(args, pattern);
    _vsnwprintf(out->message + n, 399 - n, pattern, args);
    va_end(args);
    out->message[399] = 0;
}

/* Who is left out, and why: nobody is to find out by a crash without a dump. */
static void add_unwatched(const supervisor *s, int held_back, summary *out) {
    if (s->unwatched > 0) add_words(out, L"; %d more are not watched: there are too many of them", s->unwatched);
    if (s->list.more) add_words(out, L"; only %d of the container's processes are looked at", MAX_PROCESSES);
    if (held_back > 0)
        add_words(out, L"; %d children wait, as ProcDump is started on children %d times a minute at most", held_back,
                  STARTS_A_MINUTE);
}

static const watch *first_problem(const supervisor *s, summary *out) {
    static const struct { watch_state state; const char *phase; const wchar_t *reason; } ORDER[] = {
        {WATCH_STEPPED_BACK, "SteppedBack", L"DebuggerAttached"}, {WATCH_DENIED, "Failed", L"AccessDenied"},
        {WATCH_MISSING, "Failed", L"ProcDumpMissing"}, {WATCH_FAILED, "Failed", L"ProcDumpFailed"},
        {WATCH_DISK_LOW, "Disarmed", L"DiskLow"}};
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++) {
        const watch *w = first_in(s, ORDER[i].state);
        if (!w) continue;
        out->phase = ORDER[i].phase;
        out->reason = ORDER[i].reason;
        return w;
    }
    return NULL;
}

static void summarize_session(const supervisor *s, summary *out) {
    out->phase = *s->session_problem ? "Failed" : "WaitingForSession";
    out->reason = *s->session_problem ? L"SessionInvalid" : L"";
    format(out->message, 400, L"%ls", *s->session_problem ? s->session_problem
                                      : L"control\\session.properties is not there yet; the sidecar writes it");
}

static void summarize_armed(const supervisor *s, summary *out) {
    counts n = count(s);
    summary problem = {0};
    const watch *w = first_problem(s, &problem);
    if (n.attached > 0) {
        out->phase = "Attached";
        format(out->message, 400, L"attached to %d of %d processes%ls%ls", n.attached, n.living, w ? L"; " : L"",
               w ? w->words : L"");
    } else if (w) {
        out->phase = problem.phase;
        out->reason = problem.reason;
        copy_text(out->message, 400, w->words);
    } else {
        out->phase = "WaitingForProcess";
        if (n.living > 0) copy_text(out->message, 400, L"ProcDump is starting");
        else if (*s->session->process)
            format(out->message, 400, L"no process is named %ls", s->session->process);
        else copy_text(out->message, 400, L"the container's entry process is not found");
    }
    add_unwatched(s, n.held_back, out);
}

static void summarize(const supervisor *s, summary *out) {
    const watch *cancelling = first_in(s, WATCH_CANCELLING);
    *out = (summary){.reason = L""};
    if (!s->session) {
        summarize_session(s, out);
    } else if (cancelling) {
        out->phase = "CancelPending";
        out->reason = s->past_disarm_at ? L"StopTimeReached" : s->session->disarmed_reason;
        copy_text(out->message, 400, cancelling->words);
    } else if (s->past_disarm_at) {
        out->phase = "Disarmed";
        out->reason = L"StopTimeReached";
        copy_text(out->message, 400, L"the stop time of the session has passed");
    } else if (!s->session->armed) {
        out->phase = "Disarmed";
        out->reason = *s->session->disarmed_reason ? s->session->disarmed_reason : L"Unknown";
    } else {
        summarize_armed(s, out);
        if (*s->session_problem) add_words(out, L"; %ls", s->session_problem);
    }
}

static void add_instance(text *t, instance who, const wchar_t *name) {
    text_add(t, "{\"pid\":%lu,\"name\":", who.pid);
    text_add_json(t, name);
    text_add(t, ",\"startTime\":");
    text_add_json_time(t, who.start == NO_START ? 0 : who.start);
}

static void add_processes(text *t, const supervisor *s) {
    const char *comma = "";
    for (int i = 0; i < MAX_WATCHED; i++) {
        const watch *w = &s->watches[i];
        if (!w->used || w->ended || !w->wanted) continue;
        text_add(t, "%s", comma);
        add_instance(t, w->who, w->name);
        text_add(t, ",\"entry\":%s,\"attached\":%s,\"attachedAt\":", w->as == ROLE_ENTRY ? "true" : "false",
                 w->attached_at ? "true" : "false");
        text_add_json_time(t, w->attached_at);
        text_add(t, ",\"firstAttachedAt\":");
        text_add_json_time(t, w->first_attached);
        if (w->procdump_pid) text_add(t, ",\"procdumpPid\":%lu}", w->procdump_pid);
        else text_add(t, ",\"procdumpPid\":null}");
        comma = ",";
    }
}

static void add_exits(text *t, const supervisor *s) {
    for (int i = 0; i < s->exit_count; i++) {
        const process_exit *e = &s->exits[i];
        if (i > 0) text_add(t, ",");
        add_instance(t, e->who, e->name);
        text_add(t, ",\"exitTime\":");
        text_add_json_time(t, e->end_time);
        text_add(t, ",\"exitCode\":\"0x%08lX\",\"attached\":%s,\"dumps\":%d}", e->exit_code,
                 e->attached ? "true" : "false", e->dumps);
    }
}

/* "Server Core", "Nano Server", "Server": which Windows the container is made of. NULL where it does not say. */
static const wchar_t *installation_type(void) {
    static wchar_t type[INSTALLATION_CHARS];
    static int asked;
    DWORD size = sizeof type;
    if (!asked && RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                               L"InstallationType", RRF_RT_REG_SZ, NULL, type, &size))
        type[0] = 0;
    asked = 1;
    return *type ? type : NULL;
}

int state_write(const supervisor *s, int due) {
    static char body[STATE_BYTES], before[STATE_BYTES], whole[STATE_BYTES + 128];
    wchar_t path[PATH_CHARS];
    text t;
    summary sum;
    summarize(s, &sum);
    text_init(&t, body, STATE_BYTES - 128);
    text_add(&t, "\"supervisorPid\":%lu,\"phase\":\"%s\",\"reason\":", GetCurrentProcessId(), sum.phase);
    text_add_json(&t, sum.reason);
    text_add(&t, ",\"message\":");
    text_add_json(&t, sum.message);
    text_add(&t, ",\"installationType\":");
    if (installation_type()) text_add_json(&t, installation_type());
    else text_add(&t, "null");
    text_add(&t, ",\"processes\":[");
    add_processes(&t, s);
    text_add(&t, "],\"exits\":[");
    add_exits(&t, s);
    text_add(&t, "]}\n");
    if (t.overflow || (!due && strcmp(body, before) == 0)) return 0;
    text head;
    text_init(&head, whole, sizeof whole);
    text_add(&head, "{\"version\":1,\"heartbeat\":");
    text_add_json_time(&head, now_filetime());
    text_add(&head, ",%s", body);
    root_path(path, L"state\\attach.json");
    if (!replace_file(path, whole, head.length)) return 0;
    memcpy(before, body, t.length + 1);
    return 1;
}
