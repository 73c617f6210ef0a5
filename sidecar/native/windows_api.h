/* One way to include Windows' headers. */
#ifndef CRASH_MONITOR_WINDOWS_API_H
#define CRASH_MONITOR_WINDOWS_API_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#endif
