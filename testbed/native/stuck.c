/*
 * stuck.exe: a volume that does not answer. In the place of one file it puts a pipe that takes no byte: who writes to
 * it waits for ever. Test code.
 *
 *   stuck.exe NAME     says "stuck" when the pipe \\.\pipe\NAME is there
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>

int wmain(int argc, wchar_t **argv) {
    wchar_t name[256];
    if (argc != 2) return 2;
    _snwprintf(name, 255, L"\\\\.\\pipe\\%ls", argv[1]);
    name[255] = 0;
    HANDLE pipe = CreateNamedPipeW(name, PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 0, 0, 0, NULL);
    if (pipe == INVALID_HANDLE_VALUE) return 3;
    puts("stuck");
    fflush(stdout);
    ConnectNamedPipe(pipe, NULL);
    Sleep(INFINITE);
    return 0;
}
