/* The folder of the monitor and its files: bounded reads, atomic replacement, no links followed. */
#ifndef CRASH_MONITOR_FILES_H
#define CRASH_MONITOR_FILES_H

#include "windows_api.h"

#include <stddef.h>

#define PATH_CHARS 512

/* Resolves the folder: environment CRASH_MONITOR_ROOT (tests), else C:\crash-monitor. */
void files_init(void);
const wchar_t *root_folder(void);
/* "<root>\<inner>" */
void root_path(wchar_t *out, const wchar_t *inner);
/* The folder that holds this program. */
void own_folder(wchar_t *out);

int exists(const wchar_t *path);
/* Whether a real folder is there, no link. */
int is_folder(const wchar_t *path);
/* Whether "<root>\<inner>" lies behind no link: somebody in the application may have put one there. */
int lies_in_own_folder(const wchar_t *inner);
/* Makes a folder; a link in its place is refused. 1 when a real folder is there afterwards. */
int make_folder(const wchar_t *path);

/*
 * Reads a whole small file, at most cap bytes. Bytes read, or -1: the Windows error is in *error
 * (ERROR_FILE_TOO_LARGE when it is longer, ERROR_CANT_ACCESS_FILE when it is a link or folder).
 */
long read_small(const wchar_t *path, char *buffer, size_t cap, DWORD *error);

/* Writes to a temporary name beside it and moves it over; waits out a reader for half a second. */
int replace_file(const wchar_t *path, const char *bytes, size_t length);

/* How many names the file has (hard links); 0 when it is no plain file or cannot be asked. */
DWORD file_names(const wchar_t *path);

/* Copies unless the same bytes are there; a program in use is moved aside first. 0 or a Windows error. */
DWORD install_file(const wchar_t *from, const wchar_t *to);

/* Opens for appending, inheritable, no link followed; older text goes to <path>.1 beyond cap bytes. */
#define LOG_NEVER_MOVED (~0ULL)
HANDLE open_log(const wchar_t *path, unsigned long long cap);

/* Bytes; 0 where there is no such file. */
unsigned long long file_size(const wchar_t *path);
/* The last bytes go to older, and the file becomes empty; somebody else may have it open for appending. */
#define LAST_KEPT 65536
void shorten_file(const wchar_t *path, const wchar_t *older);

/* Where log_line writes: a file below the root, or standard output when NULL. */
void log_to(const wchar_t *inner);
void log_line(const wchar_t *pattern, ...);
/* Windows' words for an error, on one line. */
const wchar_t *error_text(DWORD error);

#endif
