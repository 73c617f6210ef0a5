/*
 * overhead.exe: how much work an application gets done while it raises first-chance exceptions and handles
 * them. Says after each measurement whether a debugger was on it. Test code, for bench/overhead and for a real node.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define CODE 0xE0000001
#define MOST_RUNS 99

static const char USAGE[] =
    "usage: overhead.exe [--seconds N] [--wait N] [--repeat]\n"
    "         works N seconds (20) each with 0, 100 and 10000 exceptions a second; --wait: first waits for a\n"
    "         debugger, at most N seconds; --repeat: again and again, as an application in a pod;\n"
    "         a line tells of the best second of each\n"
    "       overhead.exe --time RUNS COMMAND   runs a command again and again; the median until it ends\n";

static volatile LONG64 sink;

static LONG CALLBACK swallow(EXCEPTION_POINTERS *info) {
    return info->ExceptionRecord->ExceptionCode == CODE ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

static double seconds(void) {
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart / (double)frequency.QuadPart;
}

/* One unit of work: some 20 us of arithmetic, no system call. */
static void work(void) {
    uint64_t x = 88172645463325252ULL;
    for (int i = 0; i < 8000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    InterlockedExchange64(&sink, (LONG64)x);
}

typedef struct {
    uint64_t raised, units;
    double took, raising;
} slice;

/* At most one exception for each unit of work: where they are slow there are fewer, and less gets done. */
static slice one_second(int rate) {
    slice s = {0};
    double begun = seconds();
    while ((s.took = seconds() - begun) < 1) {
        if (s.raised < (uint64_t)(s.took * rate)) {
            double before = seconds();
            RaiseException(CODE, 0, 0, NULL);
            s.raising += seconds() - before;
            s.raised++;
        }
        work();
        s.units++;
    }
    return s;
}

/* The best of the seconds: on a machine that is busy with other things, the one with the least of them. */
static void measure(int rate, int length) {
    slice best = {0};
    double each = 0;
    for (int i = 0; i < length; i++) {
        slice s = one_second(rate);
        if (s.units > best.units) best = s;
        double mean = s.raised ? s.raising / (double)s.raised : 0;
        if (mean > 0 && (each == 0 || mean < each)) each = mean;
    }
    printf("overhead: debugger=%s wanted=%d/s exceptions=%.0f/s work=%.0f/s each=%.0fus\n",
           IsDebuggerPresent() ? "yes" : "no", rate, (double)best.raised / best.took, (double)best.units / best.took,
           each * 1e6);
    fflush(stdout);
}

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static int time_command(int runs, wchar_t *line) {
    double took[MOST_RUNS];
    if (runs < 1 || runs > MOST_RUNS) return 2;
    for (int i = 0; i < runs; i++) {
        STARTUPINFOW si = {.cb = sizeof si};
        PROCESS_INFORMATION pi;
        double begun = seconds();
        if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi)) return 1;
        WaitForSingleObject(pi.hProcess, INFINITE);
        took[i] = seconds() - begun;
        CloseHandle(pi.hThread);
        CloseHandle(pi.hProcess);
    }
    qsort(took, (size_t)runs, sizeof *took, ascending);
    printf("overhead: median=%.1fms longest=%.1fms runs=%d\n", took[runs / 2] * 1000, took[runs - 1] * 1000, runs);
    return 0;
}

int wmain(int argc, wchar_t **argv) {
    static const int RATES[] = {0, 100, 10000};
    int length = 20, wait = 0, repeat = 0;
    if (argc == 4 && wcscmp(argv[1], L"--time") == 0) return time_command(_wtoi(argv[2]), argv[3]);
    for (int i = 1; i < argc; i++) {
        if (wcscmp(argv[i], L"--repeat") == 0) repeat = 1;
        else if (wcscmp(argv[i], L"--seconds") == 0 && i + 1 < argc) length = _wtoi(argv[++i]);
        else if (wcscmp(argv[i], L"--wait") == 0 && i + 1 < argc) wait = _wtoi(argv[++i]);
        else {
            fputs(USAGE, stderr);
            return 2;
        }
    }
    AddVectoredExceptionHandler(1, swallow);
    for (double end = seconds() + wait; !IsDebuggerPresent() && seconds() < end;) Sleep(100);
    do {
        for (size_t i = 0; i < sizeof RATES / sizeof *RATES; i++) measure(RATES[i], length);
    } while (repeat);
    return 0;
}
