/**
 * @file streams.c
 * @brief Connected streams for the tests of layer 2, and who came back.
 *
 * Uses:     streams.h.
 * Used by:  the tests of streams in this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "streams.h"

#include <string.h>

void see(struct pair *pair, struct net_op *op)
{
    sim_assert(pair->seen.count < sizeof pair->seen.ops / sizeof op);
    pair->seen.ops[pair->seen.count++] = op;
}

void see_read(struct net_read *read)
{
    see(read->op.context, &read->op);
}

void see_write(struct net_write *write)
{
    see(write->op.context, &write->op);
}

void see_connect(struct net_connect *connect)
{
    see(connect->op.context, &connect->op);
}

void see_accept(struct net_accept *accept)
{
    see(accept->op.context, &accept->op);
}

void run(struct net_loop *loop)
{
    (void)net_loop_run(loop);
    sim_assert(loop->work == 0);
    net_loop_restart(loop);
}

/* ---- Opening ----------------------------------------------------------------- */

void watch_sockets(void)
{
    WSADATA data;

    (void)WSAStartup(MAKEWORD(2, 2), &data); /* For good. */
}

void open_place(struct pair *pair, unsigned loop_flags)
{
    struct net_address any;

    watch_sockets();
    memset(pair, 0, sizeof *pair);
    sim_assert(net_loop_open(&pair->loop,
                             &(struct net_loop_options){.wait_ms_max = INFINITE,
                                                        .flags = loop_flags}) ==
               OP_OK);
    sim_assert(net_address_read(&any, "127.0.0.1:0") == OP_OK);
    sim_assert(net_acceptor_open(&pair->acceptor, &pair->loop, NULL, &any, 0) ==
               OP_OK);
    sim_assert(net_acceptor_local(&pair->acceptor, &pair->address) == OP_OK);
}

void close_place(struct pair *pair)
{
    if (!pair->acceptor.is_closed) {
        net_acceptor_close(&pair->acceptor);
    }
    (void)net_loop_drain(&pair->loop);
    sim_assert(net_acceptor_idle(&pair->acceptor));
    net_loop_close(&pair->loop);
}

static void connect_pair(struct pair *pair)
{
    struct net_accept accept = {.op.context = pair, .on_done = see_accept};
    struct net_connect connect = {.op.context = pair, .on_done = see_connect};

    sim_assert(
        net_tcp_open(&pair->client, &pair->loop, pair->strand, AF_INET) ==
        OP_OK);
    net_accept_start(&pair->acceptor, &accept, &pair->server, pair->strand);
    net_connect_start(&pair->client, &connect, &pair->address);
    run(&pair->loop);
    sim_assert(accept.op.status == OP_OK && connect.op.status == OP_OK);
    sim_assert(pair->seen.count == 2);
    pair->seen.count = 0;
    net_acceptor_close(&pair->acceptor);
}

void open_pair(struct pair *pair, unsigned loop_flags)
{
    open_place(pair, loop_flags);
    connect_pair(pair);
}

void open_strand_pair(struct pair *pair, struct net_strand *strand)
{
    open_place(pair, 0);
    net_strand_init(strand, &pair->loop);
    pair->strand = strand;
    connect_pair(pair);
}

void close_pair(struct pair *pair)
{
    if (!pair->client.is_closed) {
        net_stream_close(&pair->client, NET_GRACEFUL);
    }
    if (!pair->server.is_closed) {
        net_stream_close(&pair->server, NET_GRACEFUL);
    }
    close_place(pair);
    sim_assert(net_stream_idle(&pair->client));
    sim_assert(net_stream_idle(&pair->server));
}

void find_silence(const struct pair *pair, struct net_address *address_out)
{
    struct net_acceptor acceptor;
    struct net_loop *loop = pair->acceptor.loop;

    *address_out = pair->address;
    ((struct sockaddr_in *)(void *)&address_out->any)->sin_port = 0;
    sim_assert(net_acceptor_open(&acceptor, loop, NULL, address_out, 0) ==
               OP_OK);
    sim_assert(net_acceptor_local(&acceptor, address_out) == OP_OK);
    net_acceptor_close(&acceptor);
}

/* ---- Reading and writing ----------------------------------------------------- */

void init_read(struct net_read *read,
               struct pair *pair,
               enum net_enough enough,
               char *buffer,
               size_t bytes)
{
    memset(read, 0, sizeof *read);
    read->op.context = pair;
    read->on_done = see_read;
    read->enough = enough;
    read->buffer = buffer;
    read->buffer_bytes = bytes;
}

void init_write(struct net_write *write,
                struct pair *pair,
                WSABUF *piece,
                const char *text)
{
    memset(write, 0, sizeof *write);
    write->op.context = pair;
    write->on_done = see_write;
    piece->buf = (char *)(uintptr_t)text;
    piece->len = (ULONG)strlen(text);
    write->pieces = piece;
    write->piece_count = 1;
}

void send_text(struct pair *pair, struct net_stream *stream, const char *text)
{
    struct net_write write;
    WSABUF piece;

    init_write(&write, pair, &piece, text);
    net_write_start(stream, &write);
    run(&pair->loop);
    sim_assert(write.op.status == OP_OK && write.op.bytes == strlen(text));
}

void expect_text(struct pair *pair, struct net_stream *stream, const char *text)
{
    struct net_read read;
    char bytes[64];

    sim_assert(strlen(text) <= sizeof bytes);
    if (*text == '\0') {
        return;
    }
    init_read(&read, pair, NET_EXACTLY, bytes, strlen(text));
    net_read_start(stream, &read);
    run(&pair->loop);
    sim_assert(read.op.status == OP_OK && read.op.bytes == strlen(text));
    sim_assert(memcmp(bytes, text, strlen(text)) == 0);
}

size_t read_end(struct pair *pair, struct net_stream *stream, op_status status)
{
    struct net_read read;
    char bytes[4096];
    size_t count = 0;

    init_read(&read, pair, NET_SOME, bytes, sizeof bytes);
    /* BOUND: the peer has written so much and no more. */
    do {
        pair->seen.count = 0;
        net_read_start(stream, &read);
        run(&pair->loop);
        count += read.op.status == OP_OK ? read.op.bytes : 0;
    } while (read.op.status == OP_OK);
    /* Wine may call a reset an end. */
    sim_assert(read.op.status == status ||
               (!sim_is_simulated() && read.op.status == OP_EOF));
    return count;
}
