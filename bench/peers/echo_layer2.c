/**
 * @file echo_layer2.c
 * @brief The same echo on our own layer 2.
 *
 * Written as a user would: a read's handler starts the write and a write's
 * handler the next read.
 *
 * Uses:     echo.h, net.h.
 * Used by:  bench/peers/run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "echo.h"

#include "net.h"

/** One end of a connection. */
struct end {
    struct net_stream stream;
    struct net_accept accept;   /* A server's. */
    struct net_connect connect; /* A client's. */
    struct net_read read;
    struct net_write write;
    WSABUF piece;
    struct echo_meter *meter; /* A client's; NULL at the server. */
    char bytes[ECHO_BYTES];
};

static struct net_loop loop;

static void check(op_status status, const char *what)
{
    if (status != OP_OK) {
        fprintf(stderr, "%s failed: %s\n", what, op_status_name(status));
        exit(1);
    }
}

/* ---- A conversation ------------------------------------------------------ */

static void end_close(struct end *end)
{
    net_stream_close(&end->stream, NET_GRACEFUL);
    if (end->meter == NULL) {
        free(end); /* Nothing is under way: this is its last handler. */
    }
}

static void end_receive(struct end *end)
{
    net_read_start(&end->stream, &end->read);
}

static void end_send(struct end *end, size_t bytes)
{
    end->piece.len = (ULONG)bytes;
    net_write_start(&end->stream, &end->write);
}

static void client_send(struct end *end)
{
    if (echo_meter_send(end->meter)) {
        end_send(end, ECHO_BYTES);
    }
}

static void received(struct net_read *read)
{
    struct end *end = read->op.context;

    if (read->op.status != OP_OK) {
        end_close(end);
    } else if (end->meter == NULL) {
        end_send(end, read->op.bytes);
    } else {
        if (echo_meter_back(end->meter)) {
            net_loop_stop(&loop);
        }
        client_send(end);
    }
}

static void sent(struct net_write *write)
{
    struct end *end = write->op.context;

    if (write->op.status != OP_OK) {
        end_close(end);
    } else {
        end_receive(end);
    }
}

static void end_init(struct end *end, struct echo_meter *meter)
{
    memset(end, 0, sizeof *end);
    end->meter = meter;
    end->read.op.context = end;
    end->read.on_done = received;
    end->read.enough = meter == NULL ? NET_SOME : NET_EXACTLY;
    end->read.buffer = end->bytes;
    end->read.buffer_bytes = ECHO_BYTES;
    end->write.op.context = end;
    end->write.on_done = sent;
    end->write.pieces = &end->piece;
    end->write.piece_count = 1;
    end->piece.buf = end->bytes;
}

static struct net_address loopback(uint16_t port)
{
    struct net_address address;
    char text[NET_ADDRESS_TEXT_BYTES];

    (void)snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)port);
    check(net_address_read(&address, text), "net_address_read");
    return address;
}

/* ---- The server ---------------------------------------------------------- */

static struct net_acceptor acceptor;

static void arrived(struct net_accept *accept);

static void accept_start(void)
{
    struct end *end = malloc(sizeof *end);

    echo_check(end != NULL, "malloc");
    end_init(end, NULL);
    end->accept.op.context = end;
    end->accept.on_done = arrived;
    net_accept_start(&acceptor, &end->accept, &end->stream, NULL);
}

static void arrived(struct net_accept *accept)
{
    check(accept->op.status, "net_accept_start");
    end_receive(accept->op.context);
    accept_start();
}

static void serve(void)
{
    const struct net_loop_options options = {.concurrency = 1,
                                             .wait_ms_max = INFINITE};
    struct net_address address = loopback(0);

    check(net_loop_open(&loop, &options), "net_loop_open");
    check(net_acceptor_open(&acceptor, &loop, NULL, &address, 0),
          "net_acceptor_open");
    check(net_acceptor_local(&acceptor, &address), "net_acceptor_local");
    accept_start();
    echo_print_port(net_address_port(&address));
    (void)net_loop_run(&loop);
}

/* ---- The client ---------------------------------------------------------- */

static struct end ends[ECHO_CONNECTIONS_MAX];
static uint32_t connecting;

static void connected(struct net_connect *connect)
{
    check(connect->op.status, "net_connect_start");
    /* As in every client, the messages begin when all are connected. */
    if (--connecting == 0) {
        net_loop_stop(&loop);
    }
}

static void connect_end(struct end *end,
                        const struct net_address *address,
                        struct echo_meter *meter)
{
    end_init(end, meter);
    end->connect.on_done = connected;
    check(net_tcp_open(&end->stream, &loop, NULL, AF_INET), "net_tcp_open");
    net_connect_start(&end->stream, &end->connect, address);
}

static void client(uint16_t port,
                   uint32_t connection_count,
                   struct echo_meter *meter)
{
    const struct net_loop_options options = {.concurrency = 1,
                                             .wait_ms_max = INFINITE};
    struct net_address address = loopback(port);

    check(net_loop_open(&loop, &options), "net_loop_open");
    connecting = connection_count;
    for (uint32_t at = 0; at < connection_count; at++) {
        connect_end(&ends[at], &address, meter);
    }
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
    for (uint32_t at = 0; at < connection_count; at++) {
        client_send(&ends[at]);
    }
    (void)net_loop_run(&loop);
    for (uint32_t at = 0; at < connection_count; at++) {
        net_stream_close(&ends[at].stream, NET_GRACEFUL);
    }
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

int main(int argc, char **argv)
{
    return echo_main(argc, argv, serve, client);
}
