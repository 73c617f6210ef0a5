/*
 * graceful.exe: lives until Ctrl-C or Ctrl-Break, has a handler of its own for both as a server has, and ends with
 * 40 after the one, 41 after the other. Test code.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>

static volatile LONG keys = -1;

static BOOL WINAPI on_control(DWORD type) {
    InterlockedExchange(&keys, (LONG)type);
    return TRUE;
}

int wmain(void) {
    SetConsoleCtrlHandler(on_control, TRUE);
    puts("alive");
    fflush(stdout);
    while (keys < 0) Sleep(20);
    puts("cleans up");
    fflush(stdout);
    return 40 + (int)keys;
}
