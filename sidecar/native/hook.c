/* The hook and the supervisor it leaves behind. */
#include "files.h"
#include "procdump.h"
#include "supervise.h"
#include "text.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define LINE_CHARS 1024
#define HOOK_BOUND_MS 5000

static void make_command(wchar_t *line, const wchar_t *program, const search *s) {
    wchar_t number[16];
    line[0] = 0;
    append_argument(line, LINE_CHARS, program);
    append_argument(line, LINE_CHARS, L"supervise");
    format(number, 16, L"%lu", s->sibling_parent);
    append_argument(line, LINE_CHARS, L"--siblings-of");
    append_argument(line, LINE_CHARS, number);
    for (int i = 0; i < s->nots; i++) {
        format(number, 16, L"%lu", s->not_these[i]);
        append_argument(line, LINE_CHARS, L"--not");
        append_argument(line, LINE_CHARS, number);
    }
}

/* The application counts as started when the hook has ended: whatever keeps us, it does not wait for it. */
static DWORD WINAPI end_at_bound(void *unused) {
    (void)unused;
    Sleep(HOOK_BOUND_MS);
    TerminateProcess(GetCurrentProcess(), 0);
    return 0;
}

/* Never anything but 0: a failing hook would end the user's application. */
int verb_hook(int argc, wchar_t **argv) {
    static process_list list;
    wchar_t line[LINE_CHARS], program[PATH_CHARS];
    search s = {0};
    STARTUPINFOW si = {.cb = sizeof si};
    PROCESS_INFORMATION pi;
    DWORD flags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
    (void)argc;
    (void)argv;
    CreateThread(NULL, 0, end_at_bound, NULL, 0, NULL);
    if (processes_list(&list)) search_from_own_ancestors(&list, &s);
    DWORD n = GetModuleFileNameW(NULL, program, PATH_CHARS);
    if (n == 0 || n >= PATH_CHARS) return 0;
    make_command(line, program, &s);
    /* No inherited handle: the runtime waits until the hook's pipes are closed. */
    BOOL ok = CreateProcessW(program, line, NULL, NULL, FALSE, flags | CREATE_BREAKAWAY_FROM_JOB, NULL, root_folder(), &si, &pi);
    if (!ok) ok = CreateProcessW(program, line, NULL, NULL, FALSE, flags, NULL, NULL, &si, &pi);
    log_to(L"logs\\attach.log");
    if (!ok) {
        log_line(L"hook: cannot start the supervisor: %ls", error_text(GetLastError()));
        return 0;
    }
    CloseHandle(pi.hThread);
    CloseHandle(pi.hProcess);
    return 0;
}

int verb_supervise(int argc, wchar_t **argv) {
    search s = {0};
    log_to(L"logs\\attach.log");
    for (int i = 2; i + 1 < argc; i += 2) {
        DWORD pid = (DWORD)wcstoul(argv[i + 1], NULL, 10);
        if (wcscmp(argv[i], L"--siblings-of") == 0) s.sibling_parent = pid;
        else if (wcscmp(argv[i], L"--not") == 0 && s.nots < 8) s.not_these[s.nots++] = pid;
    }
    if (!become_only_supervisor()) {
        log_line(L"supervise: another supervisor runs in this container");
        return 0;
    }
    log_line(L"supervise: started as process %lu, siblings of %lu", GetCurrentProcessId(), s.sibling_parent);
    use_debug_privilege();
    return (int)supervise(&s, NULL);
}

int verb_processes(int argc, wchar_t **argv) {
    static process_list list;
    search s = {0};
    static found matches[MAX_PROCESSES];
    if (!processes_list(&list)) return 1;
    search_from_own_ancestors(&list, &s);
    int n = processes_find(&list, &s, argc > 2 ? argv[2] : L"", matches);
    for (int i = 0; i < list.count; i++) {
        const wchar_t *mark = L"";
        process *p = &list.at[i];
        for (int m = 0; m < n; m++)
            if (matches[m].index == i) mark = matches[m].as == ROLE_ENTRY ? L"entry" : L"watched";
        uint64_t start = process_start(p);
        log_line(L"pid %lu parent %lu start %llu %ls %ls", p->pid, p->parent, start == NO_START ? 0 : epoch_millis(start),
                 p->name, mark);
    }
    log_line(L"siblings have the parent %lu", s.sibling_parent);
    return 0;
}
