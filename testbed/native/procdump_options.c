/* ProcDump's stand-in: the command line and the switches for faults. */
#include "procdump64.h"

#include <stdlib.h>
#include <wctype.h>

static int like(const wchar_t *pattern, const wchar_t *text) {
    while (*pattern) {
        if (*pattern == L'*') {
            while (*pattern == L'*') pattern++;
            if (!*pattern) return 1;
            for (; *text; text++)
                if (like(pattern, text)) return 1;
            return 0;
        }
        if (!*text || (*pattern != L'?' && towlower(*pattern) != towlower(*text))) return 0;
        pattern++;
        text++;
    }
    return !*text;
}

int filter_matches(const wchar_t *pattern, const wchar_t *text) {
    wchar_t open[260];
    _snwprintf(open, 259, L"*%ls*", pattern);
    open[259] = 0;
    return like(open, text);
}

static int valued(options *o, const wchar_t *name, const wchar_t *value) {
    if (wcscmp(name, L"-n") == 0) o->dumps = _wtoi(value);
    else if (wcscmp(name, L"-at") == 0) o->abandon_seconds = _wtoi(value);
    else if (wcscmp(name, L"-f") == 0 && o->includes < MAX_FILTERS) o->include[o->includes++] = value;
    else if (wcscmp(name, L"-fx") == 0 && o->excludes < MAX_FILTERS) o->exclude[o->excludes++] = value;
    else return 0;
    return 1;
}

static int flag(options *o, const wchar_t *name) {
    if (_wcsicmp(name, L"-accepteula") == 0) o->accept_eula = 1;
    else if (wcscmp(name, L"-ma") == 0) o->kind = DUMP_FULL;
    else if (wcscmp(name, L"-mp") == 0) o->kind = DUMP_MINIPLUS;
    else if (wcscmp(name, L"-mm") == 0) o->kind = DUMP_MINI;
    else if (wcscmp(name, L"-mt") == 0) o->kind = DUMP_TRIAGE;
    else if (wcscmp(name, L"-t") == 0) o->terminate = 1;
    else if (wcscmp(name, L"-o") == 0) o->overwrite = 1;
    else if (wcscmp(name, L"-cancel") == 0) o->cancel = 1;
    else return 0;
    return 1;
}

static void environment(options *o) {
    static const struct { const wchar_t *name; fault fault; } FAULTS[] = {
        {L"fail", FAULT_FAIL}, {L"hang", FAULT_HANG}, {L"deaf", FAULT_DEAF}, {L"die", FAULT_DIE},
        {L"die-together", FAULT_DIE_TOGETHER}, {L"write", FAULT_WRITE}, {L"truncate", FAULT_TRUNCATE},
        {L"impatient", FAULT_IMPATIENT}, {L"linger", FAULT_LINGER}};
    wchar_t value[32];
    DWORD n = GetEnvironmentVariableW(L"PROCDUMP_STANDIN_FAULT", value, 32);
    for (size_t i = 0; n > 0 && n < 32 && i < sizeof FAULTS / sizeof *FAULTS; i++)
        if (wcscmp(value, FAULTS[i].name) == 0) o->fault = FAULTS[i].fault;
    n = GetEnvironmentVariableW(L"PROCDUMP_STANDIN_DELAY_MS", value, 32);
    if (n > 0 && n < 32) o->delay_ms = (DWORD)wcstoul(value, NULL, 10);
    n = GetEnvironmentVariableW(L"PROCDUMP_STANDIN_UTF16", value, 32);
    o->utf16 = n == 1 && value[0] == L'1';
}

const wchar_t *options_parse(options *o, int argc, wchar_t **argv) {
    ZeroMemory(o, sizeof *o);
    o->dumps = 1;
    environment(o);
    for (int i = 1; i < argc; i++) {
        const wchar_t *a = argv[i];
        if (a[0] != L'-' && a[0] != L'/') {
            if (!o->target) o->target = a;
            else if (!o->place) o->place = a;
            else return L"too many operands";
        } else if (wcscmp(a, L"-e") == 0) {
            o->exceptions = 1;
            /* "-e 1" also means first chance; a pid after -e does not. */
            if (i + 2 < argc && wcscmp(argv[i + 1], L"1") == 0) {
                o->first_chance = 1;
                i++;
            }
        } else if (!flag(o, a)) {
            if (i + 1 >= argc || !valued(o, a, argv[++i])) return a;
        }
    }
    if (!o->target) return L"no process named";
    return NULL;
}
