/**
 * @file sockets.c
 * @brief Sockets for the tests of layer 1, made with Windows' own calls.
 *
 * Uses:     sockets.h.
 * Used by:  test_connections.c, test_streams.c, test_datagrams.c,
 *           test_echo.c, test_allocations.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "sockets.h"

#include <string.h>

SOCKET stream_socket(void)
{
    SOCKET made = WSASocketW(AF_INET,
                             SOCK_STREAM,
                             IPPROTO_TCP,
                             NULL,
                             0,
                             WSA_FLAG_OVERLAPPED);

    sim_assert(made != INVALID_SOCKET);
    return made;
}

void bind_here(SOCKET socket, struct sockaddr_in *address_out)
{
    int bytes = (int)sizeof *address_out;

    memset(address_out, 0, sizeof *address_out);
    address_out->sin_family = AF_INET;
    address_out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim_assert(bind(socket,
                    (const struct sockaddr *)address_out,
                    (int)sizeof *address_out) == 0);
    sim_assert(getsockname(socket, (struct sockaddr *)address_out, &bytes) ==
               0);
}

SOCKET datagram_socket(struct sockaddr_in *address_out)
{
    SOCKET made = WSASocketW(AF_INET,
                             SOCK_DGRAM,
                             IPPROTO_UDP,
                             NULL,
                             0,
                             WSA_FLAG_OVERLAPPED);

    sim_assert(made != INVALID_SOCKET);
    bind_here(made, address_out);
    return made;
}

void open_socket(struct op_handle *handle,
                 const struct place *place,
                 SOCKET socket,
                 unsigned flags)
{
    sim_assert(op_handle_open(handle,
                              &place->port,
                              &(struct op_open){.socket = socket,
                                                .provider = &place->provider,
                                                .flags = flags}) == OP_OK);
}

void open_place(struct place *place)
{
    WSADATA data;
    SOCKET listener;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    sim_assert(op_port_open(&place->port, 1) == OP_OK);
    listener = stream_socket();
    sim_assert(op_provider_load(&place->provider, listener) == OP_OK);
    sim_assert(place->provider.type == SOCK_STREAM);
    sim_assert(place->provider.family == AF_INET);
    bind_here(listener, &place->address);
    sim_assert(listen(listener, SOMAXCONN) == 0);
    open_socket(&place->listener, place, listener, 0);
}

void close_place(struct place *place)
{
    if (place->listener.file != NULL) {
        close_handle(&place->listener);
    }
    op_port_close(&place->port);
    sim_assert(WSACleanup() == 0);
}

void open_pair(struct pair *pair, unsigned flags)
{
    struct op_accept accept;
    struct op_connect connect;
    struct op_batch batch = {.timeout_ms = INFINITE};
    struct sockaddr_in from;
    SOCKET client;
    ULONG count = 0;

    open_place(&pair->place);
    open_socket(&pair->server, &pair->place, stream_socket(), flags);
    client = stream_socket();
    bind_here(client, &from);
    open_socket(&pair->client, &pair->place, client, flags);
    OP_INIT(&accept, NULL, NULL);
    accept.accepted = &pair->server;
    OP_INIT(&connect, NULL, NULL);
    connect.to = (const struct sockaddr *)&pair->place.address;
    connect.to_bytes = (INT)sizeof pair->place.address;
    sim_assert(op_submit(&accept.op, &pair->place.listener) == OP_PENDING);
    sim_assert(op_submit(&connect.op, &pair->client) == OP_PENDING);
    /* BOUND: two packets come. */
    while (count < 2) {
        sim_assert(op_take_many(&pair->place.port, &batch) == OP_TAKEN);
        count += batch.count;
    }
    sim_assert(accept.op.status == OP_OK && connect.op.status == OP_OK);
}

void close_pair(struct pair *pair)
{
    if (pair->server.file != NULL) {
        close_handle(&pair->server);
    }
    if (pair->client.file != NULL) {
        close_handle(&pair->client);
    }
    close_place(&pair->place);
}

void close_hard(struct op_handle *handle)
{
    struct linger at_once = {1, 0};

    sim_assert(setsockopt((SOCKET)handle->file,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&at_once,
                          (int)sizeof at_once) == 0);
    close_handle(handle);
}

void init_recv(struct op_recv *recv, WSABUF *buffer, char *bytes, ULONG count)
{
    OP_INIT(recv, NULL, NULL);
    buffer->buf = bytes;
    buffer->len = count;
    recv->buffers.array = buffer;
    recv->buffers.count = 1;
}

void init_send(struct op_send *send, WSABUF *buffer, const char *text)
{
    OP_INIT(send, NULL, NULL);
    buffer->buf = (char *)(uintptr_t)text;
    buffer->len = (ULONG)strlen(text);
    send->buffers.array = buffer;
    send->buffers.count = 1;
}
