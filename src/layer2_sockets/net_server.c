/**
 * @file net_server.c
 * @brief Layer 2: the server: its list, its one timer, its end.
 *
 * Everything of the server's happens in its strand, and everything that
 * happens ends with one look at all that is to be done: who has been idle,
 * whether to accept more, whether the end has come.  The look says when it
 * wants to be repeated, and that is what the one timer is for.
 *
 * Uses:     net_server_private.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: net_server_accept.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_server_private.h"

enum {
    ACCEPT_COUNT = 16,
    CONNECTION_MAX = 10000,
    DRAIN_US = 5000000,
    LOOKS = 8 /* At a connection, in the time that it may be idle. */
};

static void ticked(struct net_timer *tick);
static void stop_arrived(struct net_post *stop);

/* ---- Starting ------------------------------------------------------------ */

static void *heap_take(void *context, size_t bytes)
{
    (void)context;
    return HeapAlloc(GetProcessHeap(), 0, bytes);
}

static void heap_give(void *context, void *memory, size_t bytes)
{
    (void)context;
    (void)bytes;
    (void)HeapFree(GetProcessHeap(), 0, memory);
}

static void fill_in(struct net_server_options *how)
{
    if (how->accept_count == 0) {
        how->accept_count = ACCEPT_COUNT;
    }
    if (how->connection_max == 0) {
        how->connection_max = CONNECTION_MAX;
    }
    if (how->drain_us == 0) {
        how->drain_us = DRAIN_US;
    }
    if (how->connection_bytes == 0) {
        how->connection_bytes = sizeof(struct net_connection);
    }
    if (how->allocator.take == NULL) {
        how->allocator.take = heap_take;
        how->allocator.give = heap_give;
    }
}

op_status net_server_start(struct net_server *server,
                           struct net_loop *loop,
                           const struct net_server_options *options)
{
    static const struct net_server empty = {0};
    op_status status;

    IOCP_ASSERT(server != NULL && loop != NULL && options != NULL);
    IOCP_ASSERT(options->on_open != NULL);
    *server = empty;
    server->how = *options;
    fill_in(&server->how);
    IOCP_ASSERT(server->how.connection_bytes >= sizeof(struct net_connection));
    server->loop = loop;
    server->stop.on_done = stop_arrived;
    net_strand_init(&server->strand, loop);
    status = net_acceptor_open(&server->acceptor,
                               loop,
                               &server->strand,
                               &server->how.address,
                               server->how.backlog);
    if (status == OP_OK) {
        /* The first look, in the strand. */
        net_timer_init(&server->tick, loop, &server->strand, ticked);
        net_timer_start(&server->tick, 0, 0);
    }
    return status;
}

op_status net_server_local(const struct net_server *server,
                           struct net_address *address_out)
{
    IOCP_ASSERT(server != NULL && address_out != NULL);
    return net_acceptor_local(&server->acceptor, address_out);
}

/* ---- The list ------------------------------------------------------------ */

void net__server_add(struct net_server *server,
                     struct net_connection *connection)
{
    connection->next = NULL;
    connection->before = server->last;
    if (server->last != NULL) {
        server->last->next = connection;
    } else {
        server->first = connection;
    }
    server->last = connection;
}

static void list_remove(struct net_server *server,
                        struct net_connection *connection)
{
    if (connection->before != NULL) {
        connection->before->next = connection->next;
    } else {
        server->first = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->before = connection->before;
    } else {
        server->last = connection->before;
    }
}

void net__server_closed(struct net_connection *connection)
{
    struct net_server *server = connection->server;

    list_remove(server, connection);
    server->counts.open--;
    net__connection_give(connection);
    net__server_look(server);
}

/** @brief Ask all that are there. */
static void ask_all(struct net_server *server, enum net__ask what)
{
    /* BOUND: the list, which does not change meanwhile. */
    for (struct net_connection *connection = server->first; connection != NULL;
         connection = connection->next) {
        net__connection_ask(connection, what);
    }
}

/* ---- Idleness ------------------------------------------------------------ */

/** @brief See whether a connection has been idle for too long. */
static void look_at(struct net_server *server,
                    struct net_connection *connection,
                    uint64_t now_us)
{
    if (connection->goodbye_us != 0) {
        if (now_us >= connection->goodbye_us + server->how.drain_us) {
            net__connection_ask(connection, NET__ASK_RESET);
        }
    } else if (now_us >= (uint64_t)connection->seen_us + server->how.idle_us) {
        connection->goodbye_us = now_us;
        server->counts.idle++;
        net__connection_ask(connection, NET__ASK_GOODBYE);
    }
}

//! [idle]
/**
 * @brief Look at those whose turn it is.
 *
 * The list is in the order of these looks, and not of the signs of life: for
 * those are frequent, happen in other strands, and cost no more than a store.
 *
 * @return When the next one has its turn, or UINT64_MAX.
 */
static uint64_t look_for_idle(struct net_server *server, uint64_t now_us)
{
    uint64_t step_us = server->how.idle_us / LOOKS + 1;

    if (server->how.idle_us == 0) {
        return UINT64_MAX;
    }
    /* BOUND: each that was looked at goes to the end, and its turn is later. */
    while (server->first != NULL) {
        struct net_connection *connection = server->first;

        if (connection->looked_us + step_us > now_us) {
            return connection->looked_us + step_us;
        }
        look_at(server, connection, now_us);
        connection->looked_us = now_us;
        list_remove(server, connection);
        net__server_add(server, connection);
    }
    return UINT64_MAX;
}
//! [idle]

/* ---- The end ------------------------------------------------------------- */

/** @brief Stop, once: nobody is accepted any more, and all are to go. */
static void begin_stop(struct net_server *server, enum net__ask what)
{
    if (!server->is_stopping) {
        server->is_stopping = true;
        server->reset_us = net_loop_now(server->loop) + server->how.drain_us;
        if (!server->acceptor.is_closed) {
            net_acceptor_close(&server->acceptor);
        } /* Else net_loop_drain() has closed it. */
    }
    ask_all(server, what);
}

/** @brief Reset who has not gone.  @return When to look again. */
static uint64_t look_for_late(struct net_server *server, uint64_t now_us)
{
    if (now_us >= server->reset_us) {
        ask_all(server, NET__ASK_RESET);
        server->reset_us = UINT64_MAX;
    }
    return server->reset_us;
}

/** @brief End, if nothing of the server's is under way any more.
 *  @return Whether that is so, or will be without another look at the clock. */
static bool look_for_end(struct net_server *server)
{
    if (!server->is_stopping || server->accepting > 0 ||
        server->counts.open > 0) {
        return false;
    }
    if (server->tick.op.is_started) {
        (void)net_timer_cancel(&server->tick);
    } else if (!server->stop.op.is_started) {
        IOCP_ASSERT(server->first == NULL);
        IOCP_ASSERT(net_acceptor_idle(&server->acceptor));
        server->is_stopped = true;
        net_strand_end(&server->strand);
        if (server->how.on_stopped != NULL) {
            server->how.on_stopped(server);
        }
    }
    return true;
}

static void stop_arrived(struct net_post *stop)
{
    struct net_server *server = NET__OF(stop, struct net_server, stop);

    begin_stop(server, NET__ASK_GOODBYE);
    net__server_look(server);
}

void net_server_stop(struct net_server *server)
{
    IOCP_ASSERT(server != NULL);
    if (InterlockedExchange(&server->stop_asked, 1) == 0) {
        net_strand_post(&server->strand, &server->stop);
    }
}

/* ---- Looking ------------------------------------------------------------- */

void net__server_look(struct net_server *server)
{
    uint64_t now_us;
    uint64_t due_us;

    if (look_for_end(server)) {
        return;
    }
    now_us = net_loop_now(server->loop);
    if (server->is_stopping) {
        due_us = look_for_late(server, now_us);
    } else {
        uint64_t idle_us = look_for_idle(server, now_us);

        due_us = net__server_accept(server, now_us);
        due_us = idle_us < due_us ? idle_us : due_us;
    }
    /* Armed at all times, for net_loop_drain() ends timers, and so we learn
     * of it.  One that comes too early does no harm, so it is not moved. */
    if (!server->loop->draining &&
        (!server->tick.op.is_started || server->tick.inner.due > due_us)) {
        net_timer_start(&server->tick, due_us, 0);
    }
}

static void ticked(struct net_timer *tick)
{
    struct net_server *server = NET__OF(tick, struct net_server, tick);

    if (look_for_end(server)) {
        return;
    }
    if (tick->op.status == OP_ABORTED) {
        /* Not by us: the loop is being drained. */
        (void)InterlockedExchange(&server->stop_asked, 1);
        begin_stop(server, NET__ASK_RESET);
    }
    net__server_look(server);
}
