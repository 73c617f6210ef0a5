/*
 * agent.exe: stands in for the agent's Java, the child of the sidecar's entry process. Test code.
 *
 *   agent.exe @java.options        lives until it is told of the container's end, takes the word away, ends
 *   agent.exe --console COMMAND    runs a command in a console of its own and ends with its exit code
 *
 * AGENT_DEAF=1 in the environment: does not listen.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <wchar.h>

static int in_console(wchar_t *command) {
    STARTUPINFOW si = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION pi;
    DWORD code = 1;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    si.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &si, &pi)) return 3;
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    return (int)code;
}

int wmain(int argc, wchar_t **argv) {
    wchar_t deaf[2];
    if (argc == 3 && wcscmp(argv[1], L"--console") == 0) return in_console(argv[2]);
    printf("agent runs, %s a console\n", GetConsoleCP() ? "with" : "without");
    fflush(stdout);
    if (GetEnvironmentVariableW(L"AGENT_DEAF", deaf, 2)) Sleep(INFINITE);
    while (!DeleteFileW(L"C:\\crash-monitor\\control\\end")) Sleep(20);
    printf("agent ends\n");
    return 0;
}
