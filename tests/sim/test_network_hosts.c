/**
 * @file test_network_hosts.c
 * @brief Hosts: what is their own, and how they crash.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    SOCK-10, SOCK-19, SOCK-93.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

#include <mstcpip.h>

enum { PORT = 700 };

/* ---- What is a host's own -------------------------------------------------- */

static DWORD WINAPI say_host(void *arg)
{
    *(uint32_t *)arg = sim_host_here();
    return 0;
}

static DWORD WINAPI start_another(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, say_host, arg, 0, NULL);

    thread_end(thread);
    return 0;
}

/** Binds the port that host 1 has bound, too. */
static DWORD WINAPI bind_same(void *arg)
{
    char name[64];
    SOCKET listener;

    (void)arg;
    /* SOCK-10: WSAStartup of another host is none of ours. */
    sim_assert(wsa_refused(socket(AF_INET, SOCK_STREAM, 0), WSANOTINITIALISED));
    net_up();
    listener = listen_port(PORT, 5);
    sim_assert(gethostname(name, sizeof name) == 0);
    sim_assert(strcmp(name, "host2") == 0);
    close_socket(listener);
    net_down();
    return 0;
}

static void own_scenario(void *arg)
{
    uint32_t where = 0;
    SOCKET listener;

    (void)arg;
    net_up();
    sim_assert(sim_host_add() == 2 && sim_host_here() == 1);
    {
        /* Threads, and the threads that those make. */
        thread_end(sim_host_start(2, say_host, &where));
        sim_assert(where == 2);
        where = 0;
        thread_end(sim_host_start(2, start_another, &where));
        sim_assert(where == 2);
        thread_end(CreateThread(NULL, 0, say_host, &where, 0, NULL));
        sim_assert(where == 1);
    }
    {
        /* Ports, names and start-up. */
        listener = listen_port(PORT, 5);
        thread_end(sim_host_start(2, bind_same, NULL));
        sim_assert(wsa_failed(connect_host(listener, 2, PORT), WSAEINVAL));
        close_socket(listener);
    }
    net_down();
}

static void hosts_have_things_of_their_own(void **state)
{
    (void)state;
    schedules_pass(own_scenario);
}

/** Accepts one client and holds on to it until told to go on. */
static DWORD WINAPI hold(void *arg)
{
    SOCKET listener;
    SOCKET server;
    char byte;

    net_up();
    listener = listen_port(PORT, 5);
    sim_assert(SetEvent((HANDLE)arg));
    server = accept(listener, NULL, NULL);
    while (recv(server, &byte, 1, 0) > 0) {
        sim_assert(send(server, &byte, 1, 0) == 1);
    }
    close_socket(server);
    close_socket(listener);
    net_down();
    return 0;
}

/* ---- Crashes --------------------------------------------------------------- */

static void crash_scenario(void *arg)
{
    OVERLAPPED receive = {0};
    HANDLE threads[2];
    SOCKET client;
    HANDLE port;
    char in[8];

    (void)arg;
    net_up();
    threads[0] = host_thread(hold);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    send_text(client, "x");
    receive_all(client, in, 1);
    port = socket_port(client);
    {
        /* The host goes without a word: its threads end, and a peer that only
         * listens hears nothing. */
        sim_assert(receive_some(client, in, 8, &receive) == SOCKET_ERROR);
        sim_host_crash(2);
        sim_assert(WaitForSingleObject(threads[0], 0) == WAIT_OBJECT_0);
        Sleep(600000);
        sim_assert(!HasOverlappedIoCompleted(&receive));
        /* It does not answer calls, either. */
        {
            SOCKET other = stream_socket();

            sim_assert(wsa_failed(connect_host(other, 2, PORT), WSAETIMEDOUT));
            close_socket(other);
        }
    }
    {
        /* Up again, it knows of no connection: who speaks is reset. */
        sim_host_restart(2);
        threads[1] = host_thread(hold);
        sim_assert(!HasOverlappedIoCompleted(&receive));
        send_text(client, "y");
        sim_assert(packet_comes(port, &receive, ERROR_NETNAME_DELETED, 0));
        sim_assert(receive.Internal == (ULONG)STATUS_CONNECTION_RESET);
    }
    close_socket(client);
    {
        /* And it serves again, on the same port. */
        client = stream_socket();
        sim_assert(connect_host(client, 2, PORT) == 0);
        send_text(client, "z");
        receive_all(client, in, 1);
        sim_assert(in[0] == 'z');
    }
    close_socket(client);
    thread_end(threads[0]);
    thread_end(threads[1]);
    sim_assert(CloseHandle(port));
    net_down();
}

static void crashed_hosts_say_nothing(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2", crash_scenario);
}

static void silence_scenario(void *arg)
{
    OVERLAPPED receive = {0};
    SOCKET client;
    HANDLE thread;
    HANDLE port;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(hold);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    send_text(client, "x");
    receive_all(client, in, 1);
    port = socket_port(client);
    {
        /* Who sends to it gives up when nothing is acknowledged. */
        sim_assert(receive_some(client, in, 8, &receive) == SOCKET_ERROR);
        sim_host_crash(2);
        begun = time_now();
        send_text(client, "y");
        sim_assert(packet_comes(port, &receive, ERROR_SEM_TIMEOUT, 0));
        sim_assert(milliseconds_since(begun) > 15000);
        sim_assert(milliseconds_since(begun) < 22000);
    }
    close_socket(client);
    thread_end(thread);
    sim_assert(CloseHandle(port));
    net_down();
}

static void sending_to_a_crashed_host_times_out(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2", silence_scenario);
}

/** Has everything open that a host can have when it crashes. */
static DWORD WINAPI busy_host(void *arg)
{
    SOCKET listener;
    SOCKET udp;
    struct acceptor accepts[2];
    OVERLAPPED receive = {0};
    struct sockaddr_in name = {.sin_family = AF_INET};
    HANDLE port;
    char in[8];

    net_up();
    listener = listen_port(PORT, 5);
    port = socket_port(listener);
    sim_assert(!accept_begin(listener, &accepts[0], 8));
    sim_assert(!accept_begin(listener, &accepts[1], 0));
    udp = datagram_socket();
    sim_assert(bind(udp, (struct sockaddr *)&name, sizeof name) == 0);
    sim_assert(receive_some(udp, in, 8, &receive) == SOCKET_ERROR);
    sim_assert(CreateEventW(NULL, FALSE, FALSE, NULL) != NULL);
    sim_assert(SetEvent((HANDLE)arg));
    (void)packet_wait(port);
    (void)packet_wait(port);
    sim_host_crash(sim_host_here());
    sim_assert_failed("a thread goes on after the crash of its host",
                      __FILE__,
                      __LINE__);
    return 0;
}

static void own_crash_scenario(void *arg)
{
    SOCKET clients[3];
    HANDLE thread;
    char byte;

    (void)arg;
    net_up();
    thread = host_thread(busy_host);
    for (size_t at = 0; at < 3; at++) {
        clients[at] = stream_socket();
    }
    {
        /* One is accepted without data, one with, one waits in the queue. */
        sim_assert(connect_host(clients[0], 2, PORT) == 0);
        sim_assert(connect_host(clients[1], 2, PORT) == 0);
        Sleep(100);
        sim_assert(connect_host(clients[2], 2, PORT) == 0);
        send_text(clients[0], "x");
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    }
    {
        /* All of it is gone: no handle is left open, and nobody is told. */
        Sleep(1000);
        for (size_t at = 0; at < 3; at++) {
            u_long waiting = 1;

            sim_assert(ioctlsocket(clients[at], (LONG)FIONBIO, &waiting) == 0);
            sim_assert(
                wsa_failed(recv(clients[at], &byte, 1, 0), WSAEWOULDBLOCK));
        }
        sim_host_restart(2);
        for (size_t at = 0; at < 3; at++) {
            send_text(clients[at], "y");
        }
        Sleep(1000);
        for (size_t at = 0; at < 3; at++) {
            sim_assert(
                wsa_failed(recv(clients[at], &byte, 1, 0), WSAECONNRESET));
            close_socket(clients[at]);
        }
    }
    thread_end(thread);
    net_down();
}

static void crash_leaves_nothing_behind(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2", own_crash_scenario);
}

/* ---- Keep-alive ------------------------------------------------------------ */

static void set_keep_alive(SOCKET socket, u_long after_ms, u_long every_ms)
{
    struct tcp_keepalive values = {.onoff = 1,
                                   .keepalivetime = after_ms,
                                   .keepaliveinterval = every_ms};
    DWORD bytes;

    sim_assert(WSAIoctl(socket,
                        SIO_KEEPALIVE_VALS,
                        &values,
                        sizeof values,
                        NULL,
                        0,
                        &bytes,
                        NULL,
                        NULL) == 0);
}

static void keep_alive_scenario(void *arg)
{
    SOCKET client;
    HANDLE thread;
    uint64_t begun;
    char in[8];

    (void)arg;
    net_up();
    thread = host_thread(hold);
    client = stream_socket();
    sim_assert(connect_host(client, 2, PORT) == 0);
    send_text(client, "x");
    receive_all(client, in, 1);
    set_keep_alive(client, 30000, 1000);
    {
        /* A cut that is healed in time is not noticed, if nothing was under
         * way. */
        Sleep(100);
        sim_link_cut(1, 2);
        Sleep(35000);
        sim_link_heal(1, 2);
        Sleep(3600000);
        send_text(client, "y");
        receive_all(client, in, 1);
    }
    {
        /* A crash is, though nobody sends: 30 seconds, and ten probes. */
        sim_host_crash(2);
        begun = time_now();
        sim_assert(wsa_failed(recv(client, in, 1, 0), WSAETIMEDOUT));
        sim_assert(milliseconds_since(begun) >= 30000);
        sim_assert(milliseconds_since(begun) <= 41000);
    }
    close_socket(client);
    thread_end(thread);
    {
        /* A host that is up again answers the probe with a reset. */
        sim_host_restart(2);
        thread = host_thread(hold);
        client = stream_socket();
        sim_assert(connect_host(client, 2, PORT) == 0);
        send_text(client, "x");
        receive_all(client, in, 1);
        sim_host_crash(2);
        set_keep_alive(client, 30000, 1000);
        sim_host_restart(2);
        begun = time_now();
        sim_assert(wsa_failed(recv(client, in, 1, 0), WSAECONNRESET));
        sim_assert(milliseconds_since(begun) == 30000);
    }
    close_socket(client);
    thread_end(thread);
    net_down();
}

static void keep_alive_notices_silence(void **state)
{
    (void)state;
    network_passes_exactly("hosts=2", keep_alive_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_have_things_of_their_own),
        cmocka_unit_test(crashed_hosts_say_nothing),
        cmocka_unit_test(sending_to_a_crashed_host_times_out),
        cmocka_unit_test(crash_leaves_nothing_behind),
        cmocka_unit_test(keep_alive_notices_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
