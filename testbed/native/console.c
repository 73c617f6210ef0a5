/*
 * console.exe: runs a command in a console of its own and presses Ctrl-C there, as the runtime of a container
 * stops it. Ends with the command's exit code. Test code.
 *
 *   console.exe FILE COMMAND     Ctrl-C comes once FILE is there, which is taken away
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

int wmain(int argc, wchar_t **argv) {
    STARTUPINFOW si = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION pi;
    DWORD code = 1;
    if (argc != 3) return 2;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    si.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(NULL, argv[2], NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &si, &pi)) return 3;
    while (!DeleteFileW(argv[1])) Sleep(20);
    FreeConsole();
    if (!AttachConsole(pi.dwProcessId)) return 4;
    SetConsoleCtrlHandler(NULL, TRUE); /* not for us */
    if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return 5;
    FreeConsole();
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    ExitProcess(code);
}
