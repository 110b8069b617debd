/**
 * @file info.c
 * @brief Lesson 18: what the server tells about itself, as text.
 *
 * Uses:     page.h.
 * Used by:  page.c, command_server.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>

#include "page.h"

#include "sim.h"

/** A text that grows. */
struct text {
    char *start;
    size_t bytes;
};

SIM_FORMAT(2, 3)
static void add(struct text *text, const char *format, ...)
{
    size_t left = PAGE_INFO_BYTES - text->bytes;
    va_list arguments;
    int bytes;

    va_start(arguments, format);
    bytes = vsnprintf(text->start + text->bytes, left, format, arguments);
    va_end(arguments);
    sim_assert(bytes >= 0 && (size_t)bytes < left);
    text->bytes += (size_t)bytes;
}

static void add_server(struct text *text, const struct service *service)
{
    int64_t uptime_ms = service->store.now_ms - service->started_ms;

    add(text,
        "# Server\r\nserver_name:dryport\r\nredis_version:7.0.0\r\n"
        "redis_mode:standalone\r\nuptime_in_seconds:%lld\r\n",
        (long long)(uptime_ms / 1000));
}

static void add_clients(struct text *text, const struct service *service)
{
    add(text,
        "# Clients\r\nconnected_clients:%lu\r\nmaxclients:%lu\r\n"
        "pubsub_clients:%lu\r\n",
        (unsigned long)service->counts.clients,
        (unsigned long)service->limits.clients_max,
        (unsigned long)service->counts.subscribers);
}

static void add_memory(struct text *text, const struct service *service)
{
    add(text,
        "# Memory\r\nused_memory:%llu\r\nmaxmemory:%llu\r\n"
        "memory_most:%llu\r\n",
        (unsigned long long)service->store.bytes,
        (unsigned long long)service->limits.store_bytes_max,
        (unsigned long long)limits_memory_most(&service->limits));
}

static void add_stats(struct text *text, const struct service *service)
{
    add(text,
        "# Stats\r\ntotal_connections_received:%llu\r\n"
        "total_commands_processed:%llu\r\nexpired_keys:%llu\r\n"
        "pubsub_channels:%lu\r\npubsub_messages:%llu\r\n"
        "protocol_errors:%llu\r\n"
        "client_output_buffer_limit_disconnections:%llu\r\n",
        (unsigned long long)service->counts.connections,
        (unsigned long long)service->counts.commands,
        (unsigned long long)service->store.expired,
        (unsigned long)service->channels.count,
        (unsigned long long)service->counts.messages,
        (unsigned long long)service->counts.bad_input,
        (unsigned long long)service->counts.dropped);
}

static void add_keyspace(struct text *text, const struct service *service)
{
    add(text, "# Keyspace\r\n");
    if (service->store.count > 0) {
        add(text,
            "db0:keys=%lu,expires=%lu,avg_ttl=0\r\n",
            (unsigned long)service->store.count,
            (unsigned long)service->store.timed);
    }
}

void page_info(const struct service *service, struct span section, char *start)
{
    static const struct {
        const char *name;
        void (*add)(struct text *text, const struct service *service);
    } sections[] = {
        {"server", add_server},
        {"clients", add_clients},
        {"memory", add_memory},
        {"stats", add_stats},
        {"keyspace", add_keyspace},
    };
    bool is_all = span_same_word(section, "all") ||
                  span_same_word(section, "default") ||
                  span_same_word(section, "everything");
    struct text text = {start, 0};

    start[0] = '\0';
    for (size_t at = 0; at < sizeof sections / sizeof sections[0]; at++) {
        if (is_all || span_same_word(section, sections[at].name)) {
            add(&text, "%s", text.bytes > 0 ? "\r\n" : "");
            sections[at].add(&text, service);
        }
    }
}
