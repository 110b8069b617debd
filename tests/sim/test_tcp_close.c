/**
 * @file test_tcp_close.c
 * @brief How connections end: farewells, resets, lingering, reuse.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-18, SOCK-19, SOCK-20, SOCK-31, SOCK-38, SOCK-40, SOCK-41,
 *           SOCK-42, SOCK-43, SOCK-44, SOCK-45, SOCK-46, SOCK-47, SOCK-49,
 *           SOCK-52, SOCK-53, SOCK-94, SOCK-95, SOCK-96, SOCK-97, SOCK-98.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { PORT = 700, LARGE = 200000 };

static char large[LARGE];

static void set_linger(SOCKET socket, u_short seconds)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = seconds};

    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&linger,
                          sizeof linger) == 0);
}

static bool later(int result)
{
    return wsa_failed(result, WSA_IO_PENDING);
}

/* ---- Farewells ----------------------------------------------------------- */

static void shutdown_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    HANDLE port;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    port = socket_port(pair.server);
    {
        /* SOCK-40: FIN goes after what was sent; SOCK-18 the receive that
         * waits behind gets 0 bytes, and so does every later one. */
        send_text(pair.client, "abc");
        sim_assert(shutdown(pair.client, SD_SEND) == 0);
        sim_assert(shutdown(pair.client, SD_SEND) == 0);
        sim_assert(wsa_failed(send(pair.client, "d", 1, 0), WSAESHUTDOWN));
        receive_all(pair.server, in, 3);
        sim_assert(receive_some(pair.server, in, 8, &overlapped) == 0 ||
                   WSAGetLastError() == WSA_IO_PENDING);
        sim_assert(packet_comes(port, &overlapped, 0, 0));
        sim_assert(recv(pair.server, in, 8, 0) == 0);
    }
    {
        /* The other way goes on.  SOCK-41: a receive that pends is served
         * after SD_RECEIVE, a new one is not. */
        OVERLAPPED pending = {0};

        sim_assert(later(receive_some(pair.client, in, 8, &pending)));
        sim_assert(shutdown(pair.client, SD_RECEIVE) == 0);
        sim_assert(wsa_failed(recv(pair.client, in, 8, 0), WSAESHUTDOWN));
        send_text(pair.server, "e");
        sim_assert(GetOverlappedResult((HANDLE)pair.client,
                                       &pending,
                                       &(DWORD){0},
                                       TRUE));
        sim_assert(in[0] == 'e');
    }
    sockets_close(&pair);
    /* SOCK-43, SOCK-52: no packet of all that. */
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void shutdown_closes_one_way(void **state)
{
    (void)state;
    schedules_pass(shutdown_scenario);
}

static void default_close_scenario(void *arg)
{
    struct socket_pair pair;
    static char in[LARGE];

    (void)arg;
    net_up();
    {
        /* SOCK-44, SOCK-31: what was accepted comes, though the socket is
         * closed and its peer slow; then comes the end. */
        for (size_t at = 0; at < LARGE; at++) {
            large[at] = (char)(at * 7 / 3);
        }
        pair = sockets_open();
        sim_assert(send(pair.client, large, LARGE, 0) == LARGE);
        close_socket(pair.client);
        receive_all(pair.server, in, LARGE);
        sim_assert(memcmp(in, large, LARGE) == 0);
        sim_assert(recv(pair.server, in, 8, 0) == 0);
        close_socket(pair.server);
    }
    {
        /* SOCK-44: with data that nobody received it is a reset. */
        pair = sockets_open();
        send_text(pair.client, "unread");
        Sleep(100);
        close_socket(pair.server);
        sim_assert(wsa_failed(recv(pair.client, in, 8, 0), WSAECONNRESET));
        sim_assert(wsa_failed(send(pair.client, "a", 1, 0), WSAECONNRESET));
        close_socket(pair.client);
    }
    {
        /* SOCK-38: the first send after the peer has gone succeeds, and what
         * comes back is an end of its own kind. */
        pair = sockets_open();
        close_socket(pair.server);
        sim_assert(recv(pair.client, in, 8, 0) == 0);
        sim_assert(send(pair.client, "abc", 3, 0) == 3);
        Sleep(100);
        sim_assert(wsa_failed(recv(pair.client, in, 8, 0), WSAECONNABORTED));
        sim_assert(wsa_failed(send(pair.client, "a", 1, 0), WSAECONNABORTED));
        close_socket(pair.client);
    }
    net_down();
}

static void close_is_polite_if_it_can_be(void **state)
{
    (void)state;
    schedules_pass(default_close_scenario);
}

static void reset_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED receive = {0};
    DWORD bytes;
    DWORD flags;
    HANDLE port;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    port = socket_port(pair.server);
    {
        /* SOCK-45, SOCK-19: a hard close resets; the packet and Winsock have
         * two names for it. */
        sim_assert(later(receive_some(pair.server, in, 8, &receive)));
        close_hard(pair.client);
        sim_assert(packet_comes(port, &receive, ERROR_NETNAME_DELETED, 0));
        sim_assert(receive.Internal == (ULONG)STATUS_CONNECTION_RESET);
        sim_assert(failed(WSAGetOverlappedResult(pair.server,
                                                 &receive,
                                                 &bytes,
                                                 FALSE,
                                                 &flags),
                          WSAECONNRESET));
    }
    {
        /* SOCK-20: then everything fails at once, without a packet. */
        sim_assert(wsa_failed(receive_some(pair.server, in, 8, &receive),
                              WSAECONNRESET));
        sim_assert(wsa_failed(send_some(pair.server, "abc", 3, &receive),
                              WSAECONNRESET));
        sim_assert(wsa_failed(connect_here(pair.server, PORT), WSAEISCONN));
    }
    close_socket(pair.server);
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void hard_close_resets(void **state)
{
    (void)state;
    schedules_pass(reset_scenario);
}

/* ---- Closing with operations pending -------------------------------------- */

static void pending_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED receives[2] = {{0}};
    HANDLE second;
    HANDLE port;
    char in[2][8];

    (void)arg;
    net_up();
    pair = sockets_open();
    port = socket_port(pair.client);
    sim_assert(later(receive_some(pair.client, in[0], 8, &receives[0])));
    sim_assert(later(receive_some(pair.client, in[1], 8, &receives[1])));
    {
        /* SOCK-53: another handle keeps it alive. */
        sim_assert(DuplicateHandle(GetCurrentProcess(),
                                   (HANDLE)pair.client,
                                   GetCurrentProcess(),
                                   &second,
                                   0,
                                   FALSE,
                                   DUPLICATE_SAME_ACCESS));
        close_socket(pair.client);
        sim_assert(packet_none(port));
        send_text(pair.server, "x");
        sim_assert(packet_comes(port, &receives[0], 0, 1));
    }
    {
        /* SOCK-47: the last one ends what pends, one packet each. */
        sim_assert(CloseHandle(second));
        sim_assert(
            packet_comes(port, &receives[1], ERROR_CONNECTION_ABORTED, 0));
        sim_assert(recv(pair.server, in[0], 8, 0) == 0);
        close_socket(pair.server);
        sim_assert(packet_none(port) && CloseHandle(port));
    }
    net_down();
}

static void pending_send_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED send = {0};
    HANDLE port;
    char in[8];

    (void)arg;
    net_up();
    {
        /* A send whose bytes are the program's still is thrown away, and the
         * peer cannot take what it has for all there was. */
        int none = 0;

        pair = sockets_open();
        port = socket_port(pair.client);
        sim_assert(setsockopt(pair.client,
                              SOL_SOCKET,
                              SO_SNDBUF,
                              (const char *)&none,
                              sizeof none) == 0);
        sim_assert(later(send_some(pair.client, large, LARGE, &send)));
        sim_settle();
        close_socket(pair.client);
        sim_assert(packet_comes(port, &send, ERROR_CONNECTION_ABORTED, 0));
        Sleep(100);
        sim_assert(wsa_failed(recv(pair.server, in, 8, 0), WSAECONNRESET));
        close_socket(pair.server);
    }
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void close_ends_what_pends(void **state)
{
    (void)state;
    schedules_pass(pending_scenario);
    schedules_pass(pending_send_scenario);
}

/* ---- Lingering ----------------------------------------------------------- */

/** A peer that takes its time. */
static DWORD WINAPI receive_late(void *arg)
{
    SOCKET socket = (SOCKET)arg;
    static char in[LARGE];

    Sleep(2000);
    receive_all(socket, in, LARGE);
    sim_assert(recv(socket, in, 1, 0) == 0);
    return 0;
}

static void linger_scenario(void *arg)
{
    struct socket_pair pair;
    u_long on = 1;
    HANDLE thread;
    uint64_t begun;
    char byte;

    (void)arg;
    net_up();
    {
        /* SOCK-46: it blocks until the data is safe. */
        pair = sockets_open();
        thread = thread_start(receive_late, (void *)pair.server);
        sim_assert(send(pair.client, large, LARGE, 0) == LARGE);
        set_linger(pair.client, 10);
        begun = time_now();
        close_socket(pair.client);
        sim_assert(milliseconds_since(begun) == 2000);
        thread_end(thread);
        close_socket(pair.server);
    }
    {
        /* Nothing to wait for, no waiting. */
        pair = sockets_open();
        set_linger(pair.client, 10);
        begun = time_now();
        close_socket(pair.client);
        sim_assert(milliseconds_since(begun) == 0);
        sim_assert(recv(pair.server, &byte, 1, 0) == 0);
        close_socket(pair.server);
    }
    {
        /* Who may not wait keeps the socket. */
        pair = sockets_open();
        sim_assert(send(pair.client, large, LARGE, 0) == LARGE);
        set_linger(pair.client, 10);
        sim_assert(ioctlsocket(pair.client, (LONG)FIONBIO, &on) == 0);
        sim_assert(wsa_failed(closesocket(pair.client), WSAEWOULDBLOCK));
        on = 0;
        sim_assert(ioctlsocket(pair.client, (LONG)FIONBIO, &on) == 0);
        /* Nobody receives: when the time is over, the end is hard. */
        begun = time_now();
        close_socket(pair.client);
        sim_assert(milliseconds_since(begun) == 10000);
        sim_assert(wsa_failed(recv(pair.server, &byte, 1, 0), WSAECONNRESET));
        close_socket(pair.server);
    }
    net_down();
}

static void close_lingers_when_told(void **state)
{
    (void)state;
    network_passes_exactly("prompt", linger_scenario);
}

/* ---- DisconnectEx -------------------------------------------------------- */

static void disconnect_scenario(void *arg)
{
    struct socket_pair pair;
    LPFN_DISCONNECTEX disconnect;
    OVERLAPPED overlapped = {0};
    SOCKET fresh;
    HANDLE port;
    char in[8];

    (void)arg;
    net_up();
    fresh = stream_socket();
    pair = sockets_open();
    port = socket_port(pair.client);
    disconnect = find_extensions(fresh).disconnect;
    {
        /* SOCK-94, SOCK-95: it pends always, and ends when the peer knows. */
        sim_assert(failed(disconnect(fresh, &overlapped, 0, 0), WSAENOTCONN));
        sim_assert(pends(disconnect(pair.client, &overlapped, 0, 0)));
        sim_assert(packet_comes(port, &overlapped, 0, 0));
        sim_assert(recv(pair.server, in, 8, 0) == 0);
    }
    {
        /* SOCK-97: no sends, but receives; and no other connection. */
        sim_assert(wsa_failed(send(pair.client, "a", 1, 0), WSAESHUTDOWN));
        send_text(pair.server, "bc");
        receive_all(pair.client, in, 2);
        sim_assert(wsa_failed(connect_here(pair.client, PORT), WSAEISCONN));
        /* SOCK-96: without OVERLAPPED at once, and again. */
        sim_assert(disconnect(pair.client, NULL, 0, 0));
        sim_assert(disconnect(pair.client, NULL, 0, 0));
    }
    sockets_close(&pair);
    close_socket(fresh);
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void disconnect_is_a_farewell(void **state)
{
    (void)state;
    schedules_pass(disconnect_scenario);
}

/** @brief One life of two sockets: connect, talk, disconnect. */
static void live(SOCKET listener,
                 struct acceptor *acceptor,
                 SOCKET client,
                 HANDLE port)
{
    const struct sockaddr_in to = loopback(PORT);
    LPFN_DISCONNECTEX disconnect = find_extensions(client).disconnect;
    OVERLAPPED connected = {0};
    OVERLAPPED ended[2] = {{0}};
    DWORD bytes = 0;
    char in[8];

    memset(&acceptor->overlapped, 0, sizeof acceptor->overlapped);
    sim_assert(pends(AcceptEx(listener,
                              acceptor->accepted,
                              acceptor->buffer,
                              0,
                              ACCEPT_AREA,
                              ACCEPT_AREA,
                              &bytes,
                              &acceptor->overlapped)));
    connect_pending(client, &to, &connected);
    sim_assert(GetOverlappedResult((HANDLE)client, &connected, &bytes, TRUE));
    sim_assert(packet_comes(port, &acceptor->overlapped, 0, 0));
    accept_update(listener, acceptor);
    send_text(client, "hello");
    receive_all(acceptor->accepted, in, 5);
    /* SOCK-98: who closes first may have to wait for the other. */
    sim_assert(
        pends(disconnect(acceptor->accepted, &ended[0], TF_REUSE_SOCKET, 0)));
    sim_settle();
    sim_assert(!HasOverlappedIoCompleted(&ended[0]));
    sim_assert(recv(client, in, 8, 0) == 0);
    sim_assert(pends(disconnect(client, &ended[1], TF_REUSE_SOCKET, 0)));
    sim_assert(GetOverlappedResult((HANDLE)client, &ended[1], &bytes, TRUE));
    sim_assert(GetOverlappedResult((HANDLE)acceptor->accepted,
                                   &ended[0],
                                   &bytes,
                                   TRUE));
}

static void reuse_scenario(void *arg)
{
    struct acceptor acceptor;
    uint64_t begun;
    SOCKET listener;
    SOCKET client;
    HANDLE port;

    (void)arg;
    net_up();
    memset(&acceptor, 0, sizeof acceptor);
    listener = listen_port(PORT, 5);
    port = socket_port(listener);
    acceptor.accepted = stream_socket();
    client = bound_socket();
    begun = time_now();
    live(listener, &acceptor, client, port);
    sim_mark(milliseconds_since(begun) < 60000 ? "at once" : "after a rest");
    {
        /* The accept socket is good for another accept, whoever calls; the
         * client's own address pair rests. */
        close_socket(client);
        client = bound_socket();
        live(listener, &acceptor, client, port);
    }
    close_socket(client);
    close_socket(acceptor.accepted);
    close_socket(listener);
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void disconnected_sockets_serve_again(void **state)
{
    static const char *const marks[] = {"at once", "after a rest", NULL};

    (void)state;
    schedules_pass(reuse_scenario);
    schedules_reach(reuse_scenario, marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shutdown_closes_one_way),
        cmocka_unit_test(close_is_polite_if_it_can_be),
        cmocka_unit_test(hard_close_resets),
        cmocka_unit_test(close_ends_what_pends),
        cmocka_unit_test(close_lingers_when_told),
        cmocka_unit_test(disconnect_is_a_farewell),
        cmocka_unit_test(disconnected_sockets_serve_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
