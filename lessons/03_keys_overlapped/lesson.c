/**
 * @file lesson.c
 * @brief Lesson 03: keys and OVERLAPPED.
 *
 * Two sockets, two receives each, one port.  Four packets come, in the order
 * in which the operations finished.  The key of a packet says which handle it
 * is about, its OVERLAPPED which operation; from the second a program gets
 * back to the struct that it keeps for the operation.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-03.
 * Facts:    PORT-13, PORT-22, SOCK-14.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

enum { FIRST_KEY = 1, SECOND_KEY = 2, RECEIVES = 2 };

//! [receive]
/** What the program keeps for one receive. */
struct receive {
    int number;            /* Of its socket: which receive this is. */
    char buffer[8];        /* Lent while the kernel owns the operation. */
    OVERLAPPED overlapped; /* Not first, so that nobody relies on it. */
};

/** @brief The receive that an OVERLAPPED is part of. */
static struct receive *receive_of(OVERLAPPED *overlapped)
{
    return CONTAINING_RECORD(overlapped, struct receive, overlapped);
}
//! [receive]

/** @brief Start the receives of one socket. */
static void start(SOCKET socket, struct receive *receives)
{
    for (int at = 0; at < RECEIVES; at++) {
        receives[at].number = at + 1;
        /* OWNER: app -> krn. */
        sim_assert(lesson_receive(socket,
                                  receives[at].buffer,
                                  5,
                                  &receives[at].overlapped) == WSA_IO_PENDING);
    }
}

//! [take]
/** @brief Take one packet and say what it is about. */
static void take(const struct iocp *port)
{
    struct iocp_packet packet;
    const struct receive *receive;

    sim_assert(iocp_take(port, INFINITE, &packet) == IOCP_PACKET);
    /* OWNER: que -> app. */
    receive = receive_of(packet.overlapped);
    sim_note("socket %u, receive %d: %.*s",
             (unsigned)packet.key,
             receive->number,
             (int)packet.bytes,
             receive->buffer);
}
//! [take]

void lesson_03(void *arg)
{
    struct receive first[RECEIVES] = {{0}};
    struct receive second[RECEIVES] = {{0}};
    struct lesson_pair one;
    struct lesson_pair two;
    struct iocp port;

    (void)arg;
    lesson_winsock_begin();
    one = lesson_pair();
    two = lesson_pair();
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)one.here, FIRST_KEY) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)two.here, SECOND_KEY) == 0);
    start(one.here, first);
    start(two.here, second);

    /* The second socket's peer speaks first. */
    lesson_say(two.there, "alpha");
    take(&port);
    lesson_say(one.there, "bravo");
    take(&port);
    lesson_say(one.there, "gamma");
    take(&port);
    lesson_say(two.there, "delta");
    take(&port);

    lesson_pair_close(&one);
    lesson_pair_close(&two);
    iocp_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-03 --seed 1
 *   socket 2, receive 1: alpha
 *   socket 1, receive 1: bravo
 *   socket 1, receive 2: gamma
 *   socket 2, receive 2: delta
 */
