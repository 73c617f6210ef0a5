/* Text, time and JSON in buffers of a fixed size. */
#ifndef CRASH_MONITOR_TEXT_H
#define CRASH_MONITOR_TEXT_H

#include "windows_api.h"

#include <stddef.h>
#include <stdint.h>

/* A growing text in a buffer that does not grow: what does not fit is dropped and remembered. */
typedef struct {
    char *start;
    size_t length;
    size_t capacity;
    int overflow;
} text;

void text_init(text *t, char *buffer, size_t capacity);
void text_add(text *t, const char *format, ...) __attribute__((format(ms_printf, 2, 3)));
/* A JSON string with its quotes; control characters and lone surrogates are made harmless. */
void text_add_json(text *t, const wchar_t *value);
/* "2026-11-22T08:00:00.123Z" with its quotes, or null for 0. */
void text_add_json_time(text *t, uint64_t filetime);

/* Formats into a buffer of cap characters and always ends it. */
void format(wchar_t *out, size_t cap, const wchar_t *pattern, ...);
void copy_text(wchar_t *out, size_t cap, const wchar_t *value);
/* UTF-8 to UTF-16; 0 when it does not fit or is not UTF-8. */
int from_utf8(const char *bytes, size_t length, wchar_t *out, size_t cap);

/* Time in units of 100 ns since 1601, UTC: Windows' FILETIME as a number. */
uint64_t now_filetime(void);
uint64_t filetime_number(FILETIME time);
uint64_t epoch_millis(uint64_t filetime);

/* Wildcards * and ?, any case. */
int wildcard_matches(const wchar_t *pattern, const wchar_t *value);

#endif
