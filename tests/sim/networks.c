/**
 * @file networks.c
 * @brief Several hosts, for tests of the network.
 *
 * Uses:     networks.h.
 * Used by:  test_network_*.c, test_tcp_*.c.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

enum { RANDOM_RUNS = 300, SEARCH_RUNS = 1000 };

static void explore(const struct sim_options *options,
                    sim_scenario_fn *scenario)
{
    struct sim_report report = sim_explore(options, scenario, NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(const struct sim_print){0});
    }
    assert_true(report.passed);
}

static void explore_both(struct sim_options options, sim_scenario_fn *scenario)
{
    options.name = "test";
    options.strategy = "random";
    options.runs = RANDOM_RUNS;
    explore(&options, scenario);
    options.strategy = "dfs:1";
    options.runs = SEARCH_RUNS;
    explore(&options, scenario);
}

void network_passes(const char *plan, sim_scenario_fn *scenario)
{
    explore_both((struct sim_options){.network = plan}, scenario);
}

void network_passes_exactly(const char *plan, sim_scenario_fn *scenario)
{
    explore_both((struct sim_options){.network = plan,
                                      .exact_clock = true,
                                      .prompt_threads = true},
                 scenario);
}

void network_reaches(const char *plan,
                     sim_scenario_fn *scenario,
                     const char *const *marks)
{
    explore(&(const struct sim_options){.name = "test",
                                        .network = plan,
                                        .exact_clock = true,
                                        .prompt_threads = true,
                                        .runs = RANDOM_RUNS},
            scenario);
    for (size_t at = 0; marks[at] != NULL; at++) {
        if (sim_marked(marks[at]) == 0) {
            print_error("no schedule reached the mark \"%s\"\n", marks[at]);
        }
        assert_true(sim_marked(marks[at]) > 0);
    }
}

struct sockaddr_in host_address(uint32_t host, u_short port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};

    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(0x0a000000 + host);
    return name;
}

HANDLE host_thread(LPTHREAD_START_ROUTINE start)
{
    HANDLE ready = CreateEventW(NULL, FALSE, FALSE, NULL);
    HANDLE thread = sim_host_start(2, start, ready);

    sim_assert(WaitForSingleObject(ready, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(ready));
    return thread;
}

int connect_host(SOCKET socket, uint32_t host, u_short port)
{
    const struct sockaddr_in name = host_address(host, port);

    return connect(socket, (const struct sockaddr *)&name, sizeof name);
}

SOCKET listen_port(u_short port, int backlog)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    SOCKET listener = stream_socket();

    name.sin_port = htons(port);
    sim_assert(bind(listener, (struct sockaddr *)&name, sizeof name) == 0);
    sim_assert(listen(listener, backlog) == 0);
    return listener;
}

void receive_all(SOCKET socket, char *to, int bytes)
{
    while (bytes != 0) {
        int got = recv(socket, to, bytes, 0);

        sim_assert(got > 0);
        to += got;
        bytes -= got;
    }
}

void send_text(SOCKET socket, const char *text)
{
    sim_assert(send(socket, text, (int)strlen(text), 0) == (int)strlen(text));
}

void close_hard(SOCKET socket)
{
    const struct linger linger = {.l_onoff = 1};

    sim_assert(setsockopt(socket,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&linger,
                          sizeof linger) == 0);
    close_socket(socket);
}

SOCKET bound_socket(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    SOCKET made = stream_socket();

    sim_assert(bind(made, (struct sockaddr *)&name, sizeof name) == 0);
    return made;
}

void connect_pending(SOCKET socket,
                     const struct sockaddr_in *to,
                     OVERLAPPED *overlapped)
{
    LPFN_CONNECTEX connect_ex = find_extensions(socket).connect;

    memset(overlapped, 0, sizeof *overlapped);
    sim_assert(failed(connect_ex(socket,
                                 (const struct sockaddr *)to,
                                 sizeof *to,
                                 NULL,
                                 0,
                                 NULL,
                                 overlapped),
                      ERROR_IO_PENDING));
}

struct taken packet_wait(HANDLE port)
{
    struct taken taken = {0};

    taken.ok = GetQueuedCompletionStatus(port,
                                         &taken.bytes,
                                         &taken.key,
                                         &taken.overlapped,
                                         INFINITE);
    taken.error = taken.ok ? 0 : GetLastError();
    return taken;
}

bool packet_comes(HANDLE port,
                  const OVERLAPPED *overlapped,
                  DWORD error,
                  DWORD bytes)
{
    struct taken taken = packet_wait(port);

    return taken.overlapped == overlapped && taken.error == error &&
           taken.bytes == bytes && taken.key == PAIR_KEY;
}

BOOL accept_begin(SOCKET listener, struct acceptor *acceptor, DWORD data_bytes)
{
    DWORD bytes = 0;

    memset(acceptor, 0, sizeof *acceptor);
    acceptor->accepted = stream_socket();
    return AcceptEx(listener,
                    acceptor->accepted,
                    acceptor->buffer,
                    data_bytes,
                    ACCEPT_AREA,
                    ACCEPT_AREA,
                    &bytes,
                    &acceptor->overlapped);
}

void accept_update(SOCKET listener, const struct acceptor *acceptor)
{
    sim_assert(setsockopt(acceptor->accepted,
                          SOL_SOCKET,
                          SO_UPDATE_ACCEPT_CONTEXT,
                          (const char *)&listener,
                          sizeof listener) == 0);
}

uint64_t time_now(void)
{
    FILETIME time;

    GetSystemTimePreciseAsFileTime(&time);
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

uint64_t milliseconds_since(uint64_t time)
{
    return (time_now() - time) / 10000;
}
