/* The folder of the monitor and its files: bounded reads, atomic replacement, no links followed. */
#include "files.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define LOG_CAP (256 * 1024)
#define COPY_BUFFER 65536

static wchar_t root[PATH_CHARS] = L"C:\\crash-monitor";
static const wchar_t *log_inner;

void files_init(void) {
    wchar_t value[PATH_CHARS];
    DWORD n = GetEnvironmentVariableW(L"CRASH_MONITOR_ROOT", value, PATH_CHARS);
    /* Room is kept for the longest name below the root. */
    if (n > 0 && n < PATH_CHARS - 128) copy_text(root, PATH_CHARS, value);
}

const wchar_t *root_folder(void) { return root; }

void root_path(wchar_t *out, const wchar_t *inner) { format(out, PATH_CHARS, L"%ls\\%ls", root, inner); }

void own_folder(wchar_t *out) {
    DWORD n = GetModuleFileNameW(NULL, out, PATH_CHARS);
    if (n == 0 || n >= PATH_CHARS) copy_text(out, PATH_CHARS, L".\\attach.exe");
    wchar_t *slash = wcsrchr(out, L'\\');
    if (slash) *slash = 0;
}

int exists(const wchar_t *path) { return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES; }

int is_folder(const wchar_t *path) {
    DWORD attributes = GetFileAttributesW(path);
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) &&
           !(attributes & FILE_ATTRIBUTE_REPARSE_POINT);
}

int make_folder(const wchar_t *path) {
    CreateDirectoryW(path, NULL);
    return is_folder(path);
}

int lies_in_own_folder(const wchar_t *inner) {
    wchar_t folder[PATH_CHARS];
    root_path(folder, inner);
    *wcsrchr(folder, L'\\') = 0;
    return wcscmp(folder, root) == 0 || is_folder(folder);
}

static HANDLE open_plain(const wchar_t *path, DWORD access, DWORD how, SECURITY_ATTRIBUTES *security) {
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE f = CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, security, how,
                           FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (f == INVALID_HANDLE_VALUE) return f;
    if (!GetFileInformationByHandle(f, &info) ||
        (info.dwFileAttributes & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY))) {
        CloseHandle(f);
        SetLastError(ERROR_CANT_ACCESS_FILE);
        return INVALID_HANDLE_VALUE;
    }
    return f;
}

long read_small(const wchar_t *path, char *buffer, size_t cap, DWORD *error) {
    LARGE_INTEGER size;
    DWORD n = 0;
    HANDLE f = open_plain(path, GENERIC_READ, OPEN_EXISTING, NULL);
    *error = 0;
    if (f == INVALID_HANDLE_VALUE) {
        *error = GetLastError();
        return -1;
    }
    if (!GetFileSizeEx(f, &size)) *error = GetLastError();
    else if (size.QuadPart > (LONGLONG)cap) *error = ERROR_FILE_TOO_LARGE;
    else if (!ReadFile(f, buffer, (DWORD)cap, &n, NULL)) *error = GetLastError();
    CloseHandle(f);
    return *error ? -1 : (long)n;
}

DWORD file_names(const wchar_t *path) {
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE f = open_plain(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING, NULL);
    if (f == INVALID_HANDLE_VALUE) return 0;
    if (!GetFileInformationByHandle(f, &info)) info.nNumberOfLinks = 0;
    CloseHandle(f);
    return info.nNumberOfLinks;
}

int replace_file(const wchar_t *path, const char *bytes, size_t length) {
    wchar_t temporary[PATH_CHARS];
    DWORD n = 0;
    format(temporary, PATH_CHARS, L"%ls.tmp", path);
    HANDLE f = CreateFileW(temporary, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (f == INVALID_HANDLE_VALUE) {
        /* Of a run that was killed, or a link somebody planted: CREATE_NEW follows none. */
        DeleteFileW(temporary);
        f = CreateFileW(temporary, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    }
    if (f == INVALID_HANDLE_VALUE) return 0;
    BOOL ok = WriteFile(f, bytes, (DWORD)length, &n, NULL) && n == length;
    CloseHandle(f);
    for (int tries = 0; ok && tries < 10; tries++) {
        if (MoveFileExW(temporary, path, MOVEFILE_REPLACE_EXISTING)) return 1;
        Sleep(50); /* a reader without FILE_SHARE_DELETE: gone in a moment */
    }
    DeleteFileW(temporary);
    return 0;
}

static int same_bytes(const wchar_t *a, const wchar_t *b) {
    static char left[COPY_BUFFER], right[COPY_BUFFER];
    LARGE_INTEGER size_a, size_b;
    DWORD n = 0, m = 0;
    HANDLE f = open_plain(a, GENERIC_READ, OPEN_EXISTING, NULL), g = open_plain(b, GENERIC_READ, OPEN_EXISTING, NULL);
    int same = f != INVALID_HANDLE_VALUE && g != INVALID_HANDLE_VALUE && GetFileSizeEx(f, &size_a) &&
               GetFileSizeEx(g, &size_b) && size_a.QuadPart == size_b.QuadPart;
    while (same) {
        same = ReadFile(f, left, COPY_BUFFER, &n, NULL) && ReadFile(g, right, COPY_BUFFER, &m, NULL) && n == m &&
               memcmp(left, right, n) == 0;
        if (n == 0) break;
    }
    if (f != INVALID_HANDLE_VALUE) CloseHandle(f);
    if (g != INVALID_HANDLE_VALUE) CloseHandle(g);
    return same;
}

DWORD install_file(const wchar_t *from, const wchar_t *to) {
    wchar_t fresh[PATH_CHARS], aside[PATH_CHARS];
    if (same_bytes(from, to)) return 0;
    format(fresh, PATH_CHARS, L"%ls.new", to);
    format(aside, PATH_CHARS, L"%ls.%llu.old", to, epoch_millis(now_filetime()));
    DeleteFileW(fresh);
    if (!CopyFileW(from, fresh, TRUE)) return GetLastError();
    if (MoveFileExW(fresh, to, MOVEFILE_REPLACE_EXISTING)) return 0;
    /* A running program cannot be replaced, but it can be renamed. */
    if (MoveFileExW(to, aside, 0) && MoveFileExW(fresh, to, 0)) return 0;
    DWORD error = GetLastError();
    if (!exists(to)) MoveFileExW(aside, to, 0);
    DeleteFileW(fresh);
    return error;
}

unsigned long long file_size(const wchar_t *path) {
    WIN32_FILE_ATTRIBUTE_DATA data;
    return GetFileAttributesExW(path, GetFileExInfoStandard, &data)
               ? (unsigned long long)data.nFileSizeHigh << 32 | data.nFileSizeLow
               : 0;
}

void shorten_file(const wchar_t *path, const wchar_t *older) {
    static char last[LAST_KEPT];
    LARGE_INTEGER size, place = {0};
    DWORD n = 0;
    HANDLE f = open_plain(path, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, NULL);
    if (f == INVALID_HANDLE_VALUE) return;
    if (GetFileSizeEx(f, &size) && size.QuadPart > LAST_KEPT) {
        /* Of UTF-16, whole characters. */
        place.QuadPart = (size.QuadPart - LAST_KEPT) & ~1LL;
        if (SetFilePointerEx(f, place, NULL, FILE_BEGIN) && ReadFile(f, last, LAST_KEPT, &n, NULL) && n > 0)
            replace_file(older, last, n);
        place.QuadPart = 0;
        if (SetFilePointerEx(f, place, NULL, FILE_BEGIN)) SetEndOfFile(f);
    }
    CloseHandle(f);
}

HANDLE open_log(const wchar_t *path, unsigned long long cap) {
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    wchar_t older[PATH_CHARS];
    if (file_size(path) > cap) {
        format(older, PATH_CHARS, L"%ls.1", path);
        MoveFileExW(path, older, MOVEFILE_REPLACE_EXISTING);
    }
    return open_plain(path, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, OPEN_ALWAYS, &inheritable);
}

void log_to(const wchar_t *inner) { log_inner = inner; }

void log_line(const wchar_t *pattern, ...) {
    wchar_t body[1024], line[1100], path[PATH_CHARS];
    char utf8[4096];
    SYSTEMTIME s;
    DWORD written;
    va_list args;
    va_start(args, pattern);
    _vsnwprintf(body, 1023, pattern, args);
    va_end(args);
    body[1023] = 0;
    GetSystemTime(&s);
    format(line, 1100, L"%04u-%02u-%02uT%02u:%02u:%02u.%03uZ %ls\n", s.wYear, s.wMonth, s.wDay, s.wHour, s.wMinute,
           s.wSecond, s.wMilliseconds, body);
    int n = WideCharToMultiByte(CP_UTF8, 0, line, -1, utf8, sizeof utf8, NULL, NULL);
    if (n <= 1) return;
    if (!log_inner) {
        WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), utf8, (DWORD)(n - 1), &written, NULL);
        return;
    }
    root_path(path, log_inner);
    HANDLE f = open_log(path, LOG_CAP);
    if (f == INVALID_HANDLE_VALUE) return;
    WriteFile(f, utf8, (DWORD)(n - 1), &written, NULL);
    CloseHandle(f);
}

const wchar_t *error_text(DWORD error) {
    static wchar_t words[200];
    wchar_t system[160] = L"";
    DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, system, 160, NULL);
    while (n > 0 && (system[n - 1] == L'\n' || system[n - 1] == L'\r' || system[n - 1] == L'.' || system[n - 1] == L' '))
        system[--n] = 0;
    format(words, 200, L"%ls (error %lu)", n ? system : L"Windows error", error);
    return words;
}
