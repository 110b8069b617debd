/**
 * @file servers.c
 * @brief A server for the tests of layer 2, and clients for it.
 *
 * Uses:     servers.h.
 * Used by:  test_server*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct stage stage;

/* ---- Memory -------------------------------------------------------------- */

static void *take(void *context, size_t bytes)
{
    LONG number = InterlockedIncrement(&stage.takes);
    void *memory;
    LONG live;

    sim_assert(context == &stage);
    if (number <= stage.fail_until ||
        (stage.fail_each != 0 && number % stage.fail_each == 0)) {
        return NULL;
    }
    memory = HeapAlloc(GetProcessHeap(), 0, bytes);
    if (memory == NULL) {
        return NULL;
    }
    live = InterlockedIncrement(&stage.live);
    if (live > stage.live_most) {
        stage.live_most = live;
    }
    sim_assert(live <= (LONG)stage.server.how.connection_max);
    return memory;
}

static void give(void *context, void *memory, size_t bytes)
{
    sim_assert(context == &stage && bytes == stage.how.connection_bytes);
    sim_assert(InterlockedDecrement(&stage.live) >= 0);
    memset(memory, 0xdd, bytes);
    sim_assert(HeapFree(GetProcessHeap(), 0, memory));
}

/* ---- The server ---------------------------------------------------------- */

static struct served *served_of(struct net_connection *connection)
{
    return (struct served *)(void *)connection;
}

/** @brief The handler runs where it should. */
static void inside(struct net_connection *connection)
{
    if ((stage.how.flags & NET_SERVER_STRANDS) != 0) {
        sim_assert(net_strand_inside(&connection->strand));
    } else {
        sim_assert(net_loop_inside(&stage.loop));
    }
}

static void echo_read(struct net_read *read)
{
    struct served *served = read->op.context;

    inside(&served->connection);
    if (read->op.status != OP_OK) {
        net_connection_close(&served->connection, NET_GRACEFUL);
        return;
    }
    net_connection_seen(&served->connection);
    served->piece.buf = served->bytes;
    served->piece.len = (ULONG)read->op.bytes;
    net_write_start(&served->connection.stream, &served->write);
}

static void echo_written(struct net_write *write)
{
    struct served *served = write->op.context;

    inside(&served->connection);
    if (write->op.status != OP_OK) {
        net_connection_close(&served->connection, NET_GRACEFUL);
        return;
    }
    net_read_start(&served->connection.stream, &served->read);
}

void echo_open(struct net_connection *connection)
{
    struct served *served = served_of(connection);

    inside(connection);
    (void)InterlockedIncrement(&stage.opened);
    sim_assert(!served->is_known && served->read.buffer == NULL);
    served->is_known = true;
    served->read.op.context = served;
    served->read.on_done = echo_read;
    served->read.buffer = served->bytes;
    served->read.buffer_bytes = sizeof served->bytes;
    served->write.op.context = served;
    served->write.on_done = echo_written;
    served->write.pieces = &served->piece;
    served->write.piece_count = 1;
    net_read_start(&connection->stream, &served->read);
}

void echo_closed(struct net_connection *connection)
{
    struct served *served = served_of(connection);

    inside(connection);
    (void)InterlockedIncrement(&stage.closed);
    sim_assert(served->is_known);
    sim_assert(!served->read.op.is_started && !served->write.op.is_started);
    sim_assert(net_stream_idle(&connection->stream));
}

void echo_goodbye(struct net_connection *connection)
{
    inside(connection);
    (void)InterlockedIncrement(&stage.goodbye);
    sim_assert(served_of(connection)->is_known);
    net_connection_close(connection, NET_GRACEFUL);
}

void echo_stopped(struct net_server *server)
{
    sim_assert(server == &stage.server);
    stage.stopped++;
    stage.stopped_us = stage_us();
    stage.counts = server->counts;
    /* Nobody uses it any more. */
    memset(server, 0xdd, sizeof *server);
}

/* ---- The stage ----------------------------------------------------------- */

bool stage_try_open(void)
{
    static const struct stage empty = {0};

    stage = empty;
    stage.threads = 1;
    stage.how.connection_bytes = sizeof(struct served);
    stage.how.accept_count = 2;
    stage.how.allocator.take = take;
    stage.how.allocator.give = give;
    stage.how.allocator.context = &stage;
    stage.how.on_open = echo_open;
    stage.how.on_closed = echo_closed;
    stage.how.on_goodbye = echo_goodbye;
    stage.how.on_stopped = echo_stopped;
    sim_assert(net_address_read(&stage.how.address, "127.0.0.1:0") == OP_OK);
    return net_loop_open(&stage.loop, NULL) == OP_OK;
}

void stage_open(void)
{
    sim_assert(stage_try_open());
}

bool stage_try_start(void)
{
    stage.started_us = net_loop_now(&stage.loop);
    if (net_server_start(&stage.server, &stage.loop, &stage.how) != OP_OK) {
        return false;
    }
    /* For the clients. */
    if (net_server_local(&stage.server, &stage.how.address) != OP_OK) {
        net_server_stop(&stage.server);
    }
    return true;
}

void stage_start(void)
{
    sim_assert(stage_try_start());
}

uint64_t stage_us(void)
{
    return net_loop_now(&stage.loop) - stage.started_us;
}

void stage_client(LPTHREAD_START_ROUTINE client)
{
    unsigned number = stage.client_count++;

    sim_assert(number < CLIENTS_MAX);
    if (number == 0) {
        (void)InterlockedIncrement(&stage.left); /* Until all have begun. */
    }
    (void)InterlockedIncrement(&stage.left);
    stage.clients[number] =
        CreateThread(NULL, 0, client, (void *)(uintptr_t)number, 0, NULL);
    sim_assert(stage.clients[number] != NULL);
}

DWORD stage_leave(void)
{
    if (InterlockedDecrement(&stage.left) == 0) {
        net_server_stop(&stage.server);
    }
    return 0;
}

void stage_alarm(uint64_t after_us, void (*on_done)(struct net_timer *alarm))
{
    net_timer_init(&stage.alarm, &stage.loop, NULL, on_done);
    net_timer_start(&stage.alarm, net_loop_now(&stage.loop) + after_us, 0);
}

static DWORD WINAPI loop_thread(void *arg)
{
    (void)arg;
    (void)net_loop_run(&stage.loop);
    return 0;
}

static void join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

void stage_close(void)
{
    HANDLE threads[LOOP_THREADS_MAX] = {NULL};

    if (stage.client_count > 0) {
        (void)stage_leave();
    }
    for (unsigned i = 1; i < stage.threads; i++) {
        threads[i] = CreateThread(NULL, 0, loop_thread, NULL, 0, NULL);
        sim_assert(threads[i] != NULL);
    }
    (void)net_loop_run(&stage.loop);
    for (unsigned i = 1; i < stage.threads; i++) {
        join(threads[i]);
    }
    for (unsigned i = 0; i < stage.client_count; i++) {
        join(stage.clients[i]);
    }
    sim_assert(stage.stopped == 1);
    sim_assert(stage.live == 0);
    sim_assert(stage.opened == stage.closed);
    net_loop_close(&stage.loop);
}

#ifdef DRYPORT_REAL
void passes_promptly(sim_scenario_fn *scenario, const char *network)
{
    (void)network;
    scenario(NULL);
}
#else
void passes_promptly(sim_scenario_fn *scenario, const char *network)
{
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 300,
                                          .exact_clock = true,
                                          .prompt_threads = true,
                                          .network = network},
                    scenario,
                    NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 60});
    }
    assert_true(report.passed);
}
#endif

bool soon(uint64_t was_us, uint64_t limit_us)
{
    return !sim_is_simulated() || was_us < limit_us;
}

void pass_ms(DWORD ms)
{
    sim_assert(WaitForSingleObject(GetCurrentThread(), ms) == WAIT_TIMEOUT);
}

/* ---- Clients ------------------------------------------------------------- */

SOCKET client_connect(void)
{
    SOCKET made = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);

    sim_assert(made != INVALID_SOCKET);
    if (connect(made,
                (const struct sockaddr *)&stage.how.address.any,
                stage.how.address.bytes) != 0) {
        sim_assert(closesocket(made) == 0);
        return INVALID_SOCKET;
    }
    return made;
}

bool client_echo(SOCKET socket)
{
    char back[5];
    int got = 0;

    if (send(socket, "hello", 5, 0) != 5) {
        return false;
    }
    /* BOUND: five bytes, or the end. */
    while (got < 5) {
        int more = recv(socket, back + got, 5 - got, 0);

        if (more <= 0) {
            return false;
        }
        got += more;
    }
    sim_assert(memcmp(back, "hello", 5) == 0);
    return true;
}

bool client_ended(SOCKET socket)
{
    char bytes[64];
    int got;

    /* BOUND: what the server has sent. */
    do {
        got = recv(socket, bytes, (int)sizeof bytes, 0);
    } while (got > 0);
    return got == 0;
}

void client_close(SOCKET socket, enum net_close how)
{
    const struct linger at_once = {1, 0};

    if (how == NET_ABORTIVE) {
        sim_assert(setsockopt(socket,
                              SOL_SOCKET,
                              SO_LINGER,
                              (const char *)&at_once,
                              (int)sizeof at_once) == 0);
    }
    sim_assert(closesocket(socket) == 0);
}

DWORD WINAPI client_served(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET);
    sim_assert(client_echo(socket));
    client_close(socket, NET_GRACEFUL);
    return stage_leave();
}

DWORD WINAPI client_tries(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket != INVALID_SOCKET) {
        (void)client_echo(socket);
        client_close(socket, NET_GRACEFUL);
    }
    return stage_leave();
}
