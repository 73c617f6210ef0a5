/* The supervisor: which processes are watched, what is wanted, what is told. */
#include "supervise.h"

#include "files.h"
#include "procdump.h"
#include "text.h"

#include <string.h>
#include <wchar.h>

#define HEARTBEAT_MS 4900
#define LIST_MS 2500
#define LIST_ANYWAY_MS 30000
#define SETTLING_MS 3000
#define LIST_SOON_MS 200
#define SOON_FOR_MS 10000
#define BUSY_MS 100
/* As long as the agent may look for what ProcDump said of a dump. */
#define LOG_KEPT_MS 60000

static supervisor self;
static session sessions[2];

int become_only_supervisor(void) {
    HANDLE mutex = CreateMutexW(NULL, FALSE, L"Global\\crash-monitor-supervise");
    if (!mutex && GetLastError() == ERROR_ACCESS_DENIED) return 0; /* another user's: somebody is it */
    /* The handle is kept open: the name lives as long as this program. */
    return !mutex || GetLastError() != ERROR_ALREADY_EXISTS;
}

void use_debug_privilege(void) {
    HANDLE token;
    TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 1, .Privileges = {{.Attributes = SE_PRIVILEGE_ENABLED}}};
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token)) return;
    if (LookupPrivilegeValueW(NULL, SE_DEBUG_NAME, &privileges.Privileges[0].Luid))
        AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL);
    CloseHandle(token);
}

static void problem(const wchar_t *what) {
    wchar_t words[256];
    format(words, 256, L"control\\session.properties cannot be used: %ls", what);
    if (wcscmp(words, self.session_problem) != 0) log_line(L"%ls", words);
    copy_text(self.session_problem, 256, words);
}

static void forget_wanted(void) {
    for (int i = 0; i < MAX_WATCHED; i++) self.watches[i].wanted = 0;
}

typedef enum { SAME, CAME, NOT_NOW } session_news;

/* Reads the file when it has changed. The last good session stays in force. */
static session_news read_session(void) {
    static char bytes[SESSION_BYTES];
    static uint64_t seen_time, seen_size;
    WIN32_FILE_ATTRIBUTE_DATA data;
    wchar_t path[PATH_CHARS];
    DWORD error;
    root_path(path, L"control\\session.properties");
    if (!GetFileAttributesExW(path, GetFileExInfoStandard, &data)) return SAME;
    uint64_t time = filetime_number(data.ftLastWriteTime), size = (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    if (time == seen_time && size == seen_size) return SAME;
    long n = read_small(path, bytes, sizeof bytes, &error);
    if (n < 0 && error == ERROR_SHARING_VIOLATION) return NOT_NOW; /* being replaced */
    seen_time = time;
    seen_size = size;
    session *fresh = self.session == &sessions[0] ? &sessions[1] : &sessions[0];
    const wchar_t *wrong = n < 0 ? error_text(error) : session_parse(fresh, bytes, (size_t)n);
    if (wrong) {
        problem(wrong);
        return SAME;
    }
    self.session_problem[0] = 0;
    if (!self.session || !session_same_args(self.session, fresh)) self.generation++;
    if (wcscmp(self.session ? self.session->process : L"", fresh->process) != 0) forget_wanted();
    self.session = fresh;
    log_line(L"session: %ls%ls, process %ls, %d arguments", fresh->armed ? L"armed" : L"disarmed ",
             fresh->disarmed_reason, *fresh->process ? fresh->process : L"(entry)", fresh->args.count);
    return CAME;
}

static watch *watch_of(DWORD pid, uint64_t start) {
    for (int i = 0; i < MAX_WATCHED; i++) {
        watch *w = &self.watches[i];
        if (w->used && !w->ended && w->who.pid == pid && (w->who.start == start || start == NO_START)) return w;
    }
    return NULL;
}

static watch *free_slot(void) {
    for (int i = 0; i < MAX_WATCHED; i++)
        if (!self.watches[i].used) return &self.watches[i];
    return NULL;
}

/* A watched process without a handle ends when it is not in the list any more. */
static void drop_vanished(void) {
    for (int i = 0; i < MAX_WATCHED; i++) {
        watch *w = &self.watches[i];
        if (w->used && !w->process && !w->procdump && !process_by_pid(&self.list, w->who.pid)) watch_close(w);
    }
}

/*
 * 1 when a process came that was not watched before. Asking for the pids is cheap, asking for the
 * processes is not. A process that has just come may have no name yet: it is looked at a while. Where
 * a pid came free and was taken again between two looks, the look that is due anyway finds it.
 */
static int find_processes(uint64_t now, int anyway) {
    static uint64_t next_anyway, settled_at;
    static found matches[MAX_PROCESSES];
    int fresh = 0;
    if (processes_changed()) settled_at = now + SETTLING_MS;
    if (!anyway && now >= settled_at && now < next_anyway) return 0;
    next_anyway = now + LIST_ANYWAY_MS;
    if (!processes_list(&self.list)) return 0;
    drop_vanished();
    int n = processes_find(&self.list, &self.search, self.session->process, matches);
    self.unwatched = 0;
    for (int i = 0; i < n; i++) {
        process *p = &self.list.at[matches[i].index];
        watch *w = watch_of(p->pid, process_start(p));
        if (!w && (w = free_slot())) {
            if (!watch_open(w, p, matches[i].as)) continue;
            log_line(L"%ls (%lu): watched%ls", w->name, w->who.pid, w->as == ROLE_ENTRY ? L", the entry process" : L"");
            fresh = 1;
        }
        if (!w) {
            self.unwatched++;
            continue;
        }
        w->wanted = 1;
        if (w->as == ROLE_CHILD) w->as = matches[i].as;
    }
    return fresh;
}

static process_exit *exit_of(instance who) {
    for (int i = 0; i < self.exit_count; i++)
        if (self.exits[i].who.pid == who.pid && self.exits[i].who.start == who.start) return &self.exits[i];
    return NULL;
}

static void record_exit(const watch *w) {
    process_exit *e = exit_of(w->who);
    if (!e) {
        if (self.exit_count == MAX_EXITS)
            memmove(self.exits, self.exits + 1, sizeof *self.exits * (size_t)--self.exit_count);
        e = &self.exits[self.exit_count++];
        search *s = &self.search;
        if (s->endeds == MAX_ENDED) memmove(s->ended, s->ended + 1, sizeof *s->ended * (size_t)--s->endeds);
        s->ended[s->endeds].who = w->who;
        s->ended[s->endeds++].end = w->end_time;
    }
    e->who = w->who;
    e->end_time = w->end_time;
    e->exit_code = w->exit_code;
    e->attached = w->was_attached;
    e->dumps = w->dumps;
    copy_text(e->name, NAME_CHARS, w->name);
}

static int armed_now(void) {
    uint64_t at = self.session ? self.session->disarm_at : 0;
    self.past_disarm_at = at && epoch_millis(now_filetime()) >= at;
    return self.session && self.session->armed && !self.past_disarm_at;
}

/* One step for each watched process; 1 when one has ended. */
static int step_all(uint64_t now) {
    int ended = 0;
    intent want = {armed_now(), self.generation, self.session, &self.for_children};
    for (int i = 0; i < MAX_WATCHED; i++) {
        watch *w = &self.watches[i];
        if (!w->used) continue;
        int before = w->ended, dumps = w->dumps;
        watch_step(w, &want, now);
        if (w->ended && (w->wanted || w->was_attached)) record_exit(w);
        ended |= w->ended && !before;
        if (w->dumps != dumps) self.dumped_at = now;
        if (watch_finished(w) || (!w->wanted && !w->procdump && !w->launched)) watch_close(w);
    }
    return ended;
}

static int writes_dump(void) {
    for (int i = 0; i < MAX_WATCHED; i++) {
        const watch *w = &self.watches[i];
        if (w->used && w->procdump && dump_begun(w->who.pid, w->who.start)) return 1;
    }
    return 0;
}

/* What ProcDump says of a dump stays in one piece, as far as the disk lets it. */
static void keep_procdump_log_short(uint64_t now) {
    log_length length = procdump_log_length();
    if (length == LOG_SHORT) return;
    int needed = now - self.dumped_at <= LOG_KEPT_MS || writes_dump();
    if (length == LOG_TOO_LONG || !needed) procdump_shorten_log();
}

/* May the launched application run now? With ProcDump on it, or when waiting has no sense. */
static int may_run(const watch *w) {
    if (w->attached_at) return 1;
    if (!self.session) return 0;
    return !armed_now() || !w->wanted || (w->state != WATCH_IDLE && w->state != WATCH_STARTING);
}

static watch *adopt(const launched *app) {
    watch *w = &self.watches[0];
    watch_adopt(w, app->process, app->pid, app->name);
    self.search.entry = w->who;
    return w;
}

DWORD supervise(const search *known, launched *app) {
    uint64_t start = GetTickCount64(), beat = 0, list_at = 0, soon_until = start + SOON_FOR_MS;
    int anyway = 1; /* list the processes, whether or not they have changed */
    int look = 1;   /* at the session file */
    session_news news = SAME;
    self.search = *known;
    watch *own = app ? adopt(app) : NULL;
    for (;;) {
        uint64_t now = GetTickCount64();
        if (look || now >= beat || news == NOT_NOW) news = read_session();
        if (news == CAME) anyway = 1;
        if (self.session && (anyway || now >= list_at)) {
            if (find_processes(now, anyway)) soon_until = now + SOON_FOR_MS;
            list_at = now + (now < soon_until ? LIST_SOON_MS : LIST_MS);
            anyway = 0;
        }
        if (step_all(now)) {
            soon_until = now + SOON_FOR_MS;
            anyway = 1;
        }
        int waits = app && !app->runs;
        if (waits && may_run(own)) launched_run(app);
        if (state_write(&self, now >= beat)) {
            keep_procdump_log_short(now);
            beat = now + HEARTBEAT_MS;
        }
        if (own && !own->used) return own->exit_code;
        look = wait_for_events(&self, anyway && self.session ? 0 : waits ? BUSY_MS : now < soon_until ? LIST_SOON_MS : LIST_MS);
    }
}
