/*
 * family.exe: an application that runs other programs. Starts COMMAND so many times, EVERY ms apart, says "started"
 * and, when all have ended, "ended", and lives on. Test code.
 *
 *   family.exe COUNT EVERY COMMAND     COUNT at most 64
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static int run(const wchar_t *command, HANDLE *process) {
    wchar_t line[1024];
    STARTUPINFOW si = {.cb = sizeof si};
    PROCESS_INFORMATION pi;
    wcsncpy(line, command, 1023);
    line[1023] = 0;
    if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi)) return 0;
    CloseHandle(pi.hThread);
    *process = pi.hProcess;
    return 1;
}

int wmain(int argc, wchar_t **argv) {
    HANDLE children[64];
    if (argc != 4) return 2;
    DWORD count = (DWORD)wcstoul(argv[1], NULL, 10), every = (DWORD)wcstoul(argv[2], NULL, 10);
    if (count > 64) return 2;
    for (DWORD i = 0; i < count; i++) {
        if (!run(argv[3], &children[i])) return 3;
        Sleep(every);
    }
    puts("started");
    fflush(stdout);
    WaitForMultipleObjects(count, children, TRUE, INFINITE);
    puts("ended");
    fflush(stdout);
    Sleep(INFINITE);
    return 0;
}
