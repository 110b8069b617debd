/**
 * @file sock_send.c
 * @brief Facts about sending on a stream.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-27, SOCK-28, SOCK-29, SOCK-30, SOCK-32, SOCK-37, SOCK-38.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** More than any stack keeps for a peer that does not receive: the first is
 *  what is sent by one call, the other what may pile up. */
enum { HUGE_BYTES = 8 << 20, CHUNK_BYTES = 1 << 16, CHUNKS_MAX = 1024 };

/** What is sent: nobody looks at it, but it must be somewhere. */
static const char huge[HUGE_BYTES];

/** @brief Receive and forget so many bytes. */
static void drain(SOCKET socket, DWORD count)
{
    static char in[CHUNK_BYTES];

    while (count > 0) {
        DWORD part = count < sizeof in ? count : sizeof in;

        fact_recv(socket, in, part);
        count -= part;
    }
}

/* ---- SOCK-27 ------------------------------------------------------------- */

void fact_sock_27(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};

    /* The peer does not receive, and never will: the send is over, whole, */
    CHECK(fact_begun(fact_send_start(pair.here, "abc", 3, &overlapped)) !=
          FACT_REFUSED);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    fact_close_hard(&pair.peer);
    /* and stays over: no packet tells that it was in vain. */
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/* ---- SOCK-28, SOCK-30 ----------------------------------------------------- */

void fact_sock_28(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);

    fact_set_nonblocking(pair.here);
    /* Nothing is queued: all of it is accepted, and the peer gets it. */
    CHECK(send(pair.here, huge, sizeof huge, 0) == (int)sizeof huge);
    /* Something is queued, and too much of it: the next one has to wait. */
    CHECK_REFUSED(send(pair.here, huge, sizeof huge, 0), WSAEWOULDBLOCK);
    drain(pair.peer, sizeof huge);
    fact_pair_close(&pair);
}

void fact_sock_30(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);

    fact_set_nonblocking(pair.here);
    CHECK(send(pair.here, huge, sizeof huge, 0) == (int)sizeof huge);
    CHECK_REFUSED(send(pair.here, huge, CHUNK_BYTES, 0), WSAEWOULDBLOCK);
    CHECK_REFUSED(send(pair.here, "a", 1, 0), WSAEWOULDBLOCK);
    /* What was refused was not sent in part either. */
    drain(pair.peer, sizeof huge);
    fact_await_writable(pair.here);
    CHECK(send(pair.here, "abc", 3, 0) == 3);
    fact_recv_text(pair.peer, "abc");
    fact_pair_close(&pair);
}

/* ---- SOCK-29, SOCK-32 ----------------------------------------------------- */

/** Sends that were started and not yet taken. */
struct sends {
    OVERLAPPED overlapped[CHUNKS_MAX];
    int started;
};

/** @brief Start sends until some have to wait for a peer that receives
 *  nothing; none is refused. */
static void fill(struct sends *sends, SOCKET socket, int pending)
{
    int later = 0;

    while (later < pending) {
        enum fact_begun begun;

        CHECK(sends->started < CHUNKS_MAX);
        begun =
            fact_begun(fact_send_start(socket,
                                       huge,
                                       CHUNK_BYTES,
                                       &sends->overlapped[sends->started++]));
        CHECK(begun != FACT_REFUSED);
        later += begun == FACT_LATER;
    }
}

/** @brief Take the packets of some sends: whole, and in order. */
static void take(struct sends *sends, HANDLE port, int from, int to)
{
    for (int at = from; at < to; at++) {
        fact_packet_expect(port,
                           FACT_KEY,
                           &sends->overlapped[at],
                           ERROR_SUCCESS,
                           CHUNK_BYTES);
    }
}

void fact_sock_29(void)
{
    static struct sends sends;
    struct fact_pair pair = fact_pair_at_port();

    memset(&sends, 0, sizeof sends);
    fact_set_nonblocking(pair.here);
    /* However many are pending, the next one is accepted. */
    fill(&sends, pair.here, 20);
    drain(pair.peer, (DWORD)sends.started * CHUNK_BYTES);
    take(&sends, pair.port, 0, sends.started);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/** @brief Start sends until one is not over after a while either: how much
 *  the stack takes meanwhile is its own affair.
 *  @return how many are over. */
static int fill_for_good(struct sends *sends, const struct fact_pair *pair)
{
    int over = 0;

    memset(sends, 0, sizeof *sends);
    while (over == sends->started) {
        fill(sends, pair->here, 1);
        sim_settle();
        over = fact_depth(pair->port);
    }
    return over;
}

void fact_sock_32(void)
{
    static struct sends sends;
    struct fact_pair pair = fact_pair_at_port();
    int over = fill_for_good(&sends, &pair);

    /* The peer receives nothing: there is one that is not over. */
    take(&sends, pair.port, 0, over);
    CHECK(!HasOverlappedIoCompleted(&sends.overlapped[over]));
    CHECK(fact_packet_none(pair.port));
    /* When there is room for it, it ends, with all its bytes. */
    drain(pair.peer, (DWORD)sends.started * CHUNK_BYTES);
    take(&sends, pair.port, over, sends.started);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/* ---- SOCK-37 ------------------------------------------------------------- */

static void check_empty_datagram(void)
{
    struct sockaddr_in address;
    OVERLAPPED overlapped = {0};
    WSABUF none = {.len = 0, .buf = NULL};
    SOCKET udp;
    char in[4];

    fact_winsock_begin();
    udp = fact_udp(&address);
    CHECK(fact_begun(WSASendTo(udp,
                               &none,
                               1,
                               NULL,
                               0,
                               (struct sockaddr *)&address,
                               sizeof address,
                               &overlapped,
                               NULL)) != FACT_REFUSED);
    CHECK(fact_wait(udp, &overlapped) == 0);
    fact_await_readable(udp);
    CHECK(recv(udp, in, sizeof in, 0) == 0);
    fact_close(&udp);
    fact_winsock_end();
}

void fact_sock_37(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    OVERLAPPED receive = {0};
    char in[4];

    fact_recv_later(pair.peer, in, sizeof in, &receive);
    CHECK(fact_begun(fact_send_start(pair.here, NULL, 0, &overlapped)) !=
          FACT_REFUSED);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(send(pair.here, "", 0, 0) == 0);
    /* The peer hears nothing of it: not a receive of 0, not the end. */
    sim_settle();
    CHECK(!HasOverlappedIoCompleted(&receive));
    fact_send(pair.here, "a", 1);
    CHECK(fact_wait(pair.peer, &receive) == 1 && in[0] == 'a');
    fact_pair_close(&pair);
    check_empty_datagram();
}

/* ---- SOCK-38 ------------------------------------------------------------- */

void fact_sock_38(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    int received = 0;
    char in[4];

    CHECK(shutdown(pair.peer, SD_BOTH) == 0);
    fact_close(&pair.peer);
    /* The end of the stream is here; nobody said yet that nobody listens. */
    fact_await_readable(pair.here);
    CHECK(send(pair.here, "abc", 3, 0) == 3);
    /* Until the answer comes, a receive finds the end. */
    for (int turn = 0; turn < 1000 && received == 0; turn++) {
        received = recv(pair.here, in, sizeof in, 0);
        if (received == 0) {
            Sleep(1);
        }
    }
    CHECK(received == SOCKET_ERROR && WSAGetLastError() == WSAECONNABORTED);
    fact_pair_close(&pair);
}
