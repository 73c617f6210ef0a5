/*
 * crasher.exe --runtime: what a .NET runtime does at an unhandled exception when it is told to write a
 * dump ("Collect dumps on crash" of the .NET documentation). Test code.
 *
 *   DOTNET_DbgEnableMiniDump  1 switches it on
 *   DOTNET_DbgMiniDumpType    1 mini, 2 heap (default), 3 triage, 4 full
 *   DOTNET_DbgMiniDumpName    the file: %p pid, %e executable, %h host, %t seconds since 1970, %% a %
 */
#include <windows.h>
#include <dbghelp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "crasher.h"

typedef BOOL(WINAPI *write_dump)(HANDLE, DWORD, HANDLE, MINIDUMP_TYPE, PMINIDUMP_EXCEPTION_INFORMATION,
                                 PMINIDUMP_USER_STREAM_INFORMATION, PMINIDUMP_CALLBACK_INFORMATION);

static MINIDUMP_TYPE types(const wchar_t *type) {
    switch (_wtoi(type)) {
        case 1: return MiniDumpNormal | MiniDumpWithThreadInfo | MiniDumpWithUnloadedModules;
        case 3: return MiniDumpFilterTriage | MiniDumpWithThreadInfo;
        case 4: return MiniDumpWithFullMemory | MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo;
        default: return MiniDumpWithPrivateReadWriteMemory | MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo;
    }
}

static void append(wchar_t *out, size_t cap, const wchar_t *text) {
    size_t n = wcslen(out);
    wcsncpy(out + n, text, cap - 1 - n);
    out[cap - 1] = 0;
}

static void expand(const wchar_t *pattern, wchar_t *out, size_t cap) {
    wchar_t word[MAX_PATH];
    FILETIME now;
    DWORD length = MAX_PATH;
    GetSystemTimeAsFileTime(&now);
    uint64_t seconds = ((((uint64_t)now.dwHighDateTime << 32) | now.dwLowDateTime) - 116444736000000000ULL) / 10000000;
    for (*out = 0; *pattern; pattern++) {
        word[0] = *pattern;
        word[1] = 0;
        if (*pattern == L'%' && pattern[1]) {
            switch (*++pattern) {
                case L'p': _snwprintf(word, MAX_PATH, L"%lu", GetCurrentProcessId()); break;
                case L't': _snwprintf(word, MAX_PATH, L"%llu", (unsigned long long)seconds); break;
                case L'h': GetComputerNameW(word, &length); break;
                case L'e': {
                    wchar_t path[MAX_PATH] = {0};
                    GetModuleFileNameW(NULL, path, MAX_PATH - 1);
                    const wchar_t *base = wcsrchr(path, L'\\');
                    wcscpy(word, base ? base + 1 : path);
                    break;
                }
                default: word[0] = *pattern; break;
            }
        }
        append(out, cap, word);
    }
}

/* createdump's part: the dump of another process. It knows of no exception, as createdump does not either. */
int create_dump(const wchar_t *pid, const wchar_t *type, const wchar_t *path) {
    DWORD id = (DWORD)wcstoul(pid, NULL, 10);
    HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, id);
    HMODULE library = LoadLibraryW(L"dbghelp.dll");
    write_dump write = library ? (write_dump)(void *)GetProcAddress(library, "MiniDumpWriteDump") : NULL;
    HANDLE file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    say(L"[createdump] Writing minidump to file %ls\n", path);
    BOOL ok = process && write && file != INVALID_HANDLE_VALUE && write(process, id, file, types(type), NULL, NULL, NULL);
    if (ok) say(L"[createdump] Dump successfully written\n");
    else say(L"[createdump] Failed: error 0x%08lX\n", GetLastError());
    return ok ? 0 : 1;
}

/* The runtime starts createdump as its child and waits for it. */
static LONG WINAPI crashed(EXCEPTION_POINTERS *pointers) {
    wchar_t pattern[MAX_PATH], path[2 * MAX_PATH], program[MAX_PATH] = {0}, command[4 * MAX_PATH], type[8] = L"2";
    STARTUPINFOW si = {.cb = sizeof si};
    PROCESS_INFORMATION pi;
    (void)pointers;
    DWORD n = GetEnvironmentVariableW(L"DOTNET_DbgMiniDumpName", pattern, MAX_PATH);
    if (n == 0 || n >= MAX_PATH) wcscpy(pattern, L"C:\\dump.%p.dmp");
    GetEnvironmentVariableW(L"DOTNET_DbgMiniDumpType", type, 8);
    expand(pattern, path, 2 * MAX_PATH);
    GetModuleFileNameW(NULL, program, MAX_PATH - 1);
    _snwprintf(command, 4 * MAX_PATH - 1, L"\"%ls\" --createdump %lu %ls \"%ls\"", program, GetCurrentProcessId(), type, path);
    command[4 * MAX_PATH - 1] = 0;
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &si, &pi)) {
        say(L"cannot start createdump: error %lu\n", GetLastError());
        return EXCEPTION_CONTINUE_SEARCH;
    }
    WaitForSingleObject(pi.hProcess, INFINITE);
    CloseHandle(pi.hThread);
    CloseHandle(pi.hProcess);
    return EXCEPTION_CONTINUE_SEARCH;
}

void dump_own_crash(void) {
    wchar_t value[8];
    DWORD n = GetEnvironmentVariableW(L"DOTNET_DbgEnableMiniDump", value, 8);
    if (n > 0 && n < 8 && wcscmp(value, L"1") == 0) SetUnhandledExceptionFilter(crashed);
}
