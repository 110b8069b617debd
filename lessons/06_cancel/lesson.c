/**
 * @file lesson.c
 * @brief Lesson 06: completion against cancel.
 *
 * One receive is asked to stop while its data may be on the way.  Asking is
 * all that a cancel does: the packet decides, and until it has been taken the
 * operation and its buffer are not ours.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-06.
 * Facts:    CANCEL-03, CANCEL-04, CANCEL-05, CANCEL-10, CANCEL-24.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

/** A receive, and whether it is the kernel's or in the queue. */
struct receive {
    OVERLAPPED operation;
    char buffer[16];
    bool under_way;
};

static DWORD WINAPI say_hello_now(void *socket)
{
    lesson_say(*(const SOCKET *)socket, "hello");
    return 0;
}

//! [stop]
/** @brief Stop an operation, and return when it is ours again. */
static void stop(const struct iocp *port, HANDLE file, struct receive *receive)
{
    struct iocp_packet packet;

    /* FACT CANCEL-03 ERROR_NOT_FOUND says that it is over already; FACT
     * CANCEL-10 its packet is in the queue then, and stays there. */
    switch (iocp_cancel(file, &receive->operation)) {
    case 0:
        sim_note("cancel: asked");
        break;
    case ERROR_NOT_FOUND:
        sim_note("cancel: nothing to stop, the packet is there");
        break;
    default:
        sim_assert_failed("the cancel has a third answer", __FILE__, __LINE__);
    }
    /* FACT CANCEL-05 either way exactly one packet comes. */
    sim_assert(iocp_take(port, INFINITE, &packet) == IOCP_PACKET);
    sim_assert(packet.overlapped == &receive->operation);
    /* OWNER: que -> app. */
    receive->under_way = false;
    if (packet.error == ERROR_OPERATION_ABORTED) {
        sim_note("the packet: aborted");
    } else {
        sim_note("the packet: %u bytes all the same", (unsigned)packet.bytes);
    }
}
//! [stop]

void lesson_06(void *arg)
{
    struct receive receive = {.under_way = true};
    struct lesson_pair pair;
    struct iocp port;
    HANDLE peer;

    (void)arg;
    lesson_winsock_begin();
    pair = lesson_pair();
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)pair.here, 1) == 0);
    /* OWNER: app -> krn. */
    sim_assert(lesson_receive(pair.here,
                              receive.buffer,
                              sizeof receive.buffer,
                              &receive.operation) == WSA_IO_PENDING);
    peer = CreateThread(NULL, 0, say_hello_now, &pair.there, 0, NULL);
    stop(&port, (HANDLE)pair.here, &receive);
    lesson_join(peer);
    sim_assert(!receive.under_way);

    lesson_pair_close(&pair);
    iocp_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-06 --seed 1
 *   cancel: asked
 *   the packet: aborted
 */
