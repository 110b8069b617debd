/**
 * @file sock_accept.c
 * @brief Facts about when AcceptEx ends, and what its socket is then.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-65, SOCK-66, SOCK-67, SOCK-68, SOCK-69, SOCK-70, SOCK-71,
 *           SOCK-72, SOCK-74.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/* ---- SOCK-65, SOCK-66, SOCK-67, SOCK-68 ------------------------------------ */

void fact_sock_65(void)
{
    struct fact_stage stage;
    struct fact_packet packet;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, FACT_DATA);
    CHECK(fact_packet_none(stage.port));
    client = fact_stage_client(&stage);
    CHECK(fact_packet_none(stage.port));
    fact_send(client, "abc", 3);
    packet = fact_packet_take(stage.port);
    CHECK(packet.success && packet.overlapped == &stage.overlapped);
    /* What has come by now; a stream may come in pieces. */
    CHECK(packet.bytes >= 1 && packet.bytes <= 3);
    CHECK(memcmp(stage.buffer, "abc", packet.bytes) == 0);
    if (packet.bytes < 3) {
        fact_recv_text(stage.accepted, &"abc"[packet.bytes]);
    }
    fact_close(&client);
    fact_stage_close(&stage);
}

void fact_sock_66(void)
{
    struct fact_stage stage;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 0);
    CHECK(fact_packet_none(stage.port));
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    /* Data come by a call of their own. */
    fact_send(client, "a", 1);
    fact_recv_text(stage.accepted, "a");
    fact_close(&client);
    fact_stage_close(&stage);
}

void fact_sock_67(void)
{
    struct fact_stage stage;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, FACT_DATA);
    client = fact_stage_client(&stage);
    CHECK(fact_packet_none(stage.port));
    fact_close(&client);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    fact_stage_close(&stage);
}

static DWORD connect_time(SOCKET socket)
{
    DWORD seconds = 0;
    int bytes = sizeof seconds;

    CHECK(getsockopt(socket,
                     SOL_SOCKET,
                     SO_CONNECT_TIME,
                     (char *)&seconds,
                     &bytes) == 0);
    return seconds;
}

void fact_sock_68(void)
{
    enum { QUIET_MS = 2100 };
    struct fact_stage stage;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, FACT_DATA);
    CHECK(connect_time(stage.accepted) == 0xFFFFFFFF);
    client = fact_stage_client(&stage);
    Sleep(QUIET_MS);
    CHECK(fact_packet_none(stage.port));
    CHECK(connect_time(stage.accepted) >= 1);
    CHECK(connect_time(stage.accepted) != 0xFFFFFFFF);
    fact_send(client, "a", 1);
    fact_stage_expect(&stage, ERROR_SUCCESS, 1);
    fact_close(&client);
    fact_stage_close(&stage);
}

/* ---- SOCK-69 ------------------------------------------------------------- */

void fact_sock_69(void)
{
    enum { OTHER_KEY = 236 };
    struct fact_stage stage;
    OVERLAPPED receive = {0};
    SOCKET client;
    HANDLE port = fact_port(0);
    char in[1];

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 0);
    fact_associate((HANDLE)stage.accepted, port, OTHER_KEY);
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    CHECK(fact_packet_none(port));
    /* Its own association is for what it does itself. */
    fact_recv_later(stage.accepted, in, 1, &receive);
    fact_send(client, "a", 1);
    fact_packet_expect(port, OTHER_KEY, &receive, ERROR_SUCCESS, 1);
    CHECK(fact_packet_none(stage.port));
    fact_close(&stage.accepted);
    fact_close(&client);
    /* It inherits none. */
    stage.accepted = fact_tcp();
    fact_stage_accept_later(&stage, 0);
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    fact_recv_later(stage.accepted, in, 1, &receive);
    fact_send(client, "a", 1);
    CHECK(fact_wait(stage.accepted, &receive) == 1);
    CHECK(fact_packet_none(stage.port));
    fact_close(&client);
    CHECK(CloseHandle(port));
    fact_stage_close(&stage);
}

/* ---- SOCK-70, SOCK-71, SOCK-74 --------------------------------------------- */

/** @brief Close the accept socket while it waits for data. */
static void check_close_connected(void)
{
    struct fact_stage stage;
    struct fact_packet packet;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, FACT_DATA);
    client = fact_stage_client(&stage);
    CHECK(fact_packet_none(stage.port));
    fact_close(&stage.accepted);
    packet = fact_packet_take(stage.port);
    CHECK(!packet.success && packet.overlapped == &stage.overlapped);
    if (packet.error == ERROR_OPERATION_ABORTED) {
        sim_mark("SOCK-70 operation");
    } else {
        CHECK(packet.error == ERROR_CONNECTION_ABORTED);
        sim_mark("SOCK-70 connection");
    }
    fact_close(&client);
    fact_stage_close(&stage);
}

void fact_sock_70(void)
{
    struct fact_stage stage;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 0);
    fact_close(&stage.accepted);
    fact_stage_expect(&stage, ERROR_OPERATION_ABORTED, 0);
    fact_stage_close(&stage);
    check_close_connected();
}

void fact_sock_71(void)
{
    struct fact_stage stage;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 0);
    CHECK(CancelIo((HANDLE)stage.accepted));
    CHECK(fact_packet_none(stage.port));
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    fact_close(&stage.accepted);
    fact_close(&client);
    stage.accepted = fact_tcp();
    fact_stage_accept_later(&stage, 0);
    CHECK(CancelIo((HANDLE)stage.listener));
    fact_stage_expect(&stage, ERROR_OPERATION_ABORTED, 0);
    fact_stage_close(&stage);
}

void fact_sock_74(void)
{
    struct fact_stage stage;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, FACT_DATA);
    client = fact_stage_client(&stage);
    CHECK(fact_packet_none(stage.port));
    fact_close_hard(&client);
    fact_stage_expect(&stage, ERROR_NETNAME_DELETED, 0);
    /* Listener and accept socket are as good as before. */
    fact_stage_accept_later(&stage, FACT_DATA);
    client = fact_stage_client(&stage);
    fact_send(client, "a", 1);
    fact_stage_expect(&stage, ERROR_SUCCESS, 1);
    fact_close(&client);
    fact_stage_close(&stage);
}

/* ---- SOCK-72 ------------------------------------------------------------- */

void fact_sock_72(void)
{
    struct fact_stage stage;
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET client;

    fact_stage_open(&stage);
    fact_stage_accept_later(&stage, 0);
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    /* It takes and gives bytes, */
    fact_send(client, "a", 1);
    fact_recv_text(stage.accepted, "a");
    fact_send(stage.accepted, "b", 1);
    fact_recv_text(client, "b");
    /* and after the option it can do all else, too. */
    fact_update_accept(stage.accepted, stage.listener);
    CHECK(getsockname(stage.accepted, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(name.sin_port == stage.address.sin_port);
    bytes = sizeof name;
    CHECK(getpeername(stage.accepted, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(name.sin_port == fact_address(client).sin_port);
    CHECK(shutdown(stage.accepted, SD_SEND) == 0);
    fact_recv_end(client);
    fact_close(&client);
    fact_close(&stage.accepted);
    /* Without it, not. */
    stage.accepted = fact_tcp();
    fact_stage_accept_later(&stage, 0);
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    bytes = sizeof name;
    CHECK(getpeername(stage.accepted, (struct sockaddr *)&name, &bytes) ==
          SOCKET_ERROR);
    CHECK(shutdown(stage.accepted, SD_SEND) == SOCKET_ERROR);
    fact_close(&client);
    fact_stage_close(&stage);
}
