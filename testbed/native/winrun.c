/*
 * winrun: starts one program inside a container of the simulated Windows node and writes down how it ended.
 *
 * A Unix parent sees 8 bits of a Windows exit code; Kubernetes reports 32. In the prefix this program is
 * C:\windows\system32\CExecSvc.exe, the name of the process that starts everything in a real Windows container.
 *
 *   CExecSvc.exe FOLDER
 *
 * FOLDER\request: UTF-8 fields, each ended by NUL: working folder, command line, then NAME=VALUE, the whole environment
 *                 beyond what Windows itself sets.
 * FOLDER\started: the process id, decimal, once the program runs.
 * FOLDER\ended:   "exit 0xC0000005", or "error 2" (GetLastError) where it could not be started.
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define REQUEST_LIMIT (4 * 1024 * 1024)

static wchar_t path[4096];

static const wchar_t *in_folder(const wchar_t *folder, const wchar_t *name) {
  _snwprintf(path, sizeof path / sizeof *path - 1, L"%ls\\%ls", folder, name);
  return path;
}

/* Written beside and moved over, so that a reader never sees half a line. */
static void tell(const wchar_t *folder, const wchar_t *name, const char *line) {
  wchar_t half[4096];
  wcscpy(half, in_folder(folder, L"half"));
  HANDLE file = CreateFileW(half, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  DWORD written;
  if (file == INVALID_HANDLE_VALUE) return;
  WriteFile(file, line, (DWORD)strlen(line), &written, NULL);
  CloseHandle(file);
  MoveFileExW(half, in_folder(folder, name), MOVEFILE_REPLACE_EXISTING);
}

static wchar_t *read_request(const wchar_t *folder, DWORD *length) {
  HANDLE file = CreateFileW(in_folder(folder, L"request"), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return NULL;
  DWORD size = GetFileSize(file, NULL), got = 0;
  if (size == 0 || size > REQUEST_LIMIT) return NULL;
  char *bytes = malloc(size);
  wchar_t *text = malloc((size + 1) * sizeof *text);
  if (!bytes || !text || !ReadFile(file, bytes, size, &got, NULL) || got != size || bytes[size - 1] != 0) return NULL;
  CloseHandle(file);
  *length = (DWORD)MultiByteToWideChar(CP_UTF8, 0, bytes, (int)size, text, (int)size);
  free(bytes);
  return text;
}

static void set_variable(wchar_t *variable) {
  wchar_t *equals = wcschr(variable, L'=');
  if (!equals || equals == variable) return;
  *equals = 0;
  SetEnvironmentVariableW(variable, equals + 1);
}

int wmain(int argc, wchar_t **argv) {
  if (argc != 2) {
    fputs("usage: winrun FOLDER (with a file named request)\n", stderr);
    return 2;
  }
  char line[64];
  DWORD length = 0;
  wchar_t *request = read_request(argv[1], &length);
  if (!request) {
    fprintf(stderr, "winrun: no readable request in %ls\n", argv[1]);
    return 2;
  }
  wchar_t *end = request + length, *folder = request, *command = folder + wcslen(folder) + 1;
  for (wchar_t *next = command + wcslen(command) + 1; next < end; next += wcslen(next) + 1) set_variable(next);

  STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
  startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION process;
  SetCurrentDirectoryW(folder);
  if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, folder, &startup, &process)) {
    snprintf(line, sizeof line, "error %lu\n", GetLastError());
    tell(argv[1], L"ended", line);
    return 1;
  }
  snprintf(line, sizeof line, "%lu\n", process.dwProcessId);
  tell(argv[1], L"started", line);
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 0;
  GetExitCodeProcess(process.hProcess, &code);
  snprintf(line, sizeof line, "exit 0x%08lX\n", code);
  tell(argv[1], L"ended", line);
  return 0;
}
