/**
 * @file test_winsock_close.c
 * @brief shutdown, closesocket, and what they do to what is under way.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-31, SOCK-40, SOCK-41, SOCK-43, SOCK-44, SOCK-45, SOCK-46,
 *           SOCK-47, SOCK-116.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "schedules.h"
#include "socket_pair.h"

enum { LARGE = 4 << 20 };

static char large[LARGE];
static char sink[LARGE];

static int set_linger(SOCKET socket, u_short seconds)
{
    struct linger linger = {1, seconds};

    return setsockopt(socket,
                      SOL_SOCKET,
                      SO_LINGER,
                      (const char *)&linger,
                      sizeof linger);
}

static void set_no_wait(SOCKET socket, u_long on)
{
    sim_assert(ioctlsocket(socket, FIONBIO, &on) == 0);
}

/* ---- shutdown ------------------------------------------------------------ */

static void shutdown_scenario(void *arg)
{
    WSABUF data = {.len = 1};
    OVERLAPPED overlapped = {0};
    struct socket_pair pair;
    HANDLE port;
    char in[4];

    (void)arg;
    net_up();
    pair = sockets_open();
    port = socket_port(pair.server);
    {
        /* SOCK-41: what pends goes on; SOCK-43: without packets of its own. */
        sim_assert(wsa_failed(receive_some(pair.server, in, 4, &overlapped),
                              WSA_IO_PENDING));
        sim_assert(WSARecvDisconnect(pair.server, NULL) == 0);
        sim_assert(packet_none(port));
        sim_assert(send(pair.client, "a", 1, 0) == 1);
        Sleep(60000);
        sim_assert(packet_is(port, &overlapped, 0, 1));
        sim_assert(wsa_failed(recv(pair.server, in, 4, 0), WSAESHUTDOWN));
    }
    {
        /* SOCK-40: nothing is sent any more, twice. */
        sim_assert(WSASendDisconnect(pair.server, NULL) == 0);
        sim_assert(shutdown(pair.server, SD_SEND) == 0);
        sim_assert(wsa_failed(send(pair.server, "a", 1, 0), WSAESHUTDOWN));
        sim_assert(recv(pair.client, in, 4, 0) == 0);
        sim_assert(packet_none(port));
        /* TCP has no last words. */
        sim_assert(
            wsa_failed(WSASendDisconnect(pair.client, &data), WSAENOPROTOOPT));
    }
    sockets_close(&pair);
    sim_assert(CloseHandle(port));
    net_down();
}

static void shutdown_ends_one_direction(void **state)
{
    (void)state;
    schedules_pass(shutdown_scenario);
}

/* ---- closesocket --------------------------------------------------------- */

static void close_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    HANDLE port;
    char in[4];

    (void)arg;
    net_up();
    {
        /* SOCK-44, SOCK-31: what was sent arrives, and then the end. */
        pair = sockets_open();
        sim_assert(send(pair.client, "ab", 2, 0) == 2);
        close_socket(pair.client);
        sim_assert(recv(pair.server, in, 2, MSG_WAITALL) == 2);
        sim_assert(recv(pair.server, in, 4, 0) == 0);
        close_socket(pair.server);
    }
    {
        /* SOCK-45: hard; SOCK-47: and what pends is aborted here. */
        pair = sockets_open();
        port = socket_port(pair.client);
        sim_assert(set_linger(pair.client, 0) == 0);
        sim_assert(wsa_failed(receive_some(pair.client, in, 4, &overlapped),
                              WSA_IO_PENDING));
        close_socket(pair.client);
        sim_assert(packet_is(port, &overlapped, ERROR_CONNECTION_ABORTED, 0));
        sim_assert(wsa_failed(recv(pair.server, in, 4, 0), WSAECONNRESET));
        close_socket(pair.server);
        sim_assert(CloseHandle(port));
    }
    net_down();
}

static void closing_is_soft_or_hard(void **state)
{
    (void)state;
    schedules_pass(close_scenario);
}

/** @brief Fewer schedules than elsewhere: much is sent in each. */
static void some_schedules_pass(sim_scenario_fn *scenario)
{
    const struct sim_options options = {
        .runs = 50,
        .exact_clock = true,
        .prompt_threads = true,
        .record = true,
    };
    struct sim_report report = sim_explore(&options, scenario, NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, NULL);
    }
    assert_true(report.passed);
}

/** @brief Leave more on its way than the receiver takes. */
static struct socket_pair clogged(void)
{
    struct socket_pair pair = sockets_open();

    set_no_wait(pair.client, 1);
    sim_assert(send(pair.client, large, LARGE, 0) == LARGE);
    Sleep(1000);
    return pair;
}

static DWORD CALLBACK drain(void *arg)
{
    SOCKET socket = (SOCKET)arg;

    Sleep(2000);
    sim_assert(recv(socket, sink, LARGE, MSG_WAITALL) == LARGE);
    return 0;
}

static void linger_scenario(void *arg)
{
    struct socket_pair pair;
    ULONGLONG start;
    HANDLE thread;

    (void)arg;
    net_up();
    {
        /* SOCK-46: it waits until all is out, but no longer than that. */
        pair = clogged();
        sim_assert(set_linger(pair.client, 30) == 0);
        sim_assert(wsa_failed(closesocket(pair.client), WSAEWOULDBLOCK));
        set_no_wait(pair.client, 0); /* It is still a socket. */
        thread = thread_start(drain, (void *)pair.server);
        start = GetTickCount64();
        close_socket(pair.client);
        sim_assert(GetTickCount64() - start >= 1900);
        sim_assert(GetTickCount64() - start < 10000);
        thread_end(thread);
        close_socket(pair.server);
    }
    {
        /* Nobody reads: the time is over. */
        pair = clogged();
        set_no_wait(pair.client, 0);
        sim_assert(set_linger(pair.client, 3) == 0);
        start = GetTickCount64();
        close_socket(pair.client);
        sim_assert(GetTickCount64() - start >= 2900);
        sim_assert(GetTickCount64() - start < 4000);
        close_socket(pair.server);
    }
    net_down();
}

static void closing_lingers(void **state)
{
    (void)state;
    some_schedules_pass(linger_scenario);
}

static void flush_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    HANDLE port;
    DWORD bytes;

    (void)arg;
    net_up();
    pair = clogged();
    port = socket_port(pair.client);
    sim_assert(wsa_failed(send_some(pair.client, large, 100, &overlapped),
                          WSA_IO_PENDING));
    /* SOCK-116: SIO_FLUSH ends what waits to be sent. */
    sim_assert(WSAIoctl(pair.client,
                        SIO_FLUSH,
                        NULL,
                        0,
                        NULL,
                        0,
                        &bytes,
                        NULL,
                        NULL) == 0);
    sim_assert(packet_is(port, &overlapped, ERROR_OPERATION_ABORTED, 0));
    sockets_close(&pair);
    sim_assert(CloseHandle(port));
    net_down();
}

static void a_flush_ends_what_waits(void **state)
{
    (void)state;
    some_schedules_pass(flush_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(shutdown_ends_one_direction),
        cmocka_unit_test(closing_is_soft_or_hard),
        cmocka_unit_test(closing_lingers),
        cmocka_unit_test(a_flush_ends_what_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
