/* What the parts of the sample application share. */
#ifndef CRASHER_H
#define CRASHER_H

/* A line on standard output, as UTF-8. */
void say(const wchar_t *format, ...);

/* From now on an unhandled exception leaves a dump, if the variables of the .NET runtime ask for one. */
void dump_own_crash(void);

/* Writes that dump, in a process of its own; returns the process' exit code. */
int create_dump(const wchar_t *pid, const wchar_t *type, const wchar_t *path);

#endif
