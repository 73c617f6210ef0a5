/*
 * ProcDump's stand-in: -t under Wine. There a process is gone when its exit is told to the debugger;
 * on Windows it still stands. A breakpoint where every orderly exit begins takes the dump in time.
 */
#include "procdump64.h"

static unsigned char *place;
static unsigned char original;

static int write_byte(const target *t, unsigned char byte) {
    SIZE_T n;
    return WriteProcessMemory(t->process, place, &byte, 1, &n) && FlushInstructionCache(t->process, place, 1);
}

void exit_watch(const target *t) {
    SIZE_T n;
    /* ntdll lies at the same address in every process. */
    place = (unsigned char *)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlExitUserProcess");
    if (!place || !ReadProcessMemory(t->process, place, &original, 1, &n) || !write_byte(t, 0xCC)) place = NULL;
}

int exit_begins(const target *t, const DEBUG_EVENT *event) {
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
    const EXCEPTION_RECORD *record = &event->u.Exception.ExceptionRecord;
    if (!place || record->ExceptionCode != EXCEPTION_BREAKPOINT || record->ExceptionAddress != (void *)place) return 0;
    exit_unwatch(t);
    HANDLE thread = OpenThread(THREAD_GET_CONTEXT | THREAD_SET_CONTEXT, FALSE, event->dwThreadId);
    if (thread && GetThreadContext(thread, &context)) {
        context.Rip = (ULONG_PTR)record->ExceptionAddress;
        SetThreadContext(thread, &context);
    }
    if (thread) CloseHandle(thread);
    return 1;
}

void exit_unwatch(const target *t) {
    if (place) write_byte(t, original);
    place = NULL;
}
