/**
 * @file port_wait.c
 * @brief Facts about waiting for the handle of a port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-82, PORT-83, PORT-84.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** A thread that waits for a port's handle. */
struct direct {
    HANDLE port;
    DWORD milliseconds;
    volatile LONG started;
    volatile LONG woken;
    HANDLE thread;
};

static DWORD WINAPI wait_directly(void *arg)
{
    struct direct *direct = arg;
    DWORD result;

    direct->started = 1;
    result = WaitForSingleObject(direct->port, direct->milliseconds);
    (void)InterlockedExchange(&direct->woken, 1);
    return result;
}

/** @brief Start such a thread; returns when it waits. */
static void direct_start(struct direct *direct, HANDLE port, DWORD milliseconds)
{
    *direct = (struct direct){.port = port, .milliseconds = milliseconds};
    direct->thread = fact_start(wait_directly, direct);
    fact_settle(&direct->started);
}

static DWORD direct_end(struct direct *direct)
{
    return fact_join(direct->thread);
}

void fact_port_82(void)
{
    HANDLE port = fact_port(0);
    struct direct one;
    struct direct two;
    HANDLE waiter;

    /* The handle is signaled while there is a packet.  Waiting for the handle
     * does not take the packet. */
    CHECK(WaitForSingleObject(port, 0) == WAIT_TIMEOUT);
    fact_post(port, 3);
    CHECK(WaitForSingleObject(port, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(port, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(fact_depth(port) == 1);
    fact_poll(port, 3);
    CHECK(WaitForSingleObject(port, 0) == WAIT_TIMEOUT);
    /* One packet wakes all who wait for the handle, and stays. */
    direct_start(&one, port, FACT_LIMIT_MS);
    direct_start(&two, port, FACT_LIMIT_MS);
    fact_post(port, 4);
    CHECK(direct_end(&one) == WAIT_OBJECT_0);
    CHECK(direct_end(&two) == WAIT_OBJECT_0);
    fact_poll(port, 4);
    /* A packet that is handed to a thread in GetQueuedCompletionStatus is
     * never queued: the handle does not become signaled. */
    waiter = fact_waiter(port);
    fact_post(port, 5);
    CHECK(WaitForSingleObject(port, 0) == WAIT_TIMEOUT);
    CHECK(fact_join(waiter) == 5);
    CHECK(CloseHandle(port));
}

void fact_port_83(void)
{
    HANDLE port = fact_port(0);
    struct direct before;
    struct direct after;
    struct direct brief;
    HANDLE waiter;

    /* Threads wait for the handle, and one waits for a packet. */
    direct_start(&before, port, FACT_LIMIT_MS);
    waiter = fact_waiter(port);
    direct_start(&after, port, FACT_LIMIT_MS);
    direct_start(&brief, port, 100);
    /* The packet is that one's.  The others are not woken, whether they came
     * before it or after it: a short wait times out. */
    fact_post(port, 3);
    CHECK(fact_join(waiter) == 3);
    CHECK(direct_end(&brief) == WAIT_TIMEOUT);
    sim_settle();
    CHECK(!before.woken && !after.woken);
    /* Now that nobody waits for packets the next one wakes them. */
    fact_post(port, 4);
    CHECK(direct_end(&before) == WAIT_OBJECT_0);
    CHECK(direct_end(&after) == WAIT_OBJECT_0);
    fact_poll(port, 4);
    CHECK(CloseHandle(port));
}

void fact_port_84(void)
{
    HANDLE port = fact_port(0);
    HANDLE same;
    struct direct one;
    struct direct two;

    CHECK(DuplicateHandle(GetCurrentProcess(),
                          port,
                          GetCurrentProcess(),
                          &same,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    direct_start(&one, port, FACT_LIMIT_MS);
    direct_start(&two, same, FACT_LIMIT_MS);
    /* As long as one handle is open nobody is woken. */
    CHECK(CloseHandle(port));
    sim_settle();
    CHECK(!one.woken && !two.woken);
    /* The last one's closing ends the waits, as if there were a packet. */
    CHECK(CloseHandle(same));
    CHECK(direct_end(&one) == WAIT_OBJECT_0);
    CHECK(direct_end(&two) == WAIT_OBJECT_0);
}
