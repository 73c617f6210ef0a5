/*
 * attach.exe: crash-monitor's native helper in a Windows pod. In the sidecar it is the entry process
 * (sidecar, ready, drain); in the application's container it keeps ProcDump on the application (hook,
 * supervise, launch). It is small, since what runs there counts against the application's memory limit.
 */
#include "files.h"
#include "verbs.h"
#include "windows_api.h"

#include <wchar.h>

static const wchar_t USAGE[] =
    L"usage: attach.exe VERB\n"
    L"In the sidecar container:\n"
    L"  sidecar             entry process: copies the tools, starts the agent's Java beside it and keeps it running\n"
    L"  ready               exit code 0 when the tools are in place (startup probe)\n"
    L"  drain [--seconds N] asks the agent to send what it has and waits for it, at most N seconds (the\n"
    L"                      session's, else 60)\n"
    L"  links FILE          exit code: how many names the file has; 0, it is no plain file or cannot be asked\n"
    L"In the application's container:\n"
    L"  hook                starts the supervisor and returns at once, always with 0\n"
    L"  supervise           keeps ProcDump attached to the application while the session wants it\n"
    L"  launch -- COMMAND   starts the application with ProcDump attached from its first moment\n"
    L"  processes           lists the processes and marks those that would be watched\n"
    L"Folder: C:\\crash-monitor, or what CRASH_MONITOR_ROOT names.\n"
    L"CRASH_MONITOR_AGENT_JAVA=none: sidecar starts no Java.\n";

static const struct {
    const wchar_t *name;
    int (*run)(int, wchar_t **);
} VERBS[] = {{L"sidecar", verb_sidecar}, {L"ready", verb_ready},         {L"drain", verb_drain},         {L"links", verb_links},
             {L"hook", verb_hook},       {L"supervise", verb_supervise}, {L"launch", verb_launch},
             {L"processes", verb_processes}};

static void print(DWORD stream, const wchar_t *words) {
    char utf8[4096];
    DWORD written;
    int n = WideCharToMultiByte(CP_UTF8, 0, words, -1, utf8, sizeof utf8, NULL, NULL);
    if (n > 1) WriteFile(GetStdHandle(stream), utf8, (DWORD)(n - 1), &written, NULL);
}

int wmain(int argc, wchar_t **argv) {
    files_init();
    if (argc < 2 || wcscmp(argv[1], L"--help") == 0) {
        print(STD_OUTPUT_HANDLE, USAGE);
        return 0;
    }
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (wcscmp(argv[1], VERBS[i].name) == 0) return VERBS[i].run(argc, argv);
    print(STD_ERROR_HANDLE, L"attach.exe: there is no verb ");
    print(STD_ERROR_HANDLE, argv[1]);
    print(STD_ERROR_HANDLE, L"\n");
    print(STD_ERROR_HANDLE, USAGE);
    return 2;
}
