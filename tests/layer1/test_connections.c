/**
 * @file test_connections.c
 * @brief Layer 1: accepting, connecting, disconnecting.
 *
 * Uses:     op.h, sockets.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-49, SOCK-62, SOCK-65, SOCK-69, SOCK-72, SOCK-80, SOCK-85,
 *           SOCK-88, SOCK-95.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sockets.h"

static void init_accept(struct op_accept *accept, struct op_handle *accepted)
{
    OP_INIT(accept, NULL, NULL);
    accept->accepted = accepted;
}

static void init_connect(struct op_connect *connect,
                         const struct sockaddr_in *to)
{
    OP_INIT(connect, NULL, NULL);
    connect->to = (const struct sockaddr *)to;
    connect->to_bytes = (INT)sizeof *to;
}

static unsigned peer_port(const struct op_handle *handle)
{
    struct sockaddr_in peer;
    int bytes = (int)sizeof peer;

    sim_assert(getpeername((SOCKET)handle->file,
                           (struct sockaddr *)&peer,
                           &bytes) == 0);
    return ntohs(peer.sin_port);
}

/* ---- Both ends --------------------------------------------------------------- */

static void both_ends(void *arg)
{
    struct pair pair;
    struct sockaddr_in own;
    int bytes = (int)sizeof own;

    (void)arg;
    open_pair(&pair, 0);
    /* Both know their peer, which they do not without the last step. */
    sim_assert(getsockname((SOCKET)pair.client.file,
                           (struct sockaddr *)&own,
                           &bytes) == 0);
    sim_assert(peer_port(&pair.server) == ntohs(own.sin_port));
    sim_assert(peer_port(&pair.client) == ntohs(pair.place.address.sin_port));
    sim_assert(shutdown((SOCKET)pair.server.file, SD_SEND) == 0);
    sim_assert(shutdown((SOCKET)pair.client.file, SD_SEND) == 0);
    close_pair(&pair);
}

static void both_ends_know_that_they_are_connected(void **state)
{
    (void)state;
    passes(both_ends);
}

static void first_data(void *arg)
{
    struct place place;
    struct op_handle server;
    struct op_handle client;
    struct op_accept accept;
    struct op_connect connect;
    struct sockaddr_in from;
    const struct sockaddr_in *peer;
    INT peer_bytes = 0;
    SOCKET socket;
    char data[16 + 2 * OP_ADDRESS_BYTES] = {0};
    struct op_batch batch = {.timeout_ms = INFINITE};
    ULONG count = 0;

    (void)arg;
    open_place(&place);
    open_socket(&server, &place, stream_socket(), 0);
    socket = stream_socket();
    bind_here(socket, &from);
    open_socket(&client, &place, socket, 0);
    init_accept(&accept, &server);
    accept.data = data;
    accept.data_bytes = 16;
    init_connect(&connect, &place.address);
    connect.data = "hello";
    connect.data_bytes = 5;
    sim_assert(op_submit(&accept.op, &place.listener) == OP_PENDING);
    sim_assert(op_submit(&connect.op, &client) == OP_PENDING);
    /* BOUND: two packets come. */
    while (count < 2) {
        sim_assert(op_take_many(&place.port, &batch) == OP_TAKEN);
        count += batch.count;
    }
    /* The connection came with its first bytes, and with an address. */
    sim_assert(connect.op.status == OP_OK && connect.op.bytes == 5);
    sim_assert(accept.op.status == OP_OK && accept.op.bytes > 0);
    sim_assert(memcmp(data, "hello", accept.op.bytes) == 0);
    peer =
        (const struct sockaddr_in *)(const void *)op_accept_peer(&accept,
                                                                 &peer_bytes);
    sim_assert(peer != NULL && peer_bytes >= (INT)sizeof *peer);
    sim_assert(peer->sin_family == AF_INET);
    sim_assert(peer->sin_port == from.sin_port);
    close_handle(&server);
    close_handle(&client);
    close_place(&place);
}

static void accept_waits_for_first_data(void **state)
{
    (void)state;
    passes(first_data);
}

/* ---- Refusals ------------------------------------------------------------------ */

static void connect_to_nobody(void *arg)
{
    struct place place;
    struct op_handle client;
    struct op_connect connect;
    struct sockaddr_in from;
    struct sockaddr_in nobody;
    SOCKET socket;

    (void)arg;
    open_place(&place);
    /* A port that was free a moment ago. */
    socket = stream_socket();
    bind_here(socket, &nobody);
    sim_assert(closesocket(socket) == 0);
    /* Without a name of its own the socket cannot connect. */
    socket = stream_socket();
    open_socket(&client, &place, socket, 0);
    init_connect(&connect, &nobody);
    sim_assert(run(&connect.op, &client) == OP_REFUSED);
    sim_assert(connect.op.status == OP_INVALID);
    sim_assert(connect.op.error == WSAEINVAL);
    /* With one it can, and the packet says what came of it. */
    bind_here(socket, &from);
    sim_assert(run(&connect.op, &client) == OP_PENDING);
    sim_assert(connect.op.status == OP_CONNECTION_REFUSED);
    sim_assert(connect.op.error == ERROR_CONNECTION_REFUSED);
    close_handle(&client);
    close_place(&place);
}

static void connect_is_refused_now_or_later(void **state)
{
    (void)state;
    passes(connect_to_nobody);
}

static void without_provider(void *arg)
{
    struct place place;
    struct op_handle server;
    struct op_handle client;
    struct op_accept accept;
    struct op_connect connect;
    struct op_disconnect disconnect;

    (void)arg;
    open_place(&place);
    open_socket(&server, &place, stream_socket(), 0);
    sim_assert(op_handle_open(&client,
                              &place.port,
                              &(struct op_open){.socket = stream_socket()}) ==
               OP_OK);
    sim_assert(!client.skips && !client.is_messages);
    init_accept(&accept, &server);
    init_connect(&connect, &place.address);
    OP_INIT(&disconnect, NULL, NULL);
    sim_assert(run(&accept.op, &client) == OP_REFUSED);
    sim_assert(accept.op.status == OP_UNSUPPORTED);
    sim_assert(run(&connect.op, &client) == OP_REFUSED);
    sim_assert(connect.op.status == OP_UNSUPPORTED);
    sim_assert(run(&disconnect.op, &client) == OP_REFUSED);
    sim_assert(disconnect.op.status == OP_UNSUPPORTED);
    close_handle(&server);
    close_handle(&client);
    close_place(&place);
}

static void what_the_provider_lacks_is_refused(void **state)
{
    (void)state;
    passes(without_provider);
}

static void bad_handles(void *arg)
{
    struct op_provider provider;
    struct op_handle handle;
    struct place place;

    (void)arg;
    open_place(&place);
    sim_assert(op_handle_open(&handle,
                              &place.port,
                              &(struct op_open){.socket = INVALID_SOCKET}) ==
               OP_BAD_HANDLE);
    sim_assert(op_provider_load(&provider, INVALID_SOCKET) == OP_BAD_HANDLE);
    /* A handle has one port, for life. */
    sim_assert(op_handle_open(&handle,
                              &place.port,
                              &(struct op_open){
                                  .socket = (SOCKET)place.listener.file,
                                  .provider = &place.provider}) == OP_INVALID);
    close_place(&place);
}

static void bad_handles_are_refused(void **state)
{
    (void)state;
    passes(bad_handles);
}

/* ---- Ends ---------------------------------------------------------------------- */

static void close_listener(void *arg)
{
    struct place place;
    struct op_handle servers[2];
    struct op_accept accepts[2];

    (void)arg;
    open_place(&place);
    for (size_t i = 0; i < 2; i++) {
        open_socket(&servers[i], &place, stream_socket(), 0);
        init_accept(&accepts[i], &servers[i]);
        sim_assert(op_submit(&accepts[i].op, &place.listener) == OP_PENDING);
    }
    /* One is cancelled, the other ends with the listener. */
    sim_assert(op_cancel(&accepts[0].op) == OP_CANCEL_ASKED);
    take(&place.port, &accepts[0].op);
    sim_assert(accepts[0].op.status == OP_ABORTED);
    take_nothing(&place.port);
    close_handle(&place.listener);
    take(&place.port, &accepts[1].op);
    sim_assert(accepts[1].op.status == OP_ABORTED);
    close_handle(&servers[0]);
    close_handle(&servers[1]);
    close_place(&place);
}

static void accepts_end_by_cancel_or_close(void **state)
{
    (void)state;
    passes(close_listener);
}

static void disconnected(void *arg)
{
    struct pair pair;
    struct op_disconnect disconnect;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, OP_NO_SKIP);
    OP_INIT(&disconnect, NULL, NULL);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(run(&disconnect.op, &pair.client) == OP_PENDING);
    sim_assert(disconnect.op.status == OP_OK);
    /* The peer reads the end. */
    (void)run(&recv.op, &pair.server);
    sim_assert(recv.op.status == OP_EOF && recv.op.error == 0);
    close_pair(&pair);
}

static void disconnect_sends_the_end(void **state)
{
    (void)state;
    passes(disconnected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_know_that_they_are_connected),
        cmocka_unit_test(accept_waits_for_first_data),
        cmocka_unit_test(connect_is_refused_now_or_later),
        cmocka_unit_test(what_the_provider_lacks_is_refused),
        cmocka_unit_test(bad_handles_are_refused),
        cmocka_unit_test(accepts_end_by_cancel_or_close),
        cmocka_unit_test(disconnect_sends_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
