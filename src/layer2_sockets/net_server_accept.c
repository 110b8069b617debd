/**
 * @file net_server_accept.c
 * @brief Layer 2: how many connections a server lets in, and how fast.
 *
 * A server that is asked for more than it can give must not give all it has.
 * What limits it limits how many accepts are under way: who comes beyond that
 * waits in the backlog, at no cost to us, and beyond the backlog is refused by
 * Windows.
 *
 * Uses:     net_server_private.h.
 * Used by:  net_server.c.
 * Facts:    none.
 * Read next: net_connection.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_server_private.h"

enum { SECOND_US = 1000000, PAUSE_US_MIN = 1000, PAUSE_US_MAX = SECOND_US };

/* ---- The rate ------------------------------------------------------------ */

/** @brief How much of the allowance one accept uses up, as time. */
static uint64_t interval_us(const struct net_server *server)
{
    return (SECOND_US - 1) / server->how.accepts_per_s + 1;
}

/** @brief When one accept more may be started: each that is under way may
 *         find somebody at once. */
static uint64_t allowed_us(struct net_server *server, uint64_t now_us)
{
    uint64_t used_us;

    if (server->how.accepts_per_s == 0) {
        return now_us;
    }
    if (server->allowance_us < now_us) {
        server->allowance_us = now_us; /* No more than one burst is saved. */
    }
    used_us =
        server->allowance_us + (server->accepting + 1) * interval_us(server);
    return used_us > SECOND_US ? used_us - SECOND_US : 0;
}

/* ---- Trouble ------------------------------------------------------------- */

/** @brief Wait before the next try, longer each time. */
static void pause_longer(struct net_server *server, uint64_t now_us)
{
    if (server->pause_us == 0) {
        server->pause_us = PAUSE_US_MIN;
    } else if (server->pause_us < PAUSE_US_MAX / 2) {
        server->pause_us *= 2;
    } else {
        server->pause_us = PAUSE_US_MAX;
    }
    server->retry_us = now_us + server->pause_us;
}

/** @brief Accept no more for a while. */
static void pause_begin(struct net_server *server, uint64_t now_us)
{
    if (server->pause_us == 0) {
        pause_longer(server, now_us);
    } /* Else net__server_accept() has done it, once for all that fail. */
}

/** @brief An accept found nobody, or no socket to put him in. */
static void accept_failed(struct net_server *server, op_status status)
{
    if (status == OP_ABORTED) {
        return; /* We stop. */
    }
    server->counts.accept_errors++;
    /* Who resets his connection in the backlog must not keep others out; but
     * there is an end to it, in case it is not the peers. */
    if (status != OP_RESET || ++server->resets > server->how.accept_count) {
        pause_begin(server, net_loop_now(server->loop));
    }
}

/* ---- Accepting ----------------------------------------------------------- */

/** @brief Somebody is there. */
static void accept_opened(struct net_server *server,
                          struct net_connection *connection)
{
    uint64_t now_us = net_loop_now(server->loop);

    server->pause_us = 0;
    server->retry_us = 0;
    server->resets = 0;
    server->counts.accepted++;
    server->counts.open++;
    if (server->counts.open > server->counts.open_most) {
        server->counts.open_most = server->counts.open;
    }
    if (server->how.accepts_per_s != 0) {
        server->allowance_us += interval_us(server);
    }
    connection->remote = connection->accept.remote;
    connection->looked_us = now_us;
    connection->seen_us = (LONG64)now_us;
    net__server_add(server, connection);
    net__connection_ask(connection, NET__ASK_OPEN);
}

static void accept_done(struct net_accept *accept)
{
    struct net_connection *connection =
        NET__OF(accept, struct net_connection, accept);
    struct net_server *server = connection->server;

    server->accepting--;
    if (accept->op.status == OP_OK && !server->is_stopping) {
        accept_opened(server, connection);
    } else {
        if (accept->op.status != OP_OK) {
            accept_failed(server, accept->op.status);
        } else if (!connection->stream.is_closed) {
            net_stream_close(&connection->stream, NET_ABORTIVE);
        }
        net__connection_give(connection);
    }
    net__server_look(server);
}

/** @brief Start one accept.  @return Whether there was memory. */
static bool accept_start(struct net_server *server, uint64_t now_us)
{
    struct net_connection *connection = net__connection_take(server);

    if (connection == NULL) {
        server->counts.no_memory++;
        pause_begin(server, now_us);
        return false;
    }
    server->accepting++;
    connection->accept.on_done = accept_done;
    net_accept_start(&server->acceptor,
                     &connection->accept,
                     &connection->stream,
                     (server->how.flags & NET_SERVER_STRANDS) != 0
                         ? &connection->strand
                         : NULL);
    return true;
}

uint64_t net__server_accept(struct net_server *server, uint64_t now_us)
{
    /* BOUND: accept_count. */
    while (server->accepting < server->how.accept_count &&
           server->accepting + server->counts.open <
               server->how.connection_max) {
        uint64_t when_us = allowed_us(server, now_us);

        if (when_us < server->retry_us) {
            when_us = server->retry_us;
        }
        if (when_us > now_us) {
            return when_us;
        }
        if (server->pause_us != 0) {
            /* Trouble: one at a time, until one finds somebody. */
            pause_longer(server, now_us);
        }
        if (!accept_start(server, now_us)) {
            return server->retry_us;
        }
    }
    return UINT64_MAX;
}
