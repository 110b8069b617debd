/**
 * @file lesson.c
 * @brief Lesson 01: reactor and proactor.
 *
 * The same five bytes are received twice.  The reactor asks to be told when
 * there is something, and then fetches it.  The proactor lends a buffer and is
 * told when it has been filled.  Who moves the bytes, and whose the buffer is
 * meanwhile, is the whole difference.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-01.
 * Facts:    SOCK-01, SOCK-11, PORT-36.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

//! [reactor]
/** @brief Wait until there are bytes, then fetch them. */
static int receive_as_reactor(SOCKET socket, char *buffer, int room)
{
    fd_set readable;
    int bytes;

    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    sim_note("reactor: tell me when there is something");
    sim_assert(select(0, &readable, NULL, NULL, NULL) == 1);
    sim_note("reactor: there is; the buffer was ours all the time");
    bytes = recv(socket, buffer, room, 0);
    sim_note("reactor: we fetched %d bytes ourselves", bytes);
    return bytes;
}
//! [reactor]

//! [proactor]
/** @brief Lend the buffer, then wait until it has been filled. */
static int receive_as_proactor(SOCKET socket, char *buffer, int room)
{
    struct iocp_packet packet;
    OVERLAPPED operation = {0};
    struct iocp port;
    int answer;

    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)socket, 1) == 0);
    /* OWNER: app -> krn. */
    sim_note("proactor: here is a buffer, tell me when you have filled it");
    answer = lesson_receive(socket, buffer, (ULONG)room, &operation);
    sim_assert(answer == 0 || answer == WSA_IO_PENDING);
    sim_assert(iocp_take(&port, INFINITE, &packet) == IOCP_PACKET);
    /* OWNER: que -> app. */
    sim_note("proactor: %u bytes are in it already", (unsigned)packet.bytes);
    sim_assert(packet.overlapped == &operation && packet.error == 0);
    iocp_close(&port);
    return (int)packet.bytes;
}
//! [proactor]

void lesson_01(void *arg)
{
    char buffer[16];
    struct lesson_pair pair;
    HANDLE peer;
    int bytes;

    (void)arg;
    lesson_winsock_begin();
    pair = lesson_pair();

    peer = lesson_say_hello_later(&pair.there);
    bytes = receive_as_reactor(pair.here, buffer, sizeof buffer);
    /* FACT SOCK-11 a receive brings what is there, not always all of it. */
    lesson_forget(pair.here, 5 - bytes);
    lesson_join(peer);

    peer = lesson_say_hello_later(&pair.there);
    bytes = receive_as_proactor(pair.here, buffer, sizeof buffer);
    lesson_forget(pair.here, 5 - bytes);
    lesson_join(peer);

    lesson_pair_close(&pair);
    lesson_winsock_end();
}

/* expect: dry run lesson-01 --seed 1
 *   reactor: tell me when there is something
 *   reactor: there is; the buffer was ours all the time
 *   reactor: we fetched 5 bytes ourselves
 *   proactor: here is a buffer, tell me when you have filled it
 *   proactor: 5 bytes are in it already
 */
