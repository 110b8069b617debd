/**
 * @file sock_connect.c
 * @brief Facts about ConnectEx and connect.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-80, SOCK-81, SOCK-82, SOCK-83, SOCK-84, SOCK-85, SOCK-88,
 *           SOCK-89, SOCK-91, SOCK-92.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** A bound socket at the stage's port. */
static SOCKET connector(const struct fact_stage *stage)
{
    SOCKET socket = fact_tcp_bound();

    fact_associate((HANDLE)socket, stage->port, FACT_KEY);
    return socket;
}

/** @brief ConnectEx with data; it must pend. */
static void connect_later(const struct fact_stage *stage,
                          SOCKET socket,
                          char *data,
                          DWORD count,
                          OVERLAPPED *overlapped)
{
    CHECK_REFUSED_BOOL(
        stage->call.connect_ex(socket,
                               (const struct sockaddr *)&stage->address,
                               sizeof stage->address,
                               data,
                               count,
                               NULL,
                               overlapped),
        ERROR_IO_PENDING);
}

/* ---- SOCK-80, SOCK-81, SOCK-92 --------------------------------------------- */

void fact_sock_80(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    SOCKET fresh;
    SOCKET other;

    fact_stage_open(&stage);
    fresh = fact_tcp();
    other = fact_listener(NULL);
    fact_associate((HANDLE)fresh, stage.port, FACT_KEY);
    fact_associate((HANDLE)other, stage.port, FACT_KEY);
    CHECK_REFUSED_BOOL(fact_connect_ex(fresh, &stage.address, &overlapped),
                       WSAEINVAL);
    CHECK_REFUSED_BOOL(fact_connect_ex(other, &stage.address, &overlapped),
                       WSAEINVAL);
    CHECK(fact_packet_none(stage.port));
    /* connect() binds it by itself. */
    fact_connect(fresh, &stage.address);
    CHECK(fact_address(fresh).sin_port != 0);
    fact_close(&fresh);
    fact_close(&other);
    fact_stage_close(&stage);
}

void fact_sock_81(void)
{
    struct fact_stage stage;
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    SOCKET socket;
    int error;

    fact_stage_open(&stage);
    socket = connector(&stage);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &stage.address, NULL),
                       ERROR_INVALID_PARAMETER);
    CHECK_REFUSED_BOOL(
        stage.call.connect_ex(INVALID_SOCKET,
                              (const struct sockaddr *)&stage.address,
                              sizeof stage.address,
                              NULL,
                              0,
                              NULL,
                              &first),
        WSAENOTSOCK);
    connect_later(&stage, socket, NULL, 0, &first);
    /* In progress, unless it is over meanwhile. */
    CHECK(!fact_connect_ex(socket, &stage.address, &second));
    error = WSAGetLastError();
    if (error == WSAEINVAL || error == WSAEALREADY) {
        sim_mark("SOCK-81 in progress");
    } else {
        CHECK(error == WSAEISCONN);
    }
    fact_packet_expect(stage.port, FACT_KEY, &first, ERROR_SUCCESS, 0);
    fact_update_connect(socket);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &stage.address, &second),
                       WSAEISCONN);
    CHECK(fact_packet_none(stage.port));
    fact_close(&socket);
    fact_stage_close(&stage);
}

void fact_sock_92(void)
{
    struct fact_stage stage;
    struct sockaddr_in nobody;
    SOCKET socket;

    fact_stage_open(&stage);
    nobody = stage.address;
    nobody.sin_addr.s_addr = htonl(INADDR_ANY);
    socket = fact_tcp();
    CHECK_REFUSED(
        connect(socket, (const struct sockaddr *)&nobody, sizeof nobody),
        WSAEADDRNOTAVAIL);
    /* To a real address it can. */
    fact_connect(socket, &stage.address);
    fact_close(&socket);
    fact_stage_close(&stage);
}

/* ---- SOCK-82, SOCK-83, SOCK-84, SOCK-85 ------------------------------------- */

void fact_sock_82(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    struct sockaddr_in dead;
    SOCKET socket;

    fact_stage_open(&stage);
    dead = fact_address_dead(SOCK_STREAM);
    /* The listener is at home and waits, */
    socket = connector(&stage);
    connect_later(&stage, socket, NULL, 0, &overlapped);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(fact_packet_none(stage.port));
    fact_close(&socket);
    /* or there is none: the call does not know. */
    socket = connector(&stage);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &dead, &overlapped),
                       ERROR_IO_PENDING);
    CHECK(!fact_packet_take(stage.port).success);
    fact_close(&socket);
    fact_stage_close(&stage);
}

void fact_sock_83(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    SOCKET peer;

    fact_stage_open(&stage);
    socket = connector(&stage);
    connect_later(&stage, socket, (char[3]){'a', 'b', 'c'}, 3, &overlapped);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    peer = fact_accept(stage.listener);
    fact_recv_text(peer, "abc");
    fact_close(&peer);
    fact_close(&socket);
    socket = connector(&stage);
    connect_later(&stage, socket, NULL, 0, &overlapped);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(fact_packet_none(stage.port));
    fact_close(&socket);
    fact_stage_close(&stage);
}

void fact_sock_84(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    char data[3] = {'a', 'b', 'c'};
    SOCKET socket;
    SOCKET peer;

    fact_stage_open(&stage);
    socket = connector(&stage);
    connect_later(&stage, socket, data, sizeof data, &overlapped);
    memset(data, 'x', sizeof data);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    peer = fact_accept(stage.listener);
    fact_recv_text(peer, "abc");
    fact_close(&peer);
    fact_close(&socket);
    fact_stage_close(&stage);
}

void fact_sock_85(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    struct sockaddr_in dead;
    SOCKET socket;
    DWORD bytes;
    DWORD flags;

    fact_stage_open(&stage);
    dead = fact_address_dead(SOCK_STREAM);
    socket = connector(&stage);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &dead, &overlapped),
                       ERROR_IO_PENDING);
    fact_packet_expect(stage.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_CONNECTION_REFUSED,
                       0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_CONNECTION_REFUSED);
    CHECK_REFUSED_BOOL(
        WSAGetOverlappedResult(socket, &overlapped, &bytes, FALSE, &flags),
        WSAECONNREFUSED);
    fact_close(&socket);
    fact_stage_close(&stage);
}

/* ---- SOCK-88, SOCK-89 ------------------------------------------------------ */

void fact_sock_88(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET socket;
    SOCKET peer;

    fact_stage_open(&stage);
    socket = connector(&stage);
    connect_later(&stage, socket, NULL, 0, &overlapped);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    peer = fact_accept(stage.listener);
    /* It takes and gives bytes, */
    fact_send(socket, "a", 1);
    fact_recv_text(peer, "a");
    fact_send(peer, "b", 1);
    fact_recv_text(socket, "b");
    CHECK_REFUSED(getpeername(socket, (struct sockaddr *)&name, &bytes),
                  WSAENOTCONN);
    CHECK_REFUSED(shutdown(socket, SD_SEND), WSAENOTCONN);
    /* and does all else after the option. */
    fact_update_connect(socket);
    bytes = sizeof name;
    CHECK(getpeername(socket, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(name.sin_port == stage.address.sin_port);
    CHECK(shutdown(socket, SD_SEND) == 0);
    fact_recv_end(peer);
    fact_close(&peer);
    fact_close(&socket);
    fact_stage_close(&stage);
}

void fact_sock_89(void)
{
    struct fact_stage stage;
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    const struct sockaddr *to = (const struct sockaddr *)&stage.address;

    fact_stage_open(&stage);
    socket = connector(&stage);
    connect_later(&stage, socket, NULL, 0, &overlapped);
    fact_packet_expect(stage.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK_REFUSED(connect(socket, to, sizeof stage.address), WSAEINVAL);
    fact_update_connect(socket);
    CHECK_REFUSED(connect(socket, to, sizeof stage.address), WSAEISCONN);
    fact_close(&socket);
    fact_stage_close(&stage);
}

/* ---- SOCK-91 ------------------------------------------------------------- */

void fact_sock_91(void)
{
    struct fact_stage stage;
    SOCKET socket;

    fact_stage_open(&stage);
    socket = connector(&stage);
    fact_connect(socket, &stage.address);
    CHECK(fact_packet_none(stage.port));
    fact_close(&socket);
    socket = connector(&stage);
    fact_set_nonblocking(socket);
    CHECK_REFUSED(connect(socket,
                          (const struct sockaddr *)&stage.address,
                          sizeof stage.address),
                  WSAEWOULDBLOCK);
    fact_await_writable(socket);
    CHECK(fact_packet_none(stage.port));
    fact_close(&socket);
    fact_stage_close(&stage);
}
