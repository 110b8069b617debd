/**
 * @file test_winsock_accept_ex.c
 * @brief AcceptEx, and WSAAccept with a condition.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    OVL-05, SOCK-59, SOCK-60, SOCK-61, SOCK-62, SOCK-63, SOCK-66,
 *           SOCK-69, SOCK-72, SOCK-75.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/* ---- AcceptEx: arguments ------------------------------------------------- */

static BOOL accept_sizes(struct server *server,
                         void *buffer,
                         DWORD local_bytes,
                         DWORD remote_bytes)
{
    return AcceptEx(server->listener,
                    server->accepted,
                    buffer,
                    0,
                    local_bytes,
                    remote_bytes,
                    NULL,
                    &server->overlapped);
}

/** @brief SOCK-60, SOCK-61: a socket that waits already. */
static void check_waiting(struct server *server)
{
    OVERLAPPED again = {0};

    sim_assert(pends(accept_with(server, 0)));
    sim_assert(failed(AcceptEx(server->listener,
                               server->accepted,
                               server->buffer,
                               0,
                               AREA,
                               AREA,
                               NULL,
                               &again),
                      WSAEINVAL));
    sim_assert(
        wsa_failed(connect_here(server->accepted, server->number), WSAEINVAL));
    sim_assert(
        failed(connect_with(server, server->accepted, &again), WSAEINVAL));
    sim_assert(packet_none(server->port));
    sim_assert(CancelIoEx((HANDLE)server->listener, NULL));
    sim_assert(packet_is(server->port,
                         &server->overlapped,
                         ERROR_OPERATION_ABORTED,
                         0));
}

static void accept_argument_scenario(void *arg)
{
    struct server server;
    SOCKET other;

    (void)arg;
    server_open(&server);
    {
        /* SOCK-59: each at once, without a packet; OVL-05. */
        sim_assert(failed(AcceptEx(server.listener,
                                   server.accepted,
                                   server.buffer,
                                   0,
                                   AREA,
                                   AREA,
                                   NULL,
                                   NULL),
                          ERROR_INVALID_PARAMETER));
        sim_assert(failed(accept_sizes(&server, NULL, AREA, AREA), WSAEFAULT));
        sim_assert(server.overlapped.Internal == (ULONG_PTR)STATUS_PENDING);
        sim_assert(
            failed(accept_sizes(&server, server.buffer, AREA, 0), WSAEFAULT));
        other = server.listener;
        server.listener = INVALID_SOCKET;
        sim_assert(failed(accept_with(&server, 0), WSAENOTSOCK));
        server.listener = server.accepted;
        sim_assert(failed(accept_with(&server, 0), WSAEINVAL));
        server.listener = other;
    }
    {
        /* SOCK-60: fresh sockets only. */
        other = server.accepted;
        server.accepted = INVALID_SOCKET;
        sim_assert(failed(accept_with(&server, 0), WSAENOTSOCK));
        server.accepted = datagram_socket();
        sim_assert(failed(accept_with(&server, 0), WSAEINVAL));
        close_socket(server.accepted);
        server.accepted = stream_socket();
        (void)bind_here(server.accepted);
        sim_assert(failed(accept_with(&server, 0), WSAEINVAL));
        close_socket(server.accepted);
        server.accepted = other;
    }
    check_waiting(&server);
    server_close(&server);
}

static void accept_ex_looks_at_its_arguments(void **state)
{
    (void)state;
    schedules_pass(accept_argument_scenario);
}

/* ---- AcceptEx: addresses and context ------------------------------------- */

static void check_addresses(struct server *server, SOCKET client)
{
    struct sockaddr *local;
    struct sockaddr *remote;
    int local_bytes;
    int remote_bytes;
    struct sockaddr_in mine = name_of(client, false);
    struct sockaddr_in yours = name_of(client, true);

    /* SOCK-62: behind the data. */
    GetAcceptExSockaddrs(server->buffer,
                         64,
                         AREA,
                         AREA,
                         &local,
                         &local_bytes,
                         &remote,
                         &remote_bytes);
    sim_assert(local_bytes == sizeof mine && remote_bytes == sizeof mine);
    sim_assert(memcmp(remote, &mine, sizeof mine) == 0);
    sim_assert(memcmp(local, &yours, sizeof yours) == 0);
}

/** @brief The option's value is a socket, all of it. */
static void check_update_arguments(SOCKET accepted)
{
    SOCKET bad = INVALID_SOCKET;

    sim_assert(wsa_failed(setsockopt(accepted,
                                     SOL_SOCKET,
                                     SO_UPDATE_ACCEPT_CONTEXT,
                                     (char *)&bad,
                                     sizeof bad),
                          WSAENOTSOCK));
    sim_assert(wsa_failed(setsockopt(accepted,
                                     SOL_SOCKET,
                                     SO_UPDATE_ACCEPT_CONTEXT,
                                     (char *)&bad,
                                     4),
                          WSAEFAULT));
}

static void accept_scenario(void *arg)
{
    struct server server;
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET client;
    SOCKET accepted;

    (void)arg;
    server_open(&server);
    accepted = server.accepted;
    client = stream_socket();
    sim_assert(pends(accept_with(&server, 64)));
    sim_assert(connect_here(client, server.number) == 0);
    sim_settle();
    sim_assert(packet_none(server.port));
    sim_assert(send(client, "h", 1, 0) == 1);
    Sleep(60000);
    /* SOCK-69: the listener's port, with its key. */
    sim_assert(packet_is(server.port, &server.overlapped, 0, 1));
    sim_assert(server.buffer[0] == 'h');
    check_addresses(&server, client);
    {
        /* SOCK-72: data can be sent, but Winsock knows nothing yet. */
        sim_assert(
            wsa_failed(getsockname(accepted, (struct sockaddr *)&name, &bytes),
                       WSAEINVAL));
        sim_assert(
            wsa_failed(getpeername(accepted, (struct sockaddr *)&name, &bytes),
                       WSAENOTCONN));
        sim_assert(wsa_failed(shutdown(accepted, SD_SEND), WSAENOTCONN));
        sim_assert(send(accepted, "x", 1, 0) == 1);
        sim_assert(setsockopt(accepted,
                              SOL_SOCKET,
                              SO_UPDATE_ACCEPT_CONTEXT,
                              (char *)&server.listener,
                              sizeof server.listener) == 0);
        sim_assert(getsockname(accepted, (struct sockaddr *)&name, &bytes) ==
                   0);
        sim_assert(name.sin_port == htons(server.number));
        sim_assert(getpeername(accepted, (struct sockaddr *)&name, &bytes) ==
                   0);
        sim_assert(shutdown(accepted, SD_SEND) == 0);
    }
    check_update_arguments(accepted);
    close_socket(client);
    server_close(&server);
}

static void accept_ex_tells_who_came(void **state)
{
    (void)state;
    schedules_pass(accept_scenario);
}

static void no_local_scenario(void *arg)
{
    struct server server;
    struct sockaddr *local = NULL;
    struct sockaddr *remote = NULL;
    int local_bytes = -1;
    int remote_bytes = -1;
    SOCKET client;

    (void)arg;
    server_open(&server);
    client = stream_socket();
    sim_assert(connect_here(client, server.number) == 0);
    Sleep(60000);
    /* SOCK-63, SOCK-66, SOCK-75: no local area, no data, already there. */
    if (accept_sizes(&server, server.buffer, 0, AREA)) {
        sim_mark("at once");
    } else {
        sim_assert(GetLastError() == ERROR_IO_PENDING);
    }
    sim_assert(packet_is(server.port, &server.overlapped, 0, 0));
    GetAcceptExSockaddrs(server.buffer,
                         0,
                         0,
                         AREA,
                         &local,
                         &local_bytes,
                         &remote,
                         &remote_bytes);
    sim_assert(local == NULL && local_bytes == -1);
    sim_assert(remote_bytes == sizeof(struct sockaddr_in));
    close_socket(client);
    server_close(&server);
}

static void accept_ex_needs_no_local_address(void **state)
{
    (void)state;
    schedules_pass(no_local_scenario);
}

/* ---- WSAAccept ----------------------------------------------------------- */

static unsigned short caller;

static int CALLBACK decide(LPWSABUF caller_id,
                           LPWSABUF caller_data,
                           LPQOS caller_qos,
                           LPQOS group_qos,
                           LPWSABUF callee_id,
                           LPWSABUF callee_data,
                           GROUP *group,
                           DWORD_PTR context)
{
    struct sockaddr_in name;

    (void)caller_data;
    (void)caller_qos;
    (void)group_qos;
    (void)callee_id;
    (void)callee_data;
    (void)group;
    sim_assert(caller_id->len == sizeof name);
    memcpy(&name, caller_id->buf, sizeof name);
    caller = ntohs(name.sin_port);
    return (int)context;
}

static void condition_scenario(void *arg)
{
    struct server server;
    SOCKET first;
    SOCKET second;
    SOCKET made;
    char byte;

    (void)arg;
    server_open(&server);
    first = stream_socket();
    sim_assert(connect_here(first, server.number) == 0);
    Sleep(60000);
    {
        /* SOCK-75: deferred, it stays first. */
        sim_assert(wsa_refused(
            WSAAccept(server.listener, NULL, NULL, decide, CF_DEFER),
            WSATRY_AGAIN));
        sim_assert(htons(caller) == name_of(first, false).sin_port);
        second = stream_socket();
        sim_assert(connect_here(second, server.number) == 0);
        made = WSAAccept(server.listener, NULL, NULL, decide, CF_ACCEPT);
        sim_assert(made != INVALID_SOCKET);
        sim_assert(name_of(made, true).sin_port ==
                   name_of(first, false).sin_port);
        close_socket(made);
    }
    {
        Sleep(60000);
        sim_assert(wsa_refused(
            WSAAccept(server.listener, NULL, NULL, decide, CF_REJECT),
            WSAECONNREFUSED));
        Sleep(60000);
        sim_assert(recv(second, &byte, 1, 0) == SOCKET_ERROR);
        sim_assert(WSAGetLastError() == WSAECONNRESET);
    }
    close_socket(first);
    close_socket(second);
    server_close(&server);
}

static void a_condition_decides_who_comes_in(void **state)
{
    (void)state;
    schedules_pass(condition_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_ex_looks_at_its_arguments),
        cmocka_unit_test(accept_ex_tells_who_came),
        cmocka_unit_test(accept_ex_needs_no_local_address),
        cmocka_unit_test(a_condition_decides_who_comes_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
