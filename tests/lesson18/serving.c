/**
 * @file serving.c
 * @brief A server of lesson 18 in a simulated world.
 *
 * Uses:     serving.h, cmocka.
 * Used by:  the tests of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "serving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static DWORD WINAPI serve(void *arg)
{
    struct serving *serving = arg;

    (void)net_loop_run(&serving->loop);
    return 0;
}

bool serving_begin(struct serving *serving,
                   const struct server_options *options)
{
    struct server_options how = *options;

    how.address = "0.0.0.0:0";
    if (net_loop_open(&serving->loop, NULL) != OP_OK) {
        return false;
    }
    if (server_open(&serving->server, &serving->loop, &how) != OP_OK) {
        net_loop_close(&serving->loop);
        return false;
    }
    serving->port = server_port(&serving->server);
    serving->thread = CreateThread(NULL, 0, serve, serving, 0, NULL);
    return true;
}

void serving_end(struct serving *serving)
{
    server_stop(&serving->server);
    if (serving->thread != NULL) {
        sim_assert(WaitForSingleObject(serving->thread, INFINITE) ==
                   WAIT_OBJECT_0);
        sim_assert(CloseHandle(serving->thread));
    } else {
        (void)net_loop_run(&serving->loop);
    }
    sim_assert(serving->server.service.counts.clients == 0);
    sim_assert(serving->server.service.counts.subscribers == 0);
    sim_assert(serving->server.service.channels.count == 0);
    server_close(&serving->server);
    net_loop_close(&serving->loop);
}

void serving_call(const struct serving *serving, struct wire *wire)
{
    memset(wire, 0, sizeof *wire);
    sim_assert(wire_open(wire, serving->port));
}

void serving_ask(struct wire *wire,
                 const char *said,
                 int lines,
                 const char *last)
{
    char line[256] = "";

    sim_assert(wire_say(wire, said));
    for (; lines > 0; lines--) {
        sim_assert(wire_hear(wire, line, sizeof line));
    }
    sim_assert(strcmp(line, last) == 0);
}

void serving_hear_end(struct wire *wire)
{
    char byte;

    sim_assert(wire->from == wire->to);
    sim_assert(recv(wire->socket, &byte, 1, 0) == 0);
    wire_close(wire, false);
}

void serving_passes(sim_scenario_fn *scenario,
                    uint64_t runs,
                    const char *network)
{
    /* Time-outs are meant here, so no thread is slow enough to meet one. */
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = runs,
                                          .network = network,
                                          .prompt_threads = true},
                    scenario,
                    NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 40});
    }
    assert_true(report.passed);
}
