/* The verbs of attach.exe; each returns the program's exit code. */
#ifndef CRASH_MONITOR_VERBS_H
#define CRASH_MONITOR_VERBS_H

int verb_sidecar(int argc, wchar_t **argv);
int verb_ready(int argc, wchar_t **argv);
int verb_drain(int argc, wchar_t **argv);
int verb_hook(int argc, wchar_t **argv);
int verb_supervise(int argc, wchar_t **argv);
int verb_launch(int argc, wchar_t **argv);
int verb_links(int argc, wchar_t **argv);
int verb_processes(int argc, wchar_t **argv);

#endif
