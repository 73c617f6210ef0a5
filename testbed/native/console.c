/*
 * console.exe: runs a command in a console of its own and presses Ctrl-C there, as the runtime of a container
 * stops it, or Ctrl-Break. Ends with the command's exit code. Test code.
 *
 *   console.exe c|break FILE COMMAND     the keys come once FILE is there, which is taken away;
 *                                        5: they cannot be pressed here
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <wchar.h>

#define NOT_PRESSED 5

int wmain(int argc, wchar_t **argv) {
    STARTUPINFOW si = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION pi;
    DWORD code = 1;
    if (argc != 4) return 2;
    DWORD keys = wcscmp(argv[1], L"break") == 0 ? CTRL_BREAK_EVENT : CTRL_C_EVENT;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    si.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(NULL, argv[3], NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &si, &pi)) return 3;
    while (!DeleteFileW(argv[2])) Sleep(20);
    FreeConsole();
    if (!AttachConsole(pi.dwProcessId)) return 4;
    SetConsoleCtrlHandler(NULL, TRUE); /* not for us */
    if (!GenerateConsoleCtrlEvent(keys, 0)) return NOT_PRESSED;
    FreeConsole();
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    ExitProcess(code);
}
