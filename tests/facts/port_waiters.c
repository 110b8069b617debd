/**
 * @file port_waiters.c
 * @brief Facts about which waiting thread gets a packet.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-56, PORT-57, PORT-58, PORT-69.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** Enough for every thread of a test. */
enum { WIDE = 8 };

/** A thread that takes packets until one is the last. */
struct server {
    HANDLE port;
    volatile LONG count;
};

enum { LAST = 99 };

static DWORD WINAPI take_until_last(void *arg)
{
    struct server *server = arg;

    while (fact_packet_take(server->port).key != LAST) {
        (void)InterlockedIncrement(&server->count);
    }
    return 0;
}

void fact_port_56(void)
{
    HANDLE port = fact_port(WIDE);
    struct server idle = {.port = port};
    struct server busy = {.port = port};
    HANDLE threads[4];

    /* Four threads wait, one after the other. */
    for (size_t at = 0; at < 4; at++) {
        threads[at] = fact_waiter(port);
    }
    /* Packets come: the thread that came last gets the first. */
    for (ULONG_PTR key = 1; key <= 4; key++) {
        fact_post(port, key);
    }
    for (size_t at = 0; at < 4; at++) {
        CHECK(fact_join(threads[at]) == 4 - at);
    }
    /* Of two threads that return to the port after each packet, one does all
     * the work while there is little of it. */
    threads[0] = fact_start(take_until_last, &idle);
    sim_settle();
    threads[1] = fact_start(take_until_last, &busy);
    sim_settle();
    for (LONG round = 1; round <= 3; round++) {
        fact_post(port, 1);
        sim_settle();
        CHECK(busy.count == round && idle.count == 0);
    }
    fact_post(port, LAST);
    fact_post(port, LAST);
    (void)fact_join(threads[0]);
    (void)fact_join(threads[1]);
    CHECK(CloseHandle(port));
}

void fact_port_57(void)
{
    HANDLE port = fact_port(WIDE);
    HANDLE first = fact_waiter(port);
    HANDLE second = fact_waiter(port);

    /* Three packets for two waiting threads and this one.  The thread that
     * has waited less gets the first, the other the second, and the third is
     * left for whoever posted them. */
    fact_post(port, 3);
    fact_post(port, 4);
    fact_post(port, 5);
    fact_poll(port, 5);
    CHECK(fact_join(second) == 3);
    CHECK(fact_join(first) == 4);
    CHECK(CloseHandle(port));
}

void fact_port_58(void)
{
    /* The race of real threads is run more than once; in the simulator every
     * schedule is. */
    LONG rounds = sim_is_simulated() ? 1 : 50;
    HANDLE port = fact_port(WIDE);

    for (LONG round = 0; round < rounds; round++) {
        HANDLE waiter = fact_waiter(port);

        /* A packet comes while a thread waits.  The thread has it, even if it
         * has not run yet: it is not in the queue, */
        fact_post(port, 3);
        CHECK(fact_depth(port) == 0);
        /* so another thread that asks cannot snatch it, */
        fact_poll(port, 0);
        /* but gets the next one. */
        fact_post(port, 4);
        fact_poll(port, 4);
        CHECK(fact_join(waiter) == 3);
    }
    CHECK(CloseHandle(port));
}

/* ---- A post from within a wait ------------------------------------------- */

/** A thread whose wait is interrupted by an APC that posts. */
struct poster {
    HANDLE port;
    HANDLE other;
    LONG depth;
    LONG depth_other;
};

static void WINAPI post_inside(ULONG_PTR arg)
{
    struct poster *poster = (struct poster *)arg;

    fact_post(poster->port, 3);
    poster->depth = fact_depth(poster->port);
    fact_post(poster->other, 4);
    poster->depth_other = fact_depth(poster->other);
}

static DWORD WINAPI wait_alertably(void *arg)
{
    struct poster *poster = arg;
    OVERLAPPED_ENTRY entry;
    ULONG removed;

    CHECK(!GetQueuedCompletionStatusEx(
        poster->port, &entry, 1, &removed, FACT_LIMIT_MS, TRUE));
    CHECK(GetLastError() == WAIT_IO_COMPLETION);
    return 0;
}

void fact_port_69(void)
{
    struct poster poster = {.port = fact_port(WIDE), .other = fact_port(WIDE)};
    HANDLE waiter = fact_waiter(poster.port);
    HANDLE waiter_other = fact_waiter(poster.other);
    HANDLE thread = fact_start(wait_alertably, &poster);

    sim_settle();
    CHECK(QueueUserAPC(post_inside, thread, (ULONG_PTR)&poster));
    (void)fact_join(thread);
    /* The APC ran inside its thread's wait at the port.  What it posted there
     * was queued, although another thread waited; */
    CHECK(poster.depth == 1);
    /* not so at a port where its thread did not wait. */
    CHECK(poster.depth_other == 0);
    CHECK(fact_join(waiter_other) == 4);
    /* A post from outside releases the waiter, for the packet that is older
     * than its own. */
    fact_post(poster.port, 5);
    CHECK(fact_join(waiter) == 3);
    fact_poll(poster.port, 5);
    CHECK(CloseHandle(poster.port) && CloseHandle(poster.other));
}
