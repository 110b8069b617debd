/**
 * @file bench_network.c
 * @brief The simulated network: round trips, whole conversations, idle hosts.
 *
 * Both sides are written on layer 1: one thread with a port serves, another
 * has the clients, and 64 bytes go to and fro over loopback.
 *
 * Uses:     bench.h, op.h, sim.h, sim_network.h.
 * Used by:  the target `bench`.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "op.h"

#include <windows.h>

#include "bench.h"
#include "sim.h"
#include "sim_network.h"

enum {
    MESSAGE_BYTES = 64,
    CLIENTS_MAX = 100,
    TRIPS_ONE = 200000,
    TRIPS_MANY = 2000, /* For each of the clients. */
    CONVERSATIONS = 5000,
    IDLE_HOSTS = 100,
    IDLE_HOURS = 24
};

/** One end of a connection, with the one operation it has under way. */
struct end {
    struct op_handle handle;
    struct op_recv recv;
    struct op_send send;
    WSABUF piece;
    uint32_t trips_left; /* A client's; the server goes on until the end. */
    bool client;
    ULONG got; /* Of the message being received. */
    char bytes[MESSAGE_BYTES];
};

/** One side: a thread's port and its ends. */
struct side {
    struct op_port port;
    struct end ends[CLIENTS_MAX];
    uint32_t open; /* Ends whose connection is not over. */
};

static struct side server;
static struct side clients;
static struct op_provider provider;
static uint32_t connection_count;
static uint32_t trips;

static void check(bool good, const char *what)
{
    if (!good) {
        sim_assert_failed(what, __FILE__, __LINE__);
    }
}

/* ---- A conversation ------------------------------------------------------ */

/** What an end does next. */
enum next { NEXT_RECEIVE, NEXT_SEND, NEXT_NOTHING };

/** @brief A receive is over: with a message, with a part of one, or with the
 *  end of the stream. */
static enum next received(struct end *end, struct side *side)
{
    if (end->recv.op.status == OP_OK) {
        end->got += end->recv.op.bytes;
        if (end->got < MESSAGE_BYTES) {
            return NEXT_RECEIVE; /* A stream may bring it in parts. */
        }
        end->got = 0;
        if (!end->client || --end->trips_left != 0) {
            return NEXT_SEND;
        }
    }
    check(op_handle_close(&end->handle) == OP_OK, "close");
    side->open--;
    return NEXT_NOTHING;
}

static enum next next_of(struct end *end,
                         struct side *side,
                         const struct op *op)
{
    if (op == &end->recv.op) {
        return received(end, side);
    }
    check(op->status == OP_OK, "an echo's send fails");
    return NEXT_RECEIVE;
}

/** @brief Go on until an operation is pending or the connection is over. */
static void go_on(struct end *end, struct side *side, enum next next)
{
    while (next != NEXT_NOTHING) {
        struct op *op = next == NEXT_SEND ? &end->send.op : &end->recv.op;

        if (next == NEXT_RECEIVE) {
            end->piece =
                (WSABUF){MESSAGE_BYTES - end->got, end->bytes + end->got};
        } else {
            end->piece = (WSABUF){MESSAGE_BYTES, end->bytes};
        }
        if (op_submit(op, &end->handle) == OP_PENDING) {
            return;
        }
        next = next_of(end, side, op);
    }
}

static void done(struct op *op, struct side *side)
{
    struct end *end = op->context;

    go_on(end, side, next_of(end, side, op));
}

static void open_end(struct end *end, struct side *side, SOCKET socket)
{
    const struct op_open how = {.socket = socket, .provider = &provider};

    check(op_handle_open(&end->handle, &side->port, &how) == OP_OK, "open");
    OP_INIT(&end->recv, NULL, end);
    OP_INIT(&end->send, NULL, end);
    end->recv.buffers = (struct op_buffers){.array = &end->piece, .count = 1};
    end->send.buffers = end->recv.buffers;
    side->open++;
}

static void run_side(struct side *side)
{
    struct op_batch batch = {.timeout_ms = INFINITE};

    while (side->open > 0) {
        check(op_take_many(&side->port, &batch) == OP_TAKEN, "take");
        for (ULONG at = 0; at < batch.count; at++) {
            done(batch.ops[at], side);
        }
    }
}

static DWORD WINAPI serve(void *arg)
{
    (void)arg;
    for (uint32_t at = 0; at < connection_count; at++) {
        go_on(&server.ends[at], &server, NEXT_RECEIVE);
    }
    run_side(&server);
    return 0;
}

static SOCKET listening_socket(struct sockaddr_in *address)
{
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int bytes = sizeof *address;

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)address, bytes) == 0, "bind");
    check(listen(listener, SOMAXCONN) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)address, &bytes) == 0,
          "getsockname");
    return listener;
}

static void connect_all(void)
{
    struct sockaddr_in address;
    SOCKET listener = listening_socket(&address);

    check(op_provider_load(&provider, listener) == OP_OK, "provider");
    for (uint32_t at = 0; at < connection_count; at++) {
        SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        int bytes = sizeof address;

        check(connect(client, (struct sockaddr *)&address, bytes) == 0,
              "connect");
        open_end(&clients.ends[at], &clients, client);
        open_end(&server.ends[at], &server, accept(listener, NULL, NULL));
        clients.ends[at].client = true;
        clients.ends[at].trips_left = trips;
    }
    closesocket(listener);
}

static void echo(void *arg)
{
    WSADATA data;
    HANDLE thread;

    (void)arg;
    memset(&server, 0, sizeof server);
    memset(&clients, 0, sizeof clients);
    check(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    check(op_port_open(&server.port, 1) == OP_OK, "port");
    check(op_port_open(&clients.port, 1) == OP_OK, "port");
    connect_all();
    thread = CreateThread(NULL, 0, serve, NULL, 0, NULL);
    for (uint32_t at = 0; at < connection_count; at++) {
        go_on(&clients.ends[at], &clients, NEXT_SEND);
    }
    run_side(&clients);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    op_port_close(&server.port);
    op_port_close(&clients.port);
    WSACleanup();
}

/* ---- The figures --------------------------------------------------------- */

static void check_report(const struct sim_report *report)
{
    if (!report->passed) {
        sim_print_report(stderr, report, NULL);
        exit(1);
    }
}

static double echoes(uint32_t connections, uint32_t trips_each, uint64_t runs)
{
    const struct sim_options options = {.runs = runs,
                                        .steps_max = UINT64_C(1) << 40};
    struct sim_report report;

    connection_count = connections;
    trips = trips_each;
    report = sim_explore(&options, echo, NULL);
    check_report(&report);
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

/** @brief A host's only thread has nothing to do for a day. */
static DWORD WINAPI idle(void *arg)
{
    (void)arg;
    Sleep(IDLE_HOURS * 3600 * 1000);
    return 0;
}

static void idle_hosts(void *arg)
{
    HANDLE threads[IDLE_HOSTS];

    (void)arg;
    for (int at = 0; at < IDLE_HOSTS; at++) {
        threads[at] = sim_host_start(sim_host_add(), idle, NULL);
    }
    for (int at = 0; at < IDLE_HOSTS; at++) {
        WaitForSingleObject(threads[at], INFINITE);
        CloseHandle(threads[at]);
    }
}

/** @brief Milliseconds of real time for a simulated day. */
static void time_idle_hosts(void)
{
    double begin = bench_seconds();
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 1}, idle_hosts, NULL);

    check_report(&report);
    printf("net_idle_100_hosts_24_hours %.2f ms\n",
           (bench_seconds() - begin) * 1000);
}

/** One benchmark. */
static const struct {
    const char *name;
    const char *unit;
    bench_work_fn *work;
} table[] = {
    {"net_echo_1", "trips/s", work_echo_1},
    {"net_echo_100", "trips/s", work_echo_100},
    {"net_conversations", "worlds/s", work_conversations},
};

int main(int argc, char **argv)
{
    /* A name as argument runs that benchmark alone, for a profiler. */
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        if (argc < 2 || strcmp(argv[1], table[at].name) == 0) {
            bench_rate(table[at].name, table[at].unit, table[at].work);
        }
    }
    if (argc < 2) {
        time_idle_hosts();
    }
    return 0;
}
