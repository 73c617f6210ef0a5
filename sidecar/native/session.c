/* control\session.properties: what the agent wants to be done. The file is hostile until it is read. */
#include "session.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int key_is(const char *key, size_t length, const char *name) {
    return strlen(name) == length && memcmp(key, name, length) == 0;
}

/* Digits only, at most limit. */
static int number(const wchar_t *value, uint64_t limit, uint64_t *out) {
    uint64_t n = 0;
    if (!*value) return 0;
    for (; *value; value++) {
        if (*value < L'0' || *value > L'9') return 0;
        n = n * 10 + (uint64_t)(*value - L'0');
        if (n > limit) return 0;
    }
    *out = n;
    return 1;
}

/* Options that end, replace or register processes are never the monitor's wish. */
static int forbidden(const wchar_t *arg) {
    static const wchar_t *const NEVER[] = {L"-k", L"/k", L"-x", L"/x", L"-i", L"/i", L"-u", L"/u", L"-w", L"/w"};
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        if (_wcsicmp(arg, NEVER[i]) == 0) return 1;
    return 0;
}

/* A key of prefix and number, such as arg.0, and its value. */
static const wchar_t *add_arg(session *s, arguments *to, const char *number_text, size_t length, const wchar_t *value) {
    wchar_t digits[8];
    uint64_t index;
    if (length >= 8 || !from_utf8(number_text, length, digits, 8) || !number(digits, SESSION_ARGS - 1, &index) ||
        (int)index != to->count)
        return L"arg.N or again.N is not counted from 0 without a gap, or there are more than 64";
    if (forbidden(value)) return L"an argument is none that crash-monitor gives to ProcDump";
    size_t n = wcslen(value) + 1;
    if (s->pool_used + n > SESSION_BYTES) return L"the arguments are too long";
    wmemcpy(s->pool + s->pool_used, value, n);
    if (to->count > 0 && wcscmp(to->at[to->count - 1], L"-at") == 0 && number(value, 86400, &index))
        s->dump_seconds = (unsigned)index;
    to->at[to->count++] = s->pool + s->pool_used;
    s->pool_used += n;
    return NULL;
}

static const wchar_t *set(session *s, const char *key, size_t n, const wchar_t *value) {
    uint64_t v = 0;
    if (key_is(key, n, "version")) {
        if (wcscmp(value, L"1") != 0) return L"version is not 1: agent and attach.exe are not of one release";
    } else if (key_is(key, n, "armed")) {
        s->armed = wcscmp(value, L"true") == 0;
        if (!s->armed && wcscmp(value, L"false") != 0) return L"armed is neither true nor false";
    } else if (key_is(key, n, "disarmedReason")) {
        copy_text(s->disarmed_reason, 32, value);
    } else if (key_is(key, n, "disarmAt")) {
        if (*value && !number(value, INT64_MAX / 10, &s->disarm_at)) return L"disarmAt is no time in milliseconds";
    } else if (key_is(key, n, "process")) {
        if (wcslen(value) >= NAME_CHARS) return L"process is longer than 127 characters";
        copy_text(s->process, NAME_CHARS, value);
    } else if (key_is(key, n, "disk.commitPercent")) {
        if (!number(value, 10000, &v)) return L"disk.commitPercent is no percentage";
        s->commit_percent = (unsigned)v;
    } else if (key_is(key, n, "disk.volumePercent")) {
        if (!number(value, 100, &v)) return L"disk.volumePercent is no percentage";
        s->volume_percent = (unsigned)v;
    } else if (key_is(key, n, "drain.seconds")) {
        if (!number(value, 3600, &v)) return L"drain.seconds is no number of at most 3600";
        s->drain_seconds = (unsigned)v;
    } else if (n > 4 && memcmp(key, "arg.", 4) == 0) {
        return add_arg(s, &s->args, key + 4, n - 4, value);
    } else if (n > 6 && memcmp(key, "again.", 6) == 0) {
        return add_arg(s, &s->again, key + 6, n - 6, value);
    }
    return NULL; /* keys of a newer agent are not ours */
}

const wchar_t *session_parse(session *s, const char *bytes, size_t length) {
    static wchar_t value[SESSION_BYTES];
    int versions = 0;
    ZeroMemory(s, sizeof *s);
    s->commit_percent = 150;
    s->volume_percent = 15;
    if (memchr(bytes, 0, length)) return L"it holds a NUL";
    for (const char *line = bytes, *end = bytes + length; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *next = stop ? stop + 1 : end;
        if (!stop) stop = end;
        if (stop > line && stop[-1] == '\r') stop--;
        const char *equals = memchr(line, '=', (size_t)(stop - line));
        if (equals && *line != '#') {
            if (!from_utf8(equals + 1, (size_t)(stop - equals - 1), value, SESSION_BYTES)) return L"it is not UTF-8";
            versions += key_is(line, (size_t)(equals - line), "version");
            const wchar_t *wrong = set(s, line, (size_t)(equals - line), value);
            if (wrong) return wrong;
        }
        line = next;
    }
    if (versions != 1) return L"version is missing";
    if (s->armed && s->args.count == 0) return L"it is armed and has no argument for ProcDump";
    return NULL;
}

const arguments *session_args(const session *s, int dumps) {
    return dumps > 0 && s->again.count > 0 ? &s->again : &s->args;
}

static int same(const arguments *a, const arguments *b) {
    if (a->count != b->count) return 0;
    for (int i = 0; i < a->count; i++)
        if (wcscmp(a->at[i], b->at[i]) != 0) return 0;
    return 1;
}

int session_same_args(const session *a, const session *b) { return same(&a->args, &b->args) && same(&a->again, &b->again); }
