/* launch: the application's parent, where its command may be changed (capture.attach: Manual). */
#include "files.h"
#include "supervise.h"
#include "text.h"
#include "verbs.h"

#include <wchar.h>

#define LINE_CHARS 32768
#define RUN_BOUND_MS 10000
/*
 * Every dump is written while the application is frozen, so before its end. What is left for ProcDump then is to
 * end, and for us to move the dump: a moment. One that hangs keeps the container from its end no longer.
 */
#define END_BOUND_MS 10000

/* The rest of the command line after one argument, by the rules of CommandLineToArgvW. */
static const wchar_t *after_argument(const wchar_t *p) {
    int quoted = 0;
    while (*p == L' ' || *p == L'\t') p++;
    for (; *p && (quoted || (*p != L' ' && *p != L'\t')); p++) {
        int slashes = 0;
        while (*p == L'\\') {
            slashes++;
            p++;
        }
        if (*p == L'"' && slashes % 2 == 0) quoted = !quoted;
        if (!*p || (!quoted && (*p == L' ' || *p == L'\t'))) break;
    }
    while (*p == L' ' || *p == L'\t') p++;
    return p;
}

/* The application's own command line, byte for byte as it was written after "launch --". */
static const wchar_t *application_line(int argc, wchar_t **argv) {
    if (argc < 4 || wcscmp(argv[2], L"--") != 0) return NULL;
    const wchar_t *p = GetCommandLineW();
    for (int i = 0; i < 3; i++) p = after_argument(p);
    return p;
}

/* Control events reach the application by the console itself; we stay until it has ended. */
static BOOL WINAPI on_control(DWORD type) {
    if (type == CTRL_C_EVENT || type == CTRL_BREAK_EVENT) return TRUE;
    Sleep(INFINITE); /* close, log-off, shutdown: returning would end this process at once */
    return TRUE;
}

void launched_run(launched *app) {
    if (InterlockedExchange(&app->runs, 1) == 0) ResumeThread(app->thread);
}

/* Touches no file: a volume that does not answer keeps the application neither from its start nor from its end. */
static DWORD WINAPI hold_bounds(void *launch) {
    launched *app = launch;
    DWORD code = 1;
    WaitForSingleObject(app->process, RUN_BOUND_MS);
    launched_run(app);
    WaitForSingleObject(app->process, INFINITE);
    Sleep(END_BOUND_MS);
    GetExitCodeProcess(app->process, &code);
    TerminateProcess(GetCurrentProcess(), code);
    return 0;
}

int verb_launch(int argc, wchar_t **argv) {
    static wchar_t line[LINE_CHARS];
    STARTUPINFOW si;
    PROCESS_INFORMATION pi;
    search s = {0};
    const wchar_t *application = application_line(argc, argv);
    if (!application || !*application) {
        log_line(L"launch: give the application's command after --, as in: attach.exe launch -- app.exe --port 80");
        return 2;
    }
    copy_text(line, LINE_CHARS, application);
    GetStartupInfoW(&si); /* console, window and standard handles as they were given to us */
    si.lpReserved = NULL;
    si.cbReserved2 = 0;
    si.lpReserved2 = NULL;
    SetConsoleCtrlHandler(on_control, TRUE);
    int only = become_only_supervisor();
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, only ? CREATE_SUSPENDED : 0, NULL, NULL, &si, &pi)) {
        log_line(L"launch: cannot start %ls: %ls", application, error_text(GetLastError()));
        return 127;
    }
    const wchar_t *name = wcsrchr(argv[3], L'\\');
    launched app = {pi.hProcess, pi.hThread, pi.dwProcessId, name ? name + 1 : argv[3], !only};
    if (!CreateThread(NULL, 0, hold_bounds, &app, 0, NULL)) launched_run(&app);
    log_to(L"logs\\attach.log");
    log_line(L"launch: process %lu started%ls", pi.dwProcessId, only ? L"" : L"; another supervisor watches it");
    DWORD code = 1;
    if (only) {
        use_debug_privilege();
        code = supervise(&s, &app);
    } else {
        WaitForSingleObject(pi.hProcess, INFINITE);
        GetExitCodeProcess(pi.hProcess, &code);
    }
    ExitProcess(code);
}
