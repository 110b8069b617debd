/**
 * @file test_winsock_connect_ex.c
 * @brief ConnectEx and DisconnectEx.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    OVL-05, SOCK-80, SOCK-81, SOCK-82, SOCK-83, SOCK-88, SOCK-89,
 *           SOCK-94, SOCK-95, SOCK-96, SOCK-97.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/* ---- ConnectEx ----------------------------------------------------------- */

static void connect_argument_scenario(void *arg)
{
    struct server server;
    OVERLAPPED overlapped = {0};
    struct socket_pair pair;
    SOCKET client;

    (void)arg;
    server_open(&server);
    pair = sockets_open();
    client = stream_socket();
    {
        /* SOCK-80: unbound, or listening. */
        sim_assert(
            failed(connect_with(&server, client, &overlapped), WSAEINVAL));
        sim_assert(overlapped.Internal == (ULONG_PTR)STATUS_PENDING);
        sim_assert(failed(connect_with(&server, server.listener, &overlapped),
                          WSAEINVAL));
    }
    {
        /* SOCK-81: the others. */
        (void)bind_here(client);
        sim_assert(failed(connect_with(&server, client, NULL),
                          ERROR_INVALID_PARAMETER));
        sim_assert(failed(connect_with(&server, INVALID_SOCKET, &overlapped),
                          WSAENOTSOCK));
        sim_assert(failed(connect_with(&server, pair.client, &overlapped),
                          WSAEISCONN));
        sim_assert(failed(
            server.call.connect(client, NULL, 16, NULL, 0, NULL, &overlapped),
            WSAEFAULT));
    }
    close_socket(client);
    sockets_close(&pair);
    server_close(&server);
}

static void connect_ex_looks_at_its_arguments(void **state)
{
    (void)state;
    schedules_pass(connect_argument_scenario);
}

/** @brief DisconnectEx as an operation, and without OVERLAPPED. */
static void check_disconnect(const struct server *server,
                             SOCKET client,
                             HANDLE port)
{
    OVERLAPPED overlapped = {0};

    /* SOCK-94, SOCK-95: DisconnectEx as an operation. */
    sim_assert(failed(server->call.disconnect(client, NULL, 0, 1), WSAEINVAL));
    sim_assert(failed(server->call.disconnect(client, NULL, 4, 0), WSAEINVAL));
    sim_assert(pends(server->call.disconnect(client, &overlapped, 0, 0)));
    Sleep(60000);
    sim_assert(packet_is(port, &overlapped, 0, 0));
    /* SOCK-96, SOCK-97: again without OVERLAPPED; no way back. */
    sim_assert(server->call.disconnect(client, NULL, 0, 0));
    sim_assert(wsa_failed(send(client, "e", 1, 0), WSAESHUTDOWN));
    sim_assert(wsa_failed(connect_here(client, server->number), WSAEISCONN));
    sim_assert(packet_none(port));
}

static void connect_scenario(void *arg)
{
    struct server server;
    struct sockaddr_in name;
    OVERLAPPED overlapped = {0};
    OVERLAPPED other = {0};
    int bytes = sizeof name;
    HANDLE port;
    SOCKET client;

    (void)arg;
    server_open(&server);
    client = stream_socket();
    port = socket_port(client);
    (void)bind_here(client);
    name = loopback(server.number);
    sim_assert(pends(accept_with(&server, 64)));
    /* SOCK-82: it pends always; SOCK-83: with data. */
    sim_assert(pends(server.call.connect(client,
                                         (const struct sockaddr *)&name,
                                         sizeof name,
                                         (char[]){"a"},
                                         1,
                                         NULL,
                                         &overlapped)));
    Sleep(60000);
    sim_assert(packet_is(port, &overlapped, 0, 1));
    sim_assert(packet_is(server.port, &server.overlapped, 0, 1));
    sim_assert(server.buffer[0] == 'a');
    {
        /* SOCK-88, SOCK-89: before the context update. */
        sim_assert(
            wsa_failed(getpeername(client, (struct sockaddr *)&name, &bytes),
                       WSAENOTCONN));
        sim_assert(wsa_failed(shutdown(client, SD_SEND), WSAENOTCONN));
        sim_assert(wsa_failed(connect_here(client, server.number), WSAEINVAL));
        sim_assert(send(client, "d", 1, 0) == 1);
        sim_assert(setsockopt(client,
                              SOL_SOCKET,
                              SO_UPDATE_CONNECT_CONTEXT,
                              NULL,
                              0) == 0);
        sim_assert(getpeername(client, (struct sockaddr *)&name, &bytes) == 0);
        sim_assert(wsa_failed(connect_here(client, server.number), WSAEISCONN));
        sim_assert(failed(connect_with(&server, client, &other), WSAEISCONN));
    }
    check_disconnect(&server, client, port);
    close_socket(client);
    sim_assert(CloseHandle(port));
    server_close(&server);
}

static void connect_ex_and_disconnect_ex_are_operations(void **state)
{
    (void)state;
    schedules_pass(connect_scenario);
}

static void disconnect_scenario(void *arg)
{
    struct extensions call;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    call = find_extensions(one);
    /* SOCK-94: unconnected, and no socket at all. */
    sim_assert(failed(call.disconnect(one, NULL, 0, 0), WSAENOTCONN));
    sim_assert(
        failed(call.disconnect(INVALID_SOCKET, NULL, 0, 0), WSAENOTSOCK));
    close_socket(one);
    one = datagram_socket();
    sim_assert(failed(call.disconnect(one, NULL, 0, 0), WSAENOTCONN));
    close_socket(one);
    net_down();
}

static void disconnect_ex_needs_a_connection(void **state)
{
    (void)state;
    schedules_pass(disconnect_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect_ex_looks_at_its_arguments),
        cmocka_unit_test(connect_ex_and_disconnect_ex_are_operations),
        cmocka_unit_test(disconnect_ex_needs_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
