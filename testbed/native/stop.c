/*
 * stop.exe: asks a container's entry process to end as the runtime of a Windows container does: with the console control
 * event CTRL_SHUTDOWN_EVENT, which the system runs the process's own handlers with in a thread of its own. When they have
 * returned, the process ends, whatever they said. Test code.
 *
 *   stop.exe PID      ends when the process's handlers have returned
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdlib.h>
#include <string.h>

#define ACCESS (PROCESS_CREATE_THREAD | PROCESS_QUERY_INFORMATION | PROCESS_VM_OPERATION | PROCESS_VM_READ | PROCESS_VM_WRITE | PROCESS_TERMINATE)
/* STATUS_CONTROL_C_EXIT */
#define STOPPED 0xC000013A
#define OWN_END_MS 1000

int wmain(int argc, wchar_t **argv) {
    if (argc != 2) return 2;
    HANDLE process = OpenProcess(ACCESS, FALSE, (DWORD)wcstoul(argv[1], NULL, 10));
    /* The system's library is at one address in all processes. */
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
    LPTHREAD_START_ROUTINE routine;
    if (!process || !found) return 3;
    memcpy(&routine, &found, sizeof routine);
    HANDLE thread = CreateRemoteThread(process, NULL, 0, routine, (void *)(ULONG_PTR)CTRL_SHUTDOWN_EVENT, 0, NULL);
    if (!thread) return 4;
    WaitForSingleObject(thread, INFINITE);
    /* The thread ends also with the process: one that ends by itself does with its own code. */
    if (WaitForSingleObject(process, OWN_END_MS) == WAIT_TIMEOUT) TerminateProcess(process, STOPPED);
    return 0;
}
