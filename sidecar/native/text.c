/* Text, time and JSON in buffers of a fixed size. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>
#include <wctype.h>

#define FILETIME_OF_1970 116444736000000000ULL

void text_init(text *t, char *buffer, size_t capacity) {
    *t = (text){.start = buffer, .capacity = capacity};
    if (capacity > 0) buffer[0] = 0;
}

void text_add(text *t, const char *pattern, ...) {
    va_list args;
    size_t room = t->capacity - t->length;
    va_start(args, pattern);
    int n = _vsnprintf(t->start + t->length, room, pattern, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room) {
        t->overflow = 1;
        t->start[t->length] = 0;
        return;
    }
    t->length += (size_t)n;
}

static void add_code_point(text *t, unsigned c) {
    if (c == '"' || c == '\\') text_add(t, "\\%c", (int)c);
    else if (c < 0x20 || c == 0x7F) text_add(t, "\\u%04x", c);
    else if (c < 0x80) text_add(t, "%c", (int)c);
    else if (c < 0x800) text_add(t, "%c%c", (int)(0xC0 | c >> 6), (int)(0x80 | (c & 0x3F)));
    else if (c < 0x10000)
        text_add(t, "%c%c%c", (int)(0xE0 | c >> 12), (int)(0x80 | (c >> 6 & 0x3F)), (int)(0x80 | (c & 0x3F)));
    else
        text_add(t, "%c%c%c%c", (int)(0xF0 | c >> 18), (int)(0x80 | (c >> 12 & 0x3F)), (int)(0x80 | (c >> 6 & 0x3F)),
                 (int)(0x80 | (c & 0x3F)));
}

void text_add_json(text *t, const wchar_t *value) {
    text_add(t, "\"");
    for (const wchar_t *p = value; *p; p++) {
        unsigned c = *p;
        if (c >= 0xD800 && c < 0xDC00 && p[1] >= 0xDC00 && p[1] < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (p[1] - 0xDC00u);
            p++;
        } else if (c >= 0xD800 && c < 0xE000) {
            c = 0xFFFD;
        }
        add_code_point(t, c);
    }
    text_add(t, "\"");
}

void text_add_json_time(text *t, uint64_t filetime) {
    SYSTEMTIME s;
    FILETIME f = {(DWORD)filetime, (DWORD)(filetime >> 32)};
    if (filetime == 0 || !FileTimeToSystemTime(&f, &s)) {
        text_add(t, "null");
        return;
    }
    text_add(t, "\"%04u-%02u-%02uT%02u:%02u:%02u.%03uZ\"", s.wYear, s.wMonth, s.wDay, s.wHour, s.wMinute, s.wSecond,
             s.wMilliseconds);
}

void format(wchar_t *out, size_t cap, const wchar_t *pattern, ...) {
    va_list args;
    va_start(args, pattern);
    _vsnwprintf(out, cap - 1, pattern, args);
    va_end(args);
    out[cap - 1] = 0;
}

void copy_text(wchar_t *out, size_t cap, const wchar_t *value) {
    size_t n = wcslen(value);
    if (n >= cap) n = cap - 1;
    wmemcpy(out, value, n);
    out[n] = 0;
}

int from_utf8(const char *bytes, size_t length, wchar_t *out, size_t cap) {
    out[0] = 0;
    if (length == 0) return 1;
    int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, bytes, (int)length, out, (int)cap - 1);
    if (n <= 0) return 0;
    out[n] = 0;
    return 1;
}

uint64_t filetime_number(FILETIME time) { return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime; }

uint64_t now_filetime(void) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return filetime_number(now);
}

uint64_t epoch_millis(uint64_t filetime) {
    return filetime < FILETIME_OF_1970 ? 0 : (filetime - FILETIME_OF_1970) / 10000;
}

/* Without recursion: the last star is the only place worth going back to. */
int wildcard_matches(const wchar_t *pattern, const wchar_t *value) {
    const wchar_t *star = NULL, *retry = NULL;
    while (*value) {
        if (*pattern == L'*') {
            star = pattern++;
            retry = value;
        } else if (*pattern == L'?' || towlower(*pattern) == towlower(*value)) {
            pattern++;
            value++;
        } else if (star) {
            pattern = star + 1;
            value = ++retry;
        } else {
            return 0;
        }
    }
    while (*pattern == L'*') pattern++;
    return !*pattern;
}
