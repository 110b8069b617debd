/**
 * @file net_connection.c
 * @brief Layer 2: the life of a server's connection.
 *
 * The hard part of a connection is its end.  Operations are still under way
 * when it is closed, the server may be about to ask something of it, and the
 * program may hold it; its memory is given back when all three are over.  So
 * the end is decided in the connection's strand alone, by one word on which
 * the server and the connection agree.
 *
 * Uses:     net_server_private.h.
 * Used by:  net_server.c, net_server_accept.c, programs.
 * Facts:    SOCK-54.
 * Read next: sim.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_server_private.h"

#include <string.h>

static void crossed(struct net_post *cross);
static void looked(struct net_post *look);
static void stream_idle(struct net_stream *stream);

static bool has_strands(const struct net_server *server)
{
    return (server->how.flags & NET_SERVER_STRANDS) != 0;
}

/** @brief Go on in the connection's strand. */
static void go_on(struct net_connection *connection, struct net_post *post)
{
    struct net_server *server = connection->server;

    if (has_strands(server)) {
        net_strand_post(&connection->strand, post);
    } else {
        net_loop_post(server->loop, post);
    }
}

/* ---- Memory -------------------------------------------------------------- */

struct net_connection *net__connection_take(struct net_server *server)
{
    const struct net_allocator *allocator = &server->how.allocator;
    struct net_connection *connection =
        allocator->take(allocator->context, server->how.connection_bytes);

    if (connection == NULL) {
        return NULL;
    }
    memset(connection, 0, server->how.connection_bytes);
    connection->server = server;
    connection->holds = 1;
    connection->cross.on_done = crossed;
    connection->look.on_done = looked;
    net_strand_init(&connection->strand, server->loop);
    return connection;
}

void net__connection_give(struct net_connection *connection)
{
    const struct net_server *server = connection->server;
    const struct net_allocator *allocator = &server->how.allocator;

    IOCP_ASSERT(net_stream_idle(&connection->stream));
    allocator->give(allocator->context,
                    connection,
                    server->how.connection_bytes);
}

/* ---- The end ------------------------------------------------------------- */

static void gone(struct net_post *cross)
{
    net__server_closed(NET__OF(cross, struct net_connection, cross));
}

/** @brief The last moment in the connection's strand. */
static void leave(struct net_connection *connection)
{
    struct net_server *server = connection->server;

    if (server->how.on_closed != NULL) {
        server->how.on_closed(connection);
    }
    if (has_strands(server)) {
        /* Before the post, for the server's strand frees the memory. */
        net_strand_end(&connection->strand);
    }
    connection->cross.on_done = gone;
    net_strand_post(&server->strand, &connection->cross);
}

void net_connection_release(struct net_connection *connection)
{
    LONG left;

    IOCP_ASSERT(connection != NULL);
    left = InterlockedDecrement(&connection->holds);
    IOCP_ASSERT(left >= 0);
    if (left > 0) {
        return;
    }
    /* From here on the server asks no more.  If it has asked already, its
     * post is on the way to us, and crossed() is the end. */
    if (InterlockedOr(&connection->asked, NET__GONE) == 0) {
        leave(connection);
    }
}

void net_connection_hold(struct net_connection *connection)
{
    LONG count;

    IOCP_ASSERT(connection != NULL);
    count = InterlockedIncrement(&connection->holds);
    IOCP_ASSERT(count > 1); /* It was there. */
}

/** @brief The connection's own hold ends, once. */
static void end(struct net_connection *connection)
{
    if (!connection->is_idle) {
        connection->is_idle = true;
        net_connection_release(connection);
    }
}

/** @brief A handler of the program's has returned, and the stream is idle. */
static void stream_idle(struct net_stream *stream)
{
    struct net_connection *connection =
        NET__OF(stream, struct net_connection, stream);

    if (connection->is_gone) {
        end(connection);
    } /* Else net_loop_drain() has closed it: the program learns of it. */
}

/** @brief The handler that closed the connection has returned. */
static void looked(struct net_post *look)
{
    struct net_connection *connection =
        NET__OF(look, struct net_connection, look);

    if (net_stream_idle(&connection->stream)) {
        end(connection);
    }
    net_connection_release(connection);
}

void net_connection_close(struct net_connection *connection, enum net_close how)
{
    IOCP_ASSERT(connection != NULL);
    if (connection->is_gone) {
        return;
    }
    connection->is_gone = true;
    if (!connection->stream.is_closed) {
        net_stream_close(&connection->stream, how);
    } /* Else net_loop_drain() has closed it. */
    /* FACT SOCK-54 packets follow the close: then stream_idle() comes after
     * the last.  If none follows, it is not now that the connection ends, for
     * the caller may use it still. */
    if (net_stream_idle(&connection->stream)) {
        net_connection_hold(connection);
        go_on(connection, &connection->look);
    }
}

/* ---- What the server asks ------------------------------------------------ */

//! [ask]
void net__connection_ask(struct net_connection *connection, enum net__ask what)
{
    /* Whoever finds the word empty posts; who finds something in it knows
     * that it will be looked at, or that nobody is there any more. */
    if (InterlockedOr(&connection->asked, (LONG)what) != 0) {
        return;
    }
    go_on(connection, &connection->cross);
}

/** @brief The server has asked. */
static void crossed(struct net_post *cross)
{
    struct net_connection *connection =
        NET__OF(cross, struct net_connection, cross);
    const struct net_server_options *how = &connection->server->how;
    LONG asked = InterlockedAnd(&connection->asked, NET__GONE);

    if ((asked & NET__GONE) != 0) {
        leave(connection);
        return;
    }
    if ((asked & NET__ASK_OPEN) != 0) {
        connection->stream.on_idle = stream_idle;
        how->on_open(connection);
    }
    if ((asked & NET__ASK_RESET) != 0) {
        net_connection_close(connection, NET_ABORTIVE);
    } else if ((asked & NET__ASK_GOODBYE) != 0 && !connection->is_gone) {
        if (how->on_goodbye != NULL) {
            how->on_goodbye(connection);
        } else {
            net_connection_close(connection, NET_GRACEFUL);
        }
    }
}
//! [ask]

void net_connection_seen(struct net_connection *connection)
{
    const struct net_server *server;

    IOCP_ASSERT(connection != NULL);
    server = connection->server;
    if (server->how.idle_us != 0) {
        /* No more than this: the server looks by itself, now and then. */
        connection->seen_us = (LONG64)net_loop_now(server->loop);
    }
}
