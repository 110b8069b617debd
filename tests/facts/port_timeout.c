/**
 * @file port_timeout.c
 * @brief Facts about how long a thread waits at a port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-42, PORT-44.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** Times are in units of 100 ns; a clock tick is 15.625 ms. */
enum { MS = 10000, TICK = 156250 };

static LONGLONG now(void)
{
    LARGE_INTEGER count;
    LARGE_INTEGER frequency;

    CHECK(QueryPerformanceCounter(&count));
    CHECK(QueryPerformanceFrequency(&frequency));
    return count.QuadPart / frequency.QuadPart * 1000 * MS +
           count.QuadPart % frequency.QuadPart * 1000 * MS / frequency.QuadPart;
}

/** @brief Wait at a port to which nothing comes; returns how long it took. */
static LONGLONG wait_in_vain(HANDLE port, DWORD milliseconds)
{
    OVERLAPPED *overlapped = (OVERLAPPED *)&port;
    LONGLONG start = now();
    ULONG_PTR key;
    DWORD bytes;

    SetLastError(ERROR_SUCCESS);
    CHECK(!GetQueuedCompletionStatus(port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     milliseconds));
    CHECK(GetLastError() == WAIT_TIMEOUT);
    CHECK(overlapped == NULL);
    return now() - start;
}

/** @brief Let a long time pass; returns how much, in milliseconds. */
static void pass_time(void)
{
    HANDLE port = fact_port(0);

    if (sim_is_simulated()) {
        /* Longer than any time that 32 bits can say: 99 days. */
        (void)wait_in_vain(port, INFINITE - 1);
        (void)wait_in_vain(port, INFINITE - 1);
    } else {
        (void)wait_in_vain(port, 200);
    }
    CHECK(CloseHandle(port));
}

static DWORD WINAPI wait_for_ever(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE));
    return (DWORD)key;
}

void fact_port_42(void)
{
    /* How late a time-out may be: real clocks and threads take their time. */
    const LONGLONG late = sim_is_simulated() ? 0 : 5000 * MS;
    HANDLE port = fact_port(1);
    HANDLE waiter;
    LONGLONG took;

    /* Nothing comes: the wait ends when its time has passed. */
    took = wait_in_vain(port, 40);
    CHECK(took > 40 * MS - TICK && took <= 40 * MS + late);
    /* A time-out of 0 does not wait. */
    took = wait_in_vain(port, 0);
    CHECK(took <= late);
    /* A packet that is there is taken without a wait, too. */
    fact_post(port, 3);
    fact_poll(port, 3);
    /* INFINITE does not time out, however late the packet comes. */
    waiter = fact_start(wait_for_ever, port);
    pass_time();
    fact_post(port, 4);
    CHECK(fact_join(waiter) == 4);
    CHECK(CloseHandle(port));
}

void fact_port_44(void)
{
    HANDLE port = fact_port(1);

    /* A wait ends on a tick of the clock, which may be the last one before
     * its time is up. */
    for (DWORD milliseconds = 20; milliseconds <= 60; milliseconds += 20) {
        LONGLONG took = wait_in_vain(port, milliseconds);

        CHECK(took > (LONGLONG)milliseconds * MS - TICK);
        sim_mark(took < (LONGLONG)milliseconds * MS ? "too early" : "in time");
    }
    CHECK(CloseHandle(port));
}
