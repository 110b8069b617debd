/**
 * @file test_ports_tcp.c
 * @brief Ports of streams: who hears a connection, and when a port is free.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

enum { PORT = 5150 };

/** @brief 127.0.0.N, or the wildcard for 0, and PORT. */
static struct sockaddr_in host(ULONG number)
{
    struct sockaddr_in name = loopback(PORT);

    name.sin_addr.s_addr =
        number == 0 ? INADDR_ANY : htonl(0x7F000000 + number);
    return name;
}

/** @brief bind(); the code, or 0. */
static int bind_to(SOCKET socket, ULONG number)
{
    struct sockaddr_in name = host(number);

    return bind(socket, (const struct sockaddr *)&name, sizeof name) == 0
               ? 0
               : WSAGetLastError();
}

/** @brief Whether a fresh socket may bind to the wildcard. */
static int try_bind(bool exclusive)
{
    SOCKET socket = stream_socket();
    BOOL on = exclusive;
    int error;

    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          SO_EXCLUSIVEADDRUSE,
                          (const char *)&on,
                          sizeof on) == 0);
    error = bind_to(socket, 0);
    close_socket(socket);
    return error;
}

/** @brief A listener of its own kind. */
static SOCKET listen_at(ULONG number, bool exclusive)
{
    SOCKET socket = stream_socket();
    BOOL on = exclusive;

    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          SO_EXCLUSIVEADDRUSE,
                          (const char *)&on,
                          sizeof on) == 0);
    sim_assert(bind_to(socket, number) == 0 && listen(socket, 5) == 0);
    return socket;
}

static SOCKET connect_to(ULONG number)
{
    SOCKET socket = stream_socket();
    struct sockaddr_in name = host(number);

    sim_assert(connect(socket, (const struct sockaddr *)&name, sizeof name) ==
               0);
    return socket;
}

/* ---- After the listener -------------------------------------------------- */

static void exclusive_scenario(void *arg)
{
    SOCKET listener;
    SOCKET client;
    SOCKET server;

    (void)arg;
    net_up();
    listener = listen_at(0, true);
    client = connect_to(1);
    server = accept(listener, NULL, NULL);
    sim_assert(server != INVALID_SOCKET);
    close_socket(listener);
    {
        /* "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE": a connection that was
         * accepted there still keeps others off the port. */
        sim_assert(try_bind(true) == WSAEADDRINUSE);
        sim_assert(try_bind(false) == WSAEADDRINUSE);
    }
    close_socket(server);
    close_socket(client);
    Sleep(1000);
    sim_assert(try_bind(true) == 0);
    net_down();
}

static void shared_scenario(void *arg)
{
    SOCKET listener;
    SOCKET client;
    SOCKET server;

    (void)arg;
    net_up();
    listener = listen_at(0, false);
    client = connect_to(1);
    server = accept(listener, NULL, NULL);
    sim_assert(server != INVALID_SOCKET);
    sim_assert(try_bind(false) == WSAEADDRINUSE);
    close_socket(listener);
    /* Any other listener leaves the port to the next, as servers expect that
     * are started again. */
    sim_assert(try_bind(false) == 0);
    listener = listen_at(0, false);
    close_socket(listener);
    close_socket(server);
    close_socket(client);
    net_down();
}

static void a_port_is_free_when_its_listener_goes(void **state)
{
    (void)state;
    schedules_pass(exclusive_scenario);
    schedules_pass(shared_scenario);
}

/* ---- Who hears ----------------------------------------------------------- */

/** @brief Whether a connection waits at a listener; takes it. */
static bool has_one(SOCKET listener)
{
    WSAPOLLFD entry = {.fd = listener, .events = POLLRDNORM};
    SOCKET taken;

    if (WSAPoll(&entry, 1, 100) == 0) {
        return false;
    }
    taken = accept(listener, NULL, NULL);
    sim_assert(taken != INVALID_SOCKET);
    close_socket(taken);
    return true;
}

static void narrow_scenario(void *arg)
{
    SOCKET everywhere;
    SOCKET second;
    SOCKET bound;
    SOCKET client;

    (void)arg;
    net_up();
    everywhere = listen_at(0, false);
    second = listen_at(2, false);
    bound = stream_socket();
    sim_assert(bind_to(bound, 3) == 0);
    {
        /* The narrower one hears what is meant for it. */
        client = connect_to(2);
        sim_assert(has_one(second) && !has_one(everywhere));
        close_socket(client);
        client = connect_to(1);
        sim_assert(has_one(everywhere) && !has_one(second));
        close_socket(client);
    }
    {
        /* One that is bound and does not listen hears nothing. */
        client = connect_to(3);
        sim_assert(has_one(everywhere));
        close_socket(client);
    }
    close_socket(bound);
    close_socket(second);
    close_socket(everywhere);
    net_down();
}

static void the_narrowest_listener_hears(void **state)
{
    (void)state;
    schedules_pass(narrow_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_is_free_when_its_listener_goes),
        cmocka_unit_test(the_narrowest_listener_hears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
