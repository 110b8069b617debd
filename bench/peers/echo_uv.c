/**
 * @file echo_uv.c
 * @brief Peer: the same echo on libuv.
 *
 * Written the way of libuv's guide: a stream is read for as long as it is
 * open, and each write has a request and a buffer of its own, because the next
 * message may be read before libuv reports that the last one is written.  They
 * are used again, so that nothing is allocated for a message.
 *
 * Uses:     echo.h, uv.h.
 * Used by:  bench/peers/run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "echo.h"

#include <uv.h>

/** What is written, until libuv has reported it. */
struct message {
    uv_write_t write;
    struct message *next; /* Of those that are free. */
    char bytes[ECHO_BYTES];
};

/** One end of a connection. */
struct end {
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct echo_meter *meter; /* A client's; NULL at the server. */
    size_t got;               /* Of the message a client waits for. */
    char bytes[ECHO_BYTES];
};

static uv_loop_t loop;
static struct message *free_messages;

static void check(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s failed: %s\n", what, uv_strerror(result));
        exit(1);
    }
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address;

    check(uv_ip4_addr("127.0.0.1", port, &address), "uv_ip4_addr");
    return address;
}

/* ---- A conversation ------------------------------------------------------ */

static void closed(uv_handle_t *handle)
{
    struct end *end = handle->data;

    if (end->meter == NULL) {
        free(end);
    }
}

static void end_close(struct end *end)
{
    uv_close((uv_handle_t *)&end->tcp, closed);
}

static struct message *new_message(void)
{
    struct message *message = free_messages;

    if (message != NULL) {
        free_messages = message->next;
    } else {
        message = calloc(1, sizeof *message);
        echo_check(message != NULL, "calloc");
        message->write.data = message;
    }
    return message;
}

static void written(uv_write_t *write, int status)
{
    struct message *message = write->data;

    check(status, "uv_write");
    message->next = free_messages;
    free_messages = message;
}

static void end_send(struct end *end, size_t bytes)
{
    struct message *message = new_message();
    uv_buf_t piece = uv_buf_init(message->bytes, (unsigned)bytes);

    memcpy(message->bytes, end->bytes, bytes);
    check(
        uv_write(&message->write, (uv_stream_t *)&end->tcp, &piece, 1, written),
        "uv_write");
}

static void client_send(struct end *end)
{
    if (echo_meter_send(end->meter)) {
        end_send(end, ECHO_BYTES);
    }
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct end *end = handle->data;

    (void)suggested;
    *room = uv_buf_init(end->bytes + end->got,
                        (unsigned)(sizeof end->bytes - end->got));
}

static void received(uv_stream_t *stream, ssize_t bytes, const uv_buf_t *room)
{
    struct end *end = stream->data;

    (void)room;
    if (bytes < 0) {
        end_close(end);
    } else if (end->meter == NULL) {
        if (bytes > 0) {
            end_send(end, (size_t)bytes);
        }
    } else {
        end->got += (size_t)bytes;
        if (end->got == ECHO_BYTES) {
            end->got = 0;
            if (echo_meter_back(end->meter)) {
                uv_stop(&loop);
            }
            client_send(end);
        }
    }
}

static void end_open(struct end *end)
{
    check(uv_tcp_init(&loop, &end->tcp), "uv_tcp_init");
    end->tcp.data = end;
}

static void end_receive(struct end *end)
{
    check(uv_read_start((uv_stream_t *)&end->tcp, give_room, received),
          "uv_read_start");
}

/* ---- The server ---------------------------------------------------------- */

static void arrived(uv_stream_t *listener, int status)
{
    struct end *end = calloc(1, sizeof *end);

    check(status, "uv_listen");
    echo_check(end != NULL, "calloc");
    end_open(end);
    check(uv_accept(listener, (uv_stream_t *)&end->tcp), "uv_accept");
    end_receive(end);
}

static void serve(void)
{
    static uv_tcp_t listener;
    struct sockaddr_in address = loopback(0);
    int bytes = (int)sizeof address;

    check(uv_loop_init(&loop), "uv_loop_init");
    check(uv_tcp_init(&loop, &listener), "uv_tcp_init");
    check(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0),
          "uv_tcp_bind");
    check(uv_listen((uv_stream_t *)&listener, SOMAXCONN, arrived), "uv_listen");
    check(uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &bytes),
          "uv_tcp_getsockname");
    echo_print_port(ntohs(address.sin_port));
    (void)uv_run(&loop, UV_RUN_DEFAULT);
}

/* ---- The client ---------------------------------------------------------- */

static struct end ends[ECHO_CONNECTIONS_MAX];
static uint32_t connecting;

static void connected(uv_connect_t *request, int status)
{
    struct end *end = request->handle->data;

    check(status, "uv_tcp_connect");
    end_receive(end);
    /* As in every client, the messages begin when all are connected. */
    if (--connecting == 0) {
        uv_stop(&loop);
    }
}

static void client(uint16_t port,
                   uint32_t connection_count,
                   struct echo_meter *meter)
{
    struct sockaddr_in address = loopback(port);

    check(uv_loop_init(&loop), "uv_loop_init");
    connecting = connection_count;
    for (uint32_t at = 0; at < connection_count; at++) {
        memset(&ends[at], 0, sizeof ends[at]);
        ends[at].meter = meter;
        end_open(&ends[at]);
        check(uv_tcp_connect(&ends[at].connect,
                             &ends[at].tcp,
                             (struct sockaddr *)&address,
                             connected),
              "uv_tcp_connect");
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    for (uint32_t at = 0; at < connection_count; at++) {
        client_send(&ends[at]);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    for (uint32_t at = 0; at < connection_count; at++) {
        end_close(&ends[at]);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    check(uv_loop_close(&loop), "uv_loop_close");
}

int main(int argc, char **argv)
{
    return echo_main(argc, argv, serve, client);
}
