/**
 * @file echo.h
 * @brief What the echo programs of all peers share: arguments and the meter.
 *
 * Each program is one library's echo server and echo client, and its main
 * hands over here.  So the work that is timed is the same for all of them:
 * messages of 64 bytes to and fro, one under way on each connection, all
 * connections in one thread.
 *
 *     PROGRAM server                        prints "port N", serves for ever
 *     PROGRAM client PORT TRIPS COUNT...    for each count of connections:
 *                                           prints "COUNT round trips/s"
 *
 * Uses:     windows.h.
 * Used by:  echo_raw.c, echo_layer2.c, echo_uv.c, echo_asio.cpp.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ECHO_H
#define ECHO_H

#include <winsock2.h>

#include <windows.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ECHO_BYTES = 64, ECHO_CONNECTIONS_MAX = 100 };

/** Counts the round trips of all connections of a client, and times them. */
struct echo_meter {
    uint32_t warm;  /**< So many go first and are not timed. */
    uint32_t total; /**< Those and the timed ones. */
    uint32_t sent;
    uint32_t done;
    double begin;
    double end;
};

/** @brief End the program where a peer does not work. */
static inline void echo_check(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr,
                "%s failed: %lu\n",
                what,
                (unsigned long)GetLastError());
        exit(1);
    }
}

static inline double echo_seconds(void)
{
    LARGE_INTEGER now;
    LARGE_INTEGER per_second;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&per_second);
    return (double)now.QuadPart / (double)per_second.QuadPart;
}

/** @brief A connection is free: whether it sends another message. */
static inline bool echo_meter_send(struct echo_meter *meter)
{
    if (meter->sent == meter->total) {
        return false;
    }
    meter->sent++;
    return true;
}

/** @brief A message came back: whether it was the last of all. */
static inline bool echo_meter_back(struct echo_meter *meter)
{
    meter->done++;
    if (meter->done == meter->warm) {
        meter->begin = echo_seconds();
    }
    if (meter->done == meter->total) {
        meter->end = echo_seconds();
    }
    return meter->done == meter->total;
}

/** @brief Serve on a free port of the loopback address; does not return. */
typedef void echo_server_fn(void);

/** @brief Open so many connections, send and receive until the last message
 *  is back, then close them all. */
typedef void echo_client_fn(uint16_t port,
                            uint32_t connection_count,
                            struct echo_meter *meter);

/** @brief A server listens: say where. */
static inline void echo_print_port(uint16_t port)
{
    printf("port %u\n", (unsigned)port);
    (void)fflush(stdout);
}

static inline void echo_measure(echo_client_fn *client,
                                uint16_t port,
                                uint32_t trips,
                                uint32_t connection_count)
{
    struct echo_meter meter;

    meter.warm = trips / 10 + 1;
    meter.total = meter.warm + trips;
    meter.sent = 0;
    meter.done = 0;
    meter.begin = 0;
    meter.end = 0;
    client(port, connection_count, &meter);
    printf("%u %.1f\n",
           (unsigned)connection_count,
           trips / (meter.end - meter.begin));
    (void)fflush(stdout);
}

/** @brief What main does. */
static inline int echo_main(int argc,
                            char **argv,
                            echo_server_fn *server,
                            echo_client_fn *client)
{
    WSADATA data;
    int started = WSAStartup(MAKEWORD(2, 2), &data);

    echo_check(started == 0, "WSAStartup");
    if (argc == 2 && strcmp(argv[1], "server") == 0) {
        server();
    } else if (argc > 4 && strcmp(argv[1], "client") == 0) {
        uint16_t port = (uint16_t)strtoul(argv[2], NULL, 10);
        uint32_t trips = (uint32_t)strtoul(argv[3], NULL, 10);

        for (int at = 4; at < argc; at++) {
            uint32_t count = (uint32_t)strtoul(argv[at], NULL, 10);

            echo_check(count >= 1 && count <= ECHO_CONNECTIONS_MAX, "count");
            echo_measure(client, port, trips, count);
        }
    } else {
        fprintf(stderr, "use: server, or client PORT TRIPS COUNT...\n");
        return 2;
    }
    WSACleanup();
    return 0;
}

#endif
