/**
 * @file hold.c
 * @brief Hold many connections to lesson 18's server at once.
 *
 *     hold PORT COUNT
 *
 * Connects, has each connection answer a PING, and when all are there has
 * each answer another one.  A program of the machine's own, not of Windows:
 * it talks to a server under Wine as redis-cli does.
 *
 * Uses:     POSIX sockets.
 * Used by:  real_clients.sh.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { COUNT_MAX = 100000, PATIENCE_S = 60 };

static int sockets[COUNT_MAX];

static int fail(const char *what, long at)
{
    (void)fprintf(stderr,
                  "hold: connection %ld: %s: %s\n",
                  at,
                  what,
                  errno != 0 ? strerror(errno) : "not what was expected");
    return 1;
}

static int open_one(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int made = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (made < 0 ||
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) !=
            0 ||
        connect(made, (const struct sockaddr *)&address, sizeof address) != 0) {
        return -1;
    }
    return made;
}

/** @brief Have a connection answer.  @return whether it did. */
static int ping(int socket)
{
    static const char pong[] = "+PONG\r\n";
    char answer[sizeof pong - 1];

    errno = 0;
    return send(socket, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
           recv(socket, answer, sizeof answer, MSG_WAITALL) ==
               (ssize_t)sizeof answer &&
           memcmp(answer, pong, sizeof answer) == 0;
}

static void allow_files(long count)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        limit.rlim_cur < (rlim_t)count + 16) {
        limit.rlim_cur = (rlim_t)count + 16;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    long port = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

    if (port < 1 || port > 65535 || count < 1 || count > COUNT_MAX) {
        (void)fprintf(stderr, "usage: hold PORT COUNT\n");
        return 2;
    }
    allow_files(count);
    for (long at = 0; at < count; at++) {
        sockets[at] = open_one((uint16_t)port);
        if (sockets[at] < 0) {
            return fail("connect", at);
        }
        if (!ping(sockets[at])) {
            return fail("first PING", at);
        }
    }
    for (long at = 0; at < count; at++) {
        if (!ping(sockets[at])) {
            return fail("second PING", at);
        }
    }
    (void)printf("%ld connections held at once\n", count);
    return 0;
}
