/**
 * @file server.c
 * @brief Lesson 18: the server, on layer 2.
 *
 * Uses:     client.h, server.h.
 * Used by:  lesson.c, the program server_18, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "server.h"

#include <assert.h>
#include <string.h>

#include "client.h"

static_assert(sizeof(struct client) <= LIMITS_CLIENT_BYTES,
              "limits_memory_most() counts on it");
static_assert(sizeof(struct channel) + sizeof(struct subscription) <=
                  LIMITS_SUBSCRIPTION_BYTES,
              "limits_memory_most() counts on it");

#define CLOCK_US 1000000U

/* Buckets that are looked into each second: a table of 65,536 in 16. */
#define SWEEP_BUCKETS 4096

static void clock_ticks(struct net_timer *timer)
{
    struct server *server = timer->op.context;

    if (timer->op.status != OP_OK) {
        return; /* The end. */
    }
    service_set_time(&server->service,
                     (int64_t)(net_loop_now(server->loop) / 1000));
    store_sweep(&server->service.store, SWEEP_BUCKETS);
}

static void has_stopped(struct net_server *net)
{
    struct server *server = net->how.context;

    (void)net_timer_cancel(&server->clock);
}

op_status server_open(struct server *server,
                      struct net_loop *loop,
                      const struct server_options *options)
{
    const struct limits *limits =
        options->limits != NULL ? options->limits : &limits_default;
    struct net_server_options how = {
        .connection_max = limits->clients_max,
        .idle_us = options->idle_us,
        .drain_us = options->drain_us,
        .connection_bytes = sizeof(struct client),
        .context = server,
        .on_open = client_opened,
        .on_closed = client_closed,
        .on_goodbye = client_goodbye,
        .on_stopped = has_stopped,
    };
    uint64_t now_us = net_loop_now(loop);
    op_status status = net_address_read(
        &how.address,
        options->address != NULL ? options->address : "127.0.0.1:6379");

    memset(server, 0, sizeof *server);
    server->loop = loop;
    if (status != OP_OK) {
        return status;
    }
    if (!service_open(&server->service, limits, (int64_t)(now_us / 1000))) {
        return OP_NO_RESOURCES;
    }
    status = net_server_start(&server->net, loop, &how);
    if (status != OP_OK) {
        service_close(&server->service);
        return status;
    }
    net_timer_init(&server->clock, loop, NULL, clock_ticks);
    server->clock.op.context = server;
    net_timer_start(&server->clock, now_us + CLOCK_US, CLOCK_US);
    return OP_OK;
}

uint16_t server_port(const struct server *server)
{
    struct net_address address;

    return net_server_local(&server->net, &address) == OP_OK
               ? net_address_port(&address)
               : 0;
}

void server_stop(struct server *server)
{
    net_server_stop(&server->net);
}

void server_close(struct server *server)
{
    service_close(&server->service);
}
