/**
 * @file test_server.c
 * @brief Lesson 18: the server and clients who do not do as they should.
 *
 * Uses:     serving.h, sim_network.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "serving.h"
#include "sim_network.h"

enum { RUNS = 200 };

static const struct server_options plain;

/* Not on a stack: rules judge stacks. */
static struct serving serving;

/* ---- As it should be ------------------------------------------------------------- */

static void clients_are_answered(void *arg)
{
    struct wire ana;
    struct wire ben;

    (void)arg;
    sim_assert(serving_begin(&serving, &plain));
    serving_call(&serving, &ana);
    serving_call(&serving, &ben);
    serving_ask(&ana, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\nbc\r\n", 1, "+OK");
    serving_ask(&ben, "GET a\r\nINCR n\r\nINCR n\r\n", 4, ":2");
    serving_ask(&ben, "SUBSCRIBE c\r\n", 6, ":1");
    serving_ask(&ana, "PUBLISH c one\r\nPUBLISH c two\r\n", 2, ":1");
    serving_ask(&ben, "", 7, "one");
    serving_ask(&ben, "", 7, "two");
    serving_ask(&ana, "QUIT\r\n", 1, "+OK");
    serving_hear_end(&ana);
    wire_close(&ben, false);
    serving_end(&serving);
}

static void server_answers(void **state)
{
    (void)state;
    serving_passes(clients_are_answered, RUNS, NULL);
}

static void page_is_read(void *arg)
{
    struct wire wire;
    char line[256];
    bool has_clients = false;

    (void)arg;
    sim_assert(serving_begin(&serving, &plain));
    serving_call(&serving, &wire);
    serving_ask(&wire,
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                1,
                "HTTP/1.1 200 OK");
    /* BOUND: the page ends. */
    while (wire_hear(&wire, line, sizeof line)) {
        has_clients |= strcmp(line, "connected_clients:1") == 0;
    }
    sim_assert(has_clients);
    serving_hear_end(&wire);
    serving_end(&serving);
}

static void browser_gets_its_page(void **state)
{
    (void)state;
    serving_passes(page_is_read, RUNS, NULL);
}

/** @brief What was answered before the stop is read after it, by those, too,
 *         who go on talking and have not noticed. */
static void stop_is_graceful(void *arg)
{
    static char much[5000];
    struct wire ana;
    struct wire ben;

    (void)arg;
    sim_assert(serving_begin(&serving, &plain));
    serving_call(&serving, &ana);
    serving_call(&serving, &ben);
    serving_ask(&ben, "SUBSCRIBE c\r\n", 6, ":1");
    serving_ask(&ana, "PUBLISH c bye\r\n", 1, ":1");
    memset(much, '\n', sizeof much - 1);
    server_stop(&serving.server);
    sim_assert(wire_say(&ben, much));
    serving_ask(&ben, "", 7, "bye");
    serving_hear_end(&ben);
    serving_hear_end(&ana);
    serving_end(&serving);
}

static void stop_loses_nothing(void **state)
{
    (void)state;
    serving_passes(stop_is_graceful, RUNS, NULL);
}

/* ---- Bad input ----------------------------------------------------------------------- */

/** @brief Whoever says nonsense is told so, though more of it is on its way;
 *         nobody else notices. */
static void nonsense_is_refused(void *arg)
{
    static char much[20000];
    struct wire good;
    struct wire bad;

    (void)arg;
    memset(much, 'x', sizeof much - 1);
    sim_assert(serving_begin(&serving, &plain));
    serving_call(&serving, &good);
    serving_call(&serving, &bad);
    sim_assert(wire_say(&good, "*2\r\n$4\r\nEC"));
    sim_assert(wire_say(&bad, "*1\r\n$-7\r\n"));
    sim_assert(wire_say(&bad, much));
    serving_ask(&bad, "", 1, "-ERR Protocol error: invalid bulk length");
    serving_hear_end(&bad);
    serving_ask(&good, "HO\r\n$2\r\nhi\r\n", 2, "hi");
    wire_close(&good, false);
    serving_end(&serving);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    serving_passes(nonsense_is_refused, RUNS, NULL);
}

/** @brief Half a request, and then nothing, an end, or a reset. */
static void halves_end(void *arg)
{
    struct wire wires[3];

    (void)arg;
    sim_assert(serving_begin(&serving, &plain));
    for (int at = 0; at < 3; at++) {
        serving_call(&serving, &wires[at]);
        /* Who is not accepted when the server stops is reset. */
        serving_ask(&wires[at], "PING\r\n", 1, "+PONG");
        sim_assert(wire_say(&wires[at], "*2\r\n$3\r\nGET\r\n$9\r\na"));
    }
    wire_close(&wires[0], false);
    wire_close(&wires[1], true);
    server_stop(&serving.server);
    serving_hear_end(&wires[2]);
    serving_end(&serving);
}

static void half_requests_end(void **state)
{
    (void)state;
    serving_passes(halves_end, RUNS, NULL);
}

/* ---- Who does not read ------------------------------------------------------------------ */

static const struct limits small = {
    .line_bytes_max = 4096,
    .request_bytes_max = 4096,
    .args_max = 32,
    .output_bytes_pause = 2048,
    .output_bytes_max = 8192,
    .channels_max = 2,
    .clients_max = 4,
    .keys_max = 16,
    .key_bytes_max = 16,
    .value_bytes_max = 1024,
    .store_bytes_max = 16384,
};

/** @brief Take so many messages of a channel. */
static void take_messages(struct wire *wire, int count)
{
    for (; count > 0; count--) {
        char line[1100];

        for (int lines = 0; lines < 7; lines++) {
            sim_assert(wire_hear(wire, line, sizeof line));
        }
        sim_assert(strlen(line) == 1000);
    }
}

/** @brief A subscriber that never reads is dropped; the other gets all. */
static void deaf_is_dropped(void *arg)
{
    const struct server_options options = {.limits = &small};
    const int little = 2048;
    struct wire deaf;
    struct wire other;
    struct wire publisher;
    char said[1100] = "PUBLISH c ";
    int published = 0;

    (void)arg;
    sim_assert(serving_begin(&serving, &options));
    serving_call(&serving, &deaf);
    sim_assert(setsockopt(deaf.socket,
                          SOL_SOCKET,
                          SO_RCVBUF,
                          (const char *)&little,
                          sizeof little) == 0);
    serving_call(&serving, &other);
    serving_call(&serving, &publisher);
    serving_ask(&deaf, "SUBSCRIBE c\r\n", 6, ":1");
    serving_ask(&other, "SUBSCRIBE c\r\n", 6, ":1");
    memset(said + 10, 'm', 1000);
    strcpy(said + 1010, "\r\n");
    /* BOUND: what waits for the deaf one has a limit. */
    while (serving.server.service.counts.dropped == 0) {
        char line[16];

        sim_assert(wire_say(&publisher, said));
        sim_assert(wire_hear(&publisher, line, sizeof line));
        sim_assert(line[0] == ':');
        take_messages(&other, 1);
        published++;
        sim_assert(published < 1000);
    }
    serving_ask(&publisher, said, 1, ":1");
    take_messages(&other, 1);
    wire_close(&deaf, false);
    wire_close(&other, false);
    wire_close(&publisher, false);
    serving_end(&serving);
}

static void deaf_subscriber_is_dropped(void **state)
{
    (void)state;
    serving_passes(deaf_is_dropped, 50, NULL);
}

/** @brief Ask and ask, and never read an answer. */
static DWORD WINAPI ask_for_ever(void *arg)
{
    struct wire *wire = arg;

    /* BOUND: the server reads no more when its answers are not read, so our
     * sends stop; and it sends us away for that. */
    while (wire_say(wire, "MGET v v v\r\nGET v\r\n")) {
    }
    return 0;
}

static void greedy_is_stopped(void *arg)
{
    const struct server_options options = {.limits = &small,
                                           .idle_us = 3000000};
    struct wire greedy;
    struct wire good;
    char said[1100] = "SET v ";
    HANDLE thread;

    (void)arg;
    sim_assert(serving_begin(&serving, &options));
    serving_call(&serving, &greedy);
    serving_call(&serving, &good);
    memset(said + 6, 'v', 1000);
    strcpy(said + 1006, "\r\n");
    serving_ask(&good, said, 1, "+OK");
    thread = CreateThread(NULL, 0, ask_for_ever, &greedy, 0, NULL);
    sim_assert(thread != NULL);
    /* BOUND: the server loses patience. */
    while (WaitForSingleObject(thread, 500) == WAIT_TIMEOUT) {
        serving_ask(&good, "PING\r\n", 1, "+PONG");
    }
    sim_assert(CloseHandle(thread));
    sim_assert(serving.server.net.counts.idle == 1);
    wire_close(&greedy, false);
    wire_close(&good, false);
    serving_end(&serving);
}

static void greedy_client_is_stopped(void **state)
{
    (void)state;
    serving_passes(greedy_is_stopped, 50, NULL);
}

/* ---- Who vanishes, and who comes in numbers ------------------------------------------------ */

static DWORD WINAPI say_half(void *arg)
{
    struct wire *wire = arg;
    WSADATA data;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    serving_call(&serving, wire);
    serving_ask(wire, "SUBSCRIBE c\r\n", 6, ":1");
    sim_assert(wire_say(wire, "PI"));
    sim_host_crash(sim_host_here());
    return 0;
}

static void crashed_is_forgotten(void *arg)
{
    const struct server_options options = {.idle_us = 2000000};
    static struct wire gone;
    struct wire idle;
    HANDLE thread;

    (void)arg;
    sim_assert(serving_begin(&serving, &options));
    thread = sim_host_start(sim_host_add(), say_half, &gone);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
    serving_call(&serving, &idle);
    serving_ask(&idle, "PING\r\n", 1, "+PONG");
    /* The one that is here is told when its time is over. */
    serving_hear_end(&idle);
    sim_assert(serving.server.net.counts.idle == 2);
    serving_end(&serving);
}

static void vanished_client_is_forgotten(void **state)
{
    (void)state;
    serving_passes(crashed_is_forgotten, RUNS, "hosts=2");
}

static DWORD WINAPI ping_once(void *arg)
{
    struct wire wire;

    serving_call(&serving, &wire);
    serving_ask(&wire, "PING\r\n", 1, "+PONG");
    wire_close(&wire, arg != NULL);
    return 0;
}

/** @brief Thirty come where four have room: the others wait their turn. */
static void flood_is_served_in_turn(void *arg)
{
    enum { FLOOD = 30 };
    const struct server_options options = {.limits = &small};
    HANDLE threads[FLOOD];

    (void)arg;
    sim_assert(serving_begin(&serving, &options));
    for (int at = 0; at < FLOOD; at++) {
        threads[at] = CreateThread(NULL,
                                   0,
                                   ping_once,
                                   at % 2 == 0 ? &serving : NULL,
                                   0,
                                   NULL);
        sim_assert(threads[at] != NULL);
    }
    for (int at = 0; at < FLOOD; at++) {
        sim_assert(WaitForSingleObject(threads[at], INFINITE) == WAIT_OBJECT_0);
        sim_assert(CloseHandle(threads[at]));
    }
    sim_assert(serving.server.net.counts.accepted == FLOOD);
    sim_assert(serving.server.net.counts.open_most <= small.clients_max);
    serving_end(&serving);
}

static void flood_is_bounded(void **state)
{
    (void)state;
    serving_passes(flood_is_served_in_turn, RUNS, NULL);
}

/* ---- Where it cannot listen ------------------------------------------------------------------- */

static void second_is_told(void *arg)
{
    static struct server second;
    char address[32];
    struct server_options options = {.address = address};

    (void)arg;
    sim_assert(serving_begin(&serving, &plain));
    (void)snprintf(address, sizeof address, "0.0.0.0:%u", serving.port);
    sim_assert(server_open(&second, &serving.loop, &options) == OP_IN_USE);
    options.address = "here:there";
    sim_assert(server_open(&second, &serving.loop, &options) == OP_INVALID);
    serving_end(&serving);
}

static void address_in_use_is_told(void **state)
{
    (void)state;
    serving_passes(second_is_told, 20, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_answers),
        cmocka_unit_test(browser_gets_its_page),
        cmocka_unit_test(stop_loses_nothing),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(half_requests_end),
        cmocka_unit_test(deaf_subscriber_is_dropped),
        cmocka_unit_test(greedy_client_is_stopped),
        cmocka_unit_test(vanished_client_is_forgotten),
        cmocka_unit_test(flood_is_bounded),
        cmocka_unit_test(address_in_use_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
