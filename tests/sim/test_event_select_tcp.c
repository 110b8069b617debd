/**
 * @file test_event_select_tcp.c
 * @brief WSAEventSelect on streams: accepting, connecting, sending, closing.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-120.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "schedules.h"
#include "socket_pair.h"

enum { LARGE = 1000000 };

/** One socket, its event, and what was told so far. */
struct watched {
    SOCKET socket;
    WSAEVENT event;
    int codes[FD_MAX_EVENTS];
};

static struct watched watch(SOCKET socket, LONG events)
{
    struct watched watched = {.socket = socket, .event = WSACreateEvent()};

    sim_assert(watched.event != WSA_INVALID_EVENT);
    sim_assert(WSAEventSelect(socket, watched.event, events) == 0);
    return watched;
}

/** @brief What was recorded, waiting a second for it. */
static LONG told(struct watched *watched)
{
    WSANETWORKEVENTS record = {.lNetworkEvents = 0};

    (void)WSAWaitForMultipleEvents(1, &watched->event, TRUE, 1000, FALSE);
    sim_assert(WSAEnumNetworkEvents(watched->socket, watched->event, &record) ==
               0);
    memcpy(watched->codes, record.iErrorCode, sizeof watched->codes);
    return record.lNetworkEvents;
}

/** @brief The same, collected over several records: they may come apart. */
static LONG told_all(struct watched *watched)
{
    LONG all = 0;
    LONG more;

    /* BOUND: each kind is recorded once until a call re-enables it. */
    do {
        more = told(watched);
        all |= more;
    } while (more != 0);
    return all;
}

static void forget(const struct watched *watched)
{
    close_socket(watched->socket);
    sim_assert(WSACloseEvent(watched->event));
}

/* ---- Connecting ---------------------------------------------------------- */

static void accept_scenario(void *arg)
{
    struct watched listener;
    struct watched client;
    SOCKET first;
    SOCKET second;
    u_short port;

    (void)arg;
    net_up();
    listener = watch(listen_here(&port), FD_ACCEPT | FD_READ);
    sim_assert(told(&listener) == 0);
    {
        /* One record for two connections; accept re-enables it. */
        client = watch(stream_socket(), FD_CONNECT | FD_WRITE | FD_READ);
        sim_assert(
            wsa_failed(connect_here(client.socket, port), WSAEWOULDBLOCK));
        second = stream_socket();
        sim_assert(connect_here(second, port) == 0);
        sim_assert(told(&listener) == FD_ACCEPT && told(&listener) == 0);
        first = accept(listener.socket, NULL, NULL);
        sim_assert(first != INVALID_SOCKET && told(&listener) == FD_ACCEPT);
    }
    {
        /* The connect is told with its code, and that it can send. */
        sim_assert(told_all(&client) == (FD_CONNECT | FD_WRITE));
        sim_assert(client.codes[FD_CONNECT_BIT] == 0);
    }
    {
        /* What accept gives is watched like its listener: one event for two
         * sockets, whose records are apart. */
        struct watched child = {.socket = first, .event = listener.event};

        sim_assert(told(&child) == 0);
        /* Whichever of the two came first. */
        sim_assert(send(client.socket, "x", 1, 0) == 1);
        sim_assert(send(second, "x", 1, 0) == 1);
        sim_assert(told(&child) == FD_READ);
        sim_assert(WSAEventSelect(first, NULL, 0) == 0);
    }
    close_socket(first);
    close_socket(second);
    forget(&client);
    forget(&listener);
    net_down();
}

static void refused_scenario(void *arg)
{
    struct watched client;
    SOCKET listener;
    u_short port;

    (void)arg;
    net_up();
    listener = listen_here(&port);
    close_socket(listener);
    client = watch(stream_socket(), FD_CONNECT | FD_WRITE);
    sim_assert(wsa_failed(connect_here(client.socket, port), WSAEWOULDBLOCK));
    sim_assert(told(&client) == FD_CONNECT);
    sim_assert(client.codes[FD_CONNECT_BIT] == WSAECONNREFUSED);
    {
        /* Another attempt is another record. */
        listener = listen_here(&port);
        sim_assert(
            wsa_failed(connect_here(client.socket, port), WSAEWOULDBLOCK));
        sim_assert(told_all(&client) == (FD_CONNECT | FD_WRITE));
        sim_assert(client.codes[FD_CONNECT_BIT] == 0);
        close_socket(listener);
    }
    forget(&client);
    net_down();
}

static void late_scenario(void *arg)
{
    struct watched client;
    struct watched server;
    struct socket_pair pair;

    (void)arg;
    net_up();
    pair = sockets_open();
    /* Who asks after the fact is told of it; the one that was accepted has
     * not connected. */
    client = watch(pair.client, FD_CONNECT | FD_WRITE | FD_CLOSE);
    server = watch(pair.server, FD_CONNECT | FD_WRITE | FD_CLOSE);
    sim_assert(told(&client) == (FD_CONNECT | FD_WRITE));
    sim_assert(told(&server) == FD_WRITE);
    {
        /* Of an end, too; that it came first is no matter. */
        sim_assert(shutdown(client.socket, SD_SEND) == 0);
        Sleep(1000);
        sim_assert(WSAEventSelect(server.socket,
                                  server.event,
                                  FD_READ | FD_CLOSE) == 0);
        sim_assert(told(&server) == FD_CLOSE);
        sim_assert(server.codes[FD_CLOSE_BIT] == 0);
    }
    forget(&client);
    forget(&server);
    net_down();
}

static void connections_are_recorded(void **state)
{
    (void)state;
    schedules_pass(accept_scenario);
    schedules_pass(refused_scenario);
    schedules_pass(late_scenario);
}

/* ---- Sending ------------------------------------------------------------- */

static void write_scenario(void *arg)
{
    static char bytes[LARGE];
    static char in[LARGE];
    struct socket_pair pair;
    struct watched client;
    int taken = 0;

    (void)arg;
    net_up();
    pair = sockets_open();
    client = watch(pair.client, FD_WRITE);
    {
        /* It can send until a send says that it would have to wait. */
        sim_assert(told(&client) == FD_WRITE);
        sim_assert(send(pair.client, bytes, LARGE, 0) == LARGE);
        sim_assert(told(&client) == 0);
        sim_assert(wsa_failed(send(pair.client, "x", 1, 0), WSAEWOULDBLOCK));
        sim_assert(told(&client) == 0);
    }
    {
        /* Then it is told when it need not any more. */
        while (taken < LARGE) {
            int count = recv(pair.server, in, LARGE, 0);

            sim_assert(count > 0);
            taken += count;
        }
        sim_assert(told(&client) == FD_WRITE);
        sim_assert(send(pair.client, "x", 1, 0) == 1);
        sim_assert(told(&client) == 0);
    }
    close_socket(pair.server);
    forget(&client);
    net_down();
}

static void room_is_recorded_after_a_refusal(void **state)
{
    (void)state;
    schedules_pass(write_scenario);
}

/* ---- The end ------------------------------------------------------------- */

static void close_scenario(void *arg)
{
    struct socket_pair pair;
    struct watched server;
    LONG events;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    server = watch(pair.server, FD_READ | FD_CLOSE);
    sim_assert(send(pair.client, "abc", 3, 0) == 3);
    close_socket(pair.client);
    /* Data is left: whether the end is told before it was read is open. */
    events = told_all(&server);
    sim_mark(events & FD_CLOSE ? "told before" : "told after");
    sim_assert(events & FD_READ);
    sim_assert(recv(pair.server, in, 3, 0) == 3);
    if (!(events & FD_CLOSE)) {
        events |= told_all(&server);
    }
    sim_assert(events == (FD_READ | FD_CLOSE));
    sim_assert(server.codes[FD_CLOSE_BIT] == 0);
    {
        /* The end is no FD_READ, and is told once. */
        sim_assert(recv(pair.server, in, 8, 0) == 0);
        sim_assert(told(&server) == 0);
    }
    forget(&server);
    net_down();
}

static void reset_scenario(void *arg)
{
    struct linger hard = {.l_onoff = 1};
    struct socket_pair pair;
    struct watched server;

    (void)arg;
    net_up();
    pair = sockets_open();
    server = watch(pair.server, FD_READ | FD_CLOSE);
    sim_assert(setsockopt(pair.client,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&hard,
                          sizeof hard) == 0);
    close_socket(pair.client);
    sim_assert(told(&server) == FD_CLOSE);
    sim_assert(server.codes[FD_CLOSE_BIT] == WSAECONNRESET);
    sim_assert(told(&server) == 0);
    {
        /* Who asks only now hears the same. */
        sim_assert(WSAEventSelect(server.socket,
                                  server.event,
                                  FD_READ | FD_WRITE | FD_CLOSE) == 0);
        sim_assert(told(&server) == FD_CLOSE);
        sim_assert(server.codes[FD_CLOSE_BIT] == WSAECONNRESET);
    }
    forget(&server);
    net_down();
}

static void the_end_is_recorded_once(void **state)
{
    const char *const marks[] = {"told before", "told after", NULL};

    (void)state;
    schedules_pass(close_scenario);
    schedules_reach(close_scenario, marks);
    schedules_pass(reset_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_recorded),
        cmocka_unit_test(room_is_recorded_after_a_refusal),
        cmocka_unit_test(the_end_is_recorded_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
