/**
 * @file test_tcp_send.c
 * @brief Sending on a stream: what is over at once, and what waits.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-27, SOCK-28, SOCK-29, SOCK-30, SOCK-31, SOCK-32, SOCK-33,
 *           SOCK-34, SOCK-35, CANCEL-16.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { LARGE = 200000, KB_64 = 65536 };

/** Too large for a stack. */
static char large[LARGE];
static char copy[LARGE];

static void fill_large(void)
{
    for (size_t at = 0; at < sizeof large; at++) {
        large[at] = (char)(at * 31 / 7);
    }
    memset(copy, 0, sizeof copy);
}

static void set_option(SOCKET socket, int name, int value)
{
    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          name,
                          (const char *)&value,
                          sizeof value) == 0);
}

static void set_no_wait(SOCKET socket, u_long on)
{
    sim_assert(ioctlsocket(socket, (LONG)FIONBIO, &on) == 0);
}

static bool later(int result)
{
    return wsa_failed(result, WSA_IO_PENDING);
}

static bool ended(const OVERLAPPED *overlapped, NTSTATUS status, DWORD bytes)
{
    return overlapped->Internal == (ULONG)status &&
           overlapped->InternalHigh == bytes;
}

/* ---- Sending ------------------------------------------------------------- */

static void large_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED second = {0};
    OVERLAPPED third = {0};

    (void)arg;
    net_up();
    fill_large();
    pair = sockets_open();
    {
        /* SOCK-28: accepted whole, though nobody receives.
         * SOCK-30: the next one not, as long as too much is queued. */
        set_no_wait(pair.client, 1);
        sim_assert(send(pair.client, large, 190000, 0) == 190000);
        sim_assert(wsa_failed(send(pair.client, large, 1, 0), WSAEWOULDBLOCK));
        memset(large, 0, 190000); /* Its bytes are the stack's. */
    }
    {
        /* SOCK-29: overlapped ones pend; SOCK-35 in order. */
        sim_assert(
            later(send_some(pair.client, large + 190000, 6000, &second)));
        sim_assert(later(send_some(pair.client, large + 196000, 4000, &third)));
        /* 64 KB are at the other end.  When 50,000 more are, too much is left
         * still; when 125,000 more are, it is not. */
        receive_all(pair.server, copy, 50000);
        sim_assert(!HasOverlappedIoCompleted(&second));
        receive_all(pair.server, copy + 50000, 75000);
        sim_assert(ended(&second, STATUS_SUCCESS, 6000));
        receive_all(pair.server, copy + 125000, 75000);
        sim_assert(ended(&third, STATUS_SUCCESS, 4000));
        fill_large();
    }
    sockets_close(&pair);
    net_down();
}

static void sends_are_accepted_whole(void **state)
{
    (void)state;
    network_passes("prompt", large_scenario);
}

static void content_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped[4] = {{0}};
    DWORD bytes;
    DWORD flags;

    (void)arg;
    net_up();
    fill_large();
    pair = sockets_open();
    {
        /* SOCK-27, SOCK-35: whatever way the segments take, the bytes come
         * in the order of the calls. */
        for (size_t at = 0; at < 4; at++) {
            int result = send_some(pair.client,
                                   large + at * 50000,
                                   50000,
                                   &overlapped[at]);

            sim_assert(result == 0 || later(result));
        }
        receive_all(pair.server, copy, LARGE);
        sim_assert(memcmp(copy, large, LARGE) == 0);
        for (size_t at = 0; at < 4; at++) {
            sim_assert(WSAGetOverlappedResult(pair.client,
                                              &overlapped[at],
                                              &bytes,
                                              FALSE,
                                              &flags));
            sim_assert(bytes == 50000);
        }
    }
    sockets_close(&pair);
    net_down();
}

static void bytes_come_in_order(void **state)
{
    (void)state;
    network_passes(NULL, content_scenario);
}

static void bare_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    char in[8];

    (void)arg;
    net_up();
    fill_large();
    pair = sockets_open();
    {
        /* SOCK-33: without a buffer a send pends until all of it is
         * acknowledged.  64 KB fit into the window of who receives. */
        set_option(pair.client, SO_SNDBUF, 0);
        sim_assert(later(send_some(pair.client, large, 1000, &first)));
        sim_assert(ended(&first, STATUS_SUCCESS, 1000));
        sim_assert(later(send_some(pair.client, large, 70000, &first)));
        sim_assert(later(send_some(pair.client, "end", 3, &second)));
        sim_assert(!HasOverlappedIoCompleted(&first));
        receive_all(pair.server, copy, 5000);
        sim_assert(!HasOverlappedIoCompleted(&first));
        receive_all(pair.server, copy + 5000, 66000);
        sim_assert(memcmp(copy + 1000, large, 70000) == 0);
        sim_assert(ended(&first, STATUS_SUCCESS, 70000));
        receive_all(pair.server, in, 3);
        sim_assert(ended(&second, STATUS_SUCCESS, 3));
        sim_assert(memcmp(in, "end", 3) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void no_room_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED sent = {0};
    OVERLAPPED probe = {0};
    OVERLAPPED received = {0};
    char in[8];
    u_short port;
    SOCKET listener;

    (void)arg;
    net_up();
    listener = listen_here(&port);
    set_option(listener, SO_RCVBUF, 0);
    pair.client = stream_socket();
    sim_assert(connect_here(pair.client, port) == 0);
    pair.server = accept(listener, NULL, NULL);
    set_option(pair.client, SO_SNDBUF, 0);
    {
        /* SOCK-34: only what is posted can be filled. */
        sim_assert(later(send_some(pair.client, "abcdef", 6, &sent)));
        sim_assert(!HasOverlappedIoCompleted(&sent));
        sim_assert(recv(pair.server, in, 4, 0) == 4);
        sim_assert(!HasOverlappedIoCompleted(&sent));
        /* A receive of no bytes wants to know of the first. */
        sim_assert(later(receive_some(pair.server, in, 0, &probe)));
        sim_assert(ended(&probe, STATUS_SUCCESS, 0));
        sim_assert(!HasOverlappedIoCompleted(&sent));
        sim_assert(recv(pair.server, in + 4, 1, 0) == 1);
        sim_assert(later(receive_some(pair.server, in + 5, 3, &received)));
        sim_assert(ended(&received, STATUS_SUCCESS, 1));
        sim_assert(memcmp(in, "abcdef", 6) == 0);
        sim_assert(ended(&sent, STATUS_SUCCESS, 6));
    }
    sockets_close(&pair);
    close_socket(listener);
    net_down();
}

static void without_buffers_sends_wait_for_receives(void **state)
{
    (void)state;
    network_passes("prompt", bare_scenario);
    network_passes("prompt", no_room_scenario);
}

static void cancel_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED part = {0};
    OVERLAPPED none = {0};
    OVERLAPPED last = {0};

    (void)arg;
    net_up();
    fill_large();
    pair = sockets_open();
    set_option(pair.client, SO_SNDBUF, 0);
    sim_assert(later(send_some(pair.client, large, 100000, &part)));
    sim_assert(later(send_some(pair.client, large, 7, &none)));
    sim_assert(later(send_some(pair.client, "end", 3, &last)));
    {
        /* CANCEL-16: of the first, 64 KB are on their way, of the second
         * nothing; the third follows. */
        sim_assert(CancelIoEx((HANDLE)pair.client, &none));
        sim_assert(ended(&none, STATUS_CANCELLED, 0));
        sim_assert(CancelIoEx((HANDLE)pair.client, &part));
        sim_assert(ended(&part, STATUS_CANCELLED, KB_64));
        sim_assert(!HasOverlappedIoCompleted(&last));
        receive_all(pair.server, copy, KB_64 + 3);
        sim_assert(memcmp(copy, large, KB_64) == 0);
        sim_assert(memcmp(copy + KB_64, "end", 3) == 0);
        sim_assert(ended(&last, STATUS_SUCCESS, 3));
    }
    {
        /* SOCK-31: what was accepted cannot be cancelled. */
        set_option(pair.client, SO_SNDBUF, KB_64);
        send_text(pair.client, "safe");
        sim_assert(CancelIo((HANDLE)pair.client));
        sim_assert(
            failed(CancelIoEx((HANDLE)pair.client, NULL), ERROR_NOT_FOUND));
        close_socket(pair.client);
        receive_all(pair.server, copy, 4);
        sim_assert(memcmp(copy, "safe", 4) == 0);
        sim_assert(recv(pair.server, copy, 1, 0) == 0);
    }
    close_socket(pair.server);
    net_down();
}

static void cancelled_sends_leave_what_was_sent(void **state)
{
    (void)state;
    network_passes("prompt", cancel_scenario);
}

/* ---- At once or later ---------------------------------------------------- */

static void ways_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    OVERLAPPED receive = {0};
    char in[8];
    int result;
    int got;

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-32: at once or pending. */
        result = send_some(pair.client, "abcdef", 6, &overlapped);
        sim_mark(result == 0 ? "at once" : "pending");
        sim_assert(result == 0 || later(result));
    }
    {
        /* SOCK-121: there at once or later, whole or in pieces. */
        result = receive_some(pair.server, in, 6, &receive);
        sim_mark(result == 0 ? "there" : "not there");
        sim_assert(result == 0 || later(result));
        sim_assert(GetOverlappedResult((HANDLE)pair.server,
                                       &receive,
                                       (LPDWORD)&got,
                                       TRUE));
        sim_mark(got == 6 ? "whole" : "in pieces");
        receive_all(pair.server, in + got, 6 - got);
        sim_assert(memcmp(in, "abcdef", 6) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void schedules_decide_what_comes_when(void **state)
{
    static const char *const marks[] = {"at once",
                                        "pending",
                                        "there",
                                        "not there",
                                        "whole",
                                        "in pieces",
                                        NULL};

    (void)state;
    schedules_reach(ways_scenario, marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_are_accepted_whole),
        cmocka_unit_test(bytes_come_in_order),
        cmocka_unit_test(without_buffers_sends_wait_for_receives),
        cmocka_unit_test(cancelled_sends_leave_what_was_sent),
        cmocka_unit_test(schedules_decide_what_comes_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
