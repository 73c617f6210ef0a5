/* drain: the preStop hook of the sidecar container, and the container's end. */
#include "drain.h"

#include "agent.h"
#include "files.h"
#include "verbs.h"

#include <stdlib.h>
#include <wchar.h>

#define UNKNOWN_SECONDS 60
/* The agent's, to tell the operator what it had no time for. */
#define LAST_WORDS 4
#define NOBODY_MS 2000
/* For an agent that cannot be told of the end: what it does for nobody is not waited for. */
#define UNTOLD_MS 2000

int session_read(session *into) {
    static char bytes[SESSION_BYTES];
    wchar_t path[PATH_CHARS];
    DWORD error;
    root_path(path, L"control\\session.properties");
    long n = read_small(path, bytes, sizeof bytes, &error);
    return n > 0 && !session_parse(into, bytes, (size_t)n);
}

/* What the pod's grace period leaves; the agent is told by the operator and obeys the same number. */
static DWORD seconds(void) {
    static session wanted;
    return session_read(&wanted) && wanted.drain_seconds ? wanted.drain_seconds + LAST_WORDS : UNKNOWN_SECONDS;
}

static int tell(const wchar_t *mark) {
    wchar_t path[PATH_CHARS];
    root_path(path, mark);
    if (lies_in_own_folder(mark) && replace_file(path, "1\n", 2)) return 1;
    log_line(L"cannot write %ls", path);
    return 0;
}

/* Until the agent has taken the mark away, or nobody is there who would. */
static void await_agent(const wchar_t *mark, ULONGLONG bound) {
    wchar_t path[PATH_CHARS];
    ULONGLONG begun = GetTickCount64(), alone_since = 0;
    HANDLE runs = OpenEventW(SYNCHRONIZE, FALSE, AGENT_EVENT);
    root_path(path, mark);
    while (exists(path) && GetTickCount64() - begun < bound) {
        /* Without a sidecar, or with an agent that does not run and does not come back, there is nobody to wait for. */
        int agent = runs && WaitForSingleObject(runs, 0) == WAIT_OBJECT_0;
        if (agent) alone_since = 0;
        else if (!alone_since) alone_since = GetTickCount64();
        else if (GetTickCount64() - alone_since > NOBODY_MS) break;
        Sleep(100);
    }
    if (runs) CloseHandle(runs);
}

DWORD end_ask(void) { return tell(END_MARK) ? seconds() * 1000 : UNTOLD_MS; }

void end_await(void) { await_agent(END_MARK, seconds() * 1000ULL); }

static ULONGLONG hook_bound(int argc, wchar_t **argv) {
    if (argc == 4 && wcscmp(argv[2], L"--seconds") == 0) {
        unsigned long n = wcstoul(argv[3], NULL, 10);
        if (n > 0 && n <= 3600) return n * 1000ULL;
    }
    return seconds() * 1000ULL;
}

int verb_drain(int argc, wchar_t **argv) {
    ULONGLONG bound = hook_bound(argc, argv);
    if (tell(DRAIN_MARK)) await_agent(DRAIN_MARK, bound);
    return 0;
}
