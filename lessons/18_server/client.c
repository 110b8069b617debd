/**
 * @file client.c
 * @brief Lesson 18: one client, with its socket.
 *
 * Whatever happens to a client - bytes came, bytes went, somebody published -
 * one function decides what is next: go_on().  So there is one place that
 * knows when to read, when to write, and when neither.
 *
 * Uses:     client.h.
 * Used by:  server.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

/* How long who was sent an end may take to notice. */
#define LEAVE_US 1000000U

static void go_on(struct client *client);
static void read_done(struct net_read *read);
static void write_done(struct net_write *write);

static struct client *client_of(struct net_connection *connection)
{
    return (struct client *)(void *)connection;
}

static struct client *client_of_session(struct session *session)
{
    return (struct client *)(void *)((char *)session -
                                     offsetof(struct client, session));
}

static struct server *server_of(const struct client *client)
{
    return client->connection.server->how.context;
}

/** @brief Serve a client, and all those to whom it published something. */
static void serve(struct client *client)
{
    struct server *server = server_of(client);
    struct session *session;

    service_set_time(&server->service,
                     (int64_t)(net_loop_now(server->loop) / 1000));
    go_on(client);
    /* BOUND: a client becomes ready when it is published to, which takes a
   * request, and requests come in by reads. */
    while ((session = session_take_ready(&server->service)) != NULL) {
        go_on(client_of_session(session));
    }
}

/* ---- The end
 * ------------------------------------------------------------------ */

/** @brief Whether the connection is closed: by us, or by the kit, which may
 *         have lost patience while this handler was on its way. */
static bool is_closed(const struct client *client)
{
    return client->connection.stream.is_closed;
}

static void close_client(struct client *client, enum net_close how)
{
    session_end(&client->session, SESSION_DROPPED);
    net_connection_close(&client->connection, how);
}

//! [leave]
/** @brief Read on without looking, until the peer ends its side, too. */
static void ignore_input(struct client *client)
{
    client->session.input.bytes = 0;
    client->read.op.deadline_us = client->leave_us;
    client->read.filled_bytes = 0;
    client->is_reading = true;
    net_read_start(&client->connection.stream, &client->read);
}

/** @brief Send the end of the stream.  A socket that is closed with unread
 *         bytes in it resets the connection, and what was sent last, perhaps
 *         the error that explains all, would be lost.  So we wait a while. */
static void leave(struct client *client)
{
    if (client->is_leaving) {
        return;
    }
    client->is_leaving = true;
    client->leave_us = net_loop_now(server_of(client)->loop) + LEAVE_US;
    if (net_stream_shutdown(&client->connection.stream) != OP_OK) {
        close_client(client, NET_ABORTIVE);
    } else if (client->is_reading) {
        net_cancel(&client->read.op); /* It has no deadline. */
    } else if (client->session.input.start == NULL) {
        close_client(client, NET_GRACEFUL);
    } else {
        client->read.buffer = client->session.input.start;
        client->read.buffer_bytes = client->session.input.room;
        ignore_input(client);
    }
}

/** @brief Something came of a read after the end was sent. */
static void left(struct client *client, const struct net_read *read)
{
    bool was_asked = read->op.deadline_us == 0;

    client->ignored_bytes += read->op.bytes;
    if (client->ignored_bytes < client->session.input.bytes_max &&
        (read->op.status == OP_OK ||
         (read->op.status == OP_ABORTED && was_asked))) {
        ignore_input(client);
    } else {
        close_client(client, NET_GRACEFUL);
    }
}
//! [leave]

/* ---- Reading and writing
 * -------------------------------------------------------- */

static void start_read(struct client *client)
{
    char *room = session_room(&client->session, &client->read.buffer_bytes);

    if (room == NULL) {
        close_client(client, NET_ABORTIVE);
        return;
    }
    client->read.buffer = room;
    client->is_reading = true;
    net_read_start(&client->connection.stream, &client->read);
}

static void read_done(struct net_read *read)
{
    struct client *client = read->op.context;

    client->is_reading = false;
    if (is_closed(client)) {
        close_client(client, NET_ABORTIVE);
        return;
    }
    if (client->is_leaving) {
        left(client, read);
        return;
    }
    if (read->op.status != OP_OK) {
        /* The end, or worse.  Who sends an end and still waits for answers
     * gets those that are written already. */
        session_end(&client->session,
                    read->op.status == OP_EOF ? SESSION_ENDS : SESSION_DROPPED);
    } else {
        net_connection_seen(&client->connection);
        session_received(&client->session, read->op.bytes);
    }
    serve(client);
}

/** @brief Send what there is, unless something is being sent. */
static void start_write(struct client *client)
{
    struct buffer *output = &client->session.output;
    struct buffer emptied = client->sending;

    if (client->is_writing || output->bytes == 0) {
        return;
    }
    client->sending = *output;
    *output = emptied;
    client->piece.buf = client->sending.start;
    client->piece.len = (ULONG)client->sending.bytes;
    client->is_writing = true;
    net_write_start(&client->connection.stream, &client->write);
}

static void write_done(struct net_write *write)
{
    struct client *client = write->op.context;

    client->is_writing = false;
    client->sending.bytes = 0;
    buffer_trim(&client->sending);
    if (is_closed(client) || write->op.status != OP_OK) {
        close_client(client, NET_ABORTIVE);
        return;
    }
    net_connection_seen(&client->connection);
    serve(client);
}

//! [go_on]
/** @brief Run what can run, send what can be sent, read if there is room. */
static void go_on(struct client *client)
{
    enum session_state state;

    if (is_closed(client) || client->is_leaving) {
        return;
    }
    state = session_run(&client->session);
    if (state == SESSION_DROPPED) {
        close_client(client, NET_ABORTIVE);
        return;
    }
    start_write(client);
    if (state == SESSION_READS && !client->is_reading) {
        start_read(client);
    } else if (state == SESSION_ENDS && !client->is_writing) {
        leave(client);
    }
}
//! [go_on]

/* ---- What the kit calls
 * ----------------------------------------------------------- */

void client_opened(struct net_connection *connection)
{
    struct client *client = client_of(connection);

    session_open(&client->session, &server_of(client)->service);
    client->sending.bytes_max = client->session.output.bytes_max;
    client->read.enough = NET_SOME;
    client->read.on_done = read_done;
    client->read.op.context = client;
    client->write.pieces = &client->piece;
    client->write.piece_count = 1;
    client->write.on_done = write_done;
    client->write.op.context = client;
    /* Answers are short, and each is waited for.  Without it they are only
   * late. */
    (void)net_stream_set_no_delay(&connection->stream, true);
    serve(client);
}

void client_goodbye(struct net_connection *connection)
{
    struct client *client = client_of(connection);

    if (!server_of(client)->net.is_stopping) {
        /* Idle.  Who was sent something and did not read it loses it. */
        close_client(client, client->is_writing ? NET_ABORTIVE : NET_GRACEFUL);
        return;
    }
    session_end(&client->session, SESSION_ENDS);
    serve(client);
}

void client_closed(struct net_connection *connection)
{
    struct client *client = client_of(connection);

    session_close(&client->session);
    buffer_free(&client->sending);
}
