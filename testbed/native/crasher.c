/*
 * crasher.exe: the sample application of the test bed. It lives a while, says so once a second, and
 * then ends in a chosen way at the end of a known chain of calls. Test code.
 */
#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "crasher.h"

#define NOINLINE __attribute__((noinline))
#define EXPORT __declspec(dllexport) NOINLINE

volatile LONG sink;

void say(const wchar_t *format, ...) {
    wchar_t line[512];
    char utf8[1600];
    DWORD written;
    va_list args;
    va_start(args, format);
    _vsnwprintf(line, 511, format, args);
    va_end(args);
    line[511] = 0;
    int n = WideCharToMultiByte(CP_UTF8, 0, line, -1, utf8, sizeof utf8, NULL, NULL);
    if (n > 1) WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), utf8, (DWORD)(n - 1), &written, NULL);
}

static uint64_t epoch_ms(void) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return ((((uint64_t)now.dwHighDateTime << 32) | now.dwLowDateTime) - 116444736000000000ULL) / 10000;
}

/* What a CLR prints and raises for an unhandled managed exception: HRESULT, three reserved, the runtime's base. */
static void raise_clr(void) {
    say(L"Unhandled exception. System.InvalidOperationException: The order has no lines.\r\n"
        L"   at Shop.Checkout.Total(Order order)\r\n"
        L"   at Shop.Program.Main(String[] args)\r\n");
    ULONG_PTR args[5] = {(ULONG_PTR)(LONG_PTR)(LONG)0x80131509, 0, 0, 0, (ULONG_PTR)GetModuleHandleW(NULL)};
    RaiseException(0xE0434352, EXCEPTION_NONCONTINUABLE, 5, args);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winfinite-recursion"
NOINLINE int overflow_stack(int depth) {
    volatile char frame[4096];
    frame[depth & 4095] = (char)depth;
    return overflow_stack(depth + 1) + frame[(depth + 1) & 4095];
}
#pragma GCC diagnostic pop

EXPORT void level3(const wchar_t *kind) {
    if (wcscmp(kind, L"av") == 0) {
        volatile int *volatile nowhere = (volatile int *)(uintptr_t)0x10;
        *nowhere = 1;
    } else if (wcscmp(kind, L"div0") == 0) {
        volatile int dividend = 100, zero = 0;
        InterlockedExchange(&sink, dividend / zero);
    } else if (wcscmp(kind, L"clr") == 0) {
        raise_clr();
    } else if (wcscmp(kind, L"stackoverflow") == 0) {
        InterlockedExchange(&sink, overflow_stack(1));
    } else if (wcscmp(kind, L"failfast") == 0) {
        /* __fastfail(FAST_FAIL_FATAL_APP_EXIT): C0000409, as abort() of today's runtimes. */
        __asm__ volatile("int $0x29" : : "c"(7) : "memory");
    } else if (wcscmp(kind, L"abort") == 0) {
        abort();
    } else if (wcsncmp(kind, L"custom:", 7) == 0) {
        RaiseException((DWORD)wcstoul(kind + 7, NULL, 16), EXCEPTION_NONCONTINUABLE, 0, NULL);
    } else if (wcsncmp(kind, L"exit:", 5) == 0) {
        ExitProcess((UINT)_wcstoui64(kind + 5, NULL, 0));
    }
    InterlockedIncrement(&sink);
}

EXPORT void level2(const wchar_t *kind) {
    level3(kind);
    InterlockedIncrement(&sink);
}

EXPORT void level1(const wchar_t *kind) {
    level2(kind);
    InterlockedIncrement(&sink);
}

static DWORD WINAPI crash_thread(void *kind) {
    level1(kind);
    return 0;
}

/* Of several that wait for one file, one gets it. */
static void await_file(const wchar_t *file) {
    while (file[0] && !DeleteFileW(file)) Sleep(20);
}

static const options *on_stop;

static BOOL WINAPI crash_on_stop(DWORD event) {
    say(L"asked to end (%lu)\n", event);
    await_file(on_stop->when);
    say(L"now: %ls\n", on_stop->crash);
    level1(on_stop->crash);
    return TRUE;
}

static DWORD swallowed_code;

/* A handled exception: the vectored handler continues after it. */
static LONG CALLBACK swallow(EXCEPTION_POINTERS *info) {
    return info->ExceptionRecord->ExceptionCode == swallowed_code ? EXCEPTION_CONTINUE_EXECUTION
                                                                  : EXCEPTION_CONTINUE_SEARCH;
}

static DWORD WINAPI first_chance_thread(void *arg) {
    const options *o = arg;
    for (;;) {
        for (DWORD i = 0; i < o->first_chance_rate; i++) RaiseException(o->first_chance, 0, 0, NULL);
        Sleep(1000);
    }
    return 0;
}

/* The n-th of a comma-separated list, n modulo its length. */
static void pick(const wchar_t *list, unsigned n, wchar_t *out, size_t cap) {
    unsigned count = 1;
    for (const wchar_t *p = list; *p; p++) count += *p == L',';
    for (n %= count; n > 0; n--) list = wcschr(list, L',') + 1;
    size_t length = wcscspn(list, L",");
    if (length >= cap) length = cap - 1;
    wmemcpy(out, list, length);
    out[length] = 0;
}

static unsigned next_start(const wchar_t *path) {
    char text[16] = {0};
    DWORD done = 0;
    unsigned n = 0;
    HANDLE f = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (f == INVALID_HANDLE_VALUE) {
        say(L"cannot open the state file %ls: error %lu\n", path, GetLastError());
        return 0;
    }
    if (ReadFile(f, text, sizeof text - 1, &done, NULL)) n = (unsigned)strtoul(text, NULL, 10);
    SetFilePointer(f, 0, NULL, FILE_BEGIN);
    int length = snprintf(text, sizeof text, "%u\n", n + 1);
    WriteFile(f, text, (DWORD)length, &done, NULL);
    CloseHandle(f);
    return n;
}

/* Own command line without --child: the worker's. */
static int run_children(void) {
    wchar_t command[2048];
    wcsncpy(command, GetCommandLineW(), 2047);
    command[2047] = 0;
    wchar_t *flag = wcsstr(command, L"--child");
    if (flag) wmemset(flag, L' ', 7);
    for (;;) {
        STARTUPINFOW si = {.cb = sizeof si};
        PROCESS_INFORMATION pi;
        DWORD code = 0;
        if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &si, &pi)) {
            say(L"cannot start the child: error %lu\n", GetLastError());
            return 1;
        }
        say(L"child %lu started\n", pi.dwProcessId);
        WaitForSingleObject(pi.hProcess, INFINITE);
        GetExitCodeProcess(pi.hProcess, &code);
        say(L"child %lu ended with 0x%08lX\n", pi.dwProcessId, code);
        CloseHandle(pi.hThread);
        CloseHandle(pi.hProcess);
        Sleep(1000);
    }
}

static void allocate(DWORD mb) {
    unsigned char *p = VirtualAlloc(NULL, (SIZE_T)mb << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    for (SIZE_T i = 0; p && i < (SIZE_T)mb << 20; i += 4096) p[i] = (unsigned char)(i >> 12);
}

static void live_until(const options *o, uint64_t crash_at) {
    for (unsigned second = 0;; second++) {
        uint64_t now = epoch_ms();
        if (now >= crash_at) return;
        if (second > 0 && !o->quiet) say(L"alive %u\n", second);
        uint64_t left = crash_at - now;
        Sleep(left < 1000 ? (DWORD)left : 1000);
    }
}

int wmain(int argc, wchar_t **argv) {
    options o = {.after_ms = 1000};
    if (argc == 5 && wcscmp(argv[1], L"--createdump") == 0) return create_dump(argv[2], argv[3], argv[4]);
    wcscpy(o.crash, L"none");
    if (!parse_options(&o, argc, argv)) {
        say(L"%ls", CRASHER_USAGE);
        return argc == 2 && wcscmp(argv[1], L"--help") == 0 ? 0 : 2;
    }
    if (o.child) return run_children();
    if (o.cycle[0]) pick(o.cycle, o.state[0] ? next_start(o.state) : 0, o.crash, 64);
    say(L"crasher %lu started: %ls\n", GetCurrentProcessId(), o.crash);
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    if (o.runtime) dump_own_crash();
    if (o.allocate_mb) allocate(o.allocate_mb);
    if (o.first_chance) {
        swallowed_code = o.first_chance;
        AddVectoredExceptionHandler(1, swallow);
        CloseHandle(CreateThread(NULL, 0, first_chance_thread, &o, 0, NULL));
    }
    if (o.on_stop) {
        on_stop = &o;
        SetConsoleCtrlHandler(crash_on_stop, TRUE);
    }
    int never = o.on_stop || wcscmp(o.crash, L"none") == 0;
    if (!o.on_stop) await_file(o.when);
    if (o.on_stop || !o.when[0]) live_until(&o, never ? UINT64_MAX : o.at_ms ? o.at_ms : epoch_ms() + o.after_ms);
    say(L"now: %ls\n", o.crash);
    if (o.in_thread) WaitForSingleObject(CreateThread(NULL, 0, crash_thread, o.crash, 0, NULL), INFINITE);
    else level1(o.crash);
    return 0;
}

/*
 * The program's entry. The C library's own start-up code is left out: it would turn a division by
 * zero into a signal, where an application's exception is to reach the debugger.
 */
typedef struct { int newmode; } start_info;
int __wgetmainargs(int *, wchar_t ***, wchar_t ***, int, start_info *);
void start(void);
void start(void) {
    int argc = 0;
    wchar_t **argv = NULL, **env = NULL;
    start_info info = {0};
    __wgetmainargs(&argc, &argv, &env, 0, &info);
    ExitProcess((UINT)wmain(argc, argv));
}
