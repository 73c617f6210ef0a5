/* ProcDump as a child: its command line, its start, its graceful end, its files. */
#include "procdump.h"

#include "files.h"
#include "text.h"

#include <psapi.h>
#include <wchar.h>

#define LINE_CHARS 32768
#define LOG_CAP (1024 * 1024)
/* Beyond it the log is shortened whatever may want to read it: the disk is the application's too. */
#define LOG_HARD_CAP (16 * 1024 * 1024)
#define MAX_DUMPS_PER_PROCESS 1000

static int append(wchar_t *line, size_t cap, wchar_t c, size_t times) {
    size_t n = wcslen(line);
    if (n + times >= cap) return 0;
    for (size_t i = 0; i < times; i++) line[n++] = c;
    line[n] = 0;
    return 1;
}

int append_argument(wchar_t *line, size_t cap, const wchar_t *argument) {
    size_t slashes = 0;
    int ok = !*line || append(line, cap, L' ', 1);
    if (*argument && !wcspbrk(argument, L" \t\n\v\"")) {
        for (; *argument; argument++) ok = ok && append(line, cap, *argument, 1);
        return ok;
    }
    ok = ok && append(line, cap, L'"', 1);
    for (; *argument; argument++) {
        if (*argument == L'\\') {
            slashes++;
            continue;
        }
        /* Backslashes are doubled before a quote only. */
        ok = ok && append(line, cap, L'\\', *argument == L'"' ? slashes * 2 + 1 : slashes);
        ok = ok && append(line, cap, *argument, 1);
        slashes = 0;
    }
    return ok && append(line, cap, L'\\', slashes * 2) && append(line, cap, L'"', 1);
}

static int command_line(wchar_t *line, const wchar_t *program, const arguments *args, DWORD pid, const wchar_t *folder) {
    wchar_t number[16];
    line[0] = 0;
    int ok = append_argument(line, LINE_CHARS, program);
    for (int i = 0; i < args->count; i++) ok = ok && append_argument(line, LINE_CHARS, args->at[i]);
    format(number, 16, L"%lu", pid);
    return ok && append_argument(line, LINE_CHARS, number) && append_argument(line, LINE_CHARS, folder);
}

static DWORD start(wchar_t *line, const wchar_t *program, HANDLE log, PROCESS_INFORMATION *pi) {
    static char attributes[256];
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    STARTUPINFOEXW si = {.StartupInfo = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES}};
    SIZE_T size = sizeof attributes;
    HANDLE nul = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable,
                             OPEN_EXISTING, 0, NULL);
    /* A log that cannot be had costs its lines, not the dump; a handle listed twice or not valid starts nothing. */
    HANDLE output = log == INVALID_HANDLE_VALUE ? nul : log;
    HANDLE inherited[2] = {nul, output};
    SIZE_T inherited_bytes = (output == nul ? 1 : 2) * sizeof *inherited;
    DWORD flags = CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP;
    DWORD error = 0;
    si.StartupInfo.hStdInput = nul;
    si.StartupInfo.hStdOutput = output;
    si.StartupInfo.hStdError = output;
    si.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)attributes;
    /* These two handles and no others: the application's files are nothing to hold open. */
    if (InitializeProcThreadAttributeList(si.lpAttributeList, 1, 0, &size) &&
        UpdateProcThreadAttribute(si.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited, inherited_bytes,
                                  NULL, NULL))
        flags |= EXTENDED_STARTUPINFO_PRESENT;
    else
        si.StartupInfo.cb = sizeof si.StartupInfo;
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, flags, NULL, root_folder(), &si.StartupInfo, pi))
        error = GetLastError();
    if (flags & EXTENDED_STARTUPINFO_PRESENT) DeleteProcThreadAttributeList(si.lpAttributeList);
    CloseHandle(nul);
    return error;
}

DWORD procdump_start(const arguments *args, DWORD pid, const wchar_t *folder, HANDLE *process, DWORD *procdump_pid) {
    static wchar_t line[LINE_CHARS];
    wchar_t program[PATH_CHARS], path[PATH_CHARS];
    PROCESS_INFORMATION pi;
    root_path(program, L"bin\\procdump64.exe");
    if (!exists(program)) return ERROR_FILE_NOT_FOUND;
    if (!command_line(line, program, args, pid, folder)) return ERROR_FILENAME_EXCED_RANGE;
    root_path(path, L"dumps");
    int folders = make_folder(path);
    root_path(path, L"dumps\\incoming");
    if (!folders || !make_folder(path) || !make_folder(folder)) return ERROR_CANNOT_MAKE;
    root_path(path, L"logs\\procdump.log");
    /* Never moved aside: a ProcDump that lives would write on there, where nobody shortens it. */
    HANDLE log = open_log(path, LOG_NEVER_MOVED);
    DWORD error = start(line, program, log, &pi);
    if (log != INVALID_HANDLE_VALUE) CloseHandle(log);
    if (error) return error;
    CloseHandle(pi.hThread);
    *process = pi.hProcess;
    *procdump_pid = pi.dwProcessId;
    return 0;
}

log_length procdump_log_length(void) {
    wchar_t path[PATH_CHARS];
    root_path(path, L"logs\\procdump.log");
    unsigned long long size = file_size(path);
    return size > LOG_HARD_CAP ? LOG_TOO_LONG : size > LOG_CAP ? LOG_LONG : LOG_SHORT;
}

/*
 * ProcDump writes a line for each first-chance exception, matched or not: thousands a second in some
 * applications. It appends, so the file can be emptied under its hands.
 */
void procdump_shorten_log(void) {
    wchar_t path[PATH_CHARS], older[PATH_CHARS];
    root_path(path, L"logs\\procdump.log");
    root_path(older, L"logs\\procdump.log.1");
    shorten_file(path, older);
}

int procdump_cancel(DWORD pid) {
    static const wchar_t *const NAMES[] = {L"ProcDump-%lu", L"Global\\ProcDump-%lu"};
    wchar_t name[64];
    int heard = 0;
    for (int i = 0; i < 2; i++) {
        format(name, 64, NAMES[i], pid);
        HANDLE event = OpenEventW(EVENT_MODIFY_STATE, FALSE, name);
        if (!event) continue;
        heard |= SetEvent(event) != 0;
        CloseHandle(event);
    }
    return heard;
}

void incoming_folder(wchar_t *out, DWORD pid, uint64_t start) {
    format(out, PATH_CHARS, L"%ls\\dumps\\incoming\\%lu_%llu", root_folder(), pid, epoch_millis(start));
}

static int move_to_ready(const wchar_t *from, DWORD pid, uint64_t start, int *next) {
    wchar_t to[PATH_CHARS];
    for (; *next < MAX_DUMPS_PER_PROCESS; (*next)++) {
        format(to, PATH_CHARS, L"%ls\\dumps\\ready\\%lu_%llu_%d.dmp", root_folder(), pid, epoch_millis(start), *next);
        for (int tries = 0; tries < 20; tries++) {
            if (MoveFileExW(from, to, MOVEFILE_WRITE_THROUGH)) {
                (*next)++;
                return 1;
            }
            if (GetLastError() != ERROR_SHARING_VIOLATION && GetLastError() != ERROR_ACCESS_DENIED) break;
            Sleep(50); /* a virus scanner looks at new files first */
        }
        if (!exists(to)) break;
    }
    log_line(L"cannot move %ls to dumps\\ready: %ls", from, error_text(GetLastError()));
    return 0;
}

int collect_dumps(DWORD pid, uint64_t start, int *next) {
    wchar_t folder[PATH_CHARS], pattern[PATH_CHARS], from[PATH_CHARS], ready[PATH_CHARS];
    WIN32_FIND_DATAW file;
    int moved = 0;
    incoming_folder(folder, pid, start);
    DWORD attributes = GetFileAttributesW(folder);
    if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_REPARSE_POINT)) return 0;
    root_path(ready, L"dumps\\ready");
    if (!make_folder(ready)) return 0;
    format(pattern, PATH_CHARS, L"%ls\\*.dmp", folder);
    HANDLE search = FindFirstFileW(pattern, &file);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            if (file.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) continue;
            format(from, PATH_CHARS, L"%ls\\%ls", folder, file.cFileName);
            moved += move_to_ready(from, pid, start, next);
        } while (FindNextFileW(search, &file) && moved < MAX_DUMPS_PER_PROCESS);
        FindClose(search);
    }
    RemoveDirectoryW(folder); /* an empty one only */
    return moved;
}

int dump_begun(DWORD pid, uint64_t start) {
    wchar_t folder[PATH_CHARS], pattern[PATH_CHARS];
    WIN32_FIND_DATAW file;
    incoming_folder(folder, pid, start);
    format(pattern, PATH_CHARS, L"%ls\\*.dmp", folder);
    HANDLE search = FindFirstFileW(pattern, &file);
    if (search == INVALID_HANDLE_VALUE) return 0;
    FindClose(search);
    return 1;
}

int disk_is_enough(const session *s, HANDLE process, int attached, uint64_t *free_bytes, uint64_t *needed_bytes) {
    PROCESS_MEMORY_COUNTERS_EX memory = {.cb = sizeof memory};
    ULARGE_INTEGER available, total, all;
    *free_bytes = *needed_bytes = 0;
    if (!GetDiskFreeSpaceExW(root_folder(), &available, &total, &all)) return 1; /* not known: not held against the user */
    if (!GetProcessMemoryInfo(process, (PROCESS_MEMORY_COUNTERS *)&memory, sizeof memory)) memory.PrivateUsage = 0;
    uint64_t by_commit = (uint64_t)memory.PrivateUsage / 100 * s->commit_percent;
    uint64_t by_volume = total.QuadPart / 100 * s->volume_percent;
    *needed_bytes = by_commit > by_volume ? by_commit : by_volume;
    *free_bytes = available.QuadPart;
    /* A tenth more to come back than to stay: no to and fro at the edge. */
    return *free_bytes >= *needed_bytes + (attached ? 0 : *needed_bytes / 10);
}
