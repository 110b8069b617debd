/**
 * @file lesson.c
 * @brief Lesson 18: a server, and two clients that talk to it.
 *
 * The server is all of this folder.  This file is what one sees of it from
 * outside: ana asks, ben listens, carl talks nonsense, and the server ends.
 *
 * Uses:     server.h, lesson_socket.h.
 * Used by:  dry run lesson-18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "server.h"

#include <string.h>

//! [run]
/** A server, and the loop that runs it. */
struct running {
    struct net_loop loop;
    struct server server;
};

static DWORD WINAPI run_loop(void *arg)
{
    struct running *running = arg;

    (void)net_loop_run(&running->loop);
    return 0;
}
//! [run]

/* ---- Clients, of the blocking kind ---------------------------------------------- */

static SOCKET call(const struct running *running)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    SOCKET made = lesson_tcp();

    address.sin_port = htons(server_port(&running->server));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim_assert(connect(made, (struct sockaddr *)&address, sizeof address) == 0);
    return made;
}

/** @brief Show a text as one line. */
static void tell(const char *who, const char *verb, const char *text)
{
    char line[200];
    size_t used = 0;

    for (; *text != '\0' && used + 1 < sizeof line; text++) {
        if (*text == '\n') {
            line[used++] = ' ';
        } else if (*text != '\r') {
            line[used++] = *text;
        }
    }
    line[used] = '\0';
    sim_note("%s %s %s", who, verb, line);
}

/** @brief Receive what should come. */
static void hear(const char *who, SOCKET socket, const char *expected)
{
    size_t bytes = strlen(expected);
    size_t used = 0;
    char heard[256] = "";

    /* BOUND: each turn brings a byte at least. */
    while (used < bytes) {
        int part = recv(socket, heard + used, (int)(bytes - used), 0);

        sim_assert(part > 0);
        used += (size_t)part;
    }
    tell(who, "hears", heard);
    sim_assert(strcmp(heard, expected) == 0);
}

static void say(const char *who, SOCKET socket, const char *text)
{
    tell(who, "says ", text);
    lesson_say(socket, text);
}

static void hear_end(const char *who, SOCKET socket)
{
    char byte;

    sim_assert(recv(socket, &byte, 1, 0) == 0);
    sim_note("%s hears the end", who);
}

//! [talk]
static void talk(const struct running *running)
{
    SOCKET ana = call(running);
    SOCKET ben = call(running);
    SOCKET carl = call(running);

    say("ana", ana, "SET drink tea\r\n");
    hear("ana", ana, "+OK\r\n");
    say("ana", ana, "*2\r\n$3\r\nGET\r\n$5\r\ndrink\r\n");
    hear("ana", ana, "$3\r\ntea\r\n");

    /* Three requests at once, and three answers in order. */
    say("ana", ana, "INCR cups\r\nINCR cups\r\nGET drin\r\n");
    hear("ana", ana, ":1\r\n:2\r\n$-1\r\n");

    say("ben", ben, "SUBSCRIBE news\r\n");
    hear("ben", ben, "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    say("ana", ana, "PUBLISH news water-boils\r\n");
    hear("ana", ana, ":1\r\n");
    hear("ben",
         ben,
         "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n"
         "$11\r\nwater-boils\r\n");

    say("carl", carl, "*many\r\n");
    hear("carl", carl, "-ERR Protocol error: invalid multibulk length\r\n");
    hear_end("carl", carl);
    sim_assert(closesocket(carl) == 0);

    say("ana", ana, "QUIT\r\n");
    hear("ana", ana, "+OK\r\n");
    hear_end("ana", ana);
    sim_assert(closesocket(ana) == 0);
    sim_assert(closesocket(ben) == 0);
}
//! [talk]

//! [lesson]
void lesson_18(void *arg)
{
    const struct server_options options = {.address = "127.0.0.1:0"};
    static struct running running;
    HANDLE thread;

    (void)arg;
    lesson_winsock_begin();
    sim_assert(net_loop_open(&running.loop, NULL) == OP_OK);
    sim_assert(server_open(&running.server, &running.loop, &options) == OP_OK);
    thread = CreateThread(NULL, 0, run_loop, &running, 0, NULL);
    sim_assert(thread != NULL);

    talk(&running);

    server_stop(&running.server);
    lesson_join(thread);
    server_close(&running.server);
    net_loop_close(&running.loop);
    lesson_winsock_end();
}
//! [lesson]

/* expect: dry run lesson-18 --seed 1
 *   ana hears :1 :2 $-1
 *   ben hears *3 $7 message $4 news $11 water-boils
 *   carl hears -ERR Protocol error: invalid multibulk length
 *   carl hears the end
 */
