/**
 * @file lesson.c
 * @brief Lesson 05: the three answers of a submit.
 *
 * A call that starts an operation is refused, and no packet comes; or it is
 * done already, and a packet comes all the same; or it pends, and the packet
 * comes later.  A program that mistakes one for another waits for ever or
 * handles a result twice.  Skip-on-success changes the second answer.
 *
 * Uses:     iocp.h, lesson_socket.h.
 * Used by:  dry run lesson-05.
 * Facts:    PORT-19, PORT-20, PORT-85, PORT-88, SOCK-01, SOCK-13, SOCK-21.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "iocp.h"

//! [start]
/** What became of a call that starts an operation. */
enum answer {
    REFUSED,     /* Nothing was started, and no packet comes. */
    FINISHED,    /* It is over, and no packet comes. */
    PACKET_COMES /* Over or not: the packet tells. */
};

/** @brief Start a receive.
 *  @param skips  Skip-on-success is on for the socket. */
static enum answer start(SOCKET socket,
                         char *buffer,
                         OVERLAPPED *operation,
                         bool skips)
{
    switch (lesson_receive(socket, buffer, 16, operation)) {
    case 0:
        /* FACT PORT-20 success at once: the packet comes nevertheless,
         * unless FACT PORT-88 the skip mode is on. */
        return skips ? FINISHED : PACKET_COMES;
    case WSA_IO_PENDING:
        return PACKET_COMES;
    default:
        return REFUSED; /* FACT PORT-19 no packet after an error. */
    }
}
//! [start]

/** A receive. */
struct receive {
    OVERLAPPED operation;
    char buffer[16];
};

/** @brief Start a receive and say what the answer was.
 *  @return how many packets it will bring. */
static unsigned receive(SOCKET socket, struct receive *receive, bool skips)
{
    static const char *const words[] = {"refused: no packet",
                                        "finished: no packet",
                                        "a packet comes"};
    enum answer answer;

    *receive = (struct receive){0};
    answer = start(socket, receive->buffer, &receive->operation, skips);
    sim_note("%s", words[answer]);
    return answer == PACKET_COMES;
}

/** @brief Count the packets that a port brings. */
static unsigned count_packets(const struct iocp *port, unsigned announced)
{
    struct iocp_packet packet;
    unsigned count = 0;

    while (count < announced) {
        sim_assert(iocp_take(port, INFINITE, &packet) == IOCP_PACKET);
        count++;
    }
    sim_assert(iocp_take(port, 0, &packet) == IOCP_TIMEOUT);
    return count;
}

/** @brief Four receives with all three answers. */
static void four_receives(const struct iocp *port, bool skips)
{
    struct receive receives[4];
    struct lesson_pair pair = lesson_pair();
    SOCKET unconnected = lesson_tcp();
    unsigned announced;

    sim_assert(iocp_attach(port, (HANDLE)pair.here, 1) == 0);
    if (skips) {
        sim_assert(iocp_set_modes((HANDLE)pair.here, IOCP_SKIP_PACKET) == 0);
    }
    /* cppcheck-suppress knownConditionTrueFalse */
    sim_note("skip-on-success is %s", skips ? "on" : "off");
    announced = receive(unconnected, &receives[0], skips);
    lesson_say(pair.there, "abc");
    lesson_await_bytes(pair.here);
    announced += receive(pair.here, &receives[1], skips);
    announced += receive(pair.here, &receives[2], skips);
    announced += receive(pair.here, &receives[3], skips);
    lesson_say(pair.there, "d");
    sim_assert(shutdown(pair.there, SD_SEND) == 0); /* Ends the last one. */
    sim_note("%u packets", count_packets(port, announced));
    sim_assert(closesocket(unconnected) == 0);
    lesson_pair_close(&pair);
}

void lesson_05(void *arg)
{
    struct iocp port;

    (void)arg;
    lesson_winsock_begin();
    sim_assert(iocp_open(&port, 1) == 0);
    four_receives(&port, false);
    four_receives(&port, true);
    iocp_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-05 --seed 1
 *   skip-on-success is off
 *   refused: no packet
 *   a packet comes
 *   a packet comes
 *   a packet comes
 *   3 packets
 *   skip-on-success is on
 *   refused: no packet
 *   finished: no packet
 *   a packet comes
 *   a packet comes
 *   2 packets
 */
