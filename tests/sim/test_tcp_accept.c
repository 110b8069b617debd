/**
 * @file test_tcp_accept.c
 * @brief How a server gets its connections.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-49, SOCK-61, SOCK-64, SOCK-65, SOCK-66, SOCK-67, SOCK-69,
 *           SOCK-70, SOCK-71, SOCK-74, SOCK-75, SOCK-76.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { PORT = 700 };

/** A listener, and the port that hears of it. */
struct hall {
    SOCKET listener;
    HANDLE port;
    struct acceptor acceptor;
};

static void hall_open(struct hall *hall)
{
    net_up();
    hall->listener = listen_port(PORT, 5);
    hall->port = socket_port(hall->listener);
}

static void hall_close(const struct hall *hall)
{
    close_socket(hall->listener);
    sim_assert(packet_none(hall->port) && CloseHandle(hall->port));
    net_down();
}

/** @brief Start an AcceptEx, which must pend. */
static void accept_later(struct hall *hall, DWORD data_bytes)
{
    sim_assert(
        pends(accept_begin(hall->listener, &hall->acceptor, data_bytes)));
}

/** @brief Wait for the end of it. */
static bool accept_ends(const struct hall *hall, DWORD error, DWORD bytes)
{
    return packet_comes(hall->port, &hall->acceptor.overlapped, error, bytes);
}

static SOCKET connected_socket(void)
{
    SOCKET client = stream_socket();

    sim_assert(connect_here(client, PORT) == 0);
    return client;
}

/* ---- Order ----------------------------------------------------------------- */

/** @brief SOCK-76: two accepts, two clients: who has whom? */
static void serve_two(const struct hall *hall)
{
    struct acceptor acceptors[2];
    SOCKET clients[2];
    char text[8];

    for (size_t at = 0; at < 2; at++) {
        sim_assert(pends(accept_begin(hall->listener, &acceptors[at], 0)));
    }
    for (size_t at = 0; at < 2; at++) {
        clients[at] = connected_socket();
        /* SOCK-69: the packets are the listener's. */
        sim_assert(packet_comes(hall->port, &acceptors[at].overlapped, 0, 0));
    }
    send_text(clients[0], "one");
    send_text(clients[1], "two");
    receive_all(acceptors[0].accepted, text, 3);
    sim_assert(memcmp(text, "one", 3) == 0);
    receive_all(acceptors[1].accepted, text, 3);
    sim_assert(memcmp(text, "two", 3) == 0);
    for (size_t at = 0; at < 2; at++) {
        close_socket(acceptors[at].accepted);
        close_socket(clients[at]);
    }
}

static void order_scenario(void *arg)
{
    struct hall hall;
    SOCKET client;

    (void)arg;
    hall_open(&hall);
    serve_two(&hall);
    {
        /* SOCK-75: a connection made before is handed over at once, or as soon
         * as it is established. */
        BOOL done;

        client = connected_socket();
        done = accept_begin(hall.listener, &hall.acceptor, 0);
        sim_assert(done || GetLastError() == ERROR_IO_PENDING);
        sim_mark(done ? "handed over at once" : "handed over later");
        sim_assert(accept_ends(&hall, 0, 0));
        close_socket(hall.acceptor.accepted);
        close_socket(client);
    }
    {
        /* SOCK-49: the listener is closed under a pending accept. */
        accept_later(&hall, 0);
        close_socket(hall.listener);
        sim_assert(accept_ends(&hall, ERROR_OPERATION_ABORTED, 0));
        close_socket(hall.acceptor.accepted);
    }
    sim_assert(packet_none(hall.port) && CloseHandle(hall.port));
    net_down();
}

static void accepts_serve_in_order(void **state)
{
    static const char *const marks[] = {"handed over at once",
                                        "handed over later",
                                        NULL};

    (void)state;
    schedules_pass(order_scenario);
    schedules_reach(order_scenario, marks);
}

/* ---- First data ------------------------------------------------------------ */

/** @brief SOCK-62: what lies behind the data. */
static void check_addresses(struct acceptor *acceptor)
{
    struct sockaddr *names[2];
    int bytes[2];

    GetAcceptExSockaddrs(acceptor->buffer,
                         64,
                         ACCEPT_AREA,
                         ACCEPT_AREA,
                         &names[0],
                         &bytes[0],
                         &names[1],
                         &bytes[1]);
    sim_assert(((struct sockaddr_in *)names[0])->sin_port == htons(PORT));
    sim_assert(names[1]->sa_family == AF_INET && bytes[1] == 16);
}

static void first_data_scenario(void *arg)
{
    struct hall hall;
    SOCKET client;

    (void)arg;
    hall_open(&hall);
    {
        /* SOCK-65: connected, but the accept waits for the first bytes. */
        accept_later(&hall, 64);
        client = connected_socket();
        sim_settle();
        sim_assert(hall.acceptor.overlapped.Internal == STATUS_PENDING);
        send_text(client, "hello");
        sim_assert(packet_wait(hall.port).bytes >= 1);
        sim_assert(hall.acceptor.buffer[0] == 'h');
        check_addresses(&hall.acceptor);
        accept_update(hall.listener, &hall.acceptor);
        close_socket(hall.acceptor.accepted);
        close_socket(client);
    }
    {
        /* SOCK-67: the peer closes without data: success with 0 bytes. */
        char byte;

        accept_later(&hall, 64);
        close_socket(connected_socket());
        sim_assert(accept_ends(&hall, 0, 0));
        sim_assert(recv(hall.acceptor.accepted, &byte, 1, 0) == 0);
        close_socket(hall.acceptor.accepted);
    }
    {
        /* SOCK-74: it resets instead; the accept fails, and its socket is as
         * fresh as it was. */
        accept_later(&hall, 64);
        close_hard(connected_socket());
        sim_assert(accept_ends(&hall, ERROR_NETNAME_DELETED, 0));
        sim_assert(bind_here(hall.acceptor.accepted) != 0);
        close_socket(hall.acceptor.accepted);
    }
    hall_close(&hall);
}

static void accept_waits_for_first_data(void **state)
{
    (void)state;
    schedules_pass(first_data_scenario);
}

/* ---- The accept socket ------------------------------------------------------ */

static void accept_socket_scenario(void *arg)
{
    struct hall hall;

    (void)arg;
    hall_open(&hall);
    {
        /* SOCK-71: cancelling through the accept socket does nothing, and
         * SOCK-61 it cannot be used meanwhile.
         * SOCK-70: closing it ends the accept. */
        SOCKET accepted;

        accept_later(&hall, 0);
        accepted = hall.acceptor.accepted;
        sim_assert(CancelIo((HANDLE)accepted));
        sim_assert(failed(CancelIoEx((HANDLE)accepted, NULL), ERROR_NOT_FOUND));
        sim_assert(wsa_failed(connect_here(accepted, PORT), WSAEINVAL));
        sim_assert(hall.acceptor.overlapped.Internal == STATUS_PENDING);
        close_socket(accepted);
        sim_assert(accept_ends(&hall, ERROR_OPERATION_ABORTED, 0));
    }
    {
        /* With the connection taken and data awaited it is one of two errors,
         * and the client is reset. */
        SOCKET client;
        struct taken taken;
        char byte;

        accept_later(&hall, 64);
        client = connected_socket();
        Sleep(100);
        close_socket(hall.acceptor.accepted);
        taken = packet_wait(hall.port);
        sim_assert(taken.error == ERROR_OPERATION_ABORTED ||
                   taken.error == ERROR_CONNECTION_ABORTED);
        sim_mark(taken.error == ERROR_CONNECTION_ABORTED ? "aborted"
                                                         : "cancelled");
        sim_assert(wsa_failed(recv(client, &byte, 1, 0), WSAECONNRESET));
        close_socket(client);
    }
    {
        /* Cancelled through the listener in that phase. */
        SOCKET client;

        accept_later(&hall, 64);
        client = connected_socket();
        Sleep(100);
        sim_assert(
            CancelIoEx((HANDLE)hall.listener, &hall.acceptor.overlapped));
        sim_assert(accept_ends(&hall, ERROR_OPERATION_ABORTED, 0));
        close_socket(hall.acceptor.accepted);
        close_socket(client);
    }
    hall_close(&hall);
}

static void accept_socket_is_tied_to_its_accept(void **state)
{
    static const char *const marks[] = {"aborted", "cancelled", NULL};

    (void)state;
    schedules_pass(accept_socket_scenario);
    schedules_reach(accept_socket_scenario, marks);
}

/* ---- accept() ---------------------------------------------------------------- */

static void gone_scenario(void *arg)
{
    struct hall hall;
    SOCKET client;
    SOCKET server;
    char byte;

    (void)arg;
    hall_open(&hall);
    {
        /* Its client has reset the connection: the call fails, once. */
        close_hard(connected_socket());
        Sleep(100);
        sim_assert(
            wsa_refused(accept(hall.listener, NULL, NULL), WSAECONNRESET));
    }
    {
        /* It has sent and closed: nothing is lost. */
        client = connected_socket();
        send_text(client, "x");
        close_socket(client);
        server = accept(hall.listener, NULL, NULL);
        sim_assert(server != INVALID_SOCKET);
        receive_all(server, &byte, 1);
        sim_assert(byte == 'x' && recv(server, &byte, 1, 0) == 0);
        close_socket(server);
    }
    {
        /* A listener that is closed resets those that wait. */
        u_short port;
        SOCKET other = listen_here(&port);

        client = stream_socket();
        sim_assert(connect_here(client, port) == 0);
        close_socket(other);
        sim_assert(wsa_failed(recv(client, &byte, 1, 0), WSAECONNRESET));
        close_socket(client);
    }
    hall_close(&hall);
}

static void accept_finds_who_has_gone(void **state)
{
    (void)state;
    schedules_pass(gone_scenario);
}

static void small_area_scenario(void *arg)
{
    struct hall hall;
    SOCKET client;
    SOCKET server;
    DWORD bytes;

    (void)arg;
    hall_open(&hall);
    memset(&hall.acceptor, 0, sizeof hall.acceptor);
    hall.acceptor.accepted = stream_socket();
    {
        /* SOCK-64: it pends all the same, fails when somebody comes, and does
         * not consume the connection. */
        sim_assert(pends(AcceptEx(hall.listener,
                                  hall.acceptor.accepted,
                                  hall.acceptor.buffer,
                                  0,
                                  3,
                                  ACCEPT_AREA,
                                  &bytes,
                                  &hall.acceptor.overlapped)));
        client = connected_socket();
        sim_assert(accept_ends(&hall, ERROR_INSUFFICIENT_BUFFER, 0));
        server = accept(hall.listener, NULL, NULL);
        sim_assert(server != INVALID_SOCKET);
    }
    close_socket(hall.acceptor.accepted);
    close_socket(server);
    close_socket(client);
    hall_close(&hall);
}

static void small_area_fails_late(void **state)
{
    (void)state;
    schedules_rules("-26"); /* As it says. */
    schedules_pass(small_area_scenario);
    schedules_rules(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_serve_in_order),
        cmocka_unit_test(accept_waits_for_first_data),
        cmocka_unit_test(accept_socket_is_tied_to_its_accept),
        cmocka_unit_test(accept_finds_who_has_gone),
        cmocka_unit_test(small_area_fails_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
