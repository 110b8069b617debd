/**
 * @file test_udp_send.c
 * @brief Datagrams: where they go, and what a sender learns of it.
 *
 * Uses:     schedules.h, datagrams.h.
 * Used by:  ctest.
 * Facts:    SOCK-42, SOCK-105..SOCK-111.
 * Read next: test_udp_hosts.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "datagrams.h"
#include "schedules.h"

enum { LARGEST_V4 = 65507, LARGEST_V6 = 65527 };

/** @brief A port of this host that nobody has. */
static u_short dead_port(void)
{
    SOCKET socket = datagram_at(0);
    u_short port = port_of(socket);

    sim_assert(closesocket(socket) == 0);
    return port;
}

/** @brief connect() to 127.0.0.1; the code, or 0. */
static int join(SOCKET socket, u_short port)
{
    struct sockaddr_storage to = place("127.0.0.1", port);

    return connect(socket, (const struct sockaddr *)&to, place_bytes(&to)) == 0
               ? 0
               : WSAGetLastError();
}

/* ---- Binding without bind ------------------------------------------------ */

static void implicit_scenario(void *arg)
{
    SOCKET in;
    SOCKET out;
    struct sockaddr_storage name;
    struct sockaddr_storage any;
    int bytes = sizeof name;
    char text[8];

    (void)arg;
    datagrams_begin();
    in = datagram_at(0);
    out = datagram_open(AF_INET);
    {
        /* SOCK-107, SOCK-108: unbound, it has no name and cannot receive. */
        sim_assert(refused(recv(out, text, 8, 0), WSAEINVAL));
        sim_assert(refused(getsockname(out, (struct sockaddr *)&name, &bytes),
                           WSAEINVAL));
    }
    {
        /* SOCK-108: sending binds it to the wildcard. */
        sim_assert(datagram_send(out, port_of(in), "hello") == 0);
        any = place("0.0.0.0", port_of(out));
        name = place_of(out);
        sim_assert(same_place(&name, &any) && port_of(out) >= 49152);
        sim_assert(datagram_receive(in, text, 8) == 5);
    }
    {
        /* And so it can receive. */
        sim_assert(datagram_send(in, port_of(out), "back") == 0);
        sim_assert(datagram_receive(out, text, 8) == 4);
    }
    sim_assert(closesocket(in) == 0 && closesocket(out) == 0);
    datagrams_end();
}

static void sending_binds_a_socket(void **state)
{
    (void)state;
    schedules_pass(implicit_scenario);
}

/* ---- What cannot be sent ------------------------------------------------- */

static void size_scenario(void *arg)
{
    static char bytes[LARGEST_V6 + 1];
    static char in_bytes[LARGEST_V6 + 1];
    SOCKET in;
    SOCKET out;
    DWORD most = 0;
    int width = sizeof most;

    (void)arg;
    datagrams_begin();
    in = datagram_at(0);
    out = datagram_open(AF_INET);
    option_on(in, SOL_SOCKET, SO_RCVBUF, 10 * LARGEST_V6);
    {
        /* SOCK-111: the largest is sent whole, one byte more not at all. */
        sim_assert(getsockopt(out,
                              SOL_SOCKET,
                              SO_MAX_MSG_SIZE,
                              (char *)&most,
                              &width) == 0);
        sim_assert(most == LARGEST_V4);
        bytes[LARGEST_V4 - 1] = 'z';
        sim_assert(datagram_send_to(out,
                                    "127.0.0.1",
                                    port_of(in),
                                    bytes,
                                    LARGEST_V4) == 0);
        sim_assert(datagram_send_to(out,
                                    "127.0.0.1",
                                    port_of(in),
                                    bytes,
                                    LARGEST_V4 + 1) == WSAEMSGSIZE);
        sim_assert(datagram_receive(in, in_bytes, LARGEST_V6) == LARGEST_V4);
        sim_assert(in_bytes[LARGEST_V4 - 1] == 'z');
        datagram_no_wait(in);
        sim_assert(datagram_receive(in, in_bytes, 8) == -WSAEWOULDBLOCK);
    }
    sim_assert(closesocket(in) == 0 && closesocket(out) == 0);
    {
        /* IPv6 takes a little more. */
        in = datagram_open(AF_INET6);
        out = datagram_open(AF_INET6);
        sim_assert(datagram_bind(in, "::1", 0) == 0);
        sim_assert(
            datagram_send_to(out, "::1", port_of(in), bytes, LARGEST_V6) == 0);
        sim_assert(datagram_receive(in, in_bytes, LARGEST_V6) == LARGEST_V6);
        sim_assert(
            datagram_send_to(out, "::1", port_of(in), bytes, LARGEST_V6 + 1) ==
            WSAEMSGSIZE);
    }
    sim_assert(closesocket(in) == 0 && closesocket(out) == 0);
    datagrams_end();
}

static void nowhere_scenario(void *arg)
{
    SOCKET out;
    SOCKET home;
    char in[8];

    (void)arg;
    datagrams_begin();
    out = datagram_open(AF_INET);
    home = datagram_at(0);
    {
        /* SOCK-110: port 0 swallows it, and so does an address nobody has. */
        datagram_no_wait(home);
        sim_assert(datagram_send_to(home, "127.0.0.1", 0, "x", 1) == 0);
        sim_assert(datagram_receive(home, in, 8) == -WSAEWOULDBLOCK);
        sim_assert(datagram_send_to(out, "10.99.0.1", 9, "x", 1) == 0);
    }
    {
        /* The wildcard is no destination; the loopback leads nowhere else. */
        sim_assert(datagram_send_to(out, "0.0.0.0", 9, "x", 1) ==
                   WSAEADDRNOTAVAIL);
        sim_assert(datagram_send_to(home, "10.99.0.1", 9, "x", 1) ==
                   WSAEADDRNOTAVAIL);
    }
    {
        /* Without a destination there is none. */
        sim_assert(refused(send(out, "x", 1, 0), WSAENOTCONN));
    }
    {
        /* To everybody only after saying so. */
        sim_assert(datagram_send_to(out, "255.255.255.255", 9, "x", 1) ==
                   WSAEACCES);
        sim_assert(datagram_send_to(out, "10.255.255.255", 9, "x", 1) ==
                   WSAEACCES);
        option_on(out, SOL_SOCKET, SO_BROADCAST, TRUE);
        sim_assert(datagram_send_to(out, "255.255.255.255", 9, "x", 1) == 0);
    }
    sim_assert(closesocket(out) == 0 && closesocket(home) == 0);
    datagrams_end();
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    schedules_pass(size_scenario);
    schedules_pass(nowhere_scenario);
}

/* ---- Nobody there -------------------------------------------------------- */

static void unreachable_scenario(void *arg)
{
    SOCKET socket;
    u_short dead;
    HANDLE port;
    OVERLAPPED overlapped = {0};
    LPOVERLAPPED taken = NULL;
    ULONG_PTR key;
    DWORD bytes;
    char in[8];

    (void)arg;
    datagrams_begin();
    dead = dead_port();
    socket = datagram_at(0);
    {
        /* SOCK-105: no send fails; a later receive does, once for each. */
        for (int at = 0; at < 10; at++) {
            sim_assert(datagram_send(socket, dead, "hello?") == 0);
        }
        for (int at = 0; at < 10; at++) {
            sim_assert(datagram_receive(socket, in, 8) == -WSAECONNRESET);
        }
        datagram_no_wait(socket);
        sim_assert(datagram_receive(socket, in, 8) == -WSAEWOULDBLOCK);
    }
    {
        /* SOCK-105: through a port, and for a receive that waits. */
        port = CreateIoCompletionPort((HANDLE)socket, NULL, DATAGRAM_KEY, 0);
        sim_assert(receive_begin(socket, in, 8, &overlapped) == WSA_IO_PENDING);
        sim_assert(datagram_send(socket, dead, "hello?") == 0);
        sim_assert(
            !GetQueuedCompletionStatus(port, &bytes, &key, &taken, 1000));
        sim_assert(taken == &overlapped && bytes == 0);
        sim_assert(GetLastError() == ERROR_PORT_UNREACHABLE);
        sim_assert(overlapped.Internal == (ULONG)STATUS_PORT_UNREACHABLE);
        sim_assert(CloseHandle(port));
    }
    {
        /* The socket is as good as before. */
        sim_assert(datagram_send(socket, port_of(socket), "self") == 0);
        sim_assert(datagram_receive(socket, in, 8) == 4);
    }
    sim_assert(closesocket(socket) == 0);
    datagrams_end();
}

static void switched_off_scenario(void *arg)
{
    SOCKET socket;
    BOOL report = FALSE;
    DWORD bytes;
    char in[8];

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    datagram_no_wait(socket);
    /* SOCK-106: SIO_UDP_CONNRESET. */
    sim_assert(WSAIoctl(socket,
                        SIO_UDP_CONNRESET,
                        &report,
                        sizeof report,
                        NULL,
                        0,
                        &bytes,
                        NULL,
                        NULL) == 0);
    sim_assert(datagram_send(socket, dead_port(), "hello?") == 0);
    sim_assert(datagram_receive(socket, in, 8) == -WSAEWOULDBLOCK);
    sim_assert(closesocket(socket) == 0);
    datagrams_end();
}

static void a_sender_to_a_dead_port_hears_of_it_later(void **state)
{
    (void)state;
    schedules_pass(unreachable_scenario);
    schedules_pass(switched_off_scenario);
}

/* ---- Connected ----------------------------------------------------------- */

static void connected_scenario(void *arg)
{
    SOCKET mine;
    SOCKET friend;
    SOCKET stranger;
    struct sockaddr_storage name;
    struct sockaddr_storage to;
    int bytes = sizeof name;
    char in[8];

    (void)arg;
    datagrams_begin();
    mine = datagram_open(AF_INET);
    friend = datagram_at(0);
    stranger = datagram_at(0);
    {
        /* SOCK-109: a default destination, and a name on the way there. */
        sim_assert(refused(getpeername(mine, (struct sockaddr *)&name, &bytes),
                           WSAENOTCONN));
        sim_assert(join(mine, port_of(friend)) == 0);
        memset(&name, 0, sizeof name);
        sim_assert(getpeername(mine, (struct sockaddr *)&name, &bytes) == 0);
        to = place_of(friend);
        sim_assert(same_place(&name, &to));
        sim_assert(send(mine, "hi", 2, 0) == 2);
        sim_assert(datagram_receive(friend, in, 8) == 2);
    }
    {
        /* SOCK-109: others are not heard; they find nobody. */
        sim_assert(datagram_send(stranger, port_of(mine), "psst") == 0);
        sim_assert(datagram_receive(stranger, in, 8) == -WSAECONNRESET);
        sim_assert(datagram_send(friend, port_of(mine), "hi") == 0);
        sim_assert(datagram_receive(mine, in, 8) == 2);
    }
    {
        /* SOCK-109: an address of its own overrides for one datagram. */
        sim_assert(datagram_send(mine, port_of(stranger), "you") == 0);
        sim_assert(datagram_receive(stranger, in, 8) == 3);
        sim_assert(send(mine, "both", 4, 0) == 4);
        sim_assert(datagram_receive(friend, in, 8) == 4);
    }
    {
        /* SOCK-109: to somebody else, and to nobody. */
        sim_assert(join(mine, port_of(stranger)) == 0);
        sim_assert(datagram_send(stranger, port_of(mine), "me") == 0);
        sim_assert(datagram_receive(mine, in, 8) == 2);
        to = place("0.0.0.0", 0);
        to.ss_family = AF_UNSPEC;
        sim_assert(connect(mine,
                           (const struct sockaddr *)&to,
                           sizeof(struct sockaddr_in)) == 0);
        sim_assert(refused(send(mine, "x", 1, 0), WSAENOTCONN));
        sim_assert(datagram_send(friend, port_of(mine), "all") == 0);
        sim_assert(datagram_receive(mine, in, 8) == 3);
    }
    sim_assert(closesocket(mine) == 0 && closesocket(friend) == 0 &&
               closesocket(stranger) == 0);
    datagrams_end();
}

static void connected_to_nobody_scenario(void *arg)
{
    SOCKET mine;
    char in[8];

    (void)arg;
    datagrams_begin();
    mine = datagram_open(AF_INET);
    sim_assert(join(mine, dead_port()) == 0);
    /* SOCK-105: ten sends to a dead port all succeed, connected or not. */
    for (int at = 0; at < 10; at++) {
        sim_assert(send(mine, "hello?", 6, 0) == 6);
    }
    sim_assert(datagram_receive(mine, in, 8) == -WSAECONNRESET);
    sim_assert(closesocket(mine) == 0);
    datagrams_end();
}

static void a_connected_socket_knows_one_peer(void **state)
{
    (void)state;
    schedules_pass(connected_scenario);
    schedules_pass(connected_to_nobody_scenario);
}

/* ---- Shut down ----------------------------------------------------------- */

static void shut_scenario(void *arg)
{
    SOCKET in;
    SOCKET out;
    OVERLAPPED overlapped = {0};
    HANDLE event;
    u_long waiting = 1;
    char text[8];

    (void)arg;
    datagrams_begin();
    event = WSACreateEvent();
    in = datagram_at(0);
    out = datagram_at(0);
    overlapped.hEvent = event;
    {
        /* SOCK-42: on UDP it works unconnected; nonsense does not. */
        sim_assert(refused(shutdown(out, 3), WSAEINVAL));
        sim_assert(shutdown(out, SD_SEND) == 0);
        sim_assert(datagram_send(out, port_of(in), "x") == WSAESHUTDOWN);
    }
    {
        /* As with streams, what waits goes on waiting. */
        sim_assert(receive_begin(in, text, 8, &overlapped) == WSA_IO_PENDING);
        sim_assert(shutdown(in, SD_RECEIVE) == 0);
        sim_assert(datagram_send(in, port_of(in), "self") == 0);
        sim_assert(WaitForSingleObject(event, 1000) == WAIT_OBJECT_0);
        sim_assert(overlapped.InternalHigh == 4);
        sim_assert(datagram_receive(in, text, 8) == -WSAESHUTDOWN);
        sim_assert(datagram_send(in, port_of(in), "gone") == 0);
        datagrams_settle();
        sim_assert(ioctlsocket(in, FIONREAD, &waiting) == 0 && waiting == 0);
    }
    sim_assert(closesocket(in) == 0 && closesocket(out) == 0);
    sim_assert(WSACloseEvent(event));
    datagrams_end();
}

static void shutdown_ends_one_direction(void **state)
{
    (void)state;
    schedules_pass(shut_scenario);
}

/* ---- Both families ------------------------------------------------------- */

static void dual_scenario(void *arg)
{
    SOCKET dual;
    SOCKET v4;
    SOCKET v6;
    struct sockaddr_storage from;
    struct sockaddr_storage expected;
    int bytes = sizeof from;
    char in[8];

    (void)arg;
    datagrams_begin();
    dual = datagram_open(AF_INET6);
    v4 = datagram_at(0);
    v6 = datagram_open(AF_INET6);
    option_on(dual, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    sim_assert(datagram_bind(dual, "::", 0) == 0);
    sim_assert(datagram_bind(v6, "::", 0) == 0);
    {
        /* It hears IPv4, whose senders wear the clothes of IPv6. */
        sim_assert(datagram_send(v4, port_of(dual), "four") == 0);
        datagrams_settle();
        memset(&from, 0, sizeof from);
        sim_assert(recvfrom(dual, in, 8, 0, (struct sockaddr *)&from, &bytes) ==
                   4);
        expected = place("::ffff:127.0.0.1", port_of(v4));
        sim_assert(same_place(&from, &expected));
    }
    {
        /* It answers there, and v4 sees plain IPv4. */
        sim_assert(datagram_send_to(dual,
                                    "::ffff:127.0.0.1",
                                    port_of(v4),
                                    "back",
                                    4) == 0);
        datagrams_settle();
        memset(&from, 0, sizeof from);
        bytes = sizeof from;
        sim_assert(recvfrom(v4, in, 8, 0, (struct sockaddr *)&from, &bytes) ==
                   4);
        expected = place("127.0.0.1", port_of(dual));
        sim_assert(same_place(&from, &expected));
    }
    {
        /* IPv6 comes as it is; a socket for it alone knows no IPv4. */
        sim_assert(datagram_send(v4, port_of(v6), "deaf") == 0);
        sim_assert(datagram_receive(v4, in, 8) == -WSAECONNRESET);
        sim_assert(datagram_send_to(v6, "::1", port_of(dual), "six", 3) == 0);
        sim_assert(datagram_receive(dual, in, 8) == 3);
        sim_assert(
            datagram_send_to(v6, "::ffff:127.0.0.1", port_of(v4), "x", 1) ==
            WSAEADDRNOTAVAIL);
    }
    sim_assert(closesocket(dual) == 0 && closesocket(v4) == 0 &&
               closesocket(v6) == 0);
    datagrams_end();
}

static void a_socket_for_both_families_hears_both(void **state)
{
    (void)state;
    schedules_pass(dual_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending_binds_a_socket),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(a_sender_to_a_dead_port_hears_of_it_later),
        cmocka_unit_test(a_connected_socket_knows_one_peer),
        cmocka_unit_test(shutdown_ends_one_direction),
        cmocka_unit_test(a_socket_for_both_families_hears_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
