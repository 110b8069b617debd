/**
 * @file lesson.c
 * @brief Lesson 08: the zero-byte read.
 *
 * A receive lends its buffer until it finishes, and Windows locks that memory
 * meanwhile.  A server with very many idle connections would lend it all.  A
 * receive of zero bytes lends nothing and finishes when there is something:
 * then the program lends a buffer, for a moment.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-08.
 * Facts:    SOCK-16, SOCK-17, SOCK-18.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

enum { CONNECTIONS = 20, TALKERS = 3, BUFFER_BYTES = 4096 };

/** One connection, idle most of the time. */
struct connection {
    OVERLAPPED operation;
    struct lesson_pair pair;
};

/** Bytes lent to the kernel now, and the most that were. */
static struct {
    unsigned now;
    unsigned most;
} lent;

static void lend(unsigned bytes)
{
    lent.now += bytes;
    lent.most = lent.now > lent.most ? lent.now : lent.most;
}

//! [wait]
/** @brief Wait for something to come, lending nothing. */
static void wait_readable(struct connection *connection)
{
    int answer;

    connection->operation = (OVERLAPPED){0};
    /* OWNER: app -> krn: the operation, and no buffer. */
    answer =
        lesson_receive(connection->pair.here, NULL, 0, &connection->operation);
    sim_assert(answer == 0 || answer == WSA_IO_PENDING);
}
//! [wait]

//! [drain]
/** @brief Receive what is there, with a buffer that all connections share.
 *  @return false at the end of the stream. */
static bool drain(SOCKET socket)
{
    static char buffer[BUFFER_BYTES];
    int bytes;

    lend(BUFFER_BYTES);
    bytes = recv(socket, buffer, sizeof buffer, 0);
    lent.now -= BUFFER_BYTES;
    sim_assert(bytes >= 0);
    if (bytes > 0) {
        sim_note("received %d bytes", bytes);
    }
    /* FACT SOCK-17: zero bytes of a zero-byte receive say nothing, and only
     * here they are FACT SOCK-18 the end of the stream. */
    return bytes > 0;
}
//! [drain]

/** @brief Serve until every connection has ended. */
static void serve(const struct iocp *port, struct connection *connections)
{
    for (unsigned open = CONNECTIONS; open > 0;) {
        struct iocp_packet packet;
        struct connection *connection;

        sim_assert(iocp_take(port, INFINITE, &packet) == IOCP_PACKET);
        sim_assert(packet.error == 0 && packet.bytes == 0);
        connection = &connections[packet.key];
        if (drain(connection->pair.here)) {
            wait_readable(connection);
        } else {
            open--;
        }
    }
}

static DWORD WINAPI talk(void *arg)
{
    const struct connection *connections = arg;

    for (int at = 0; at < TALKERS; at++) {
        lesson_say(connections[at].pair.there, "hello");
    }
    for (int at = 0; at < CONNECTIONS; at++) {
        sim_assert(shutdown(connections[at].pair.there, SD_SEND) == 0);
    }
    return 0;
}

void lesson_08(void *arg)
{
    struct connection connections[CONNECTIONS];
    struct iocp port;
    HANDLE peer;

    (void)arg;
    lent.now = 0;
    lent.most = 0;
    lesson_winsock_begin();
    sim_assert(iocp_open(&port, 1) == 0);
    for (ULONG_PTR at = 0; at < CONNECTIONS; at++) {
        connections[at].pair = lesson_pair();
        sim_assert(iocp_attach(&port, (HANDLE)connections[at].pair.here, at) ==
                   0);
        wait_readable(&connections[at]);
    }
    sim_note("%d receives wait and lend %u bytes", (int)CONNECTIONS, lent.now);
    peer = CreateThread(NULL, 0, talk, connections, 0, NULL);
    serve(&port, connections);
    lesson_join(peer);
    sim_note("at most %u bytes were lent", lent.most);

    for (int at = 0; at < CONNECTIONS; at++) {
        lesson_pair_close(&connections[at].pair);
    }
    iocp_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-08 --seed 1
 *   20 receives wait and lend 0 bytes
 *   received 5 bytes
 *   received 5 bytes
 *   received 5 bytes
 *   at most 4096 bytes were lent
 */
