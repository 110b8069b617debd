/**
 * @file sock_disconnect.c
 * @brief Facts about DisconnectEx.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-94, SOCK-95, SOCK-96, SOCK-97, SOCK-98.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

/** @brief DisconnectEx of a socket. */
static BOOL disconnect(SOCKET socket,
                       OVERLAPPED *overlapped,
                       DWORD flags,
                       DWORD reserved)
{
    struct fact_extensions call = fact_extensions(socket);

    return call.disconnect_ex(socket, overlapped, flags, reserved);
}

/** @brief The same at a port; it must pend, and then be well. */
static void disconnect_later(const struct fact_pair *pair, DWORD flags)
{
    OVERLAPPED overlapped = {0};

    CHECK_REFUSED_BOOL(disconnect(pair->here, &overlapped, flags, 0),
                       ERROR_IO_PENDING);
    fact_packet_expect(pair->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(fact_packet_none(pair->port));
}

void fact_sock_94(void)
{
    struct fact_pair pair = fact_pair_at_port();
    struct fact_extensions call = fact_extensions(pair.here);
    OVERLAPPED overlapped = {0};
    SOCKET fresh = fact_tcp_bound();

    fact_associate((HANDLE)fresh, pair.port, FACT_KEY);
    CHECK_REFUSED_BOOL(call.disconnect_ex(fresh, &overlapped, 0, 0),
                       WSAENOTCONN);
    CHECK_REFUSED_BOOL(call.disconnect_ex(fresh, NULL, 0, 0), WSAENOTCONN);
    CHECK_REFUSED_BOOL(call.disconnect_ex(INVALID_SOCKET, &overlapped, 0, 0),
                       WSAENOTSOCK);
    CHECK_REFUSED_BOOL(call.disconnect_ex(pair.here, &overlapped, 0, 1),
                       WSAEINVAL);
    CHECK(fact_packet_none(pair.port));
    fact_close(&fresh);
    fact_pair_close(&pair);
}

void fact_sock_95(void)
{
    struct fact_pair pair = fact_pair_at_port();

    disconnect_later(&pair, 0);
    fact_pair_close(&pair);
    pair = fact_pair_at_port();
    CHECK(SetFileCompletionNotificationModes(
        (HANDLE)pair.here,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    disconnect_later(&pair, 0);
    fact_pair_close(&pair);
}

void fact_sock_96(void)
{
    struct fact_pair pair = fact_pair_at_port();

    for (int turn = 0; turn < 2; turn++) {
        CHECK(disconnect(pair.here, NULL, 0, 0));
        CHECK(fact_packet_none(pair.port));
    }
    fact_recv_end(pair.peer);
    fact_pair_close(&pair);
}

void fact_sock_97(void)
{
    struct fact_pair pair = fact_pair_at_port();
    struct sockaddr_in address;
    SOCKET listener = fact_listener(&address);

    disconnect_later(&pair, 0);
    /* The way there has ended; */
    CHECK_REFUSED(send(pair.here, "a", 1, 0), WSAESHUTDOWN);
    fact_recv_end(pair.peer);
    /* the way back has not. */
    fact_send(pair.peer, "ab", 2);
    fact_recv_text(pair.here, "ab");
    CHECK(shutdown(pair.peer, SD_SEND) == 0);
    fact_recv_end(pair.here);
    CHECK_REFUSED(
        connect(pair.here, (const struct sockaddr *)&address, sizeof address),
        WSAEISCONN);
    fact_close(&listener);
    fact_pair_close(&pair);
}

/** @brief A connection that ends at the other end first, so that nothing of
 *  it stays here for minutes. */
static void use_and_leave(const struct fact_stage *stage, SOCKET client)
{
    OVERLAPPED overlapped = {0};

    fact_send(client, "a", 1);
    fact_recv_text(stage->accepted, "a");
    CHECK(shutdown(client, SD_SEND) == 0);
    fact_recv_end(stage->accepted);
    CHECK_REFUSED_BOOL(stage->call.disconnect_ex(stage->accepted,
                                                 &overlapped,
                                                 TF_REUSE_SOCKET,
                                                 0),
                       ERROR_IO_PENDING);
    fact_recv_end(client);
    fact_close(&client);
    fact_packet_expect(stage->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
}

void fact_sock_98(void)
{
    struct fact_stage stage;

    fact_stage_open(&stage);
    fact_associate((HANDLE)stage.accepted, stage.port, FACT_KEY);
    for (int turn = 0; turn < 2; turn++) {
        SOCKET client;

        fact_stage_accept_later(&stage, 0);
        client = fact_stage_client(&stage);
        fact_stage_expect(&stage, ERROR_SUCCESS, 0);
        fact_update_accept(stage.accepted, stage.listener);
        use_and_leave(&stage, client);
    }
    fact_stage_close(&stage);
}
