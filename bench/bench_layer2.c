/**
 * @file bench_layer2.c
 * @brief Layer 2 in the simulator: round trips, conversations, allocations.
 *
 * The same work as bench_network.c, through layer 2 on both sides: one thread
 * runs the server's loop, another that of the clients, and 64 bytes go to and
 * fro over loopback.
 *
 * Uses:     allocations.h, bench.h, net.h, sim.h.
 * Used by:  the target `bench`.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "net.h"

#include <windows.h>

#include "allocations.h"
#include "bench.h"
#include "sim.h"

enum {
    MESSAGE_BYTES = 64,
    CLIENTS_MAX = 100,
    TRIPS_ONE = 200000,
    TRIPS_MANY = 2000, /* For each of the clients. */
    TRIPS_COUNTED = 1000000,
    CONVERSATIONS = 5000
};

/** One end of a connection. */
struct end {
    struct net_stream stream;
    struct net_accept accept;   /* A server's. */
    struct net_connect connect; /* A client's. */
    struct net_read read;
    struct net_write write;
    WSABUF piece;
    uint32_t trips_left; /* A client's; the server goes on until the end. */
    bool is_client;
    char bytes[MESSAGE_BYTES];
};

static struct net_loop server;
static struct net_loop clients;
static struct net_acceptor acceptor;
static struct net_address address;
static struct end server_ends[CLIENTS_MAX];
static struct end client_ends[CLIENTS_MAX];
static uint32_t connection_count;
static uint32_t trips;

/* ---- Allocations --------------------------------------------------------- */

static long allocations_begin;
static long allocations_end;

/* ---- A conversation ------------------------------------------------------ */

static void received(struct net_read *read)
{
    struct end *end = read->op.context;

    if (read->op.status == OP_EOF) {
        net_stream_close(&end->stream, NET_GRACEFUL);
        return;
    }
    sim_assert(read->op.status == OP_OK);
    if (end->is_client && --end->trips_left == 0) {
        allocations_end = allocations;
        net_stream_close(&end->stream, NET_GRACEFUL);
    } else {
        net_write_start(&end->stream, &end->write);
    }
}

static void sent(struct net_write *write)
{
    struct end *end = write->op.context;

    sim_assert(write->op.status == OP_OK);
    net_read_start(&end->stream, &end->read);
}

static void init_end(struct end *end, bool is_client)
{
    memset(end, 0, sizeof *end);
    end->is_client = is_client;
    end->trips_left = trips;
    end->read.op.context = end;
    end->read.on_done = received;
    end->read.enough = NET_EXACTLY;
    end->read.buffer = end->bytes;
    end->read.buffer_bytes = MESSAGE_BYTES;
    end->write.op.context = end;
    end->write.on_done = sent;
    end->write.pieces = &end->piece;
    end->write.piece_count = 1;
    end->piece.buf = end->bytes;
    end->piece.len = MESSAGE_BYTES;
}

/* ---- The two sides ------------------------------------------------------- */

static void arrived(struct net_accept *accept)
{
    struct end *end = accept->op.context;
    size_t next = (size_t)(end - server_ends) + 1;

    sim_assert(accept->op.status == OP_OK);
    net_read_start(&end->stream, &end->read);
    if (next == connection_count) {
        net_acceptor_close(&acceptor);
    } else {
        net_accept_start(&acceptor,
                         &server_ends[next].accept,
                         &server_ends[next].stream,
                         NULL);
    }
}

static DWORD WINAPI serve(void *arg)
{
    (void)arg;
    (void)net_loop_run(&server);
    return 0;
}

static void listen_for_all(void)
{
    op_status status = net_address_read(&address, "127.0.0.1:0");

    sim_assert(status == OP_OK);
    status = net_acceptor_open(&acceptor, &server, NULL, &address, 0);
    sim_assert(status == OP_OK);
    status = net_acceptor_local(&acceptor, &address);
    sim_assert(status == OP_OK);
    for (uint32_t at = 0; at < connection_count; at++) {
        init_end(&server_ends[at], false);
        server_ends[at].accept.op.context = &server_ends[at];
        server_ends[at].accept.on_done = arrived;
    }
    net_accept_start(&acceptor,
                     &server_ends[0].accept,
                     &server_ends[0].stream,
                     NULL);
}

static uint32_t connecting;

static void connected(struct net_connect *connect)
{
    sim_assert(connect->op.status == OP_OK);
    if (--connecting > 0) {
        return;
    }
    allocations_begin = allocations;
    for (uint32_t at = 0; at < connection_count; at++) {
        net_write_start(&client_ends[at].stream, &client_ends[at].write);
    }
}

static void connect_all(void)
{
    connecting = connection_count;
    for (uint32_t at = 0; at < connection_count; at++) {
        struct end *end = &client_ends[at];
        op_status status;

        init_end(end, true);
        end->connect.on_done = connected;
        status = net_tcp_open(&end->stream, &clients, NULL, AF_INET);
        sim_assert(status == OP_OK);
        net_connect_start(&end->stream, &end->connect, &address);
    }
}

static void echo(void *arg)
{
    op_status status;
    HANDLE thread;

    (void)arg;
    status = net_loop_open(&server, NULL);
    sim_assert(status == OP_OK);
    status = net_loop_open(&clients, NULL);
    sim_assert(status == OP_OK);
    listen_for_all();
    thread = CreateThread(NULL, 0, serve, NULL, 0, NULL);
    connect_all();
    (void)net_loop_run(&clients);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    net_loop_close(&clients);
    net_loop_close(&server);
}

/* ---- The figures --------------------------------------------------------- */

static double echoes(uint32_t connections, uint32_t trips_each, uint64_t runs)
{
    const struct sim_options options = {.runs = runs,
                                        .steps_max = UINT64_C(1) << 40};
    struct sim_report report;

    connection_count = connections;
    trips = trips_each;
    report = sim_explore(&options, echo, NULL);
    if (!report.passed) {
        sim_print_report(stderr, &report, NULL);
        exit(1);
    }
    return (double)connections * trips_each * (double)runs;
}

static double work_echo_1(void)
{
    return echoes(1, TRIPS_ONE, 1);
}

static double work_echo_100(void)
{
    return echoes(CLIENTS_MAX, TRIPS_MANY, 1);
}

static double work_conversations(void)
{
    return echoes(1, 1, CONVERSATIONS);
}

/** @brief Allocations from the first message to the last. */
static void count_allocations(void)
{
#ifdef DRYPORT_WRAPS
    (void)echoes(1, TRIPS_COUNTED, 1);
    printf("layer2_echo_allocations %ld allocations/1000000_trips\n",
           allocations_end - allocations_begin);
#endif
}

/** One benchmark. */
static const struct {
    const char *name;
    const char *unit;
    bench_work_fn *work;
} table[] = {
    {"layer2_echo_1", "trips/s", work_echo_1},
    {"layer2_echo_100", "trips/s", work_echo_100},
    {"layer2_conversations", "worlds/s", work_conversations},
};

int main(int argc, char **argv)
{
    /* A count of trips runs one client alone, for a profiler. */
    if (argc == 2 && atoi(argv[1]) > 0) {
        (void)echoes(1, (uint32_t)atoi(argv[1]), 1);
        return 0;
    }
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        if (argc < 2 || strcmp(argv[1], table[at].name) == 0) {
            bench_rate(table[at].name, table[at].unit, table[at].work);
        }
    }
    if (argc < 2) {
        count_allocations();
    }
    return 0;
}
