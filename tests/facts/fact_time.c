/**
 * @file fact_time.c
 * @brief A fine clock for fact tests.
 *
 * Uses:     fact.h.
 * Used by:  the fact tests of time-outs and timers.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

LONGLONG fact_now(void)
{
    LARGE_INTEGER count;
    LARGE_INTEGER frequency;

    CHECK(QueryPerformanceCounter(&count));
    CHECK(QueryPerformanceFrequency(&frequency));
    return count.QuadPart / frequency.QuadPart * 1000 * FACT_MS +
           count.QuadPart % frequency.QuadPart * 1000 * FACT_MS /
               frequency.QuadPart;
}
