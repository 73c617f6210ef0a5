/* sidecar, ready: the sidecar container's entry process and its probe. */
#include "agent.h"
#include "drain.h"
#include "files.h"
#include "session.h"
#include "text.h"
#include "verbs.h"
#include "windows_api.h"

#include <aclapi.h>
#include <sddl.h>
#include <wchar.h>

#define READY_BOUND_MS 10000
#define GATE_POLL_MS 50
/* Set when the application may start: needs no disk, neither for us nor for the probe. */
#define READY_EVENT L"Global\\crash-monitor-ready"

/* Modify and read-and-execute, as icacls writes them. */
#define MODIFY L"0x1301bf"
#define READ L"0x1200a9"

static HANDLE stop_event;
static HANDLE ready_event;
static int with_agent;
static HANDLE main_thread;

static BOOL WINAPI on_control(DWORD type) {
    SetEvent(stop_event);
    /* After close, log-off or shutdown the process lives until its handler returns. */
    if (type != CTRL_C_EVENT && type != CTRL_BREAK_EVENT) WaitForSingleObject(main_thread, INFINITE);
    return TRUE;
}

static int own_sid(wchar_t *out, size_t cap) {
    union { TOKEN_USER user; char bytes[256]; } info;
    HANDLE token;
    DWORD size;
    wchar_t *words;
    int ok = 0;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return 0;
    if (GetTokenInformation(token, TokenUser, &info, sizeof info, &size) &&
        ConvertSidToStringSidW(info.user.User.Sid, &words)) {
        copy_text(out, cap, words);
        LocalFree(words);
        ok = 1;
    }
    CloseHandle(token);
    return ok;
}

/*
 * Users, ContainerAdministrator (S-1-5-93-2-1) and ContainerUser (S-1-5-93-2-2) get the rights named;
 * SYSTEM, administrators and the sidecar's own user keep everything (it writes all of these folders).
 */
static void set_rights(const wchar_t *folder, const wchar_t *rights) {
    wchar_t sddl[512], path[PATH_CHARS], own[192] = L"SY";
    PSECURITY_DESCRIPTOR descriptor;
    PACL acl = NULL;
    BOOL present, defaulted;
    DWORD error = 0;
    copy_text(path, PATH_CHARS, folder);
    own_sid(own, 192);
    format(sddl, 512,
           L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)(A;OICI;%ls;;;BU)(A;OICI;%ls;;;S-1-5-93-2-1)"
           L"(A;OICI;%ls;;;S-1-5-93-2-2)",
           own, rights, rights, rights);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor, NULL)) {
        error = GetLastError();
    } else {
        if (!GetSecurityDescriptorDacl(descriptor, &present, &acl, &defaulted)) error = GetLastError();
        else error = SetNamedSecurityInfoW(path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                           NULL, NULL, acl, NULL);
        LocalFree(descriptor);
    }
    if (error) log_line(L"sidecar: rights of %ls stay as they are: %ls", folder, error_text(error));
}

static void make_folders(void) {
    static const struct { const wchar_t *name; const wchar_t *rights; } FOLDERS[] = {
        {L"bin", READ},    {L"control", READ},          {L"state", MODIFY},       {L"logs", MODIFY},
        {L"dumps", MODIFY}, {L"dumps\\incoming", NULL}, {L"dumps\\ready", NULL}};
    wchar_t path[PATH_CHARS];
    make_folder(root_folder());
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        root_path(path, FOLDERS[i].name);
        if (!lies_in_own_folder(FOLDERS[i].name) || !make_folder(path)) log_line(L"sidecar: cannot make the folder %ls", path);
        else if (FOLDERS[i].rights) set_rights(path, FOLDERS[i].rights);
    }
}

/* Whether the agent fetches ProcDump, as the image has none. */
static int procdump_is_fetched(void) { return GetEnvironmentVariableW(L"CRASH_MONITOR_PROCDUMP_URL", NULL, 0) > 1; }

static void copy_tools(void) {
    static const wchar_t *const TOOLS[] = {L"attach.exe", L"procdump64.exe"};
    wchar_t folder[PATH_CHARS], from[PATH_CHARS], inner[64], to[PATH_CHARS];
    own_folder(folder);
    for (int i = 0; i < 2; i++) {
        format(from, PATH_CHARS, L"%ls\\%ls", folder, TOOLS[i]);
        format(inner, 64, L"bin\\%ls", TOOLS[i]);
        root_path(to, inner);
        if (i == 1 && procdump_is_fetched() && !exists(from)) continue;
        if (!lies_in_own_folder(inner)) continue; /* told by make_folders */
        DWORD error = install_file(from, to);
        if (error) log_line(L"sidecar: cannot copy %ls to %ls: %ls", from, to, error_text(error));
    }
}

static void say_ready(void) {
    wchar_t path[PATH_CHARS];
    SetEvent(ready_event);
    root_path(path, L"state\\ready");
    if (!lies_in_own_folder(L"state\\ready") || !replace_file(path, "1\n", 2)) log_line(L"sidecar: cannot write %ls", path);
}

static DWORD WINAPI prepare(void *unused) {
    (void)unused;
    make_folders();
    copy_tools();
    return 0;
}

/* Whether the agent knows what is to be done; what it writes before it has heard is "Unknown". */
static int session_known(void) {
    static session wanted;
    return session_read(&wanted) && (wanted.armed || wcscmp(wanted.disarmed_reason, L"Unknown") != 0);
}

static int procdump_known(void) {
    wchar_t path[PATH_CHARS];
    root_path(path, L"bin\\procdump64.exe");
    return !procdump_is_fetched() || exists(path);
}

/* Whether the helper in the application would attach at once. */
static int all_known(void) { return session_known() && procdump_known(); }

/*
 * The application starts when this container is ready. Ready means that the helper in the application
 * will attach at once, so that a crash in its first seconds is not lost; but never later than the bound.
 */
static DWORD WINAPI open_gate(void *preparing) {
    ULONGLONG end = GetTickCount64() + READY_BOUND_MS;
    int in_place = preparing && WaitForSingleObject(preparing, READY_BOUND_MS) == WAIT_OBJECT_0;
    int known = !with_agent || all_known();
    while (!known && GetTickCount64() < end && WaitForSingleObject(stop_event, GATE_POLL_MS) == WAIT_TIMEOUT)
        known = all_known();
    say_ready();
    if (!in_place)
        log_line(L"sidecar: tools are not in place after %d s; the application starts all the same", READY_BOUND_MS / 1000);
    log_line(known ? L"sidecar: ready"
             : session_known() ? L"sidecar: ready, without ProcDump after %d s"
                               : L"sidecar: ready, without word of the session after %d s", READY_BOUND_MS / 1000);
    return 0;
}

/* Touches no file: a disk that does not answer keeps the application waiting no longer than the bound. */
static DWORD WINAPI open_gate_at_bound(void *unused) {
    (void)unused;
    Sleep(READY_BOUND_MS);
    SetEvent(ready_event);
    return 0;
}

/* What a container before this one left: its readiness, and its end, which would end this one's agent. */
static void forget_the_container_before(void) {
    static const wchar_t *const MARKS[] = {L"state\\ready", DRAIN_MARK, END_MARK};
    wchar_t path[PATH_CHARS];
    for (int i = 0; i < 3; i++) {
        root_path(path, MARKS[i]);
        if (lies_in_own_folder(MARKS[i])) DeleteFileW(path);
    }
}

int verb_sidecar(int argc, wchar_t **argv) {
    wchar_t java[16] = L"";
    (void)argc;
    (void)argv;
    stop_event = CreateEventW(NULL, TRUE, FALSE, NULL);
    ready_event = CreateEventW(NULL, TRUE, FALSE, READY_EVENT);
    CreateThread(NULL, 0, open_gate_at_bound, NULL, 0, NULL);
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &main_thread, SYNCHRONIZE, FALSE, 0);
    SetConsoleCtrlHandler(on_control, TRUE);
    HANDLE runs = CreateEventW(NULL, TRUE, FALSE, AGENT_EVENT);
    DWORD n = GetEnvironmentVariableW(L"CRASH_MONITOR_AGENT_JAVA", java, 16);
    with_agent = !(n > 0 && n < 16 && wcscmp(java, L"none") == 0);
    forget_the_container_before();
    /* In threads of their own: whatever a slow disk does, the application's start waits 10 s at most. */
    HANDLE preparing = CreateThread(NULL, 0, prepare, NULL, 0, NULL);
    if (!CreateThread(NULL, 0, open_gate, preparing, 0, NULL)) say_ready();
    if (preparing) WaitForSingleObject(preparing, READY_BOUND_MS);
    if (with_agent) {
        agent_keep_running(stop_event, runs);
    } else {
        SetEvent(runs);
        WaitForSingleObject(stop_event, INFINITE);
        end_ask();
        end_await();
    }
    log_line(L"sidecar: ends");
    return 0;
}

int verb_ready(int argc, wchar_t **argv) {
    wchar_t path[PATH_CHARS];
    (void)argc;
    (void)argv;
    HANDLE ready = OpenEventW(SYNCHRONIZE, FALSE, READY_EVENT);
    if (ready && WaitForSingleObject(ready, 0) == WAIT_OBJECT_0) return 0;
    root_path(path, L"state\\ready");
    return exists(path) ? 0 : 1;
}

/* For the agent: Java on Windows does not see how many names a file has. */
int verb_links(int argc, wchar_t **argv) { return argc == 3 ? (int)file_names(argv[2]) : 0; }
