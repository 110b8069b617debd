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
    volatile LONG started;
    volatile LONG count;
};

enum { LAST = 99 };

static DWORD WINAPI take_until_last(void *arg)
{
    struct server *server = arg;

    server->started = 1;
    while (fact_packet_take(server->port).key != LAST) {
        (void)InterlockedIncrement(&server->count);
    }
    return 0;
}

/** @brief Threads wait one after the other: the last gets the first. */
static void check_newest_first(HANDLE port)
{
    HANDLE threads[3];

    for (size_t at = 0; at < 3; at++) {
        threads[at] = fact_waiter(port);
    }
    for (ULONG_PTR key = 1; key <= 3; key++) {
        fact_post(port, key);
    }
    for (size_t at = 0; at < 3; at++) {
        CHECK(fact_join(threads[at]) == 3 - at);
    }
}

/** @brief Of two threads that return to the port after each packet, one does
 *  all the work while there is little of it. */
static void check_idle_stay_idle(HANDLE port)
{
    struct server idle = {.port = port};
    struct server busy = {.port = port};
    HANDLE threads[2];

    threads[0] = fact_start(take_until_last, &idle);
    fact_settle(&idle.started);
    threads[1] = fact_start(take_until_last, &busy);
    fact_settle(&busy.started);
    for (LONG round = 1; round <= 3; round++) {
        fact_post(port, 1);
        sim_settle();
        CHECK(busy.count == round && idle.count == 0);
    }
    fact_post(port, LAST);
    fact_post(port, LAST);
    (void)fact_join(threads[0]);
    (void)fact_join(threads[1]);
}

void fact_port_56(void)
{
    HANDLE port = fact_port(WIDE);

    check_newest_first(port);
    check_idle_stay_idle(port);
    CHECK(CloseHandle(port));
}

/** @brief How often to repeat a race: real threads do not run it the same way
 *  each time, and in the simulator every way is explored. */
static LONG rounds(void)
{
    return sim_is_simulated() ? 1 : 20;
}

void fact_port_57(void)
{
    HANDLE port = fact_port(WIDE);

    for (LONG round = 0; round < rounds(); round++) {
        HANDLE first = fact_waiter(port);
        HANDLE second = fact_waiter(port);

        /* Three packets for two waiting threads and this one.  The thread
         * that has waited less gets the first, the other the second, and the
         * third is left for whoever posted them. */
        fact_post(port, 3);
        fact_post(port, 4);
        fact_post(port, 5);
        fact_poll(port, 5);
        CHECK(fact_join(second) == 3);
        CHECK(fact_join(first) == 4);
    }
    CHECK(CloseHandle(port));
}

/** A thread that tries to snatch packets. */
struct thief {
    HANDLE port;
    volatile LONG polls;
    volatile LONG end;
};

static DWORD WINAPI poll_in_vain(void *arg)
{
    struct thief *thief = arg;

    while (thief->end == 0) {
        fact_poll(thief->port, 0);
        thief->polls = 1;
    }
    return 0;
}

/** @brief One packet for a thread that waits, while others ask for it. */
static void check_hand_over(HANDLE port)
{
    struct thief thief = {.port = port};
    HANDLE waiter = fact_waiter(port);
    HANDLE thread = NULL;

    if (!sim_is_simulated()) {
        /* There this thread's poll meets every schedule; a real race is won
         * too often without another one that never stops asking. */
        thread = fact_start(poll_in_vain, &thief);
        fact_await(&thief.polls, 1);
    }
    /* The thread that waits has the packet, even if it has not run yet: it is
     * not in the queue, */
    fact_post(port, 3);
    CHECK(fact_depth(port) == 0);
    /* so nobody else can snatch it. */
    fact_poll(port, 0);
    thief.end = 1;
    if (thread != NULL) {
        (void)fact_join(thread);
    }
    /* The next one is for whoever asks. */
    fact_post(port, 4);
    fact_poll(port, 4);
    CHECK(fact_join(waiter) == 3);
}

void fact_port_58(void)
{
    HANDLE port = fact_port(WIDE);

    for (LONG round = 0; round < rounds(); round++) {
        check_hand_over(port);
    }
    CHECK(CloseHandle(port));
}

/* ---- A post from within a wait ------------------------------------------- */

/** A thread whose wait is interrupted by an APC that posts. */
struct poster {
    HANDLE port;
    HANDLE other;
    volatile LONG started;
    volatile LONG posted; /* The APC has posted, and stays. */
    volatile LONG leave;  /* It may go. */
};

static void WINAPI post_inside(ULONG_PTR arg)
{
    struct poster *poster = (struct poster *)arg;

    fact_post(poster->port, 3);
    fact_post(poster->other, 4);
    (void)InterlockedExchange(&poster->posted, 1);
    fact_await(&poster->leave, 1);
}

static DWORD WINAPI wait_alertably(void *arg)
{
    struct poster *poster = arg;
    OVERLAPPED_ENTRY entry;
    ULONG removed;

    poster->started = 1;
    CHECK(!GetQueuedCompletionStatusEx(poster->port,
                                       &entry,
                                       1,
                                       &removed,
                                       FACT_LIMIT_MS,
                                       TRUE));
    CHECK(GetLastError() == WAIT_IO_COMPLETION);
    return 0;
}

void fact_port_69(void)
{
    struct poster poster = {.port = fact_port(WIDE), .other = fact_port(WIDE)};
    HANDLE waiter = fact_waiter(poster.port);
    HANDLE waiter_other = fact_waiter(poster.other);
    HANDLE thread = fact_start(wait_alertably, &poster);
    DWORD key;

    fact_settle(&poster.started);
    CHECK(QueueUserAPC(post_inside, thread, (ULONG_PTR)&poster));
    fact_await(&poster.posted, 1);
    /* An APC runs inside its thread's wait at the port.  What it posts there
     * is queued, although another thread waits; */
    fact_packet_stay(poster.port, 1);
    /* not so at a port where its thread does not wait. */
    CHECK(fact_depth(poster.other) == 0);
    CHECK(fact_join(waiter_other) == 4);
    /* A post from outside releases the waiter.  Which of the two packets that
     * is for is not known. */
    fact_post(poster.port, 5);
    CHECK(fact_depth(poster.port) == 1);
    key = fact_join(waiter);
    CHECK(key == 3 || key == 5);
    (void)InterlockedExchange(&poster.leave, 1);
    (void)fact_join(thread);
    fact_poll(poster.port, 8 - key);
    CHECK(CloseHandle(poster.port) && CloseHandle(poster.other));
}
