/**
 * @file sock_accept_args.c
 * @brief Facts about what AcceptEx is given, and what it writes.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-59, SOCK-60, SOCK-61, SOCK-62, SOCK-63, SOCK-64, SOCK-73.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/* ---- SOCK-59 ------------------------------------------------------------- */

/** @brief AcceptEx is refused with that code, at once and for good. */
static void check_refused(struct fact_stage *stage,
                          SOCKET listener,
                          SOCKET accepted,
                          void *buffer,
                          DWORD remote_bytes,
                          int code)
{
    stage->overlapped.Internal = 0xDD;
    CHECK_REFUSED_BOOL(stage->call.accept_ex(listener,
                                             accepted,
                                             buffer,
                                             0,
                                             FACT_AREA,
                                             remote_bytes,
                                             &stage->bytes,
                                             &stage->overlapped),
                       code);
    CHECK(stage->overlapped.Internal == STATUS_PENDING);
    CHECK(fact_packet_none(stage->port));
}

void fact_sock_59(void)
{
    struct fact_stage stage;
    SOCKET bound;
    char *buffer = stage.buffer;

    fact_stage_open(&stage);
    bound = fact_tcp_bound();
    fact_associate((HANDLE)bound, stage.port, FACT_KEY);
    CHECK_REFUSED_BOOL(stage.call.accept_ex(stage.listener,
                                            stage.accepted,
                                            buffer,
                                            0,
                                            FACT_AREA,
                                            FACT_AREA,
                                            &stage.bytes,
                                            NULL),
                       ERROR_INVALID_PARAMETER);
    check_refused(&stage,
                  INVALID_SOCKET,
                  stage.accepted,
                  buffer,
                  FACT_AREA,
                  WSAENOTSOCK);
    check_refused(&stage,
                  stage.listener,
                  INVALID_SOCKET,
                  buffer,
                  FACT_AREA,
                  WSAENOTSOCK);
    check_refused(&stage, stage.listener, stage.accepted, buffer, 0, WSAEFAULT);
    check_refused(&stage, bound, stage.accepted, buffer, FACT_AREA, WSAEINVAL);
    check_refused(&stage,
                  stage.listener,
                  stage.accepted,
                  NULL,
                  FACT_AREA,
                  WSAEFAULT);
    fact_close(&bound);
    fact_stage_close(&stage);
}

/* ---- SOCK-60, SOCK-61 ---------------------------------------------------- */

void fact_sock_60(void)
{
    struct fact_stage stage;
    SOCKET used[3];
    char *buffer = stage.buffer;

    fact_stage_open(&stage);
    /* One that another AcceptEx has already; */
    fact_stage_accept_later(&stage, 0);
    CHECK_REFUSED_BOOL(stage.call.accept_ex(stage.listener,
                                            stage.accepted,
                                            buffer,
                                            0,
                                            FACT_AREA,
                                            FACT_AREA,
                                            &stage.bytes,
                                            &(OVERLAPPED){0}),
                       WSAEINVAL);
    /* the client's is connected by now, and its other end is the first's. */
    used[0] = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    used[1] = fact_tcp_bound();
    used[2] = fact_udp(NULL);
    for (int at = 0; at < 3; at++) {
        CHECK_REFUSED_BOOL(stage.call.accept_ex(stage.listener,
                                                used[at],
                                                buffer,
                                                0,
                                                FACT_AREA,
                                                FACT_AREA,
                                                &stage.bytes,
                                                &stage.overlapped),
                           WSAEINVAL);
    }
    CHECK(fact_packet_none(stage.port));
    for (int at = 0; at < 3; at++) {
        fact_close(&used[at]);
    }
    fact_stage_close(&stage);
}

void fact_sock_61(void)
{
    struct fact_stage stage;
    struct sockaddr_in elsewhere;
    SOCKET other;
    SOCKET client;

    fact_stage_open(&stage);
    other = fact_listener(&elsewhere);
    fact_stage_accept_later(&stage, 0);
    CHECK_REFUSED(connect(stage.accepted,
                          (const struct sockaddr *)&elsewhere,
                          sizeof elsewhere),
                  WSAEINVAL);
    CHECK_REFUSED_BOOL(
        fact_connect_ex(stage.accepted, &elsewhere, &(OVERLAPPED){0}),
        WSAEINVAL);
    /* It is none the worse for that. */
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    fact_close(&client);
    fact_close(&other);
    fact_stage_close(&stage);
}

/* ---- SOCK-62, SOCK-63, SOCK-64 -------------------------------------------- */

static BOOL same_address(const struct sockaddr *found,
                         int bytes,
                         const struct sockaddr_in *address)
{
    struct sockaddr_in in;

    CHECK(bytes >= (int)sizeof in);
    memcpy(&in, found, sizeof in);
    return in.sin_family == AF_INET && in.sin_port == address->sin_port &&
           in.sin_addr.s_addr == address->sin_addr.s_addr;
}

/** @brief Whether something lies in an area of the buffer. */
static BOOL within(const void *thing, const char *area)
{
    const char *at = thing;

    return at >= area && at < area + FACT_AREA;
}

void fact_sock_62(void)
{
    struct fact_stage stage;
    struct sockaddr_in client_address;
    struct sockaddr *local = NULL;
    struct sockaddr *remote = NULL;
    char *areas = stage.buffer + 8;
    int local_bytes = 0;
    int remote_bytes = 0;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 8);
    client = fact_stage_client(&stage);
    client_address = fact_address(client);
    fact_send(client, "a", 1);
    fact_stage_expect(&stage, ERROR_SUCCESS, 1);
    CHECK(stage.buffer[0] == 'a');
    stage.call.get_accept_ex_sockaddrs(stage.buffer,
                                       8,
                                       FACT_AREA,
                                       FACT_AREA,
                                       &local,
                                       &local_bytes,
                                       &remote,
                                       &remote_bytes);
    CHECK(within(local, areas) && within(remote, areas + FACT_AREA));
    CHECK(same_address(local, local_bytes, &stage.address));
    CHECK(same_address(remote, remote_bytes, &client_address));
    fact_close(&client);
    fact_stage_close(&stage);
}

void fact_sock_63(void)
{
    struct fact_stage stage;
    struct sockaddr_in client_address;
    struct sockaddr nobody;
    struct sockaddr *local = &nobody;
    struct sockaddr *remote = NULL;
    int local_bytes = 0xDD;
    int remote_bytes = 0;
    SOCKET client;

    fact_stage_open(&stage);
    CHECK_REFUSED_BOOL(fact_stage_accept(&stage, 0, 0, FACT_AREA),
                       ERROR_IO_PENDING);
    client = fact_stage_client(&stage);
    client_address = fact_address(client);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    stage.call.get_accept_ex_sockaddrs(stage.buffer,
                                       0,
                                       0,
                                       FACT_AREA,
                                       &local,
                                       &local_bytes,
                                       &remote,
                                       &remote_bytes);
    CHECK(same_address(remote, remote_bytes, &client_address));
    CHECK(local == &nobody && local_bytes == 0xDD);
    fact_close(&client);
    fact_stage_close(&stage);
}

/** @brief An area for the local address that is too small. */
static void check_small(DWORD local_bytes)
{
    struct fact_stage stage;
    SOCKET client;
    SOCKET left;

    fact_stage_open(&stage);
    CHECK_REFUSED_BOOL(fact_stage_accept(&stage, 0, local_bytes, FACT_AREA),
                       ERROR_IO_PENDING);
    CHECK(fact_packet_none(stage.port));
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_INSUFFICIENT_BUFFER, 0);
    CHECK((NTSTATUS)stage.overlapped.Internal == STATUS_BUFFER_TOO_SMALL);
    /* The connection is for somebody else. */
    left = fact_accept(stage.listener);
    fact_send(client, "a", 1);
    fact_recv_text(left, "a");
    fact_close(&left);
    fact_close(&client);
    fact_stage_close(&stage);
}

/** @brief One that lacks a byte is accepted as well; what comes of it is not
 *  known. */
static void check_tight(DWORD local_bytes, DWORD remote_bytes)
{
    struct fact_stage stage;

    fact_stage_open(&stage);
    CHECK_REFUSED_BOOL(fact_stage_accept(&stage, 0, local_bytes, remote_bytes),
                       ERROR_IO_PENDING);
    fact_close(&stage.listener);
    fact_stage_expect(&stage, ERROR_OPERATION_ABORTED, 0);
    fact_stage_close(&stage);
}

void fact_sock_64(void)
{
    check_tight(FACT_AREA - 1, FACT_AREA);
    check_tight(FACT_AREA, FACT_AREA - 1);
    check_small(3);
    check_small(sizeof(struct sockaddr_in) + 4);
}

/* ---- SOCK-73 ------------------------------------------------------------- */

void fact_sock_73(void)
{
    struct fact_stage stage;
    SOCKET client;
    enum fact_begun begun;

    fact_stage_open(&stage);
    /* It pends: the count is the packet's, and nobody else's. */
    fact_stage_accept_later(&stage, FACT_DATA);
    client = fact_stage_client(&stage);
    fact_send(client, "a", 1);
    fact_stage_expect(&stage, ERROR_SUCCESS, 1);
    CHECK(stage.bytes == 0xDD);
    fact_close(&stage.accepted);
    fact_close(&client);
    /* It need not pend when all is there. */
    stage.accepted = fact_tcp();
    client = fact_stage_client(&stage);
    fact_await_readable(stage.listener);
    begun = fact_begun(
        fact_stage_accept(&stage, 0, FACT_AREA, FACT_AREA) ? 0 : SOCKET_ERROR);
    CHECK(begun != FACT_REFUSED);
    if (begun == FACT_AT_ONCE) {
        sim_mark("SOCK-73 at once");
        CHECK(stage.bytes == 0);
    }
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    fact_close(&client);
    fact_stage_close(&stage);
}
