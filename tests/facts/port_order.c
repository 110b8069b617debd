/**
 * @file port_order.c
 * @brief Facts about the order in which packets leave.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-33, PORT-34, PORT-35.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

static DWORD WINAPI take_three(void *port)
{
    for (ULONG_PTR number = 1; number <= 3; number++) {
        CHECK(fact_packet_take(port).key == number);
    }
    return 0;
}

void fact_port_33(void)
{
    HANDLE port = fact_port(1);
    HANDLE worker;
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED *overlapped;
    ULONG removed;
    ULONG_PTR key;
    DWORD bytes;

    /* Five packets are queued, numbered by their keys. */
    for (ULONG_PTR number = 1; number <= 5; number++) {
        CHECK(PostQueuedCompletionStatus(port, 0, number, NULL));
    }
    /* The oldest comes out first. */
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
    CHECK(key == 1);
    /* A batch keeps the order. */
    CHECK(GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE));
    CHECK(removed == 4);
    for (ULONG_PTR at = 0; at < 4; at++) {
        CHECK(entries[at].lpCompletionKey == at + 2);
    }
    /* A thread that waits now and then gets them in order as well. */
    worker = fact_start(take_three, port);
    for (ULONG_PTR number = 1; number <= 3; number++) {
        CHECK(PostQueuedCompletionStatus(port, 0, number, NULL));
    }
    (void)fact_join(worker);
    CHECK(CloseHandle(port));
}

/** What two workers do with two packets. */
struct workers {
    HANDLE port;
    volatile LONG count;
    volatile ULONG_PTR keys[2]; /* In the order of handling. */
};

static DWORD WINAPI handle_one(void *arg)
{
    struct workers *workers = arg;
    struct fact_packet packet = fact_packet_take(workers->port);
    LONG place = InterlockedIncrement(&workers->count) - 1;

    workers->keys[place] = packet.key;
    return 0;
}

/** @brief Two packets in order, handled by two threads in any. */
static void check_workers(void)
{
    struct workers workers = {.port = fact_port(2)};
    HANDLE first = fact_start(handle_one, &workers);
    HANDLE second = fact_start(handle_one, &workers);

    CHECK(PostQueuedCompletionStatus(workers.port, 0, 1, NULL));
    CHECK(PostQueuedCompletionStatus(workers.port, 0, 2, NULL));
    (void)fact_join(first);
    (void)fact_join(second);
    if (workers.keys[0] == 1) {
        sim_mark("handled in order");
    } else {
        sim_mark("the second overtakes the first");
    }
    CHECK(workers.keys[0] + workers.keys[1] == 3);
    CHECK(CloseHandle(workers.port));
}

void fact_port_34(void)
{
    struct fact_pipe one = fact_pipe(FALSE);
    struct fact_pipe two = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED early = {0};
    OVERLAPPED late = {0};
    char in[2];

    fact_associate(one.server, port, 1);
    fact_associate(two.server, port, 2);
    /* Two handles: what was started later is over earlier. */
    fact_read_later(one.server, in, 1, &early);
    fact_read_later(two.server, in + 1, 1, &late);
    fact_write(two.client, "a", 1);
    fact_packet_await(port, 1);
    fact_write(one.client, "a", 1);
    CHECK(fact_packet_take(port).overlapped == &late);
    CHECK(fact_packet_take(port).overlapped == &early);
    /* One handle and two kinds of operation: a write passes a read. */
    fact_read_later(one.server, in, 1, &early);
    CHECK(WriteFile(one.server, "a", 1, NULL, &late) ||
          GetLastError() == ERROR_IO_PENDING);
    fact_packet_await(port, 1);
    fact_write(one.client, "a", 1);
    CHECK(fact_packet_take(port).overlapped == &late);
    CHECK(fact_packet_take(port).overlapped == &early);
    fact_pipe_close(&one);
    fact_pipe_close(&two);
    CHECK(CloseHandle(port));
    check_workers();
}

void fact_port_35(void)
{
    const ULONG_PTR quit = 99;
    struct fact_pipe one = fact_pipe(FALSE);
    struct fact_pipe two = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED early = {0};
    OVERLAPPED late = {0};
    struct fact_packet packet;
    char in[2];

    fact_associate(one.server, port, 1);
    fact_associate(two.server, port, 2);
    fact_read_later(one.server, in, 1, &early);
    fact_read_later(two.server, in + 1, 1, &late);
    /* One read ends, then comes a post, then the other read ends. */
    fact_write(one.client, "a", 1);
    fact_packet_await(port, 1);
    CHECK(PostQueuedCompletionStatus(port, 0, quit, NULL));
    CHECK(fact_depth(port) == 2);
    fact_write(two.client, "a", 1);
    fact_packet_await(port, 3);
    /* That is the order in which the packets leave: who stops at the posted
     * one has missed a read. */
    CHECK(fact_packet_take(port).overlapped == &early);
    packet = fact_packet_take(port);
    CHECK(packet.key == quit && packet.overlapped == NULL);
    CHECK(fact_packet_take(port).overlapped == &late);
    fact_pipe_close(&one);
    fact_pipe_close(&two);
    CHECK(CloseHandle(port));
}
