/**
 * @file library.c
 * @brief Functions of the C library that would tell one run from another.
 *
 * rand() goes on where the run before left it, and time() asks a real clock:
 * with either, the same choices would give different runs.  So a program
 * that uses them gets rand() as it is at the start of a process, and the
 * simulated time.
 *
 * Like main and exit they are taken by the linker, by names that it makes.
 * Where it cannot, programs have the C library's own.
 *
 * Uses:     windows.h, world.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: output.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <windows.h>

#include "../kernel/world.h"

#if !defined(SIM_PROGRAM_RENAMED)

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names. */
int __real_rand(void);
void __real_srand(unsigned seed);
int __wrap_rand(void);
void __wrap_srand(unsigned seed);

/** The world in which the numbers were last begun. */
static uint64_t generation;

void __wrap_srand(unsigned seed)
{
    generation = sim__world.generation;
    __real_srand(seed);
}

int __wrap_rand(void)
{
    if (generation != sim__world.generation) {
        /* "The rand function": as if srand(1) had been called. */
        __wrap_srand(1);
    }
    return __real_rand();
}

/** Seconds from 1601, where Windows begins to count, to 1970. */
static const int64_t epoch = 11644473600;

static int64_t seconds_now(void)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    return (int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) /
               10000000 -
           epoch;
}

#    if defined(_WIN32)
typedef int64_t time_fn(int64_t *out);

int64_t __real__time64(int64_t *out);
int64_t __wrap__time64(int64_t *out);

int64_t __wrap__time64(int64_t *out)
{
    int64_t now = sim__world_running() ? seconds_now() : __real__time64(NULL);

    if (out != NULL) {
        *out = now;
    }
    return now;
}

/* Microsoft's header has time() call the other through a pointer. */
extern time_fn *__wrap___imp__time64;
time_fn *__wrap___imp__time64 = __wrap__time64;
#    else
#        include <time.h>

time_t __real_time(time_t *out);
time_t __wrap_time(time_t *out);

time_t __wrap_time(time_t *out)
{
    time_t now =
        sim__world_running() ? (time_t)seconds_now() : __real_time(NULL);

    if (out != NULL) {
        *out = now;
    }
    return now;
}
#    endif
/* NOLINTEND(bugprone-reserved-identifier) */

#else
/* ISO C wants a declaration in every file. */
extern const int sim__library_unused;
#endif
