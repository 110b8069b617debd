/**
 * @file options.c
 * @brief Lesson 18: what the program is told on its command line.
 *
 * Uses:     options.h, span.h.
 * Used by:  server_18.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "../span.h"

static const char usage[] =
    "usage: server_18 [OPTION...]\n"
    "A key-value and publish/subscribe server for redis-cli and browsers.\n"
    "\n"
    "  --port N       listen on this port, 1 to 65535 (6379)\n"
    "  --address A    and this address of this machine (127.0.0.1)\n"
    "  --clients N    serve so many at a time, 1 to 100000 (4096)\n"
    "  --idle S       end clients that are silent for S seconds, 0 for never\n"
    "                 (300)\n"
    "  --help         print this\n";

/** An option with a number. */
struct number_option {
    const char *name;
    int64_t least;
    int64_t most;
    int64_t value;
};

/** @brief Read the number of an option.  @return false: complained. */
static bool read_number(struct number_option *option, const char *text)
{
    if (text != NULL && span_number(span_of(text), &option->value) &&
        option->value >= option->least && option->value <= option->most) {
        return true;
    }
    (void)fprintf(stderr,
                  "server_18: %s needs a number from %lld to %lld%s%s\n",
                  option->name,
                  (long long)option->least,
                  (long long)option->most,
                  text != NULL ? ", not " : "",
                  text != NULL ? text : "");
    return false;
}

bool options_read(struct options *options, int argc, char **argv)
{
    struct number_option numbers[] = {
        {"--port", 1, 65535, 6379},
        {"--clients", 1, 100000, limits_default.clients_max},
        {"--idle", 0, 1000000, 300},
    };
    const char *address = "127.0.0.1";

    options->exit_status = 2;
    for (int at = 1; at < argc; at += 2) {
        size_t which = 0;

        if (strcmp(argv[at], "--help") == 0) {
            (void)fputs(usage, stdout);
            options->exit_status = 0;
            return false;
        }
        if (strcmp(argv[at], "--address") == 0 && at + 1 < argc &&
            strlen(argv[at + 1]) < 64) {
            address = argv[at + 1];
            continue;
        }
        while (which < 3 && strcmp(argv[at], numbers[which].name) != 0) {
            which++;
        }
        if (which == 3) {
            (void)fprintf(stderr,
                          "server_18: there is no option %s, or its value is "
                          "missing; try --help\n",
                          argv[at]);
            return false;
        }
        if (!read_number(&numbers[which], argv[at + 1])) {
            return false;
        }
    }
    (void)snprintf(options->address,
                   sizeof options->address,
                   "%s:%d",
                   address,
                   (int)numbers[0].value);
    options->limits = limits_default;
    options->limits.clients_max = (uint32_t)numbers[1].value;
    options->idle_us = (uint64_t)numbers[2].value * 1000000;
    return true;
}
