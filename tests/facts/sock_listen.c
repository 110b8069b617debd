/**
 * @file sock_listen.c
 * @brief Facts about listeners: their queues, and what they pass on.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-75, SOCK-76, SOCK-77, SOCK-78, SOCK-79.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/* ---- SOCK-75 ------------------------------------------------------------- */

/** @brief WSAAccept's condition: this connection is for later. */
static int CALLBACK defer(LPWSABUF caller,
                          LPWSABUF caller_data,
                          LPQOS qos,
                          LPQOS group_qos,
                          LPWSABUF callee,
                          LPWSABUF callee_data,
                          GROUP *group,
                          DWORD_PTR context)
{
    (void)caller;
    (void)caller_data;
    (void)qos;
    (void)group_qos;
    (void)callee;
    (void)callee_data;
    (void)group;
    (void)context;
    return CF_DEFER;
}

/** @brief AcceptEx, when a connection is there. */
static void accept_now(struct fact_stage *stage)
{
    CHECK(fact_accepted(fact_stage_accept(stage, 0, FACT_AREA, FACT_AREA)));
    fact_stage_expect(stage, ERROR_SUCCESS, 0);
}

void fact_sock_75(void)
{
    struct fact_stage stage;
    SOCKET first;
    SOCKET second;

    fact_stage_open(&stage);
    /* Nobody has called accept, and yet it is connected. */
    first = fact_stage_client(&stage);
    accept_now(&stage);
    fact_send(first, "a", 1);
    fact_recv_text(stage.accepted, "a");
    fact_close(&first);
    fact_close(&stage.accepted);
    /* The one put off comes before the one after it. */
    first = fact_stage_client(&stage);
    fact_await_readable(stage.listener);
    CHECK(WSAAccept(stage.listener, NULL, NULL, defer, 0) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSATRY_AGAIN);
    second = fact_stage_client(&stage);
    stage.accepted = fact_tcp();
    accept_now(&stage);
    fact_send(first, "1", 1);
    fact_send(second, "2", 1);
    fact_recv_text(stage.accepted, "1");
    fact_close(&first);
    fact_close(&second);
    fact_stage_close(&stage);
}

/* ---- SOCK-76 ------------------------------------------------------------- */

enum { MANY = 3 };

/** One of several accepts, with a socket and an OVERLAPPED of its own. */
struct acceptance {
    OVERLAPPED overlapped;
    SOCKET socket;
    char buffer[2 * FACT_AREA];
    int taken;
};

/** @brief See which of them a connection has ended. */
static struct acceptance *take_one(const struct fact_stage *stage,
                                   struct acceptance *many)
{
    struct fact_packet packet = fact_packet_take(stage->port);

    CHECK(packet.success && packet.key == FACT_KEY);
    for (int at = 0; at < MANY; at++) {
        if (packet.overlapped == &many[at].overlapped) {
            CHECK(many[at].taken == 0);
            many[at].taken = 1;
            return &many[at];
        }
    }
    sim_assert_failed("it is a packet of one of them", __FILE__, __LINE__);
    return NULL;
}

void fact_sock_76(void)
{
    struct fact_stage stage;
    struct acceptance many[MANY] = {0};

    fact_stage_open(&stage);
    for (int at = 0; at < MANY; at++) {
        DWORD bytes;

        many[at].socket = fact_tcp();
        CHECK_REFUSED_BOOL(stage.call.accept_ex(stage.listener,
                                                many[at].socket,
                                                many[at].buffer,
                                                0,
                                                FACT_AREA,
                                                FACT_AREA,
                                                &bytes,
                                                &many[at].overlapped),
                           ERROR_IO_PENDING);
    }
    for (int at = 0; at < MANY; at++) {
        char letter[2] = {(char)('a' + at), '\0'};
        SOCKET client = fact_stage_client(&stage);
        const struct acceptance *one = take_one(&stage, many);

        CHECK(fact_packet_none(stage.port));
        fact_send(client, letter, 1);
        fact_recv_text(one->socket, letter);
        fact_close(&client);
    }
    for (int at = 0; at < MANY; at++) {
        CHECK(many[at].taken == 1);
        fact_close(&many[at].socket);
    }
    fact_stage_close(&stage);
}

/* ---- SOCK-77 ------------------------------------------------------------- */

/** @brief Whether a socket has the linger that no socket has by itself. */
static BOOL lingers(SOCKET socket)
{
    struct linger linger = {0};
    int bytes = sizeof linger;

    CHECK(getsockopt(socket, SOL_SOCKET, SO_LINGER, (char *)&linger, &bytes) ==
          0);
    return linger.l_onoff != 0 && linger.l_linger == 77;
}

void fact_sock_77(void)
{
    struct fact_stage stage;
    SOCKET client;
    SOCKET accepted;

    fact_stage_open(&stage);
    fact_set_linger(stage.listener, 1, 77);
    client = fact_stage_client(&stage);
    accepted = fact_accept(stage.listener);
    CHECK(lingers(accepted));
    fact_close(&client);
    fact_close(&accepted);
    fact_stage_accept_later(&stage, 0);
    client = fact_stage_client(&stage);
    fact_stage_expect(&stage, ERROR_SUCCESS, 0);
    CHECK(!lingers(stage.accepted));
    fact_update_accept(stage.accepted, stage.listener);
    CHECK(lingers(stage.accepted));
    fact_close(&client);
    fact_stage_close(&stage);
}

/* ---- SOCK-78, SOCK-79 ------------------------------------------------------ */

void fact_sock_78(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    struct sockaddr_in address;
    SOCKET unbound = fact_tcp();
    SOCKET datagrams = fact_udp(NULL);
    SOCKET listener = fact_listener(&address);

    CHECK_REFUSED(listen(unbound, 5), WSAEINVAL);
    CHECK_REFUSED(listen(datagrams, 5), WSAEOPNOTSUPP);
    CHECK_REFUSED(listen(pair.here, 5), WSAEISCONN);
    CHECK(listen(listener, 6) == 0);
    fact_connect(unbound, &address);
    fact_close(&unbound);
    fact_close(&datagrams);
    fact_close(&listener);
    fact_pair_close(&pair);
}

/** @brief Whether one more client is connected to a listener that accepts
 *  nobody; else it is refused. */
static BOOL joins(SOCKET *client_out, const struct sockaddr_in *to)
{
    struct timeval room = {.tv_sec = 5};
    fd_set good;
    fd_set bad;
    int error = 0;
    int bytes = sizeof error;

    *client_out = fact_tcp();
    fact_set_nonblocking(*client_out);
    CHECK_REFUSED(connect(*client_out, (const struct sockaddr *)to, sizeof *to),
                  WSAEWOULDBLOCK);
    FD_ZERO(&good);
    FD_ZERO(&bad);
    FD_SET(*client_out, &good);
    FD_SET(*client_out, &bad);
    CHECK(select(0, NULL, &good, &bad, &room) == 1);
    if (FD_ISSET(*client_out, &good)) {
        return TRUE;
    }
    CHECK(
        getsockopt(*client_out, SOL_SOCKET, SO_ERROR, (char *)&error, &bytes) ==
        0);
    CHECK(error == WSAECONNREFUSED);
    return FALSE;
}

/* SOMAXCONN_HINT(1), which not every header has. */
enum { CLIENTS_MAX = 40, HINT_OF_1 = -1 };

/** @brief How many clients, up to some number, find room. */
static int count_room(int backlog, int clients_max)
{
    SOCKET clients[CLIENTS_MAX];
    struct sockaddr_in address;
    SOCKET listener = fact_tcp_bound();
    int made = 0;
    int joined = 0;

    CHECK(listen(listener, backlog) == 0);
    address = fact_address(listener);
    while (made < clients_max && joined == made) {
        joined += joins(&clients[made++], &address);
    }
    while (made > 0) {
        fact_close(&clients[--made]);
    }
    fact_close(&listener);
    return joined;
}

void fact_sock_79(void)
{
    fact_winsock_begin();
    CHECK(count_room(SOMAXCONN, CLIENTS_MAX) == CLIENTS_MAX);
    /* Clamped to 200. */
    CHECK(count_room(HINT_OF_1, CLIENTS_MAX) == CLIENTS_MAX);
    /* Adjusted silently. */
    CHECK(count_room(0, 1) <= 1);
    /* Full: the next one is refused. */
    CHECK(count_room(1, CLIENTS_MAX) < CLIENTS_MAX);
    fact_winsock_end();
}
