/**
 * @file bench.h
 * @brief Timing and printing, the same for every benchmark.
 *
 * A benchmark prints one figure a line: name, value, unit.  Each figure is the
 * median of several rounds, because a shared machine is slow at times.
 *
 * Uses:     the C library.
 * Used by:  every bench_*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BENCH_ROUNDS = 5 };

/** @brief Seconds of real time since some start. */
static inline double bench_seconds(void)
{
#if defined(_WIN32)
    /* Real time there, in milliseconds; older C runtimes have no other that
     * the simulator's own <windows.h> does not hide. */
    return (double)clock() / CLOCKS_PER_SEC;
#else
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
#endif
}

static inline int bench_compare(const void *one, const void *two)
{
    const double *left = one;
    const double *right = two;

    return (*left > *right) - (*left < *right);
}

/** @brief Do something; returns how many units of work it did. */
typedef double bench_work_fn(void);

/** @brief Print the median of units per second over some rounds. */
static inline void bench_rate(const char *name,
                              const char *unit,
                              bench_work_fn *work)
{
    double rates[BENCH_ROUNDS];

    (void)work(); /* Warms caches and fills the pools. */
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        double begin = bench_seconds();
        double units = work();

        rates[round] = units / (bench_seconds() - begin);
    }
    qsort(rates, BENCH_ROUNDS, sizeof rates[0], bench_compare);
    printf("%s %.0f %s\n", name, rates[BENCH_ROUNDS / 2], unit);
    (void)fflush(stdout);
}

#endif
