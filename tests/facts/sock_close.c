/**
 * @file sock_close.c
 * @brief Facts about closing a socket: what becomes of its connection.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-44, SOCK-45, SOCK-46, SOCK-52, SOCK-55.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

enum { DATA_BYTES = 4 << 20, LINGER_S = 1, LINGER_LONG_S = 30 };

static const char data[DATA_BYTES];

/** @brief Fill the connection: there is data that was not sent yet.
 *  @return how many bytes were accepted. */
static size_t fill(SOCKET socket)
{
    u_long off = 0;
    size_t accepted = 0;
    int sent = 1;

    fact_set_nonblocking(socket);
    while (sent > 0) {
        sent = send(socket, data, sizeof data, 0);
        accepted += sent > 0 ? (size_t)sent : 0;
    }
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
    CHECK(ioctlsocket(socket, (LONG)FIONBIO, &off) == 0);
    return accepted;
}

/** @brief Receive until the stream ends, in whatever way.
 *  @return how many bytes came. */
static size_t recv_all(SOCKET socket)
{
    static char in[1 << 16];
    size_t all = 0;
    int received = 1;

    while (received > 0) {
        fact_await_readable(socket);
        received = recv(socket, in, sizeof in, 0);
        all += received > 0 ? (size_t)received : 0;
    }
    return all;
}

/* ---- SOCK-44 ------------------------------------------------------------- */

void fact_sock_44(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    size_t accepted;
    char in[4];

    /* What was not sent yet is sent by and by, then the end. */
    accepted = fill(pair.peer);
    fact_close(&pair.peer);
    CHECK(recv_all(pair.here) == accepted);
    fact_recv_end(pair.here);
    fact_pair_close(&pair);
    /* What was not received is lost, and the other end is told so. */
    pair = fact_pair_at_port();
    fact_send(pair.here, "a", 1);
    fact_await_bytes(pair.peer, 1);
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_close(&pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_NETNAME_DELETED,
                       0);
    fact_pair_close(&pair);
}

/* ---- SOCK-45 ------------------------------------------------------------- */

/** @brief The same two addresses are free for another connection at once. */
static void check_no_wait(void)
{
    struct sockaddr_in to;
    struct sockaddr_in from;
    SOCKET listener = fact_listener(&to);
    SOCKET socket = fact_tcp_bound();

    from = fact_address(socket);
    for (int turn = 0; turn < 2; turn++) {
        SOCKET accepted;

        fact_connect(socket, &to);
        accepted = fact_accept(listener);
        fact_close_hard(&socket);
        fact_close(&accepted);
        socket = fact_tcp();
        CHECK(bind(socket, (struct sockaddr *)&from, sizeof from) == 0);
    }
    fact_close(&socket);
    fact_close(&listener);
}

void fact_sock_45(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    size_t accepted;
    char in[4];

    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_close_hard(&pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_NETNAME_DELETED,
                       0);
    fact_pair_close(&pair);
    /* What was not sent is dropped. */
    pair = fact_pair_at_port();
    accepted = fill(pair.peer);
    fact_close_hard(&pair.peer);
    CHECK(recv_all(pair.here) < accepted);
    check_no_wait();
    fact_pair_close(&pair);
}

/* ---- SOCK-46 ------------------------------------------------------------- */

/** A thread that closes a socket. */
struct closer {
    SOCKET socket;
    volatile LONG started;
    volatile LONG over;
    int result;
};

static DWORD WINAPI close_it(void *arg)
{
    struct closer *closer = arg;

    (void)InterlockedExchange(&closer->started, 1);
    closer->result = closesocket(closer->socket);
    (void)InterlockedExchange(&closer->over, 1);
    return 0;
}

/** @brief A close that lingers blocks until the data went out. */
static void check_lingers(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    struct closer closer = {.socket = pair.here};
    size_t accepted = fill(pair.here);
    HANDLE thread;

    fact_set_linger(pair.here, 1, LINGER_LONG_S);
    thread = fact_start(close_it, &closer);
    fact_settle(&closer.started);
    CHECK(closer.over == 0);
    CHECK(recv_all(pair.peer) == accepted);
    (void)fact_join(thread);
    CHECK(closer.result == 0);
    pair.here = INVALID_SOCKET;
    fact_pair_close(&pair);
}

void fact_sock_46(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    size_t accepted = fill(pair.here);
    ULONGLONG start;

    /* A socket that does not block cannot wait: it stays open. */
    fact_set_nonblocking(pair.here);
    fact_set_linger(pair.here, 1, LINGER_S);
    CHECK_REFUSED(closesocket(pair.here), WSAEWOULDBLOCK);
    fact_set_linger(pair.here, 0, 0);
    fact_close(&pair.here);
    CHECK(recv_all(pair.peer) == accepted);
    fact_pair_close(&pair);
    /* One that blocks waits as long as it was told; a clock tick or two may
     * be missing. */
    pair = fact_pair(WSA_FLAG_OVERLAPPED);
    (void)fill(pair.here);
    fact_set_linger(pair.here, 1, LINGER_S);
    start = GetTickCount64();
    fact_close(&pair.here);
    CHECK(GetTickCount64() - start >= LINGER_S * 1000 - 50);
    fact_pair_close(&pair);
    check_lingers();
}

/* ---- SOCK-52, SOCK-55 ----------------------------------------------------- */

void fact_sock_52(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    SOCKET fresh = fact_tcp();
    char in[4];

    fact_associate((HANDLE)fresh, pair.port, FACT_KEY);
    fact_close(&fresh);
    /* An operation that is over is none that is pending. */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    fact_close(&pair.here);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

void fact_sock_55(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    CHECK(event != NULL);
    CHECK(WSAEventSelect(pair.here, event, FD_READ | FD_CLOSE) == 0);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    fact_close(&pair.here);
    sim_settle();
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    /* A close by the peer is another matter. */
    CHECK(WSAEventSelect(pair.peer, event, FD_CLOSE) == 0);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(CloseHandle(event));
    fact_pair_close(&pair);
}
