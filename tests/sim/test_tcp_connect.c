/**
 * @file test_tcp_connect.c
 * @brief How a client connects, or does not.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-79, SOCK-82, SOCK-83, SOCK-84, SOCK-85, SOCK-86, SOCK-87,
 *           SOCK-90, SOCK-93.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { PORT = 700 };

/* ---- Refusals ------------------------------------------------------------ */

static void refusal_scenario(void *arg)
{
    struct sockaddr_in nobody = loopback(PORT);
    SOCKET client;
    OVERLAPPED overlapped;
    HANDLE port;
    SOCKET listener;

    (void)arg;
    net_up();
    client = bound_socket();
    port = socket_port(client);
    {
        /* SOCK-85: nobody listens, and the packet says so. */
        connect_pending(client, &nobody, &overlapped);
        sim_assert(
            packet_comes(port, &overlapped, ERROR_CONNECTION_REFUSED, 0));
        sim_assert(overlapped.Internal == (ULONG)STATUS_CONNECTION_REFUSED);
    }
    {
        /* SOCK-87: the same socket tries again, by either call. */
        sim_assert(wsa_failed(connect_here(client, PORT), WSAECONNREFUSED));
        listener = listen_port(PORT, 5);
        connect_pending(client, &nobody, &overlapped);
        sim_assert(packet_comes(port, &overlapped, 0, 0));
    }
    close_socket(client);
    close_socket(listener);
    sim_assert(CloseHandle(port));
    net_down();
}

static void who_is_refused_may_try_again(void **state)
{
    (void)state;
    schedules_pass(refusal_scenario);
}

static void backlog_scenario(void *arg)
{
    SOCKET clients[4];
    struct acceptor acceptor;
    SOCKET listener;
    SOCKET server;

    (void)arg;
    net_up();
    listener = listen_port(PORT, 2);
    for (size_t at = 0; at < 4; at++) {
        clients[at] = stream_socket();
    }
    {
        /* SOCK-79: two wait in the queue, the third is refused. */
        sim_assert(connect_here(clients[0], PORT) == 0);
        sim_assert(connect_here(clients[1], PORT) == 0);
        sim_assert(wsa_failed(connect_here(clients[2], PORT), WSAECONNREFUSED));
    }
    {
        /* Who is accepted makes room. */
        server = accept(listener, NULL, NULL);
        sim_assert(server != INVALID_SOCKET);
        close_socket(server);
        sim_assert(connect_here(clients[2], PORT) == 0);
        sim_assert(wsa_failed(connect_here(clients[3], PORT), WSAECONNREFUSED));
    }
    {
        /* So does an accept that waits. */
        close_socket(accept(listener, NULL, NULL));
        close_socket(accept(listener, NULL, NULL));
        sim_assert(
            failed(accept_begin(listener, &acceptor, 0), ERROR_IO_PENDING));
        sim_assert(connect_here(clients[3], PORT) == 0);
        sim_assert(WaitForSingleObject((HANDLE)listener, INFINITE) ==
                   WAIT_OBJECT_0);
        sim_assert(acceptor.overlapped.Internal == STATUS_SUCCESS);
        close_socket(acceptor.accepted);
    }
    for (size_t at = 0; at < 4; at++) {
        close_socket(clients[at]);
    }
    close_socket(listener);
    net_down();
}

static void full_queue_refuses(void **state)
{
    (void)state;
    schedules_pass(backlog_scenario);
}

static void unreachable_scenario(void *arg)
{
    SOCKET client;
    uint64_t begun;

    (void)arg;
    net_up();
    client = stream_socket();
    {
        /* SOCK-86: no route is known at once, no host after a while. */
        const struct sockaddr_in far = {
            .sin_family = AF_INET,
            .sin_port = htons(PORT),
            .sin_addr.s_addr = htonl(0xc0000201), /* 192.0.2.1 */
        };

        begun = time_now();
        sim_assert(wsa_failed(
            connect(client, (const struct sockaddr *)&far, sizeof far),
            WSAENETUNREACH));
        sim_assert(milliseconds_since(begun) == 0);
        sim_assert(wsa_failed(connect_host(client, 99, PORT), WSAEHOSTUNREACH));
        sim_assert(milliseconds_since(begun) == 3000);
    }
    {
        /* SOCK-93: a host that does not answer, about 21 seconds.
         * SOCK-87: and the socket is good for another attempt. */
        begun = time_now();
        sim_assert(wsa_failed(connect_host(client, 2, PORT), WSAETIMEDOUT));
        sim_assert(milliseconds_since(begun) >= 21000);
        sim_assert(milliseconds_since(begun) <= 22000);
        sim_link_heal(1, 2);
        sim_assert(wsa_failed(connect_host(client, 2, PORT), WSAECONNREFUSED));
    }
    close_socket(client);
    net_down();
}

static void nobody_answers_for_some_time(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2,1-2/cut", unreachable_scenario);
}

static void unreachable_packet_scenario(void *arg)
{
    struct sockaddr_in to = host_address(2, PORT);
    OVERLAPPED overlapped;
    SOCKET client;
    HANDLE port;

    (void)arg;
    net_up();
    client = bound_socket();
    port = socket_port(client);
    {
        /* SOCK-86: the same as packets. */
        connect_pending(client, &to, &overlapped);
        sim_assert(packet_comes(port, &overlapped, ERROR_SEM_TIMEOUT, 0));
        sim_assert(overlapped.Internal == (ULONG)STATUS_IO_TIMEOUT);
        to = host_address(99, PORT);
        connect_pending(client, &to, &overlapped);
        sim_assert(packet_comes(port, &overlapped, ERROR_HOST_UNREACHABLE, 0));
        to.sin_addr.s_addr = htonl(0xc0000201);
        connect_pending(client, &to, &overlapped);
        sim_assert(
            packet_comes(port, &overlapped, ERROR_NETWORK_UNREACHABLE, 0));
    }
    {
        /* Cancelled while it waits, and closed. */
        to = host_address(2, PORT);
        connect_pending(client, &to, &overlapped);
        sim_assert(wsa_failed(connect_host(client, 2, PORT), WSAEALREADY));
        sim_assert(CancelIoEx((HANDLE)client, &overlapped));
        sim_assert(packet_comes(port, &overlapped, ERROR_OPERATION_ABORTED, 0));
        connect_pending(client, &to, &overlapped);
        close_socket(client);
        sim_assert(packet_comes(port, &overlapped, ERROR_OPERATION_ABORTED, 0));
    }
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void packets_say_why_nobody_answers(void **state)
{
    (void)state;
    network_passes("hosts=2,1-2/cut", unreachable_packet_scenario);
}

/* ---- ConnectEx ----------------------------------------------------------- */

static void connect_data_scenario(void *arg)
{
    struct sockaddr_in to = loopback(PORT);
    char data[4] = "abc";
    OVERLAPPED overlapped = {0};
    SOCKET listener;
    SOCKET client;
    SOCKET server;
    HANDLE port;

    (void)arg;
    net_up();
    listener = listen_port(PORT, 5);
    client = bound_socket();
    port = socket_port(client);
    {
        /* SOCK-82: it always pends.  SOCK-84: the data is taken at once, so
         * what becomes of the buffer does not matter. */
        sim_assert(
            failed(find_extensions(client).connect(client,
                                                   (struct sockaddr *)&to,
                                                   sizeof to,
                                                   data,
                                                   3,
                                                   NULL,
                                                   &overlapped),
                   ERROR_IO_PENDING));
        memset(data, 'z', sizeof data);
        server = accept(listener, NULL, NULL);
        receive_all(server, data, 3);
        sim_assert(memcmp(data, "abc", 3) == 0);
        /* SOCK-83: the count is that of the data. */
        sim_assert(packet_comes(port, &overlapped, 0, 3));
    }
    close_socket(client);
    close_socket(server);
    close_socket(listener);
    sim_assert(CloseHandle(port));
    net_down();
}

static void connect_sends_data_of_call_time(void **state)
{
    (void)state;
    schedules_pass(connect_data_scenario);
}

static void background_scenario(void *arg)
{
    u_long on = 1;
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET listener;
    SOCKET client;
    int error = -1;
    char byte;

    (void)arg;
    net_up();
    listener = listen_port(PORT, 5);
    client = stream_socket();
    sim_assert(ioctlsocket(client, (LONG)FIONBIO, &on) == 0);
    {
        /* SOCK-90: connecting in the background. */
        sim_assert(wsa_failed(connect_host(client, 2, PORT), WSAEWOULDBLOCK));
        sim_assert(wsa_failed(connect_host(client, 2, PORT), WSAEALREADY));
        sim_assert(getsockname(client, (struct sockaddr *)&name, &bytes) == 0);
        sim_assert(name.sin_port != 0);
        sim_assert(
            wsa_failed(getpeername(client, (struct sockaddr *)&name, &bytes),
                       WSAENOTCONN));
        sim_assert(wsa_failed(send(client, "a", 1, 0), WSAENOTCONN));
        sim_assert(wsa_failed(recv(client, &byte, 1, 0), WSAENOTCONN));
    }
    {
        /* It fails: SO_ERROR tells, once; and SOCK-87 it may try again. */
        Sleep(50);
        bytes = sizeof error;
        sim_assert(
            getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&error, &bytes) ==
            0);
        sim_assert(error == WSAECONNREFUSED);
        sim_assert(
            getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&error, &bytes) ==
            0);
        sim_assert(error == 0);
        sim_assert(wsa_failed(connect_host(client, 1, PORT), WSAEWOULDBLOCK));
        Sleep(50);
        sim_assert(wsa_failed(connect_host(client, 1, PORT), WSAEISCONN));
    }
    close_socket(client);
    close_socket(listener);
    net_down();
}

static void connect_goes_on_in_the_background(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2", background_scenario);
}

static void rest_scenario(void *arg)
{
    SOCKET listener;
    SOCKET client;
    SOCKET server;
    u_short local;
    char byte;

    (void)arg;
    net_up();
    listener = listen_port(PORT, 5);
    client = stream_socket();
    local = bind_here(client);
    sim_assert(connect_here(client, PORT) == 0);
    server = accept(listener, NULL, NULL);
    {
        /* LIMIT-09: the client closes first, so its addresses rest. */
        close_socket(client);
        sim_assert(recv(server, &byte, 1, 0) == 0);
        close_socket(server);
        Sleep(1000);
        client = stream_socket();
        {
            struct sockaddr_in name = loopback(local);

            sim_assert(bind(client, (struct sockaddr *)&name, sizeof name) ==
                       0);
        }
        sim_assert(wsa_failed(connect_here(client, PORT), WSAEADDRINUSE));
    }
    {
        /* After two minutes they are free. */
        Sleep(120000);
        sim_assert(connect_here(client, PORT) == 0);
        server = accept(listener, NULL, NULL);
    }
    {
        /* When the server closes first it is its end that rests, and the
         * client may call again at once. */
        struct sockaddr_in name = loopback(local);

        close_socket(server);
        sim_assert(recv(client, &byte, 1, 0) == 0);
        close_socket(client);
        client = stream_socket();
        sim_assert(bind(client, (struct sockaddr *)&name, sizeof name) == 0);
        sim_assert(connect_here(client, PORT) == 0);
    }
    close_socket(client);
    close_socket(listener);
    net_down();
}

static void addresses_rest_after_a_close(void **state)
{
    (void)state;
    schedules_pass_exactly(rest_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_refused_may_try_again),
        cmocka_unit_test(full_queue_refuses),
        cmocka_unit_test(nobody_answers_for_some_time),
        cmocka_unit_test(packets_say_why_nobody_answers),
        cmocka_unit_test(connect_sends_data_of_call_time),
        cmocka_unit_test(connect_goes_on_in_the_background),
        cmocka_unit_test(addresses_rest_after_a_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
