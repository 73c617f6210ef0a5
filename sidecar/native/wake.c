/* What wakes the supervisor: the end of a process, another session file, and time. */
#include "supervise.h"

#include "files.h"
#include "text.h"

/* A folder that changes without end is looked at five times a second. */
#define CHANGES_APART_MS 200
#define BUSY_MS 100

/* Tells at once of another session file. Not every volume has it: then the file is looked at with every turn. */
static HANDLE folder_changes(void) {
    static HANDLE handle = INVALID_HANDLE_VALUE;
    wchar_t path[PATH_CHARS];
    if (handle != INVALID_HANDLE_VALUE) return handle;
    root_path(path, L"control");
    handle = FindFirstChangeNotificationW(path, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_LAST_WRITE);
    return handle;
}

static DWORD until_disarm(const supervisor *s, DWORD wait) {
    uint64_t at = s->session ? s->session->disarm_at : 0, now = epoch_millis(now_filetime());
    return at > now && at - now < wait ? (DWORD)(at - now) : wait;
}

static DWORD sooner(uint64_t at, uint64_t now, DWORD longest) {
    uint64_t wait = at > now + BUSY_MS ? at - now : BUSY_MS;
    return wait < longest ? (DWORD)wait : longest;
}

/* In how many ms it wants its next step, at most longest; the ends of processes are waited for beside it. */
static DWORD watch_due(const watch *w, int armed, uint64_t now, DWORD longest) {
    if (w->state == WATCH_STARTING) return sooner(now, now, longest);
    if (w->cancel_since || w->state == WATCH_CANCELLING) return sooner(w->cancel_next, now, longest);
    int tries = armed && w->wanted && !w->procdump && !w->ended &&
                (w->state == WATCH_IDLE || w->state == WATCH_HELD_BACK || w->state == WATCH_FAILED ||
                 w->state == WATCH_MISSING);
    return tries ? sooner(w->next_try, now, longest) : longest;
}

int wait_for_events(const supervisor *s, DWORD longest) {
    static ULONGLONG changed_at;
    HANDLE handles[MAX_WATCHED * 2 + 1], folder = folder_changes();
    DWORD n = 0;
    ULONGLONG now = GetTickCount64();
    int armed = s->session && s->session->armed, listens = folder != INVALID_HANDLE_VALUE;
    if (listens && now - changed_at < CHANGES_APART_MS) {
        listens = 0;
        if (longest > CHANGES_APART_MS) longest = CHANGES_APART_MS;
    }
    if (listens) handles[n++] = folder;
    for (int i = 0; i < MAX_WATCHED; i++) {
        const watch *w = &s->watches[i];
        if (!w->used) continue;
        if (w->process && !w->ended) handles[n++] = w->process;
        if (w->procdump) handles[n++] = w->procdump;
        longest = watch_due(w, armed, now, longest);
    }
    longest = until_disarm(s, longest);
    DWORD woken = n == 0 ? WAIT_FAILED : WaitForMultipleObjects(n, handles, FALSE, longest);
    if (woken == WAIT_FAILED) Sleep(longest);
    if (listens && woken == WAIT_OBJECT_0) {
        changed_at = GetTickCount64();
        FindNextChangeNotification(folder);
        return 1;
    }
    return !listens;
}
