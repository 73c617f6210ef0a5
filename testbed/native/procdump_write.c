/* ProcDump's stand-in: one dump file, by dbghelp. */
#include "procdump64.h"

#include <dbghelp.h>
#include <psapi.h>
#include <stdio.h>

/* MINIDUMP_STREAM_TYPE CommentStreamW: where ProcDump writes what it was told and what it saw. */
#define COMMENT_STREAM_W 11

static MINIDUMP_TYPE types(dump_kind kind) {
    switch (kind) {
        case DUMP_FULL:
            return MiniDumpWithFullMemory | MiniDumpWithHandleData | MiniDumpWithUnloadedModules |
                   MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo | MiniDumpIgnoreInaccessibleMemory;
        case DUMP_MINIPLUS:
            return MiniDumpWithPrivateReadWriteMemory | MiniDumpWithHandleData | MiniDumpWithUnloadedModules |
                   MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo;
        case DUMP_TRIAGE:
            return MiniDumpFilterTriage | MiniDumpWithThreadInfo;
        default:
            return MiniDumpNormal | MiniDumpWithUnloadedModules | MiniDumpWithThreadInfo;
    }
}

static void file_name(const options *o, const target *t, wchar_t *out, size_t cap) {
    wchar_t name[MAX_PATH];
    SYSTEMTIME now;
    const wchar_t *base = wcsrchr(t->image, L'\\');
    GetLocalTime(&now);
    wcsncpy(name, base ? base + 1 : t->image, MAX_PATH - 1);
    name[MAX_PATH - 1] = 0;
    DWORD attributes = o->place ? GetFileAttributesW(o->place) : FILE_ATTRIBUTE_DIRECTORY;
    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
        _snwprintf(out, cap - 1, L"%ls", o->place);
    } else {
        _snwprintf(out, cap - 1, L"%ls\\%ls_%02u%02u%02u_%02u%02u%02u.dmp", o->place ? o->place : L".", name,
                   now.wYear % 100, now.wMonth, now.wDay, now.wHour, now.wMinute, now.wSecond);
    }
    out[cap - 1] = 0;
    /* As ProcDump: a name that is taken gets a number. */
    size_t stem = wcslen(out) - 4;
    for (int i = 1; !o->overwrite && i < 100 && GetFileAttributesW(out) != INVALID_FILE_ATTRIBUTES; i++)
        _snwprintf(out + stem, cap - 1 - stem, L"-%d.dmp", i);
}

static DWORD estimated_mb(HANDLE process) {
    PROCESS_MEMORY_COUNTERS_EX memory = {.cb = sizeof memory};
    if (!GetProcessMemoryInfo(process, (PROCESS_MEMORY_COUNTERS *)&memory, sizeof memory)) return 1;
    return (DWORD)(memory.PrivateUsage >> 20) + 1;
}

static BOOL write_streams(const options *o, const target *t, HANDLE file, const EXCEPTION_RECORD *exception,
                          DWORD tid, wchar_t *comment) {
    CONTEXT context = {.ContextFlags = CONTEXT_ALL};
    EXCEPTION_RECORD record;
    EXCEPTION_POINTERS pointers = {&record, &context};
    MINIDUMP_EXCEPTION_INFORMATION info = {.ThreadId = tid, .ExceptionPointers = &pointers, .ClientPointers = FALSE};
    MINIDUMP_USER_STREAM stream = {.Type = COMMENT_STREAM_W,
        .BufferSize = (ULONG)((wcslen(comment) + 1) * sizeof *comment), .Buffer = comment};
    MINIDUMP_USER_STREAM_INFORMATION streams = {1, &stream};
    int with_exception = 0;
    if (exception) {
        HANDLE thread = OpenThread(THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION, FALSE, tid);
        record = *exception;
        with_exception = thread && GetThreadContext(thread, &context);
        if (thread) CloseHandle(thread);
    }
    return MiniDumpWriteDump(t->process, t->pid, file, types(o->kind), with_exception ? &info : NULL, &streams, NULL);
}

static void truncate_half(HANDLE file) {
    LARGE_INTEGER size;
    if (!GetFileSizeEx(file, &size)) return;
    size.QuadPart /= 2;
    SetFilePointerEx(file, size, NULL, FILE_BEGIN);
    SetEndOfFile(file);
}

int dump_write(const options *o, target *t, const EXCEPTION_RECORD *exception, DWORD tid, const wchar_t *reason) {
    wchar_t path[MAX_PATH * 2], comment[2048];
    LARGE_INTEGER size = {0};
    int n = t->taken + 1;
    ULONGLONG begun = GetTickCount64();
    file_name(o, t, path, MAX_PATH * 2);
    _snwprintf(comment, 2047, L"\n*** %ls\n*** %ls", GetCommandLineW(), reason);
    comment[2047] = 0;
    report_at(L"Dump %d initiated: %ls", n, path);
    HANDLE file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE || o->fault == FAULT_WRITE) {
        DWORD error = file == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_DISK_FULL;
        report_at(L"Dump %d error: Error creating dump file: 0x%08lX", n, HRESULT_FROM_WIN32(error));
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        DeleteFileW(path);
        return 0;
    }
    report_at(L"Dump %d writing: Estimated dump file size is %lu MB.", n, estimated_mb(t->process));
    BOOL ok = write_streams(o, t, file, exception, tid, comment);
    DWORD error = GetLastError();
    DWORD wait = o->delay_ms;
    if (o->abandon_seconds > 0 && wait > (DWORD)o->abandon_seconds * 1000) {
        wait = (DWORD)o->abandon_seconds * 1000;
        ok = FALSE;
        error = ERROR_TIMEOUT;
    }
    if (o->fault != FAULT_IMPATIENT) {
        Sleep(wait);
    } else if (WaitForSingleObject(t->cancel, wait) == WAIT_OBJECT_0) {
        ok = FALSE;
        error = ERROR_CANCELLED;
    }
    if (o->fault == FAULT_TRUNCATE) truncate_half(file);
    GetFileSizeEx(file, &size);
    CloseHandle(file);
    if (!ok) {
        report_at(L"Dump %d error: Error writing dump file: 0x%08lX", n, HRESULT_FROM_WIN32(error));
        DeleteFileW(path);
        return 0;
    }
    t->taken = n;
    ULONGLONG tenths = (GetTickCount64() - begun + 50) / 100;
    report_at(L"Dump %d complete: %llu MB written in %llu.%llu seconds", n,
              (unsigned long long)(size.QuadPart >> 20) + 1, tenths / 10, tenths % 10);
    return 1;
}
