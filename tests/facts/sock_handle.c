/**
 * @file sock_handle.c
 * @brief Facts about sockets as files, events beside operations, and
 *        loopback.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-118, SOCK-119, SOCK-120, SOCK-121.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

/* ---- SOCK-118, SOCK-119 ---------------------------------------------------- */

void fact_sock_118(void)
{
    struct fact_pair pair = fact_pair_at_port();
    HANDLE file = (HANDLE)pair.here;
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    char in[4];

    CHECK_REFUSED_BOOL(ReadFile(file, in, sizeof in, NULL, &read),
                       ERROR_IO_PENDING);
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &read, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'a');
    CHECK(fact_accepted(WriteFile(file, "bcd", 3, NULL, &write)));
    fact_packet_expect(pair.port, FACT_KEY, &write, ERROR_SUCCESS, 3);
    fact_recv_text(pair.peer, "bcd");
    /* Also when it ends at once. */
    fact_send(pair.peer, "e", 1);
    fact_await_readable(pair.here);
    CHECK(fact_accepted(ReadFile(file, in, sizeof in, NULL, &read)));
    fact_packet_expect(pair.port, FACT_KEY, &read, ERROR_SUCCESS, 1);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/** @brief NtReadFile or NtWriteFile of one byte. */
static NTSTATUS transfer(SOCKET socket,
                         BOOL write,
                         IO_STATUS_BLOCK *block,
                         char *byte,
                         LARGE_INTEGER *offset)
{
    struct fact_native native = fact_native();

    return (write ? native.write_file : native.read_file)((HANDLE)socket,
                                                          NULL,
                                                          NULL,
                                                          NULL,
                                                          block,
                                                          byte,
                                                          1,
                                                          offset,
                                                          NULL);
}

/** A thread that reads from a socket that is not overlapped. */
struct reader {
    SOCKET socket;
    volatile LONG started;
    volatile LONG over;
    char in;
};

static DWORD WINAPI read_byte(void *arg)
{
    struct reader *reader = arg;
    IO_STATUS_BLOCK block;

    (void)InterlockedExchange(&reader->started, 1);
    CHECK(transfer(reader->socket, FALSE, &block, &reader->in, NULL) ==
          STATUS_SUCCESS);
    (void)InterlockedExchange(&reader->over, 1);
    return 0;
}

/** @brief Without WSA_FLAG_OVERLAPPED the call blocks, even where recv() would
 *  not. */
static void check_plain(void)
{
    struct fact_pair pair = fact_pair(0);
    struct reader reader = {.socket = pair.here};
    HANDLE thread;

    fact_set_nonblocking(pair.here);
    thread = fact_start(read_byte, &reader);
    fact_settle(&reader.started);
    CHECK(reader.over == 0);
    fact_send(pair.peer, "a", 1);
    (void)fact_join(thread);
    CHECK(reader.in == 'a');
    fact_pair_close(&pair);
}

void fact_sock_119(void)
{
    struct fact_native native = fact_native();
    struct fact_pair pair;
    IO_STATUS_BLOCK block;
    LARGE_INTEGER before = {.QuadPart = -2};
    LARGE_INTEGER zero = {.QuadPart = 0};
    char in = 'x';

    FACT_NEEDS(native.read_file);
    FACT_NEEDS(native.write_file);
    check_plain();
    pair = fact_pair(WSA_FLAG_OVERLAPPED);
    fact_send(pair.peer, "a", 1);
    fact_await_readable(pair.here);
    /* With an offset it goes, and without it does not. */
    CHECK(transfer(pair.here, FALSE, &block, &in, &zero) == STATUS_SUCCESS);
    CHECK(in == 'a');
    for (int turn = 0; turn < 2; turn++) {
        CHECK(transfer(pair.here, turn == 1, &block, &in, NULL) ==
              STATUS_INVALID_PARAMETER);
        CHECK(transfer(pair.here, turn == 1, &block, &in, &before) ==
              STATUS_INVALID_PARAMETER);
    }
    fact_pair_close(&pair);
}

/* ---- SOCK-120, SOCK-121 ------------------------------------------------------ */

void fact_sock_120(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    WSANETWORKEVENTS news;
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    char in[4];

    CHECK(event != NULL);
    CHECK(WSAEventSelect(pair.here, event, FD_READ) == 0);
    /* The receive that waits gets the bytes, and nobody is told; */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    CHECK(fact_packet_none(pair.port));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    /* without one the event is set. */
    fact_send(pair.peer, "b", 1);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(WSAEnumNetworkEvents(pair.here, NULL, &news) == 0);
    CHECK(news.lNetworkEvents == FD_READ);
    CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'b');
    CHECK(CloseHandle(event));
    fact_pair_close(&pair);
}

void fact_sock_121(void)
{
    struct fact_stage stage;
    OVERLAPPED connect_op = {0};
    OVERLAPPED receive = {0};
    SOCKET client;
    SOCKET accepted;
    char in[4];

    fact_stage_open(&stage);
    client = fact_tcp_bound();
    fact_associate((HANDLE)client, stage.port, FACT_KEY);
    CHECK_REFUSED_BOOL(fact_connect_ex(client, &stage.address, &connect_op),
                       ERROR_IO_PENDING);
    fact_packet_expect(stage.port, FACT_KEY, &connect_op, ERROR_SUCCESS, 0);
    fact_recv_later(client, in, sizeof in, &receive);
    CHECK(fact_packet_none(stage.port));
    accepted = fact_accept(stage.listener);
    fact_send(accepted, "a", 1);
    fact_packet_expect(stage.port, FACT_KEY, &receive, ERROR_SUCCESS, 1);
    /* What was sent is usually there at once. */
    CHECK(send(client, "b", 1, 0) == 1);
    fact_set_nonblocking(accepted);
    if (recv(accepted, in, sizeof in, 0) == 1) {
        sim_mark("SOCK-121 at once");
    } else {
        CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
        sim_mark("SOCK-121 later");
        fact_recv_text(accepted, "b");
    }
    fact_close(&accepted);
    fact_close(&client);
    fact_stage_close(&stage);
}
