/**
 * @file sock_shutdown.c
 * @brief Facts about shutdown().
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-40, SOCK-41, SOCK-42, SOCK-43.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

void fact_sock_40(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    OVERLAPPED receive = {0};
    char in[4];

    /* The end comes after what was sent, and ends a receive that waits. */
    fact_send(pair.here, "abc", 3);
    CHECK(shutdown(pair.here, SD_SEND) == 0);
    fact_recv_text(pair.peer, "abc");
    fact_recv_end(pair.peer);
    CHECK_REFUSED(send(pair.here, "d", 1, 0), WSAESHUTDOWN);
    CHECK_REFUSED(fact_send_start(pair.here, "d", 1, &overlapped),
                  WSAESHUTDOWN);
    CHECK(shutdown(pair.here, SD_SEND) == 0);
    /* The other direction is untouched. */
    fact_recv_later(pair.here, in, sizeof in, &receive);
    fact_send(pair.peer, "x", 1);
    fact_packet_expect(pair.port, FACT_KEY, &receive, ERROR_SUCCESS, 1);
    fact_pair_close(&pair);
    pair = fact_pair(WSA_FLAG_OVERLAPPED);
    fact_recv_later(pair.peer, in, sizeof in, &receive);
    CHECK(shutdown(pair.here, SD_SEND) == 0);
    CHECK(fact_wait(pair.peer, &receive) == 0);
    fact_pair_close(&pair);
}

void fact_sock_41(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED pending = {0};
    OVERLAPPED overlapped = {0};
    OVERLAPPED receive = {0};
    char in[4];
    char peer_in[4];

    fact_recv_later(pair.here, in, sizeof in, &pending);
    fact_recv_later(pair.peer, peer_in, sizeof peer_in, &receive);
    CHECK(shutdown(pair.here, SD_RECEIVE) == 0);
    CHECK_REFUSED(fact_recv_start(pair.here, in, sizeof in, &overlapped),
                  WSAESHUTDOWN);
    CHECK_REFUSED(recv(pair.here, in, sizeof in, 0), WSAESHUTDOWN);
    /* The receive that is pending waits on, */
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &pending, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'a');
    /* and the peer was told nothing. */
    sim_settle();
    CHECK(!HasOverlappedIoCompleted(&receive));
    fact_send(pair.here, "b", 1);
    CHECK(fact_wait(pair.peer, &receive) == 1);
    fact_pair_close(&pair);
}

void fact_sock_42(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    SOCKET fresh = fact_tcp();
    SOCKET listener = fact_listener(NULL);
    SOCKET udp = fact_udp(NULL);

    CHECK_REFUSED(shutdown(fresh, SD_SEND), WSAENOTCONN);
    CHECK_REFUSED(shutdown(listener, SD_BOTH), WSAENOTCONN);
    CHECK_REFUSED(shutdown(pair.here, 3), WSAEINVAL);
    CHECK(shutdown(udp, SD_SEND) == 0);
    CHECK(shutdown(udp, SD_RECEIVE) == 0);
    /* Nothing has become of those that were refused. */
    fact_send(pair.here, "a", 1);
    fact_recv_text(pair.peer, "a");
    fact_close(&fresh);
    fact_close(&listener);
    fact_close(&udp);
    fact_pair_close(&pair);
}

void fact_sock_43(void)
{
    struct fact_pair pair = fact_pair_at_port();

    fact_associate((HANDLE)pair.peer, pair.port, FACT_KEY);
    CHECK(shutdown(pair.here, SD_SEND) == 0);
    CHECK(fact_packet_none(pair.port));
    CHECK(WSASendDisconnect(pair.peer, NULL) == 0);
    CHECK(fact_packet_none(pair.port));
    CHECK(WSARecvDisconnect(pair.peer, NULL) == 0);
    CHECK(shutdown(pair.here, SD_RECEIVE) == 0);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}
