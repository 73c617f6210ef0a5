/* One watched process and the ProcDump on it. */
#include "watch.h"

#include "files.h"
#include "procdump.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

#define ATTACH_BOUND_MS 15000
#define CANCEL_AGAIN_MS 2000
#define CANCEL_WORDS_MS 10000
#define AFTER_DUMP_MS 500
#define DISK_EVERY_MS 10000
#define ORPHAN_BOUND_MS 60000
#define LONGEST_PAUSE_MS 60000
#define RIGHTS_EVERY_MS 10000
#define GOOD_ATTACH_MS 60000
#define DUMP_MARGIN_MS 30000
#define DUMP_BOUND_MS 1800000
#define ONE_DAY 864000000000ULL

static void become(watch *w, watch_state state, const wchar_t *pattern, ...) {
    wchar_t words[256] = L"";
    if (pattern) {
        va_list args;
        va_start(args, pattern);
        _vsnwprintf(words, 255, pattern, args);
        va_end(args);
        words[255] = 0;
    }
    if (w->state != state || wcscmp(words, w->words) != 0) {
        static const wchar_t *const NAMES[] = {L"idle", L"ProcDump starts", L"attached", L"cancelling",
            L"held back", L"stepped back", L"access denied", L"disk low", L"ProcDump missing", L"failed"};
        log_line(L"%ls (%lu): %ls%ls%ls", w->name, w->who.pid, NAMES[state], *words ? L": " : L"", words);
    }
    w->state = state;
    copy_text(w->words, 256, words);
}

static int debugger_present(const watch *w) {
    BOOL present = FALSE;
    return w->full_rights && CheckRemoteDebuggerPresent(w->process, &present) && present;
}

static void open_handle(watch *w) {
    HANDLE h = OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE, w->who.pid);
    w->full_rights = h != NULL;
    if (!h) h = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, w->who.pid);
    if (w->process) CloseHandle(w->process);
    w->process = h;
}

static uint64_t start_of(HANDLE process) {
    FILETIME start, end, kernel, user;
    return process && GetProcessTimes(process, &start, &end, &kernel, &user) ? filetime_number(start) : 0;
}

static void begin(watch *w, DWORD pid, const wchar_t *name, role as) {
    ZeroMemory(w, sizeof *w);
    w->used = 1;
    w->wanted = 1;
    w->as = as;
    w->who.pid = pid;
    w->next_dump = 1;
    copy_text(w->name, NAME_CHARS, name);
}

int watch_open(watch *w, process *p, role as) {
    begin(w, p->pid, p->name, as);
    open_handle(w);
    w->who.start = w->process ? start_of(w->process) : process_start(p);
    wchar_t folder[PATH_CHARS];
    incoming_folder(folder, w->who.pid, w->who.start);
    w->trying = !exists(folder); /* else a supervisor before us has tried */
    if (!w->process && GetLastError() == ERROR_INVALID_PARAMETER) w->used = 0;
    /* On Wine a process may be listed before it has its start; it is looked at again in a moment. */
    if (w->process && w->who.start > now_filetime() + ONE_DAY) watch_close(w);
    return w->used;
}

void watch_adopt(watch *w, HANDLE handle, DWORD pid, const wchar_t *name) {
    begin(w, pid, name, ROLE_ENTRY);
    w->process = handle;
    w->full_rights = 1;
    w->launched = 1;
    w->trying = 1;
    w->who.start = start_of(handle);
}

static void failed(watch *w, uint64_t now, const wchar_t *what, DWORD code) {
    uint64_t pause = 1000ULL << (w->failures < 6 ? w->failures : 6);
    if (pause > LONGEST_PAUSE_MS) pause = LONGEST_PAUSE_MS;
    w->failures++;
    w->next_try = now + pause;
    become(w, WATCH_FAILED, L"%ls (exit code 0x%08lX, %d in a row); next try in %llu s, see logs\\procdump.log", what,
           code, w->failures, pause / 1000);
}

static void procdump_ended(watch *w, uint64_t now) {
    DWORD code = 0;
    int was_attached = w->attached_at != 0, cancelled = w->cancel_since != 0;
    GetExitCodeProcess(w->procdump, &code);
    CloseHandle(w->procdump);
    w->procdump = NULL;
    w->procdump_pid = 0;
    w->attached_at = 0;
    w->cancel_since = 0;
    w->dump_since = 0;
    int moved = collect_dumps(w->who.pid, w->who.start, &w->next_dump);
    w->dumps += moved;
    log_line(L"%ls (%lu): ProcDump ended with 0x%08lX, %d dump(s)", w->name, w->who.pid, code, moved);
    if (moved > 0 || cancelled || w->ended) {
        if (moved > 0) w->failures = 0;
        if (cancelled && !w->ended) w->was_attached = 0;
        /* After a dump the process is dying, or lives on after a first chance: a moment tells. */
        w->next_try = now + (moved > 0 ? AFTER_DUMP_MS : 0);
        become(w, WATCH_IDLE, NULL);
        return;
    }
    w->was_attached = 0;
    if (was_attached && now - w->procdump_since > GOOD_ATTACH_MS) w->failures = 0;
    failed(w, now, was_attached ? L"ProcDump ended while it was attached" : L"ProcDump ended without attaching", code);
}

static void process_ended(watch *w, uint64_t now) {
    FILETIME start, end, kernel, user;
    w->ended = 1;
    w->ended_since = now;
    w->end_time = now_filetime();
    if (GetProcessTimes(w->process, &start, &end, &kernel, &user) && filetime_number(end))
        w->end_time = filetime_number(end);
    if (!GetExitCodeProcess(w->process, &w->exit_code)) w->exit_code = 0;
    log_line(L"%ls (%lu): ended with 0x%08lX", w->name, w->who.pid, w->exit_code);
}

static void ask_to_cancel(watch *w, uint64_t now) {
    w->trying = 0;
    if (!w->cancel_since) {
        w->cancel_since = now;
        w->cancel_next = now;
    }
    if (now < w->cancel_next) return;
    w->cancel_next = now + CANCEL_AGAIN_MS;
    int heard = procdump_cancel(w->who.pid);
    if (now - w->cancel_since < CANCEL_WORDS_MS)
        become(w, WATCH_CANCELLING, L"ProcDump (%lu) was asked to let go of process %lu", w->procdump_pid, w->who.pid);
    else
        become(w, WATCH_CANCELLING,
               L"ProcDump (%lu) %ls; it is left alone, since ending it could end the application", w->procdump_pid,
               heard ? L"does not let go though it was asked to" : L"does not listen to its cancel event");
}

/* The verdict stands for a while: no disk is asked ten times a second, and none to and fro. */
static int disk_low(watch *w, const intent *want, uint64_t now, int attached) {
    uint64_t free_bytes, needed;
    int to_be_told = w->low && !attached && w->state != WATCH_DISK_LOW;
    if (now < w->disk_next && !to_be_told) return w->low;
    w->disk_next = now + DISK_EVERY_MS;
    w->low = !disk_is_enough(want->session, w->process, attached, &free_bytes, &needed);
    if (w->low && !attached)
        become(w, WATCH_DISK_LOW, L"%llu MB are free on the volume, a dump of %ls needs %llu MB to be safe",
               free_bytes >> 20, w->name, needed >> 20);
    return w->low;
}

/*
 * A ProcDump that is asked to let go in the middle of a dump may leave it: the crash of a moment before the
 * stop would be lost. It is asked when the dump is done, or cannot be any more.
 */
static int dump_goes_first(watch *w, uint64_t now) {
    if (!dump_begun(w->who.pid, w->who.start)) {
        w->dump_since = 0;
        return 0;
    }
    if (!w->dump_since) w->dump_since = now;
    return now - w->dump_since < w->dump_bound;
}

static void step_with_procdump(watch *w, const intent *want, uint64_t now) {
    if (w->ended) {
        /* Nobody is left to be harmed. */
        if (now - w->ended_since > ORPHAN_BOUND_MS) TerminateProcess(w->procdump, 1);
        return;
    }
    if (!w->attached_at && debugger_present(w)) {
        w->attached_at = now_filetime();
        w->was_attached = 1;
        if (w->trying) w->first_attached = w->attached_at;
        w->trying = 0;
    }
    int unwanted = !want->armed || !w->wanted || w->generation != want->generation;
    /* A dump takes the space itself that it was let in for. */
    int low = w->attached_at && disk_low(w, want, now, 1);
    int first = (w->cancel_since || unwanted || low) && dump_goes_first(w, now);
    if (first && unwanted) {
        w->cancel_next = now + CANCEL_AGAIN_MS;
        become(w, WATCH_CANCELLING, L"ProcDump (%lu) writes a dump of process %lu and is asked to let go when that is done",
               w->procdump_pid, w->who.pid);
    } else if (!first && (w->cancel_since || unwanted || low)) ask_to_cancel(w, now);
    else if (w->attached_at) become(w, WATCH_ATTACHED, NULL);
    else if (now - w->procdump_since > ATTACH_BOUND_MS)
        become(w, WATCH_FAILED, L"ProcDump (%lu) runs for more than %d s and has not attached", w->procdump_pid,
               ATTACH_BOUND_MS / 1000);
}

static void start_procdump(watch *w, const intent *want, uint64_t now) {
    wchar_t folder[PATH_CHARS];
    incoming_folder(folder, w->who.pid, w->who.start);
    w->dumps += collect_dumps(w->who.pid, w->who.start, &w->next_dump); /* of a supervisor before us */
    DWORD error = procdump_start(session_args(want->session, w->dumps), w->who.pid, folder, &w->procdump, &w->procdump_pid);
    w->generation = want->generation;
    w->procdump_since = now;
    w->dump_bound = want->session->dump_seconds ? want->session->dump_seconds * 1000ULL + DUMP_MARGIN_MS : DUMP_BOUND_MS;
    if (!error) {
        become(w, WATCH_STARTING, NULL);
        return;
    }
    w->next_try = now + RIGHTS_EVERY_MS;
    if (error == ERROR_FILE_NOT_FOUND)
        become(w, WATCH_MISSING, L"%ls\\bin\\procdump64.exe is missing; the sidecar copies it there", root_folder());
    else
        become(w, WATCH_FAILED, L"cannot start ProcDump: %ls", error_text(error));
}

/*
 * A ProcDump of ours whose supervisor was killed: nobody else would have it let go at the stop time.
 * Known by the folder it was given; any other debugger is somebody's who wants it there.
 */
static int is_left_behind(watch *w, uint64_t now) {
    wchar_t folder[PATH_CHARS];
    incoming_folder(folder, w->who.pid, w->who.start);
    if (!exists(folder) || !debugger_present(w) || dump_begun(w->who.pid, w->who.start)) return 0;
    if (now < w->cancel_next) return w->state == WATCH_CANCELLING;
    w->cancel_next = now + CANCEL_AGAIN_MS;
    if (!procdump_cancel(w->who.pid)) return 0;
    become(w, WATCH_CANCELLING, L"ProcDump of a supervisor before this one was asked to let go of process %lu",
           w->who.pid);
    return 1;
}

static int is_held_back(watch *w, const intent *want, uint64_t now) {
    int run_out = 0;
    if (w->as != ROLE_CHILD) return 0;
    uint64_t time = now_filetime(), lived = time > w->who.start ? (time - w->who.start) / 10000 : 0;
    w->next_try = now + starts_wait(want->for_children, lived, now, &run_out);
    if (run_out) become(w, WATCH_HELD_BACK, NULL);
    return w->next_try > now;
}

static void step_without_procdump(watch *w, const intent *want, uint64_t now) {
    if (is_left_behind(w, now)) {
        w->trying = 0;
        return;
    }
    if (!want->armed || !w->wanted) {
        w->trying = 0;
        w->failures = 0;
        w->next_try = 0;
        become(w, WATCH_IDLE, NULL);
        return;
    }
    if (now < w->next_try) return;
    if (!w->full_rights) {
        open_handle(w);
        if (!w->full_rights) {
            w->next_try = now + RIGHTS_EVERY_MS;
            become(w, WATCH_DENIED,
                   L"no right to debug %ls (%lu): it runs as another user than attach.exe and there is no SeDebugPrivilege",
                   w->name, w->who.pid);
            return;
        }
    }
    if (debugger_present(w)) {
        w->trying = 0;
        become(w, WATCH_STEPPED_BACK, L"a debugger is attached to %ls (%lu); monitoring goes on when it is gone",
               w->name, w->who.pid);
        return;
    }
    if (disk_low(w, want, now, 0) || is_held_back(w, want, now)) w->trying = 0;
    else start_procdump(w, want, now);
}

void watch_step(watch *w, const intent *want, uint64_t now) {
    if (!w->ended && w->process && WaitForSingleObject(w->process, 0) == WAIT_OBJECT_0) process_ended(w, now);
    if (w->procdump && WaitForSingleObject(w->procdump, 0) == WAIT_OBJECT_0) procdump_ended(w, now);
    if (w->procdump) step_with_procdump(w, want, now);
    else if (!w->ended) step_without_procdump(w, want, now);
}

int watch_finished(const watch *w) { return w->used && w->ended && !w->procdump; }

void watch_close(watch *w) {
    if (w->process) CloseHandle(w->process);
    if (w->procdump) CloseHandle(w->procdump);
    w->used = 0;
}
