/* ProcDump's stand-in: its console lines, worded as ProcDump 11 words them. */
#include "procdump64.h"

#include <stdarg.h>
#include <stdio.h>

static int as_utf16;

void report_encoding(int utf16) { as_utf16 = utf16; }

static void put(const wchar_t *text) {
    char utf8[4096];
    DWORD written;
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    if (as_utf16) {
        WriteFile(out, text, (DWORD)(wcslen(text) * sizeof *text), &written, NULL);
        return;
    }
    int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, sizeof utf8, NULL, NULL);
    if (n > 1) WriteFile(out, utf8, (DWORD)(n - 1), &written, NULL);
}

static void put_line(const wchar_t *before, const wchar_t *format, va_list args) {
    wchar_t body[1024], line[1100];
    _vsnwprintf(body, 1023, format, args);
    body[1023] = 0;
    _snwprintf(line, 1099, L"%ls%ls\r\n", before, body);
    line[1099] = 0;
    put(line);
}

void report(const wchar_t *format, ...) {
    va_list args;
    va_start(args, format);
    put_line(L"", format, args);
    va_end(args);
}

void report_at(const wchar_t *format, ...) {
    wchar_t time[32];
    SYSTEMTIME now;
    va_list args;
    GetLocalTime(&now);
    _snwprintf(time, 31, L"[%02u:%02u:%02u] ", now.wHour, now.wMinute, now.wSecond);
    time[31] = 0;
    va_start(args, format);
    put_line(time, format, args);
    va_end(args);
}

void report_banner(void) {
    report(L"");
    report(L"ProcDump v11.0 stand-in - this is NOT Sysinternals ProcDump but the test bed's replacement");
    report(L"Writes dumps by MiniDumpWriteDump; for tests without Windows only");
    report(L"");
}

void report_settings(const options *o, const target *t) {
    const wchar_t *name = wcsrchr(t->image, L'\\');
    report(L"Process:               %ls (%lu)", name ? name + 1 : t->image, t->pid);
    report(L"Process image:         %ls", t->image);
    report(L"Exception monitor:     %ls",
           !o->exceptions ? L"Disabled" : o->first_chance ? L"First Chance+Unhandled" : L"Unhandled");
    report(L"Exception filter:      [Includes]");
    if (o->includes == 0) report(L"                       *");
    for (int i = 0; i < o->includes; i++) report(L"                       *%ls*", o->include[i]);
    report(L"                       [Excludes]");
    for (int i = 0; i < o->excludes; i++) report(L"                       *%ls*", o->exclude[i]);
    report(L"Terminate monitor:     %ls", o->terminate ? L"Enabled" : L"Disabled");
    report(L"Number of dumps:       %d", o->dumps);
    report(L"Dump folder:           %ls", o->place ? o->place : L".");
    report(L"Dump filename/mask:    PROCESSNAME_YYMMDD_HHMMSS");
    report(L"");
    report(L"");
    report(L"Press Ctrl-C to end monitoring without terminating the process.");
    report(L"");
}

void exception_text(DWORD code, wchar_t *out, size_t cap) {
    static const struct { DWORD code; const wchar_t *name; } NAMES[] = {
        {0x80000003, L"BREAKPOINT"}, {0x80000004, L"SINGLE_STEP"}, {0xC0000005, L"ACCESS_VIOLATION"},
        {0xC0000006, L"IN_PAGE_ERROR"}, {0xC0000008, L"INVALID_HANDLE"}, {0xC000001D, L"ILLEGAL_INSTRUCTION"},
        {0xC0000094, L"INTEGER_DIVIDE_BY_ZERO"}, {0xC0000095, L"INTEGER_OVERFLOW"},
        {0xC0000096, L"PRIVILEGED_INSTRUCTION"}, {0xC00000FD, L"STACK_OVERFLOW"},
        {0xC0000374, L"HEAP_CORRUPTION"}, {0xC0000409, L"STACK_BUFFER_OVERRUN"}, {0xE0434352, L"CLR"},
        {0xE053534F, L"CLR_STACK_OVERFLOW"}, {0xE06D7363, L"MSVC"}, {0x406D1388, L"MS_VC_THREADNAME"}};
    const wchar_t *name = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (NAMES[i].code == code) name = NAMES[i].name;
    _snwprintf(out, cap - 1, name ? L"%08lX.%ls" : L"%08lX", code, name);
    out[cap - 1] = 0;
}
