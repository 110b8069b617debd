/**
 * @file server_18.c
 * @brief Lesson 18: the server as a Windows program.
 *
 *     server_18 --port 6379
 *
 * Then talk to it with redis-cli, or point a browser at it.  Ctrl-C ends it in
 * good order: nobody new is let in, and who is there is sent what it was
 * answered.
 *
 * Uses:     server.h, options.h.
 * Used by:  people, tests/clients.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../server.h"
#include "options.h"

static struct net_loop loop;
static struct server server;
static HANDLE has_ended; /* An event. */

/** @brief Called by Windows, in a thread of its own. */
static BOOL WINAPI on_control(DWORD kind)
{
    server_stop(&server);
    if (kind != CTRL_C_EVENT && kind != CTRL_BREAK_EVENT) {
        /* The window was closed, or the user logs off: our process ends when
         * we return. */
        (void)WaitForSingleObject(has_ended, INFINITE);
    }
    return TRUE;
}

/** @brief Say why a server cannot be opened, and what helps. */
static void complain(op_status status, const char *address)
{
    const char *why = "Windows refuses, for want of memory or sockets";

    if (status == OP_IN_USE) {
        why = "another program listens there; choose another port with --port";
    } else if (status == OP_DENIED) {
        why = "Windows does not permit it; choose another port with --port";
    } else if (status == OP_INVALID) {
        why = "that is no address; write it like 127.0.0.1 or [::1]";
    } else if (status == OP_BAD_ADDRESS) {
        why = "this machine does not have that address";
    }
    (void)fprintf(stderr,
                  "server_18: cannot listen on %s: %s (%s)\n",
                  address,
                  why,
                  op_status_name(status));
}

static void serve(const char *address)
{
    const struct service_counts *counts = &server.service.counts;

    (void)printf("listening on %s; Ctrl-C ends\n", address);
    (void)fflush(stdout);
    (void)net_loop_run(&loop);
    (void)printf("served %llu clients and %llu commands\n",
                 (unsigned long long)counts->connections,
                 (unsigned long long)counts->commands);
}

int main(int argc, char **argv)
{
    struct options options;
    struct server_options how = {.limits = &options.limits};
    op_status status;

    if (!options_read(&options, argc, argv)) {
        return options.exit_status;
    }
    how.address = options.address;
    how.idle_us = options.idle_us;
    status = net_loop_open(&loop, NULL);
    if (status != OP_OK) {
        complain(status, options.address);
        return 1;
    }
    status = server_open(&server, &loop, &how);
    if (status != OP_OK) {
        complain(status, options.address);
        net_loop_close(&loop);
        return 1;
    }
    has_ended = CreateEventW(NULL, TRUE, FALSE, NULL);
    (void)SetConsoleCtrlHandler(on_control, TRUE);
    serve(options.address);
    (void)SetConsoleCtrlHandler(on_control, FALSE);
    server_close(&server);
    net_loop_close(&loop);
    (void)SetEvent(has_ended);
    return 0;
}
