/**
 * @file sock_buffer.c
 * @brief Facts about the stack's own buffers, and about data in them.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-31, SOCK-33, SOCK-34.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

enum { DATA_BYTES = 1 << 20, SOME_BYTES = 4096 };

static char data[DATA_BYTES];
static char taken[DATA_BYTES];

/** @brief Data of which each part looks different. */
static void make_data(void)
{
    for (size_t at = 0; at < sizeof data; at++) {
        data[at] = (char)(at * 7 + at / 251);
    }
}

/** @brief Receive all of it, and the end. */
static void check_data(SOCKET socket)
{
    memset(taken, 0, sizeof taken);
    fact_recv(socket, taken, sizeof taken);
    CHECK(memcmp(taken, data, sizeof data) == 0);
}

/* ---- SOCK-31 ------------------------------------------------------------- */

/** What a thread sends before it ends. */
struct sender {
    SOCKET socket;
    OVERLAPPED overlapped;
};

static DWORD WINAPI send_and_end(void *arg)
{
    struct sender *sender = arg;

    CHECK(fact_begun(
              fact_send_start(sender->socket, data, 1, &sender->overlapped)) !=
          FACT_REFUSED);
    CHECK(fact_wait(sender->socket, &sender->overlapped) == 1);
    CHECK(send(sender->socket, data + 1, sizeof data - 1, 0) ==
          (int)sizeof data - 1);
    return 0;
}

void fact_sock_31(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    struct sender sender = {.socket = pair.here};

    make_data();
    fact_set_nonblocking(pair.here);
    /* The thread that sent it is gone, */
    (void)fact_join(fact_start(send_and_end, &sender));
    /* there is nothing to cancel, */
    CHECK(CancelIo((HANDLE)pair.here));
    CHECK_REFUSED_BOOL(CancelIoEx((HANDLE)pair.here, &sender.overlapped),
                       ERROR_NOT_FOUND);
    /* and the socket is closed: the peer gets all of it. */
    fact_close(&pair.here);
    check_data(pair.peer);
    fact_recv_end(pair.peer);
    fact_pair_close(&pair);
}

/* ---- SOCK-33, SOCK-34 ----------------------------------------------------- */

void fact_sock_33(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};

    make_data();
    fact_set_option(pair.here, SO_SNDBUF, 0);
    /* Nothing is copied: even the first send, which would be accepted whole
     * otherwise (SOCK-28), is not over before the peer's stack has it. */
    CHECK_REFUSED(fact_send_start(pair.here, data, sizeof data, &overlapped),
                  WSA_IO_PENDING);
    CHECK(fact_packet_none(pair.port));
    check_data(pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_SUCCESS,
                       sizeof data);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

void fact_sock_34(void)
{
    struct sockaddr_in address;
    OVERLAPPED sending = {0};
    OVERLAPPED receiving = {0};
    HANDLE port = fact_port(0);
    SOCKET listener;
    SOCKET here;
    SOCKET peer;
    DWORD done = 0;

    make_data();
    fact_winsock_begin();
    listener = fact_listener(&address);
    peer = fact_tcp();
    /* Before it connects: what it said it has room for, it has. */
    fact_set_option(peer, SO_RCVBUF, 0);
    fact_connect(peer, &address);
    here = fact_accept(listener);
    fact_set_option(here, SO_SNDBUF, 0);
    fact_associate((HANDLE)here, port, FACT_KEY);
    /* No receive is posted, so there is no room for a few bytes even. */
    CHECK_REFUSED(fact_send_start(here, data, SOME_BYTES, &sending),
                  WSA_IO_PENDING);
    CHECK(fact_packet_none(port));
    /* Receives are where the data goes. */
    while (done < SOME_BYTES) {
        CHECK(fact_begun(fact_recv_start(peer,
                                         taken + done,
                                         SOME_BYTES - done,
                                         &receiving)) != FACT_REFUSED);
        done += fact_wait(peer, &receiving);
    }
    CHECK(memcmp(taken, data, SOME_BYTES) == 0);
    fact_packet_expect(port, FACT_KEY, &sending, ERROR_SUCCESS, SOME_BYTES);
    fact_close(&here);
    fact_close(&peer);
    fact_close(&listener);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}
