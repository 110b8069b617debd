/**
 * @file crowd.c
 * @brief Fifty clients of lesson 18's server, on a bad network.
 *
 * Each client stores, reads back and publishes numbers, on four hosts.
 * Meanwhile connections are reset, hosts are cut off, one may crash, and calls
 * fail.  What a client was told is stored must be stored, and what one client
 * published must reach each subscriber in order.
 *
 * Uses:     scenario.h, crowd_wire.h, 18_server/server.h, sim_network.h.
 * Used by:  table.c, tests/lesson18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "scenario.h"

#ifndef DRYPORT_REAL

#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>

#    include "18_server/server.h"
#    include "crowd_wire.h"
#    include "sim_network.h"

enum {
    CLIENTS = 50,
    SUBSCRIBERS = 10, /* Of these. */
    HOSTS = 4,        /* The first has the server. */
    ROUNDS = 4,
    TRIES = 3, /* Connections that a client makes for one thing. */
    CONNECTIONS_MAX = (ROUNDS + 1) * TRIES + 1
};

/** What was done on one connection.  A new one has a new key: what was sent
 * on the old one and not answered may still arrive, later than what is sent on
 * the new one, and nobody could say which is the last. */
struct past {
    unsigned tried; /* The last number it tried to store, */
    unsigned acked; /* and the last that it was told is stored. */
};

/** One client.  Written by its own thread, read when that has ended. */
struct member {
    HANDLE thread;
    unsigned number;
    unsigned connection; /* How many it made. */
    struct past pasts[CONNECTIONS_MAX];
    unsigned heard[CLIENTS][CONNECTIONS_MAX]; /* The last number of each. */
    struct wire wire;
};

/** All of a run. */
static struct {
    struct net_loop loop;
    struct server server;
    uint16_t port;
    volatile LONG is_ending;
    struct member members[CLIENTS];
} crowd;

/* ---- One client -------------------------------------------------------------------- */

static bool connect_member(struct member *member)
{
    if (!member->wire.is_open) {
        member->connection++;
        sim_assert(member->connection < CONNECTIONS_MAX);
        return wire_open(&member->wire, crowd.port);
    }
    return true;
}

static struct past *present(struct member *member)
{
    return &member->pasts[member->connection];
}

/** @brief Take the answer to a SET. */
static bool take_stored(struct member *member)
{
    struct past *past = present(member);
    char line[64];

    if (!wire_hear(&member->wire, line, sizeof line)) {
        return false;
    }
    if (strcmp(line, "+OK") == 0) {
        past->acked = past->tried;
    } else {
        sim_assert(line[0] == '-'); /* No memory; perhaps it is stored. */
    }
    return true;
}

/** @brief Store the next number. */
static bool store(struct member *member)
{
    char line[64];

    (void)snprintf(line,
                   sizeof line,
                   "SET k%u.%u %u\r\n",
                   member->number,
                   member->connection,
                   ++present(member)->tried);
    return wire_say(&member->wire, line) && take_stored(member);
}

/** @brief Read a key back: what was acknowledged, or a later number. */
static bool look_at(struct member *member, unsigned connection)
{
    const struct past *past = &member->pasts[connection];
    char line[64];
    unsigned value = 0;

    (void)snprintf(line,
                   sizeof line,
                   "GET k%u.%u\r\n",
                   member->number,
                   connection);
    if (!wire_say(&member->wire, line) ||
        !wire_hear(&member->wire, line, sizeof line)) {
        return false;
    }
    if (line[0] == '-') {
        return true; /* No memory for the answer. */
    }
    if (strcmp(line, "$-1") != 0) {
        sim_assert(line[0] == '$');
        if (!wire_hear(&member->wire, line, sizeof line)) {
            return false;
        }
        value = (unsigned)strtoul(line, NULL, 10);
    }
    sim_assert(past->acked <= value && value <= past->tried);
    return true;
}

static bool look(struct member *member)
{
    for (unsigned at = 1; at <= member->connection; at++) {
        if (!look_at(member, at)) {
            return false;
        }
    }
    return true;
}

static bool take_published(struct member *member)
{
    char line[64];

    return wire_hear(&member->wire, line, sizeof line) && line[0] == ':';
}

static bool publish(struct member *member)
{
    char line[64];

    (void)snprintf(line,
                   sizeof line,
                   "*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$6\r\n"
                   "%02u%02u%02u\r\n",
                   member->number,
                   member->connection,
                   ++present(member)->tried);
    return wire_say(&member->wire, line) && take_published(member);
}

/** @brief All of it at once. */
static bool pipeline(struct member *member)
{
    char line[128];
    unsigned number = ++present(member)->tried;

    (void)snprintf(line,
                   sizeof line,
                   "SET k%u.%u %u\r\nPING\r\nPUBLISH c %02u%02u%02u\r\n",
                   member->number,
                   member->connection,
                   number,
                   member->number,
                   member->connection,
                   number);
    return wire_say(&member->wire, line) && take_stored(member) &&
           wire_hear(&member->wire, line, sizeof line) &&
           strcmp(line, "+PONG") == 0 && take_published(member);
}

/** @brief Say what is no request, and hear so. */
static bool nonsense(struct member *member)
{
    char line[64];

    if (wire_say(&member->wire, "*1\r\n$x\r\nmore\r\n") &&
        wire_hear(&member->wire, line, sizeof line)) {
        sim_assert(strcmp(line, "-ERR Protocol error: invalid bulk length") ==
                   0);
        sim_assert(!wire_hear(&member->wire, line, sizeof line));
    }
    wire_close(&member->wire, false);
    return true;
}

/** @brief Go in the middle of a request, politely or not. */
static bool leave(struct member *member)
{
    (void)wire_say(&member->wire, "*2\r\n$4\r\nPI");
    wire_close(&member->wire, sim_choose(2) == 1);
    return true;
}

static bool (*const doings[])(struct member *member) = {
    store,
    pipeline,
    publish,
    look,
    nonsense,
    leave,
};

/** @brief Do one thing, on as many connections as it takes. */
static bool attempt(struct member *member, bool (*doing)(struct member *))
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (connect_member(member) && doing(member)) {
            return true;
        }
        wire_close(&member->wire, false);
    }
    return false;
}

static DWORD WINAPI write_all(void *arg)
{
    struct member *member = arg;
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 0;
    }
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t which = sim_choose(16);

        /* Mostly what a client should do, and now and then the rest. */
        (void)attempt(
            member,
            doings[which < sizeof doings / sizeof doings[0] ? which
                                                            : (which & 1)]);
    }
    if (attempt(member, look)) {
        sim_mark("crowd: read back");
    }
    wire_close(&member->wire, sim_choose(4) == 1);
    (void)WSACleanup();
    return 0;
}

/* ---- One subscriber ------------------------------------------------------------------ */

/** @brief Hear one message, or an end. */
static bool hear_message(struct member *member)
{
    static const char *const expected[] = {"*3", "$7", "message", "$1", "c"};
    char line[64];
    unsigned number;
    unsigned *heard;

    for (size_t at = 0; at < sizeof expected / sizeof expected[0]; at++) {
        if (!wire_hear(&member->wire, line, sizeof line)) {
            return false;
        }
        sim_assert(strcmp(line, expected[at]) == 0);
    }
    /* The length, and the text. */
    for (int lines = 0; lines < 2; lines++) {
        if (!wire_hear(&member->wire, line, sizeof line)) {
            return false;
        }
    }
    sim_assert(strlen(line) == 6);
    number = (unsigned)strtoul(line, NULL, 10);
    sim_assert(number / 10000 < CLIENTS);
    sim_assert(number / 100 % 100 < CONNECTIONS_MAX);
    heard = &member->heard[number / 10000][number / 100 % 100];
    sim_assert(number % 100 > *heard);
    *heard = number % 100;
    sim_mark("crowd: message");
    return true;
}

static bool subscribe(struct member *member)
{
    char line[64];

    if (!wire_say(&member->wire, "SUBSCRIBE c\r\n")) {
        return false;
    }
    for (int lines = 0; lines < 6; lines++) {
        if (!wire_hear(&member->wire, line, sizeof line)) {
            return false;
        }
        if (line[0] == '-') {
            return false; /* No memory for it. */
        }
    }
    /* BOUND: the server ends. */
    while (hear_message(member)) {
    }
    return false;
}

static DWORD WINAPI hear_all(void *arg)
{
    struct member *member = arg;
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return 0;
    }
    for (int tries = 0; tries < 2 * TRIES && crowd.is_ending == 0; tries++) {
        (void)(connect_member(member) && subscribe(member));
        wire_close(&member->wire, false);
    }
    (void)WSACleanup();
    return 0;
}

/* ---- What happens meanwhile ------------------------------------------------------------ */

/** @brief Cut hosts off, for shorter or longer than a connection bears. */
static DWORD WINAPI trouble(void *arg)
{
    (void)arg;
    for (uint32_t host = 2; host <= HOSTS; host++) {
        uint32_t kind = sim_choose(4);

        Sleep(5 * sim_choose(8));
        if (kind == 1 || kind == 2) {
            sim_link_cut(1, host);
            Sleep(kind == 1 ? 300 : 30000);
            sim_link_heal(1, host);
        } else if (kind == 3 && host == HOSTS) {
            sim_host_crash(host);
            sim_mark("crowd: crash");
        }
    }
    return 0;
}

static DWORD WINAPI serve(void *arg)
{
    (void)arg;
    (void)net_loop_run(&crowd.loop);
    return 0;
}

static void join(HANDLE thread)
{
    if (thread != NULL) {
        (void)WaitForSingleObject(thread, INFINITE);
        (void)CloseHandle(thread);
    }
}

/* ---- The run ---------------------------------------------------------------------------- */

/** @brief The number that is stored for a connection; 0 when there is none. */
static int64_t stored(const struct member *member, unsigned connection)
{
    const struct store_entry *entry;
    char key[16];
    int64_t number = 0;

    (void)snprintf(key, sizeof key, "k%u.%u", member->number, connection);
    entry = store_find(&crowd.server.service.store, span_of(key));
    sim_assert(entry == NULL || span_number(store_value(entry), &number));
    return number;
}

/** @brief Whether what was acknowledged on a connection is stored. */
static void check_stored(const struct member *member, unsigned connection)
{
    const struct past *past = &member->pasts[connection];
    int64_t number = stored(member, connection);

    sim_assert(past->acked <= number && number <= past->tried);
    if (past->acked > 0) {
        sim_mark("crowd: acknowledged");
    }
}

static void check_all_stored(const struct member *member)
{
    for (unsigned at = 0; at < CONNECTIONS_MAX; at++) {
        check_stored(member, at);
    }
}

static void start_members(void)
{
    for (unsigned at = 0; at < CLIENTS; at++) {
        struct member *member = &crowd.members[at];

        memset(member, 0, sizeof *member);
        member->number = at;
        member->thread = sim_host_start(1 + at % HOSTS,
                                        at < SUBSCRIBERS ? hear_all : write_all,
                                        member);
    }
}

static void run_crowd(void)
{
    HANDLE server = CreateThread(NULL, 0, serve, NULL, 0, NULL);
    HANDLE bad = NULL;

    if (server == NULL) {
        server_stop(&crowd.server);
        (void)net_loop_run(&crowd.loop);
        return;
    }
    start_members();
    bad = CreateThread(NULL, 0, trouble, NULL, 0, NULL);
    for (unsigned at = SUBSCRIBERS; at < CLIENTS; at++) {
        join(crowd.members[at].thread);
    }
    (void)InterlockedExchange(&crowd.is_ending, 1);
    server_stop(&crowd.server);
    for (unsigned at = 0; at < SUBSCRIBERS; at++) {
        join(crowd.members[at].thread);
    }
    join(bad);
    join(server);
    sim_assert(crowd.server.service.counts.clients == 0);
    for (unsigned at = SUBSCRIBERS; at < CLIENTS; at++) {
        check_all_stored(&crowd.members[at]);
    }
}

void scenario_crowd(void *arg)
{
    const struct server_options options = {
        .address = "0.0.0.0:0",
        .idle_us = 60000000,
    };

    (void)arg;
    crowd.is_ending = 0;
    for (uint32_t host = 2; host <= HOSTS; host++) {
        (void)sim_host_add();
    }
    if (net_loop_open(&crowd.loop, NULL) != OP_OK) {
        return;
    }
    if (server_open(&crowd.server, &crowd.loop, &options) == OP_OK) {
        crowd.port = server_port(&crowd.server);
        run_crowd();
        server_close(&crowd.server);
    }
    net_loop_close(&crowd.loop);
}

#endif
