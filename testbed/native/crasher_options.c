/* What the sample application is told to do. */
#include "crasher.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

const wchar_t CRASHER_USAGE[] =
    L"usage: crasher.exe [options]\n"
    L"  --crash KIND     av | div0 | clr | stackoverflow | failfast | abort | custom:<hex> | exit:<n> | none\n"
    L"                   (default none: lives until it is stopped)\n"
    L"  --cycle K1,K2,.. another KIND at each start, in order; needs --state\n"
    L"  --state FILE     keeps the number of starts for --cycle; a folder that survives restarts\n"
    L"  --after MS       delay before the crash (default 1000)\n"
    L"  --at EPOCHMS     crash at this moment (UTC, ms since 1970) instead of --after\n"
    L"  --when FILE      crash once this file is there, and take it away: one process for each file\n"
    L"  --on-stop        crash when the container is asked to end, and --when says so, in the thread that handles it\n"
    L"  --thread         crash in a worker thread\n"
    L"  --first-chance HEX[:N]  raise this exception N times a second (default 1) and handle it\n"
    L"  --allocate MB    commit this much memory at the start\n"
    L"  --child          start the same program as a child that gets the crash; the parent waits for it\n"
    L"                   and starts a new one when it ended, as a server does with its workers\n"
    L"  --runtime        write a dump of the own crash if DOTNET_DbgEnableMiniDump says so, as .NET does\n"
    L"  --quiet          no line a second\n"
    L"Environment instead of an option: CRASHER_CRASH, CRASHER_CYCLE, CRASHER_STATE, CRASHER_AFTER, CRASHER_AT.\n"
    L"The crash happens in level3, called by level2, called by level1 (exported names).\n";

static void set_option(options *o, const wchar_t *name, const wchar_t *value) {
    if (wcscmp(name, L"crash") == 0) wcsncpy(o->crash, value, 63);
    if (wcscmp(name, L"cycle") == 0) wcsncpy(o->cycle, value, 255);
    if (wcscmp(name, L"state") == 0) wcsncpy(o->state, value, MAX_PATH - 1);
    if (wcscmp(name, L"when") == 0) wcsncpy(o->when, value, MAX_PATH - 1);
    if (wcscmp(name, L"after") == 0) o->after_ms = _wcstoui64(value, NULL, 10);
    if (wcscmp(name, L"at") == 0) o->at_ms = _wcstoui64(value, NULL, 10);
    if (wcscmp(name, L"allocate") == 0) o->allocate_mb = (DWORD)wcstoul(value, NULL, 10);
    if (wcscmp(name, L"first-chance") == 0) {
        wchar_t *end;
        o->first_chance = (DWORD)wcstoul(value, &end, 16);
        o->first_chance_rate = *end == L':' ? (DWORD)wcstoul(end + 1, NULL, 10) : 1;
    }
}

static int is_valued(const wchar_t *name) {
    static const wchar_t *const NAMES[] = {L"crash", L"cycle", L"state", L"when", L"after", L"at", L"allocate",
                                          L"first-chance"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (wcscmp(name, NAMES[i]) == 0) return 1;
    return 0;
}

int parse_options(options *o, int argc, wchar_t **argv) {
    static const wchar_t *const ENV[][2] = {{L"CRASHER_CRASH", L"crash"}, {L"CRASHER_CYCLE", L"cycle"},
        {L"CRASHER_STATE", L"state"}, {L"CRASHER_AFTER", L"after"}, {L"CRASHER_AT", L"at"}};
    wchar_t value[300];
    for (size_t i = 0; i < sizeof ENV / sizeof *ENV; i++) {
        DWORD n = GetEnvironmentVariableW(ENV[i][0], value, 300);
        if (n > 0 && n < 300) set_option(o, ENV[i][1], value);
    }
    for (int i = 1; i < argc; i++) {
        const wchar_t *name = argv[i] + 2;
        if (wcsncmp(argv[i], L"--", 2) != 0) return 0;
        if (wcscmp(name, L"thread") == 0) o->in_thread = 1;
        else if (wcscmp(name, L"on-stop") == 0) o->on_stop = 1;
        else if (wcscmp(name, L"child") == 0) o->child = 1;
        else if (wcscmp(name, L"runtime") == 0) o->runtime = 1;
        else if (wcscmp(name, L"quiet") == 0) o->quiet = 1;
        else if (is_valued(name) && i + 1 < argc) set_option(o, name, argv[++i]);
        else return 0;
    }
    return 1;
}
