/* The agent's Java as a child of the sidecar's entry process. */
#include "agent.h"

#include "drain.h"
#include "files.h"
#include "procdump.h"
#include "text.h"

#include <wchar.h>

#define FIRST_PAUSE_MS 1000
#define LONGEST_PAUSE_MS 60000
#define GOOD_LIFE_MS 300000

static HANDLE inheritable(DWORD which) {
    HANDLE handle = GetStdHandle(which);
    SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    return handle;
}

static HANDLE start_java(void) {
    static wchar_t line[PATH_CHARS * 2];
    wchar_t folder[PATH_CHARS], java[PATH_CHARS];
    STARTUPINFOW si = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION pi;
    own_folder(folder);
    format(java, PATH_CHARS, L"%ls\\jre\\bin\\java.exe", folder);
    line[0] = 0;
    append_argument(line, PATH_CHARS * 2, java);
    append_argument(line, PATH_CHARS * 2, L"@java.options");
    si.hStdInput = inheritable(STD_INPUT_HANDLE);
    si.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    si.hStdError = inheritable(STD_ERROR_HANDLE);
    /* Without a console: Windows ends a process that has one as soon as Java has noticed the container's end. */
    if (!CreateProcessW(java, line, NULL, NULL, TRUE, DETACHED_PROCESS, NULL, folder, &si, &pi)) {
        log_line(L"sidecar: cannot start %ls: %ls", java, error_text(GetLastError()));
        return NULL;
    }
    CloseHandle(pi.hThread);
    log_line(L"sidecar: agent started as process %lu", pi.dwProcessId);
    return pi.hProcess;
}

/* The agent ends with us, even where we are ended by force. */
static void tie(HANDLE job, HANDLE java) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
        .BasicLimitInformation = {.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE}};
    if (!job) return;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    if (!AssignProcessToJobObject(job, java))
        log_line(L"sidecar: agent is not tied to this process: %ls", error_text(GetLastError()));
}

static int run_once(HANDLE stop, HANDLE runs, HANDLE job) {
    HANDLE java = start_java();
    DWORD code = 0;
    if (!java) return 0;
    HANDLE both[2] = {stop, java};
    tie(job, java);
    SetEvent(runs);
    int stopped = WaitForMultipleObjects(2, both, FALSE, INFINITE) == WAIT_OBJECT_0;
    DWORD bound = stopped ? end_ask() : 0;
    if (stopped && WaitForSingleObject(java, bound) == WAIT_TIMEOUT)
        log_line(L"sidecar: agent has not ended within %lu s", bound / 1000);
    ResetEvent(runs);
    GetExitCodeProcess(java, &code);
    log_line(L"sidecar: agent ended with 0x%08lX", code);
    CloseHandle(java);
    return stopped;
}

void agent_keep_running(HANDLE stop, HANDLE runs) {
    HANDLE job = CreateJobObjectW(NULL, NULL);
    DWORD pause = FIRST_PAUSE_MS;
    for (;;) {
        ULONGLONG begun = GetTickCount64();
        if (run_once(stop, runs, job)) return;
        if (GetTickCount64() - begun >= GOOD_LIFE_MS) pause = FIRST_PAUSE_MS;
        log_line(L"sidecar: agent starts again in %lu s", pause / 1000);
        if (WaitForSingleObject(stop, pause) == WAIT_OBJECT_0) return;
        pause = pause * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause * 2;
    }
}
