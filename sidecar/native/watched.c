/* A process that is watched: its handle, from the first look to the last. */
#include "files.h"
#include "procdump.h"
#include "text.h"
#include "watch.h"

#define ONE_DAY 864000000000ULL

void watch_open_handle(watch *w) {
    HANDLE h = OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE, w->who.pid);
    w->full_rights = h != NULL;
    if (!h) h = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, w->who.pid);
    if (w->process) CloseHandle(w->process);
    w->process = h;
}

static uint64_t start_of(HANDLE process) {
    FILETIME start, end, kernel, user;
    return process && GetProcessTimes(process, &start, &end, &kernel, &user) ? filetime_number(start) : 0;
}

static void begin(watch *w, DWORD pid, const wchar_t *name, role as) {
    ZeroMemory(w, sizeof *w);
    w->used = 1;
    w->wanted = 1;
    w->as = as;
    w->who.pid = pid;
    w->next_dump = 1;
    copy_text(w->name, NAME_CHARS, name);
}

int watch_open(watch *w, process *p, role as) {
    begin(w, p->pid, p->name, as);
    watch_open_handle(w);
    int gone = !w->process && GetLastError() == ERROR_INVALID_PARAMETER;
    w->who.start = w->process ? start_of(w->process) : process_start(p);
    wchar_t folder[PATH_CHARS];
    incoming_folder(folder, w->who.pid, w->who.start);
    w->trying = !exists(folder); /* else a supervisor before us has tried */
    if (gone) w->used = 0;
    /* On Wine a process may be listed before it has its start; it is looked at again in a moment. */
    if (w->process && w->who.start > now_filetime() + ONE_DAY) watch_close(w);
    return w->used;
}

void watch_adopt(watch *w, HANDLE handle, DWORD pid, const wchar_t *name) {
    begin(w, pid, name, ROLE_ENTRY);
    w->process = handle;
    w->full_rights = 1;
    w->launched = 1;
    w->trying = 1;
    w->who.start = start_of(handle);
}

void watch_close(watch *w) {
    if (w->process) CloseHandle(w->process);
    if (w->procdump) CloseHandle(w->procdump);
    w->used = 0;
}
