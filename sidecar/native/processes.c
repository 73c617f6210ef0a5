/* The processes of this container, and which of them are the application. */
#include "processes.h"

#include "text.h"

#include <psapi.h>
#include <string.h>
#include <tlhelp32.h>
#include <wchar.h>
#include <winternl.h>

#ifndef STATUS_INFO_LENGTH_MISMATCH
#define STATUS_INFO_LENGTH_MISMATCH ((NTSTATUS)0xC0000004)
#endif

/* The first group runs in every Windows container, the second is the container runtime's, the third belongs to Wine. */
static const wchar_t *const SYSTEM[] = {
    L"System", L"System Idle Process", L"Idle", L"Registry", L"Secure System", L"Memory Compression", L"smss.exe",
    L"csrss.exe", L"wininit.exe", L"winlogon.exe", L"services.exe", L"lsass.exe", L"lsaiso.exe", L"lsm.exe",
    L"svchost.exe", L"fontdrvhost.exe", L"dwm.exe", L"conhost.exe", L"sihost.exe", L"taskhostw.exe", L"dllhost.exe",
    L"msdtc.exe", L"spoolsv.exe", L"WmiPrvSE.exe", L"CompatTelRunner.exe", L"TrustedInstaller.exe", L"TiWorker.exe",
    L"MsMpEng.exe", L"NisSrv.exe", L"wlms.exe", L"sppsvc.exe", L"AggregatorHost.exe", L"ctfmon.exe",
    L"CExecSvc.exe", L"vmcompute.exe", L"LogonUI.exe", L"userinit.exe",
    L"explorer.exe", L"plugplay.exe", L"winedevice.exe", L"rpcss.exe", L"wineboot.exe", L"start.exe", L"tabtip.exe",
    L"winemenubuilder.exe", L"wineconsole.exe", L"rundll32.exe"};
/* The first write error reports or debug, the last are ours: watched by nobody, whoever names them. */
static const wchar_t *const NEVER[] = {
    L"WerFault.exe", L"WerFaultSecure.exe", L"wermgr.exe", L"WerSvc.exe", L"createdump.exe", L"winedbg.exe",
    L"msvsmon.exe", L"vsdbg.exe", L"cdb.exe", L"ntsd.exe", L"windbg.exe",
    L"procdump.exe", L"procdump64.exe", L"procdump64a.exe", L"attach.exe"};

static int is_one_of(const wchar_t *const *names, size_t count, const wchar_t *name) {
    for (size_t i = 0; i < count; i++)
        if (_wcsicmp(name, names[i]) == 0) return 1;
    return 0;
}

static int is_never_watched(const wchar_t *name) {
    return !*name || is_one_of(NEVER, sizeof NEVER / sizeof *NEVER, name);
}

int is_system_process(const wchar_t *name) {
    return is_never_watched(name) || is_one_of(SYSTEM, sizeof SYSTEM / sizeof *SYSTEM, name);
}

/*
 * How long a description of all processes would be, which is not asked for: another one when a process or thread
 * came or went. 0 where Windows does not say. On Wine the pids alone cost reading three files for each of them.
 */
static ULONG description_length(void) {
    ULONG length = 0;
    NTSTATUS status = NtQuerySystemInformation(SystemProcessInformation, NULL, 0, &length);
    return status == STATUS_INFO_LENGTH_MISMATCH ? length : 0;
}

int processes_changed(void) {
    static DWORD before[MAX_PROCESSES], bytes_before;
    static ULONG length_before;
    DWORD pids[MAX_PROCESSES], bytes = 0;
    ULONG length = description_length();
    if (length && length == length_before) return 0;
    length_before = length;
    if (!EnumProcesses(pids, sizeof pids, &bytes) || bytes == sizeof pids) return 1;
    int changed = bytes != bytes_before || memcmp(pids, before, bytes) != 0;
    memcpy(before, pids, bytes);
    bytes_before = bytes;
    return changed;
}

int processes_list(process_list *list) {
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    list->count = 0;
    list->more = 0;
    if (snapshot == INVALID_HANDLE_VALUE) return 0;
    for (BOOL more = Process32FirstW(snapshot, &entry); more; more = Process32NextW(snapshot, &entry)) {
        if (list->count == MAX_PROCESSES) {
            list->more = 1;
            break;
        }
        process *p = &list->at[list->count++];
        p->pid = entry.th32ProcessID;
        p->parent = entry.th32ParentProcessID;
        p->start = 0;
        copy_text(p->name, NAME_CHARS, entry.szExeFile);
    }
    CloseHandle(snapshot);
    return 1;
}

uint64_t process_start(process *p) {
    FILETIME start, end, kernel, user;
    if (p->start) return p->start;
    p->start = NO_START;
    HANDLE h = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, p->pid);
    if (h && GetProcessTimes(h, &start, &end, &kernel, &user)) p->start = filetime_number(start);
    if (h) CloseHandle(h);
    return p->start;
}

process *process_by_pid(process_list *list, DWORD pid) {
    for (int i = 0; i < list->count; i++)
        if (list->at[i].pid == pid) return &list->at[i];
    return NULL;
}

/* The parent, unless its pid has been used again since. */
static process *parent_of(process_list *list, process *child) {
    if (child->parent == 0 || child->parent == child->pid) return NULL;
    process *parent = process_by_pid(list, child->parent);
    return parent && process_start(parent) <= process_start(child) ? parent : NULL;
}

static uint64_t own_start(void) {
    static process self;
    self.pid = GetCurrentProcessId();
    return process_start(&self);
}

/* Ourselves and the processes of the hook. They began before us: a later one only has a pid that came free. */
static int is_named(const search *s, process *p) {
    if (p->pid == GetCurrentProcessId()) return 1;
    for (int i = 0; i < s->nots; i++)
        if (s->not_these[i] == p->pid) return process_start(p) == NO_START || process_start(p) <= own_start();
    return 0;
}

void search_from_own_ancestors(process_list *list, search *s) {
    process *p = process_by_pid(list, GetCurrentProcessId());
    for (int depth = 0; p && depth < 8; depth++) {
        s->not_these[s->nots++] = p->pid;
        process *parent = parent_of(list, p);
        /* Above the hook's cmd.exe is the runtime, or nobody that is still there: both name the siblings. */
        if (!parent || (is_system_process(parent->name) && _wcsicmp(parent->name, L"attach.exe") != 0)) {
            s->sibling_parent = p->parent;
            return;
        }
        p = parent;
    }
}

static int candidate(process_list *list, const search *s, process *p) {
    (void)list;
    return p->pid != 0 && !is_system_process(p->name) && !is_named(s, p) && process_start(p) != NO_START;
}

/* The oldest process with the hook's grandparent, else the oldest that is nobody's system process. */
static process *find_entry(process_list *list, const search *s) {
    process *sibling = NULL, *oldest = NULL;
    for (int i = 0; i < list->count; i++) {
        process *p = &list->at[i];
        if (!candidate(list, s, p)) continue;
        if (!oldest || process_start(p) < process_start(oldest)) oldest = p;
        if (s->sibling_parent && p->parent == s->sibling_parent &&
            (!sibling || process_start(p) < process_start(sibling)))
            sibling = p;
    }
    return sibling ? sibling : oldest;
}

static int child_of_ended(const search *s, process *p) {
    for (int i = 0; i < s->endeds; i++)
        if (p->parent == s->ended[i].who.pid && process_start(p) >= s->ended[i].who.start &&
            process_start(p) <= s->ended[i].end)
            return 1;
    return 0;
}

/* IIS images: the workers are children of a service, not of the container's entry process. */
static int is_iis_worker(const process *p) { return _wcsicmp(p->name, L"w3wp.exe") == 0; }

/* The entry process and what descends from it; where IIS is the application, from its workers too. */
static int is_family(process_list *list, const search *s, process *p, const process *entry, int iis) {
    for (int depth = 0; p && depth < 32; depth++) {
        if (p == entry || child_of_ended(s, p) || (iis && is_iis_worker(p))) return 1;
        p = parent_of(list, p);
    }
    return 0;
}

/* Whether a process of the family keeps IIS: the entry process itself, or one that a script or LogMonitor.exe started. */
static int keeps_iis(process_list *list, const search *s, const process *entry) {
    for (int i = 0; i < list->count; i++) {
        process *p = &list->at[i];
        if (_wcsicmp(p->name, L"ServiceMonitor.exe") == 0 && is_family(list, s, p, entry, 0)) return 1;
    }
    return 0;
}

static int find_family(process_list *list, search *s, found *out) {
    int n = 0;
    process *entry = s->entry.pid ? process_by_pid(list, s->entry.pid) : NULL;
    if (entry && process_start(entry) != s->entry.start) entry = NULL;
    if (!entry) entry = find_entry(list, s);
    if (!entry) return 0;
    s->entry = (instance){entry->pid, entry->start};
    out[n++] = (found){(int)(entry - list->at), ROLE_ENTRY};
    int iis = keeps_iis(list, s, entry);
    for (int i = 0; i < list->count; i++) {
        process *p = &list->at[i];
        if (p == entry || p->pid == 0 || is_system_process(p->name) || is_named(s, p)) continue;
        if (is_family(list, s, p, entry, iis))
            out[n++] = (found){i, iis && is_iis_worker(p) ? ROLE_NAMED : ROLE_CHILD};
    }
    return n;
}

/* Windows' own processes are watched where one is named, never because a pattern is wide. */
static int is_meant(const wchar_t *pattern, const wchar_t *name) {
    int never = wcspbrk(pattern, L"*?") ? is_system_process(name) : is_never_watched(name);
    return !never && wildcard_matches(pattern, name);
}

int processes_find(process_list *list, search *s, const wchar_t *pattern, found *out) {
    int n = 0;
    if (!*pattern) return find_family(list, s, out);
    for (int i = 0; i < list->count; i++) {
        process *p = &list->at[i];
        if (p->pid != 0 && is_meant(pattern, p->name) && !is_named(s, p)) out[n++] = (found){i, ROLE_NAMED};
    }
    return n;
}
