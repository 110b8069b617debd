/**
 * @file test_network_links.c
 * @brief Links: how long a packet takes, what is lost, what a cut does.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-86, SOCK-93.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { PORT = 700, LARGE = 100000 };

static char large[LARGE];

/** A server on host 2 that sends back what it gets; told when it listens. */
static DWORD WINAPI echo(void *arg)
{
    SOCKET listener;
    SOCKET server;
    char in[1000];
    int got;

    net_up();
    listener = listen_port(PORT, 5);
    sim_assert(SetEvent((HANDLE)arg));
    server = accept(listener, NULL, NULL);
    sim_assert(server != INVALID_SOCKET);
    while ((got = recv(server, in, sizeof in, 0)) > 0) {
        sim_assert(send(server, in, got, 0) == got);
    }
    close_socket(server);
    close_socket(listener);
    net_down();
    return 0;
}

/* ---- Latency ------------------------------------------------------------- */

static void latency_scenario(void *arg)
{
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(echo);
    client = stream_socket();
    {
        /* There and back again, 10 ms each way. */
        begun = time_now();
        sim_assert(connect_host(client, 2, PORT) == 0);
        sim_assert(milliseconds_since(begun) == 20);
    }
    {
        /* The addresses are those of the two hosts. */
        sim_assert(getsockname(client, (struct sockaddr *)&name, &bytes) == 0);
        sim_assert(ntohl(name.sin_addr.s_addr) == 0x0a000001);
        sim_assert(getpeername(client, (struct sockaddr *)&name, &bytes) == 0);
        sim_assert(ntohl(name.sin_addr.s_addr) == 0x0a000002);
    }
    {
        begun = time_now();
        send_text(client, "hello");
        sim_assert(milliseconds_since(begun) == 0);
        receive_all(client, in, 5);
        sim_assert(milliseconds_since(begun) == 20);
    }
    {
        /* A farewell takes as long. */
        begun = time_now();
        sim_assert(shutdown(client, SD_SEND) == 0);
        sim_assert(recv(client, in, 8, 0) == 0);
        sim_assert(milliseconds_since(begun) == 20);
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void packets_take_their_time(void **state)
{
    (void)state;
    network_passes_exactly("prompt,hosts=2,latency=10ms", latency_scenario);
}

static void spread_scenario(void *arg)
{
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(echo);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    {
        /* Between twice the shortest and twice the longest; when nothing is
         * on its way before it. */
        Sleep(100);
        begun = time_now();
        send_text(client, "x");
        receive_all(client, in, 1);
        sim_assert(milliseconds_since(begun) >= 2);
        sim_assert(milliseconds_since(begun) <= 16);
        sim_mark(milliseconds_since(begun) < 6 ? "fast" : "not fast");
        sim_mark(milliseconds_since(begun) > 12 ? "slow" : "not slow");
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void latencies_lie_between_bounds(void **state)
{
    static const char *const marks[] = {"fast", "slow", NULL};
    const char *plan = "prompt,hosts=2,latency=1ms..8ms";

    (void)state;
    network_passes_exactly(plan, spread_scenario);
    network_reaches(plan, spread_scenario, marks);
}

/* ---- Bandwidth ----------------------------------------------------------- */

/** Receives all there is, on host 2. */
static DWORD WINAPI drain(void *arg)
{
    static char in[LARGE];
    SOCKET listener;
    SOCKET server;
    char byte;

    net_up();
    listener = listen_port(PORT, 5);
    sim_assert(SetEvent((HANDLE)arg));
    server = accept(listener, NULL, NULL);
    receive_all(server, in, LARGE);
    sim_assert(memcmp(in, large, LARGE) == 0);
    sim_assert(recv(server, &byte, 1, 0) == 0);
    send_text(server, "done");
    close_socket(server);
    close_socket(listener);
    net_down();
    return 0;
}

static void bandwidth_scenario(void *arg)
{
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    for (size_t at = 0; at < LARGE; at++) {
        large[at] = (char)(at * 11 / 3);
    }
    net_up();
    thread = host_thread(drain);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    {
        /* 100,000 bytes at 50,000 a second, and a millisecond there; waiting
         * for the window costs a little more. */
        begun = time_now();
        sim_assert(send(client, large, LARGE, 0) == LARGE);
        sim_assert(shutdown(client, SD_SEND) == 0);
        receive_all(client, in, 4);
        sim_assert(milliseconds_since(begun) >= 2002);
        sim_assert(milliseconds_since(begun) <= 2500);
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void narrow_links_take_longer(void **state)
{
    (void)state;
    network_passes_exactly("prompt,hosts=2,latency=1ms,1to2/bandwidth=50KB",
                           bandwidth_scenario);
}

static void loss_scenario(void *arg)
{
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(echo);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    {
        /* A stream loses nothing: it is late by the first time-outs. */
        begun = time_now();
        send_text(client, "x");
        receive_all(client, in, 1);
        sim_assert(in[0] == 'x');
        sim_mark(milliseconds_since(begun) >= 300 ? "late" : "in time");
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void loss_is_delay_to_a_stream(void **state)
{
    static const char *const marks[] = {"late", "in time", NULL};

    (void)state;
    network_reaches("hosts=2,latency=1ms,loss=30%", loss_scenario, marks);
}

/* ---- Cuts ---------------------------------------------------------------- */

static void short_cut_scenario(void *arg)
{
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(echo);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    {
        /* A cut shorter than the time-out is a long delay: the bytes come at
         * the next attempt after it is healed. */
        sim_link_cut(1, 2);
        begun = time_now();
        send_text(client, "hello");
        Sleep(3000);
        sim_link_heal(1, 2);
        receive_all(client, in, 5);
        sim_assert(memcmp(in, "hello", 5) == 0);
        sim_assert(milliseconds_since(begun) > 3000);
        sim_assert(milliseconds_since(begun) < 6000);
    }
    {
        /* What is on its way when the link is cut is sent again, too. */
        send_text(client, "again");
        sim_link_cut(1, 2);
        Sleep(100);
        sim_link_heal(1, 2);
        receive_all(client, in, 5);
        sim_assert(memcmp(in, "again", 5) == 0);
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void short_cuts_are_delays(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2,latency=1ms", short_cut_scenario);
}

/** Waits for bytes that never come, on host 2. */
static DWORD WINAPI wait_in_vain(void *arg)
{
    SOCKET listener;
    SOCKET server;
    int milliseconds = 60000;
    char byte;

    net_up();
    listener = listen_port(PORT, 5);
    sim_assert(SetEvent((HANDLE)arg));
    server = accept(listener, NULL, NULL);
    sim_assert(setsockopt(server,
                          SOL_SOCKET,
                          SO_RCVTIMEO,
                          (const char *)&milliseconds,
                          sizeof milliseconds) == 0);
    /* It has nothing to say itself, so it never learns: half open. */
    sim_assert(wsa_failed(recv(server, &byte, 1, 0), WSAETIMEDOUT));
    {
        /* Until it sends. */
        send_text(server, "still there?");
        sim_assert(wsa_failed(recv(server, &byte, 1, 0), WSAECONNRESET));
    }
    close_socket(server);
    close_socket(listener);
    net_down();
    return 0;
}

static void long_cut_scenario(void *arg)
{
    OVERLAPPED receive = {0};
    SOCKET client;
    HANDLE thread;
    HANDLE port;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(wait_in_vain);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    Sleep(100);
    port = socket_port(client);
    {
        /* Who sends gives up after some 20 seconds: a time-out. */
        sim_assert(receive_some(client, in, 8, &receive) == SOCKET_ERROR);
        sim_link_cut(1, 2);
        begun = time_now();
        send_text(client, "hello");
        sim_assert(packet_comes(port, &receive, ERROR_SEM_TIMEOUT, 0));
        sim_assert(milliseconds_since(begun) > 15000);
        sim_assert(milliseconds_since(begun) < 22000);
        sim_assert(wsa_failed(send(client, "a", 1, 0), WSAETIMEDOUT));
    }
    sim_link_heal(1, 2);
    close_socket(client);
    thread_end(thread);
    sim_assert(packet_none(port) && CloseHandle(port));
    net_down();
}

static void long_cuts_end_connections(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2,latency=1ms", long_cut_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_take_their_time),
        cmocka_unit_test(latencies_lie_between_bounds),
        cmocka_unit_test(narrow_links_take_longer),
        cmocka_unit_test(loss_is_delay_to_a_stream),
        cmocka_unit_test(short_cuts_are_delays),
        cmocka_unit_test(long_cuts_end_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
