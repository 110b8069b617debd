/**
 * @file sock_order.c
 * @brief Facts about several operations on one stream: which bytes are whose.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-14, SOCK-15, SOCK-35, SOCK-36.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

enum { PARTS = 3, PART = 2, LARGE_BYTES = 200000 };

/* ---- SOCK-14 ------------------------------------------------------------- */

/** What one of two workers took. */
struct worker {
    HANDLE port;
    OVERLAPPED *taken;
};

/** The receive whose packet was handled first. */
static OVERLAPPED *volatile handled_first;

static DWORD WINAPI work(void *arg)
{
    struct worker *worker = arg;
    struct fact_packet packet = fact_packet_take(worker->port);

    CHECK(packet.success);
    worker->taken = packet.overlapped;
    (void)InterlockedCompareExchangePointer((PVOID volatile *)&handled_first,
                                            packet.overlapped,
                                            NULL);
    return 0;
}

/** @brief Two workers take the packets of two receives: in which order they
 *  handle them is left open. */
static void check_workers(const struct fact_pair *pair)
{
    OVERLAPPED overlapped[2] = {0};
    struct worker workers[2] = {{.port = pair->port}, {.port = pair->port}};
    HANDLE threads[2];
    char in[2];

    handled_first = NULL;
    fact_recv_later(pair->here, &in[0], 1, &overlapped[0]);
    fact_recv_later(pair->here, &in[1], 1, &overlapped[1]);
    for (int at = 0; at < 2; at++) {
        threads[at] = fact_start(work, &workers[at]);
    }
    fact_send(pair->peer, "yz", 2);
    for (int at = 0; at < 2; at++) {
        (void)fact_join(threads[at]);
    }
    CHECK(in[0] == 'y' && in[1] == 'z');
    CHECK(workers[0].taken != workers[1].taken);
    sim_mark(handled_first == &overlapped[0] ? "handled in order"
                                             : "handled out of order");
}

void fact_sock_14(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped[PARTS] = {0};
    char in[PARTS][PART];
    DWORD taken = 0;

    for (int at = 0; at < PARTS; at++) {
        fact_recv_later(pair.here, in[at], PART, &overlapped[at]);
    }
    fact_send(pair.peer, "abcdef", PARTS * PART);
    /* Packets come in the order of the receives, and each receive has what
     * follows what the one before it has. */
    for (int at = 0; at < PARTS; at++) {
        struct fact_packet packet = fact_packet_take(pair.port);

        CHECK(packet.success && packet.overlapped == &overlapped[at]);
        CHECK(packet.bytes >= 1 && packet.bytes <= PART);
        CHECK(memcmp(in[at], &"abcdef"[taken], packet.bytes) == 0);
        taken += packet.bytes;
    }
    fact_recv_text(pair.here, &"abcdef"[taken]);
    check_workers(&pair);
    fact_pair_close(&pair);
}

/* ---- SOCK-15 ------------------------------------------------------------- */

/** A thread that starts one receive; the test takes the packet. */
struct poster {
    SOCKET socket;
    OVERLAPPED overlapped;
    char in;
};

static DWORD WINAPI post(void *arg)
{
    struct poster *poster = arg;

    CHECK(fact_begun(fact_recv_start(poster->socket,
                                     &poster->in,
                                     1,
                                     &poster->overlapped)) != FACT_REFUSED);
    /* The end of the thread would cancel it. */
    while (!HasOverlappedIoCompleted(&poster->overlapped)) {
        Sleep(1);
    }
    return 0;
}

void fact_sock_15(void)
{
    struct fact_pair pair = fact_pair_at_port();
    struct poster posters[2] = {{.socket = pair.here}, {.socket = pair.here}};
    HANDLE threads[2];

    for (int at = 0; at < 2; at++) {
        threads[at] = fact_start(post, &posters[at]);
    }
    sim_settle();
    fact_send(pair.peer, "ab", 2);
    for (int at = 0; at < 2; at++) {
        (void)fact_packet_take(pair.port);
    }
    for (int at = 0; at < 2; at++) {
        (void)fact_join(threads[at]);
    }
    /* No byte is lost or doubled, but whose is whose nobody can say. */
    if (posters[0].in == 'a') {
        CHECK(posters[1].in == 'b');
        sim_mark("the first thread is first");
    } else {
        CHECK(posters[0].in == 'b' && posters[1].in == 'a');
        sim_mark("the second thread is first");
    }
    fact_pair_close(&pair);
}

/* ---- SOCK-35, SOCK-36 ----------------------------------------------------- */

/** @brief Take the packets of the sends, in order. */
static void take_sends(HANDLE port, const OVERLAPPED *overlapped, DWORD bytes)
{
    for (int at = 0; at < PARTS; at++) {
        fact_packet_expect(port,
                           FACT_KEY,
                           &overlapped[at],
                           ERROR_SUCCESS,
                           bytes);
    }
}

/** @brief Sends of which not even the first has room at the peer, which does
 *  not receive yet. */
static void check_large(void)
{
    static char large[PARTS][LARGE_BYTES];
    static char in[LARGE_BYTES];
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped[PARTS] = {0};

    for (int at = 0; at < PARTS; at++) {
        memset(large[at], 'a' + at, LARGE_BYTES);
        CHECK(fact_begun(fact_send_start(pair.here,
                                         large[at],
                                         LARGE_BYTES,
                                         &overlapped[at])) != FACT_REFUSED);
    }
    for (int at = 0; at < PARTS; at++) {
        fact_recv(pair.peer, in, LARGE_BYTES);
        CHECK(memcmp(in, large[at], LARGE_BYTES) == 0);
    }
    take_sends(pair.port, overlapped, LARGE_BYTES);
    fact_pair_close(&pair);
}

void fact_sock_35(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped[PARTS] = {0};

    for (int at = 0; at < PARTS; at++) {
        CHECK(fact_begun(fact_send_start(pair.here,
                                         &"abcdef"[at * PART],
                                         PART,
                                         &overlapped[at])) != FACT_REFUSED);
    }
    take_sends(pair.port, overlapped, PART);
    fact_recv_text(pair.peer, "abcdef");
    fact_pair_close(&pair);
    check_large();
}

/** @brief Start a send of three buffers. */
static void gather(SOCKET socket, const char *text, OVERLAPPED *overlapped)
{
    WSABUF buffers[] = {
        {.len = 1, .buf = (char *)(ULONG_PTR)&text[2]},
        {.len = 0, .buf = NULL},
        {.len = 2, .buf = (char *)(ULONG_PTR)&text[0]},
    };
    DWORD bytes;

    CHECK(
        fact_begun(WSASend(socket, buffers, 3, &bytes, 0, overlapped, NULL)) !=
        FACT_REFUSED);
}

void fact_sock_36(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped[2] = {0};

    gather(pair.here, "abc", &overlapped[0]);
    gather(pair.here, "xyz", &overlapped[1]);
    for (int at = 0; at < 2; at++) {
        fact_packet_expect(pair.port,
                           FACT_KEY,
                           &overlapped[at],
                           ERROR_SUCCESS,
                           3);
    }
    fact_recv_text(pair.peer, "cabzxy");
    fact_pair_close(&pair);
}
