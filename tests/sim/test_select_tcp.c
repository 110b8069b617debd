/**
 * @file test_select_tcp.c
 * @brief select and WSAPoll on streams: connections, their ends, their resets.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-20.
 * Read next: test_event_select_tcp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "schedules.h"
#include "socket_pair.h"

enum { READ = 1, WRITE = 2, EXCEPT = 4, LARGE = 1000000 };

/** @brief In which of the three sets a socket stays, after so long at most;
 *  bits, or minus the code. */
static int ask(SOCKET socket, LONG seconds)
{
    struct timeval limit = {.tv_sec = seconds};
    fd_set sets[3];
    int count;

    for (int at = 0; at < 3; at++) {
        FD_ZERO(&sets[at]);
        FD_SET(socket, &sets[at]);
    }
    count = select(0, &sets[0], &sets[1], &sets[2], &limit);
    if (count < 0) {
        return -WSAGetLastError();
    }
    sim_assert(count ==
               (int)(sets[0].fd_count + sets[1].fd_count + sets[2].fd_count));
    return (FD_ISSET(socket, &sets[0]) ? READ : 0) |
           (FD_ISSET(socket, &sets[1]) ? WRITE : 0) |
           (FD_ISSET(socket, &sets[2]) ? EXCEPT : 0);
}

/** @brief WSAPoll's answer for one socket, all asked for that can be. */
static int poll_now(SOCKET socket)
{
    WSAPOLLFD entry = {.fd = socket,
                       .events = POLLRDNORM | POLLRDBAND | POLLWRNORM};
    int count = WSAPoll(&entry, 1, 0);

    sim_assert(count == (entry.revents != 0));
    return entry.revents;
}

/** @brief Let time pass until what is on its way has arrived. */
static void settle(void)
{
    Sleep(1000);
}

static void set_no_wait(SOCKET socket)
{
    u_long on = 1;

    sim_assert(ioctlsocket(socket, (LONG)FIONBIO, &on) == 0);
}

/** @brief Close with a reset: l_onoff, and no time. */
static void reset(SOCKET socket)
{
    struct linger hard = {.l_onoff = 1};

    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&hard,
                          sizeof hard) == 0);
    close_socket(socket);
}

/* ---- Connecting ---------------------------------------------------------- */

static void accept_scenario(void *arg)
{
    SOCKET listener;
    SOCKET client;
    SOCKET server;
    u_short port;

    (void)arg;
    net_up();
    listener = listen_here(&port);
    client = stream_socket();
    {
        /* A socket that does nothing can do nothing. */
        sim_assert(ask(client, 0) == 0 && ask(listener, 0) == 0);
        sim_assert(poll_now(listener) == 0);
    }
    {
        /* A connection waits: accept would not block. */
        set_no_wait(client);
        sim_assert(wsa_failed(connect_here(client, port), WSAEWOULDBLOCK));
        sim_assert(ask(listener, 10) == READ);
        sim_assert(poll_now(listener) == POLLRDNORM);
        server = accept(listener, NULL, NULL);
        sim_assert(server != INVALID_SOCKET && ask(listener, 0) == 0);
    }
    {
        /* A connect that was under way has succeeded: data can be sent. */
        sim_assert(ask(client, 10) == WRITE && ask(server, 0) == WRITE);
        sim_assert(poll_now(client) == POLLWRNORM);
    }
    close_socket(server);
    close_socket(client);
    close_socket(listener);
    net_down();
}

static void refused_scenario(void *arg)
{
    SOCKET listener;
    SOCKET client;
    u_short port;
    int error = 0;
    int bytes = sizeof error;

    (void)arg;
    net_up();
    listener = listen_here(&port);
    close_socket(listener);
    client = stream_socket();
    set_no_wait(client);
    sim_assert(wsa_failed(connect_here(client, port), WSAEWOULDBLOCK));
    /* Its failure is an exception; SO_ERROR tells which, once. */
    sim_assert(ask(client, 10) == EXCEPT);
    sim_assert(poll_now(client) == (POLLERR | POLLHUP | POLLWRNORM));
    sim_assert(
        getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&error, &bytes) == 0);
    sim_assert(error == WSAECONNREFUSED);
    close_socket(client);
    net_down();
}

static void connecting_shows_in_the_sets(void **state)
{
    (void)state;
    schedules_pass(accept_scenario);
    schedules_pass(refused_scenario);
}

/* ---- Data and its end ---------------------------------------------------- */

static void data_scenario(void *arg)
{
    static char bytes[LARGE];
    static char in_bytes[LARGE];
    struct socket_pair pair;
    int taken = 0;

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        sim_assert(send(pair.client, "abc", 3, 0) == 3);
        settle();
        sim_assert(ask(pair.server, 0) == (READ | WRITE));
        sim_assert(poll_now(pair.server) == (POLLRDNORM | POLLWRNORM));
        sim_assert(recv(pair.server, in_bytes, 3, 0) > 0);
    }
    {
        /* More than the buffers hold was accepted: no more for now. */
        set_no_wait(pair.client);
        sim_assert(send(pair.client, bytes, LARGE, 0) == LARGE);
        sim_assert((ask(pair.client, 0) & WRITE) == 0);
        sim_assert(wsa_failed(send(pair.client, "x", 1, 0), WSAEWOULDBLOCK));
        while (taken < LARGE - 65536) {
            int count = recv(pair.server, in_bytes, LARGE, 0);

            sim_assert(count > 0);
            taken += count;
        }
        sim_assert(ask(pair.client, 10) == WRITE);
    }
    sockets_close(&pair);
    net_down();
}

static void end_scenario(void *arg)
{
    struct socket_pair pair;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* Data and the end behind it: both are told. */
        sim_assert(send(pair.client, "abc", 3, 0) == 3);
        sim_assert(shutdown(pair.client, SD_SEND) == 0);
        settle();
        sim_assert(ask(pair.server, 0) == (READ | WRITE));
        sim_assert(poll_now(pair.server) ==
                   (POLLRDNORM | POLLWRNORM | POLLHUP));
    }
    {
        /* The end alone: recv would not block, and WSAPoll tells them apart. */
        sim_assert(recv(pair.server, in, 8, 0) == 3);
        sim_assert(ask(pair.server, 0) == (READ | WRITE));
        sim_assert(poll_now(pair.server) == (POLLWRNORM | POLLHUP));
        sim_assert(recv(pair.server, in, 8, 0) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void reset_scenario(void *arg)
{
    struct socket_pair pair;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    reset(pair.client);
    settle();
    /* SOCK-20: how a socket polls after a reset. */
    sim_assert(poll_now(pair.server) == (POLLERR | POLLHUP | POLLWRNORM));
    sim_assert(ask(pair.server, 0) == (READ | WRITE));
    sim_assert(wsa_failed(recv(pair.server, in, 8, 0), WSAECONNRESET));
    close_socket(pair.server);
    net_down();
}

static void urgent_scenario(void *arg)
{
    struct socket_pair pair;
    char in[8];

    (void)arg;
    net_up();
    pair = sockets_open();
    sim_assert(send(pair.client, "!", 1, MSG_OOB) == 1);
    settle();
    sim_assert(ask(pair.server, 0) == (WRITE | EXCEPT));
    sim_assert(poll_now(pair.server) == (POLLRDBAND | POLLWRNORM));
    sim_assert(recv(pair.server, in, 8, MSG_OOB) == 1 && in[0] == '!');
    sim_assert(ask(pair.server, 0) == WRITE);
    sockets_close(&pair);
    net_down();
}

static void data_and_its_end_show_in_the_sets(void **state)
{
    (void)state;
    schedules_pass(data_scenario);
    schedules_pass(end_scenario);
    schedules_pass(reset_scenario);
    schedules_pass(urgent_scenario);
}

/* ---- Waiting ------------------------------------------------------------- */

static struct {
    struct socket_pair pair;
    int answer;
} shared;

static DWORD WINAPI wait_to_read(void *arg)
{
    fd_set set;

    (void)arg;
    FD_ZERO(&set);
    FD_SET(shared.pair.server, &set);
    shared.answer = select(0, &set, NULL, NULL, NULL);
    return 0;
}

/** @brief Wait in another thread while this one does something. */
static void wait_while(void (*act)(void))
{
    HANDLE thread;

    net_up();
    shared.pair = sockets_open();
    shared.answer = 99;
    thread = thread_start(wait_to_read, NULL);
    sim_settle();
    sim_assert(shared.answer == 99);
    act();
    thread_end(thread);
    sim_assert(shared.answer == 1);
    close_socket(shared.pair.server);
    net_down();
}

static void act_send(void)
{
    sim_assert(send(shared.pair.client, "x", 1, 0) == 1);
    close_socket(shared.pair.client);
}

static void act_close(void)
{
    close_socket(shared.pair.client);
}

static void act_reset(void)
{
    reset(shared.pair.client);
}

static void wait_scenario(void *arg)
{
    (void)arg;
    wait_while(act_send);
    wait_while(act_close);
    wait_while(act_reset);
}

static void a_wait_ends_with_data_end_or_reset(void **state)
{
    (void)state;
    schedules_pass(wait_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting_shows_in_the_sets),
        cmocka_unit_test(data_and_its_end_show_in_the_sets),
        cmocka_unit_test(a_wait_ends_with_data_end_or_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
