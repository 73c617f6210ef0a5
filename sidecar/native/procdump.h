/* ProcDump as a child: its command line, its start, its graceful end, its files. */
#ifndef CRASH_MONITOR_PROCDUMP_H
#define CRASH_MONITOR_PROCDUMP_H

#include "session.h"
#include "windows_api.h"

#include <stdint.h>

/* Starts ProcDump on a process; 0 and the handle, or a Windows error. */
DWORD procdump_start(const arguments *args, DWORD pid, const wchar_t *folder, HANDLE *process, DWORD *procdump_pid);
/* Asks every ProcDump that monitors the process to let go; 1 when somebody listens. */
int procdump_cancel(DWORD pid);

/* How far logs\procdump.log has grown: LOG_LONG is to be shortened when nobody needs it, LOG_TOO_LONG at once. */
typedef enum { LOG_SHORT, LOG_LONG, LOG_TOO_LONG } log_length;
log_length procdump_log_length(void);
/* Moves the last of logs\procdump.log to logs\procdump.log.1 and empties it. */
void procdump_shorten_log(void);

/* "<root>\dumps\incoming\<pid>_<startEpochMillis>" */
void incoming_folder(wchar_t *out, DWORD pid, uint64_t start);
/* Moves what ProcDump has finished to dumps\ready; *next is the number of the next dump. Dumps moved. */
int collect_dumps(DWORD pid, uint64_t start, int *next);

/* Whether ProcDump has begun to write a dump of the process. */
int dump_begun(DWORD pid, uint64_t start);

/* Appends one argument as CommandLineToArgvW and the C run-time read it; 0 when it does not fit. */
int append_argument(wchar_t *line, size_t cap, const wchar_t *argument);

/* Free space of the volume of the dumps, and whether it is enough for a dump of the process. */
int disk_is_enough(const session *s, HANDLE process, int attached, uint64_t *free_bytes, uint64_t *needed_bytes);

#endif
