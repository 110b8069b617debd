/**
 * @file lesson.c
 * @brief Lesson 07: accept and connect.
 *
 * Accepting and connecting are operations like any other, with three
 * peculiarities: the socket to accept into is made beforehand, the socket to
 * connect must be bound, and both learn where they are only when they are told
 * to.  The client here forgets to bind, is refused, and does better.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-07.
 * Facts:    SOCK-62, SOCK-66, SOCK-69, SOCK-72, SOCK-80, SOCK-82, SOCK-88,
 *           SOCK-114.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

#include <mswsock.h>

#include <string.h>

enum { ADDRESS_BYTES = sizeof(struct sockaddr_in) + 16 };
enum { LISTENER_KEY = 1, CLIENT_KEY = 2 };

/** Functions that Winsock does not export: they belong to a provider, which
 * is asked for them. */
static struct {
    LPFN_ACCEPTEX accept;
    LPFN_CONNECTEX connect;
} functions;

//! [look-up]
/** @brief Ask a socket's provider for one of its functions. */
static void look_up(SOCKET socket, GUID which, void *function, DWORD bytes)
{
    DWORD written;

    sim_assert(WSAIoctl(socket,
                        SIO_GET_EXTENSION_FUNCTION_POINTER,
                        &which,
                        sizeof which,
                        function,
                        bytes,
                        &written,
                        NULL,
                        NULL) == 0);
}
//! [look-up]

static void look_up_both(SOCKET socket)
{
    look_up(socket,
            (GUID)WSAID_ACCEPTEX,
            &functions.accept,
            sizeof functions.accept);
    look_up(socket,
            (GUID)WSAID_CONNECTEX,
            &functions.connect,
            sizeof functions.connect);
}

/** What an accept needs until its packet is taken. */
struct accept {
    OVERLAPPED operation;
    SOCKET into;
    char addresses[2 * ADDRESS_BYTES];
};

//! [accept]
/** @brief Offer a fresh socket to whoever connects next. */
static void start_accept(SOCKET listener, struct accept *accept)
{
    DWORD bytes;

    accept->into = lesson_tcp();
    /* OWNER: app -> krn. */
    sim_assert(!functions.accept(listener,
                                 accept->into,
                                 accept->addresses,
                                 0, /* Do not wait for data. */
                                 ADDRESS_BYTES,
                                 ADDRESS_BYTES,
                                 &bytes,
                                 &accept->operation));
    sim_assert(WSAGetLastError() == ERROR_IO_PENDING);
    sim_note("accept: pending");
}

/** @brief Tell the accepted socket whose child it is: before that it knows no
 *  address and cannot be shut down. */
static void finish_accept(SOCKET listener, const struct accept *accept)
{
    struct sockaddr_in peer;
    int bytes = sizeof peer;

    sim_assert(setsockopt(accept->into,
                          SOL_SOCKET,
                          SO_UPDATE_ACCEPT_CONTEXT,
                          (const char *)&listener,
                          sizeof listener) == 0);
    sim_assert(getpeername(accept->into, (struct sockaddr *)&peer, &bytes) ==
               0);
    sim_note("accept: done, and we know our peer");
}
//! [accept]

//! [connect]
/** @brief Connect, once the wrong way and once the right. */
static void start_connect(SOCKET client,
                          const struct sockaddr_in *to,
                          OVERLAPPED *operation)
{
    struct sockaddr_in any = {.sin_family = AF_INET};

    /* FACT SOCK-80 ConnectEx needs a bound socket. */
    sim_assert(!functions.connect(client,
                                  (const struct sockaddr *)to,
                                  sizeof *to,
                                  NULL,
                                  0,
                                  NULL,
                                  operation));
    sim_note("connect: refused with %d, it is not bound", WSAGetLastError());
    sim_assert(bind(client, (struct sockaddr *)&any, sizeof any) == 0);
    /* OWNER: app -> krn. */
    sim_assert(!functions.connect(client,
                                  (const struct sockaddr *)to,
                                  sizeof *to,
                                  NULL,
                                  0,
                                  NULL,
                                  operation));
    sim_assert(WSAGetLastError() == ERROR_IO_PENDING);
    sim_note("connect: pending");
}

static void finish_connect(SOCKET client)
{
    sim_assert(
        setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) ==
        0);
    sim_note("connect: done");
}
//! [connect]

void lesson_07(void *arg)
{
    struct accept accept = {.into = INVALID_SOCKET};
    OVERLAPPED connecting = {0};
    struct sockaddr_in address;
    SOCKET listener;
    SOCKET client;
    struct iocp port;

    (void)arg;
    lesson_winsock_begin();
    listener = lesson_listener(&address);
    client = lesson_tcp();
    look_up_both(listener);
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)listener, LISTENER_KEY) == 0);
    sim_assert(iocp_attach(&port, (HANDLE)client, CLIENT_KEY) == 0);

    start_accept(listener, &accept);
    start_connect(client, &address, &connecting);
    for (int at = 0; at < 2; at++) {
        struct iocp_packet packet;

        sim_assert(iocp_take(&port, INFINITE, &packet) == IOCP_PACKET);
        sim_assert(packet.error == 0);
        if (packet.overlapped == &accept.operation) {
            sim_assert(packet.key == LISTENER_KEY);
            finish_accept(listener, &accept);
        } else {
            finish_connect(client);
        }
    }

    sim_assert(closesocket(client) == 0);
    sim_assert(closesocket(accept.into) == 0);
    sim_assert(closesocket(listener) == 0);
    iocp_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-07 --seed 1
 *   accept: pending
 *   connect: refused with 10022, it is not bound
 *   connect: pending
 *   connect: done
 *   accept: done, and we know our peer
 */
