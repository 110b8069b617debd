/**
 * @file test_tcp_receive.c
 * @brief Receiving on a stream.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-11, SOCK-13, SOCK-14, SOCK-16, SOCK-23, SOCK-24, SOCK-26,
 *           SOCK-37, CANCEL-15.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

static void set_option(SOCKET socket, int name, int value)
{
    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          name,
                          (const char *)&value,
                          sizeof value) == 0);
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

static void receive_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    OVERLAPPED third = {0};
    char in[3][8];

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-13, SOCK-11: what is there, across sends, up to the size. */
        send_text(pair.client, "abc");
        send_text(pair.client, "def");
        sim_assert(recv(pair.server, in[0], 2, 0) == 2);
        sim_assert(recv(pair.server, in[0] + 2, 6, 0) == 4);
        sim_assert(memcmp(in[0], "abcdef", 6) == 0);
    }
    {
        /* SOCK-14: several receives, in posting order. */
        sim_assert(later(receive_some(pair.server, in[0], 2, &first)));
        sim_assert(later(receive_some(pair.server, in[1], 8, &second)));
        sim_assert(later(receive_some(pair.server, in[2], 8, &third)));
        send_text(pair.client, "ghij");
        sim_assert(ended(&first, STATUS_SUCCESS, 2));
        sim_assert(ended(&second, STATUS_SUCCESS, 2));
        sim_assert(memcmp(in[0], "gh", 2) == 0);
        sim_assert(memcmp(in[1], "ij", 2) == 0);
        send_text(pair.client, "k");
        sim_assert(ended(&third, STATUS_SUCCESS, 1) && in[2][0] == 'k');
    }
    {
        /* SOCK-16: none at all waits for the first byte and takes nothing. */
        sim_assert(later(receive_some(pair.server, in[0], 0, &first)));
        sim_assert(later(receive_some(pair.server, in[1], 8, &second)));
        sim_assert(send(pair.client, "", 0, 0) == 0); /* SOCK-37. */
        sim_assert(!HasOverlappedIoCompleted(&first));
        send_text(pair.client, "l");
        sim_assert(ended(&first, STATUS_SUCCESS, 0));
        sim_assert(ended(&second, STATUS_SUCCESS, 1) && in[1][0] == 'l');
        send_text(pair.client, "m");
        sim_assert(receive_some(pair.server, in[0], 0, NULL) == 0);
        sim_assert(recv(pair.server, in[0], 8, 0) == 1);
    }
    {
        /* CANCEL-15: what comes after a cancelled receive waits. */
        sim_assert(later(receive_some(pair.server, in[0], 8, &first)));
        sim_assert(later(receive_some(pair.server, in[1], 8, &second)));
        sim_assert(CancelIoEx((HANDLE)pair.server, &first));
        sim_assert(ended(&first, STATUS_CANCELLED, 0));
        send_text(pair.client, "nop");
        sim_assert(ended(&second, STATUS_SUCCESS, 3));
        sim_assert(memcmp(in[1], "nop", 3) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void receives_take_what_is_there(void **state)
{
    (void)state;
    network_passes("prompt", receive_scenario);
}

static void peek_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    WSABUF buffer;
    DWORD flags = MSG_PEEK;
    char in[8] = "";

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-24: copied and left there. */
        send_text(pair.client, "abcd");
        sim_assert(recv(pair.server, in, 2, MSG_PEEK) == 2);
        sim_assert(recv(pair.server, in, 8, MSG_PEEK) == 4);
        sim_assert(memcmp(in, "abcd", 4) == 0);
        sim_assert(recv(pair.server, in, 8, 0) == 4);
    }
    {
        /* One that pends leaves the bytes to the receive behind it. */
        buffer = (WSABUF){.len = 1, .buf = in};
        sim_assert(later(
            WSARecv(pair.server, &buffer, 1, NULL, &flags, &first, NULL)));
        sim_assert(later(receive_some(pair.server, in + 1, 7, &second)));
        send_text(pair.client, "xyz");
        sim_assert(ended(&first, STATUS_SUCCESS, 1) && in[0] == 'x');
        sim_assert(ended(&second, STATUS_SUCCESS, 3));
        sim_assert(memcmp(in + 1, "xyz", 3) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void peeking_takes_nothing(void **state)
{
    (void)state;
    network_passes("prompt", peek_scenario);
}

static void wait_all_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED whole = {0};
    OVERLAPPED behind = {0};
    DWORD flags = MSG_WAITALL;
    char in[8];
    WSABUF buffer = {.len = 6, .buf = in};
    char other[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-23: it ends when it is full; the rest is for the next. */
        send_text(pair.client, "ab");
        sim_assert(later(
            WSARecv(pair.server, &buffer, 1, NULL, &flags, &whole, NULL)));
        sim_assert(later(receive_some(pair.server, other, 8, &behind)));
        send_text(pair.client, "cd");
        sim_assert(!HasOverlappedIoCompleted(&whole));
        send_text(pair.client, "efgh");
        sim_assert(ended(&whole, STATUS_SUCCESS, 6));
        sim_assert(memcmp(in, "abcdef", 6) == 0);
        sim_assert(ended(&behind, STATUS_SUCCESS, 2));
        sim_assert(memcmp(other, "gh", 2) == 0);
    }
    {
        /* CANCEL-15: what it had gathered is not lost. */
        flags = MSG_WAITALL;
        sim_assert(later(
            WSARecv(pair.server, &buffer, 1, NULL, &flags, &whole, NULL)));
        send_text(pair.client, "ijk");
        sim_assert(CancelIoEx((HANDLE)pair.server, &whole));
        sim_assert(ended(&whole, STATUS_CANCELLED, 0));
        sim_assert(recv(pair.server, other, 8, 0) == 3);
        sim_assert(memcmp(other, "ijk", 3) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void wait_all_end_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED whole = {0};
    OVERLAPPED behind = {0};
    DWORD flags;
    char in[8];
    WSABUF buffer = {.len = 6, .buf = in};
    char other[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* CANCEL-15: it goes to a receive that waits behind. */
        flags = MSG_WAITALL;
        sim_assert(later(
            WSARecv(pair.server, &buffer, 1, NULL, &flags, &whole, NULL)));
        sim_assert(later(receive_some(pair.server, other, 8, &behind)));
        send_text(pair.client, "lmn");
        sim_assert(CancelIoEx((HANDLE)pair.server, &whole));
        sim_assert(ended(&behind, STATUS_SUCCESS, 3));
        sim_assert(memcmp(other, "lmn", 3) == 0);
    }
    {
        /* The end of the stream ends it with what there is. */
        flags = MSG_WAITALL;
        sim_assert(later(
            WSARecv(pair.server, &buffer, 1, NULL, &flags, &whole, NULL)));
        send_text(pair.client, "opq");
        sim_assert(shutdown(pair.client, SD_SEND) == 0);
        sim_assert(ended(&whole, STATUS_SUCCESS, 3));
    }
    sockets_close(&pair);
    net_down();
}

static void wait_all_waits_for_all(void **state)
{
    (void)state;
    network_passes("prompt", wait_all_scenario);
    network_passes("prompt", wait_all_end_scenario);
}

static void urgent_scenario(void *arg)
{
    struct socket_pair pair;
    u_long mark = 7;
    char in[16];

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-26: apart from the others, which stop at the mark. */
        sim_assert(wsa_failed(recv(pair.server, in, 1, MSG_OOB), WSAEINVAL));
        send_text(pair.client, "abc");
        sim_assert(send(pair.client, "de!", 3, MSG_OOB) == 3);
        send_text(pair.client, "fg");
        sim_assert(ioctlsocket(pair.server, (LONG)SIOCATMARK, &mark) == 0);
        sim_assert(mark == 0);
        sim_assert(recv(pair.server, in, 2, 0) == 2);
        sim_assert(recv(pair.server, in + 2, 14, 0) == 3);
        sim_assert(memcmp(in, "abcde", 5) == 0);
        sim_assert(ioctlsocket(pair.server, (LONG)SIOCATMARK, &mark) == 0);
        sim_assert(mark != 0);
        sim_assert(recv(pair.server, in, 4, MSG_OOB) == 1 && in[0] == '!');
        sim_assert(wsa_failed(recv(pair.server, in, 1, MSG_OOB), WSAEINVAL));
        sim_assert(recv(pair.server, in, 8, 0) == 2);
        sim_assert(memcmp(in, "fg", 2) == 0);
    }
    {
        /* With SO_OOBINLINE it is one of them. */
        set_option(pair.server, SO_OOBINLINE, 1);
        send_text(pair.client, "hi");
        sim_assert(send(pair.client, "!", 1, MSG_OOB) == 1);
        send_text(pair.client, "j");
        sim_assert(recv(pair.server, in, 8, 0) == 2);
        sim_assert(recv(pair.server, in + 2, 8, 0) == 2);
        sim_assert(memcmp(in, "hi!j", 4) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void urgent_data_is_kept_apart(void **state)
{
    (void)state;
    network_passes("prompt", urgent_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receives_take_what_is_there),
        cmocka_unit_test(peeking_takes_nothing),
        cmocka_unit_test(wait_all_waits_for_all),
        cmocka_unit_test(urgent_data_is_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
