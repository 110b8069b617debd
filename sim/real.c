/**
 * @file real.c
 * @brief What a scenario may say, where Windows is the real one.
 *
 * Scenarios, lessons and fact tests call a few functions that Windows does
 * not have.  Linked with this file in place of the simulator they run on real
 * threads: notes are printed, and an assertion that fails ends the process.
 *
 * Uses:     real.h, windows.h (Microsoft's).
 * Used by:  dry-real.
 * Facts:    none.
 * Read next: windows.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "real.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 50, THREADS_MAX = 256, MARKS_MAX = 64, TEXT_BYTES = 512 };

static SRWLOCK lock = SRWLOCK_INIT;

static bool speaks_not;
static sim_real_failed_fn *failed;

/** Threads that have spoken, in the order of their first word. */
static DWORD speakers[THREADS_MAX];
static size_t speaker_count;

static struct {
    const char *name;
    uint64_t count;
} marks[MARKS_MAX];
static size_t mark_count;

void sim_real_speak(bool quiet, sim_real_failed_fn *on_failed)
{
    speaks_not = quiet;
    failed = on_failed;
}

/** @brief The calling thread's letter; the lock is held. */
static char letter_now(void)
{
    DWORD self = GetCurrentThreadId();
    size_t at = 0;

    while (at < speaker_count && speakers[at] != self) {
        at++;
    }
    if (at == speaker_count && speaker_count < THREADS_MAX) {
        speakers[speaker_count++] = self;
    }
    return at < 26 ? (char)('A' + at) : '?';
}

/** @brief A file's name without its folders. */
static const char *base_name(const char *path)
{
    const char *base = path;

    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '\\') {
            base = path + 1;
        }
    }
    return base;
}

void sim_assert_failed(const char *condition, const char *file, int line)
{
    char sentence[TEXT_BYTES];
    char letter;

    AcquireSRWLockExclusive(&lock);
    letter = letter_now();
    ReleaseSRWLockExclusive(&lock);
    (void)snprintf(sentence,
                   sizeof sentence,
                   "%s:%d: the assertion `%s` failed in thread %c",
                   base_name(file),
                   line,
                   condition,
                   letter);
    if (failed != NULL) {
        failed(sentence);
    } else {
        (void)fprintf(stderr, "%s\n", sentence);
    }
    (void)fflush(stdout);
    /* Other threads may hold any lock: end without asking them. */
    (void)TerminateProcess(GetCurrentProcess(), 1);
    abort();
}

void sim_note(const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list arguments;

    if (speaks_not) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    AcquireSRWLockExclusive(&lock);
    (void)printf("%c  %s\n", letter_now(), text);
    (void)fflush(stdout);
    ReleaseSRWLockExclusive(&lock);
}

void sim_settle(void)
{
    ULONGLONG end = GetTickCount64() + SETTLE_MS;

    /* Nobody can say when another thread is blocked: give it time.  Not by
     * Sleep, which would give the caller's place on its port away (PORT-62)
     * and so change what the test is about.
     * BOUND: the clock goes on. */
    while (GetTickCount64() < end) {
        (void)SwitchToThread();
    }
}

/** @brief Place of a mark in the table, or mark_count; the lock is held. */
static size_t find_mark(const char *mark)
{
    size_t at = 0;

    while (at < mark_count && strcmp(marks[at].name, mark) != 0) {
        at++;
    }
    return at;
}

void sim_mark(const char *mark)
{
    size_t at;

    AcquireSRWLockExclusive(&lock);
    at = find_mark(mark);
    if (at == mark_count && mark_count < MARKS_MAX) {
        marks[mark_count++].name = mark;
    }
    if (at < mark_count) {
        marks[at].count++;
    }
    ReleaseSRWLockExclusive(&lock);
}

uint64_t sim_marked(const char *mark)
{
    uint64_t count;
    size_t at;

    AcquireSRWLockShared(&lock);
    at = find_mark(mark);
    count = at < mark_count ? marks[at].count : 0;
    ReleaseSRWLockShared(&lock);
    return count;
}

uint32_t sim_choose(uint32_t count)
{
    static volatile LONG turn = 0;
    uint32_t mixed = (uint32_t)InterlockedIncrement(&turn) * 2654435761U;

    return (mixed >> 16) % count;
}

bool sim_is_simulated(void)
{
    return false;
}
