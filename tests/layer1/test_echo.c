/**
 * @file test_echo.c
 * @brief Layer 1: a whole program, an echo, that survives every fault.
 *
 * Both ends run in one loop, which knows operations and not what they do: it
 * counts those in flight, and calls the function of each that is finished.
 *
 * Uses:     op.h, sockets.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-54, CANCEL-24.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sockets.h"

enum { MESSAGE_BYTES = 12, MESSAGES = 3 };

static const char message[MESSAGE_BYTES] = "hello world";

/** One end of the connection. */
struct end {
    struct echo *echo;
    struct op_handle handle;
    struct op_recv recv;
    struct op_send send;
    WSABUF in;
    WSABUF out;
    char bytes[MESSAGE_BYTES];
};

/** The program. */
struct echo {
    struct op_port port;
    struct op_provider provider;
    struct sockaddr_in address;
    unsigned flags; /* Of every handle. */

    struct op_handle listener;
    struct op_accept accept;
    struct op_connect connect;
    struct end server;
    struct end client;
    unsigned got_bytes; /* By the client. */
    unsigned echoed;    /* Whole messages. */

    unsigned in_flight;
    struct op *ready; /* Finished without a packet, to be told. */
};

/* ---- The loop -------------------------------------------------------------------- */

/** @brief Submit; whatever the answer, on_done is called once, later. */
static void start(struct echo *echo, struct op *op, struct op_handle *handle)
{
    if (op_submit(op, handle) == OP_PENDING) {
        echo->in_flight++;
        return;
    }
    op->next = echo->ready;
    echo->ready = op;
}

static void run_loop(struct echo *echo)
{
    /* BOUND: every operation comes back, and each message is sent once. */
    while (echo->in_flight > 0 || echo->ready != NULL) {
        struct op *op = echo->ready;

        if (op != NULL) {
            echo->ready = op->next;
        } else {
            sim_assert(op_take(&echo->port, INFINITE, &op) == OP_TAKEN);
            echo->in_flight--;
        }
        op->on_done(op);
    }
    take_nothing(&echo->port);
}

/** @brief Close, if it is open. */
static void close_once(struct op_handle *handle)
{
    if (handle->file != NULL) {
        close_handle(handle);
    }
}

/* ---- Both ends --------------------------------------------------------------------- */

static void receive(struct end *end)
{
    end->in.buf = end->bytes;
    end->in.len = MESSAGE_BYTES;
    end->recv.buffers.array = &end->in;
    end->recv.buffers.count = 1;
    start(end->echo, &end->recv.op, &end->handle);
}

static void send_bytes(struct end *end, const char *bytes, DWORD count)
{
    end->out.buf = (char *)(uintptr_t)bytes;
    end->out.len = count;
    end->send.buffers.array = &end->out;
    end->send.buffers.count = 1;
    start(end->echo, &end->send.op, &end->handle);
}

/** @brief This end is over. */
static void give_up(struct end *end)
{
    close_once(&end->handle);
    if (end == &end->echo->client) {
        /* Nobody else will come. */
        close_once(&end->echo->listener);
    }
}

static void server_received(struct op *op)
{
    struct end *end = op->context;

    if (op->status != OP_OK) {
        give_up(end);
        return;
    }
    send_bytes(end, end->bytes, op->bytes);
}

static void server_sent(struct op *op)
{
    if (op->status != OP_OK) {
        give_up(op->context);
        return;
    }
    receive(op->context);
}

static void client_sent(struct op *op)
{
    if (op->status != OP_OK) {
        give_up(op->context);
        return;
    }
    receive(op->context);
}

static void client_received(struct op *op)
{
    struct end *end = op->context;
    struct echo *echo = end->echo;

    if (op->status != OP_OK) {
        give_up(end);
        return;
    }
    sim_assert(memcmp(end->bytes,
                      message + echo->got_bytes % MESSAGE_BYTES,
                      op->bytes) == 0);
    echo->got_bytes += op->bytes;
    if (echo->got_bytes % MESSAGE_BYTES != 0) {
        end->in.len = MESSAGE_BYTES - echo->got_bytes % MESSAGE_BYTES;
        start(echo, &end->recv.op, &end->handle);
        return;
    }
    echo->echoed++;
    if (echo->echoed == MESSAGES) {
        give_up(end);
    } else {
        send_bytes(end, message, MESSAGE_BYTES);
    }
}

/* ---- Becoming connected -------------------------------------------------------------- */

static void accepted(struct op *op)
{
    struct echo *echo = op->context;

    close_once(&echo->listener);
    if (op->status != OP_OK) {
        close_once(&echo->server.handle);
        return;
    }
    receive(&echo->server);
}

static void connected(struct op *op)
{
    struct echo *echo = op->context;

    if (op->status != OP_OK) {
        give_up(&echo->client);
        return;
    }
    send_bytes(&echo->client, message, MESSAGE_BYTES);
}

/** @brief A socket with the program's port; false if there is none. */
static bool make_socket(struct echo *echo, struct op_handle *handle)
{
    SOCKET socket = WSASocketW(AF_INET,
                               SOCK_STREAM,
                               IPPROTO_TCP,
                               NULL,
                               0,
                               WSA_FLAG_OVERLAPPED);
    struct op_open how = {.socket = socket, .flags = echo->flags};

    if (socket == INVALID_SOCKET) {
        return false;
    }
    if (echo->provider.type == 0 &&
        op_provider_load(&echo->provider, socket) != OP_OK) {
        sim_assert(closesocket(socket) == 0);
        return false;
    }
    how.provider = &echo->provider;
    if (op_handle_open(handle, &echo->port, &how) != OP_OK) {
        sim_assert(closesocket(socket) == 0);
        return false;
    }
    return true;
}

/** @brief Bind to a free port of this host. */
static bool name_socket(struct op_handle *handle, struct sockaddr_in *address)
{
    int bytes = (int)sizeof *address;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind((SOCKET)handle->file,
                (const struct sockaddr *)address,
                (int)sizeof *address) == 0 &&
           getsockname((SOCKET)handle->file,
                       (struct sockaddr *)address,
                       &bytes) == 0;
}

static void init_end(struct echo *echo, struct end *end)
{
    bool serves = end == &echo->server;

    end->echo = echo;
    OP_INIT(&end->recv, serves ? server_received : client_received, end);
    OP_INIT(&end->send, serves ? server_sent : client_sent, end);
}

/** @brief Start both ends; without all of it nothing starts. */
static void begin(struct echo *echo)
{
    struct sockaddr_in from;

    if (!make_socket(echo, &echo->listener) ||
        !name_socket(&echo->listener, &echo->address) ||
        listen((SOCKET)echo->listener.file, 1) != 0 ||
        !make_socket(echo, &echo->server.handle) ||
        !make_socket(echo, &echo->client.handle) ||
        !name_socket(&echo->client.handle, &from)) {
        close_once(&echo->listener);
        close_once(&echo->server.handle);
        close_once(&echo->client.handle);
        return;
    }
    OP_INIT(&echo->accept, accepted, echo);
    echo->accept.accepted = &echo->server.handle;
    OP_INIT(&echo->connect, connected, echo);
    echo->connect.to = (const struct sockaddr *)&echo->address;
    echo->connect.to_bytes = (INT)sizeof echo->address;
    start(echo, &echo->accept.op, &echo->listener);
    start(echo, &echo->connect.op, &echo->client.handle);
}

/* ---- Tests ----------------------------------------------------------------------------- */

/** @brief The program, from start to end.  @return messages echoed. */
static unsigned echo_all(unsigned flags)
{
    static struct echo echo;
    WSADATA data;

    memset(&echo, 0, sizeof echo);
    echo.flags = flags;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 0;
    }
    if (op_port_open(&echo.port, 1) == OP_OK) {
        init_end(&echo, &echo.server);
        init_end(&echo, &echo.client);
        begin(&echo);
        run_loop(&echo);
        sim_assert(echo.listener.file == NULL);
        sim_assert(echo.server.handle.file == NULL);
        sim_assert(echo.client.handle.file == NULL);
        op_port_close(&echo.port);
    }
    sim_assert(WSACleanup() == 0);
    return echo.echoed;
}

static void healthy_skipped(void *arg)
{
    (void)arg;
    sim_assert(echo_all(0) == MESSAGES);
}

static void healthy_queued(void *arg)
{
    (void)arg;
    sim_assert(echo_all(OP_NO_SKIP) == MESSAGES);
}

static void with_faults(void *arg)
{
    (void)arg;
    (void)echo_all(0);
}

static void echo_brings_everything_back(void **state)
{
    (void)state;
    passes(healthy_skipped);
    passes(healthy_queued);
}

static void echo_survives_each_fault(void **state)
{
    (void)state;
    passes_each_fault(with_faults, 10);
    passes_faults(with_faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echo_brings_everything_back),
        cmocka_unit_test(echo_survives_each_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
