/*
 * procdump64.exe: stand-in for Sysinternals ProcDump, which may not be redistributed and does not run
 * here. It takes the options that crash-monitor passes, attaches by the debugging API, writes real
 * minidumps and says what ProcDump says. Test code: never part of an image.
 *
 * Environment:
 *   PROCDUMP_STANDIN_UTF16=1      console lines as UTF-16LE without a mark, as ProcDump 12 does
 *   PROCDUMP_STANDIN_DELAY_MS=n   each dump takes n milliseconds longer (the application stands still)
 *   PROCDUMP_STANDIN_FAULT=fail | hang | deaf | die | die-together | write | truncate | impatient |
 *                                linger   (procdump64.h)
 */
#include "procdump64.h"

#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <tlhelp32.h>

#ifndef STATUS_WX86_BREAKPOINT
#define STATUS_WX86_BREAKPOINT 0x4000001F
#endif
#define EXIT_DONE 0
#define EXIT_FAILED ((int)-2)

static HANDLE cancel_event;

static BOOL WINAPI on_control(DWORD type) {
    (void)type;
    SetEvent(cancel_event);
    return TRUE;
}

static DWORD find_by_name(const wchar_t *name) {
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    DWORD pid = 0;
    for (BOOL more = Process32FirstW(list, &entry); more && !pid; more = Process32NextW(list, &entry))
        if (_wcsicmp(entry.szExeFile, name) == 0) pid = entry.th32ProcessID;
    CloseHandle(list);
    return pid;
}

static int open_target(const options *o, target *t) {
    wchar_t *end;
    DWORD length = MAX_PATH;
    t->pid = (DWORD)wcstoul(o->target, &end, 10);
    if (*end) t->pid = find_by_name(o->target);
    t->process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, t->pid);
    if (!t->process) {
        report(L"No process matching the specified name or PID can be found.");
        return 0;
    }
    if (!QueryFullProcessImageNameW(t->process, 0, t->image, &length)) wcscpy(t->image, L"unknown.exe");
    return 1;
}

static int cancel_others(const target *t) {
    wchar_t name[64];
    _snwprintf(name, 63, L"ProcDump-%lu", t->pid);
    HANDLE event = OpenEventW(EVENT_MODIFY_STATE, FALSE, name);
    if (!event) {
        report(L"No ProcDump is monitoring process %lu.", t->pid);
        return EXIT_FAILED;
    }
    SetEvent(event);
    CloseHandle(event);
    return EXIT_DONE;
}

static int filtered_in(const options *o, const wchar_t *text) {
    for (int i = 0; i < o->excludes; i++)
        if (filter_matches(o->exclude[i], text)) return 0;
    for (int i = 0; i < o->includes; i++)
        if (filter_matches(o->include[i], text)) return 1;
    return o->includes == 0;
}

static void on_exception(const options *o, target *t, const DEBUG_EVENT *event) {
    const EXCEPTION_DEBUG_INFO *info = &event->u.Exception;
    wchar_t text[64], reason[128];
    exception_text(info->ExceptionRecord.ExceptionCode, text, 64);
    if (info->dwFirstChance) {
        if (!o->first_chance) return;
        report_at(L"Exception: %ls", text);
        if (!filtered_in(o, text)) return;
        _snwprintf(reason, 127, L"First chance exception: %ls", text);
    } else {
        if (!o->exceptions) return;
        report_at(L"Unhandled: %ls", text);
        _snwprintf(reason, 127, L"Unhandled exception: %ls", text);
    }
    reason[127] = 0;
    if (t->taken < o->dumps) dump_write(o, t, &info->ExceptionRecord, event->dwThreadId, reason);
}

typedef struct {
    int initial_breakpoint;
    int exited;
} progress;

static DWORD on_event(const options *o, target *t, const DEBUG_EVENT *event, progress *p) {
    switch (event->dwDebugEventCode) {
        case CREATE_PROCESS_DEBUG_EVENT:
            if (event->u.CreateProcessInfo.hFile) CloseHandle(event->u.CreateProcessInfo.hFile);
            return DBG_CONTINUE;
        case LOAD_DLL_DEBUG_EVENT:
            if (event->u.LoadDll.hFile) CloseHandle(event->u.LoadDll.hFile);
            return DBG_CONTINUE;
        case EXIT_PROCESS_DEBUG_EVENT:
            report_at(L"The process has exited.");
            p->exited = 1;
            return DBG_CONTINUE;
        case EXCEPTION_DEBUG_EVENT:
            if (!p->initial_breakpoint && event->u.Exception.ExceptionRecord.ExceptionCode == EXCEPTION_BREAKPOINT) {
                p->initial_breakpoint = 1;
                return DBG_CONTINUE;
            }
            /* The same of a 32-bit process, whose own system libraries break in beside the 64-bit ones. */
            if (event->u.Exception.ExceptionRecord.ExceptionCode == STATUS_WX86_BREAKPOINT) return DBG_CONTINUE;
            if (exit_begins(t, event)) {
                dump_write(o, t, NULL, event->dwThreadId, L"Process Termination");
                return DBG_CONTINUE;
            }
            on_exception(o, t, event);
            return DBG_EXCEPTION_NOT_HANDLED;
        default:
            return DBG_CONTINUE;
    }
}

static void die_if_told(const options *o, ULONGLONG attached) {
    if (o->fault != FAULT_DIE && o->fault != FAULT_DIE_TOGETHER) return;
    if (GetTickCount64() - attached > 1000) TerminateProcess(GetCurrentProcess(), 99);
}

static int monitor(const options *o, target *t) {
    progress p = {0};
    DEBUG_EVENT event;
    if (!DebugActiveProcess(t->pid)) {
        report(L"Error attaching to process %lu: 0x%08lX", t->pid, HRESULT_FROM_WIN32(GetLastError()));
        return EXIT_FAILED;
    }
    DebugSetProcessKillOnExit(o->fault == FAULT_DIE_TOGETHER);
    report_settings(o, t);
    if (o->terminate) exit_watch(t);
    ULONGLONG attached = GetTickCount64();
    while (!p.exited && t->taken < o->dumps) {
        if (o->fault != FAULT_DEAF && WaitForSingleObject(cancel_event, 0) == WAIT_OBJECT_0) break;
        die_if_told(o, attached);
        if (!WaitForDebugEvent(&event, 100)) continue;
        DWORD answer = on_event(o, t, &event, &p);
        ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
    }
    if (p.exited && o->fault == FAULT_LINGER) Sleep(INFINITE);
    if (!p.exited) {
        exit_unwatch(t);
        DebugActiveProcessStop(t->pid);
    }
    report_at(t->taken >= o->dumps ? L"Dump count reached." : L"Dump count not reached.");
    return t->taken > 0 ? EXIT_FAILED : EXIT_DONE; /* as in ProcDump 11: no usable signal */
}

int wmain(int argc, wchar_t **argv) {
    options o;
    target t = {0};
    wchar_t name[64];
    const wchar_t *wrong = options_parse(&o, argc, argv);
    report_encoding(o.utf16);
    report_banner();
    if (wrong) {
        report(L"procdump64 stand-in: cannot use the command line: %ls", wrong);
        return EXIT_FAILED;
    }
    if (!o.accept_eula) {
        report(L"procdump64 stand-in: refused, -accepteula is missing (ProcDump itself would wait for ever)");
        return EXIT_FAILED;
    }
    if (o.fault == FAULT_HANG) Sleep(INFINITE);
    if (!open_target(&o, &t)) return EXIT_FAILED;
    if (o.cancel) return cancel_others(&t);
    if (o.fault == FAULT_FAIL) {
        report(L"Error attaching to process %lu: 0x80070005", t.pid);
        return EXIT_FAILED;
    }
    _snwprintf(name, 63, L"ProcDump-%lu", t.pid);
    t.cancel = cancel_event = CreateEventW(NULL, TRUE, FALSE, name);
    SetConsoleCtrlHandler(on_control, TRUE);
    return monitor(&o, &t);
}
