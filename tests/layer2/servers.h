/**
 * @file servers.h
 * @brief A server for the tests of layer 2, and clients for it.
 *
 * The server sends back what it gets.  Its clients are threads that use
 * Winsock and nothing of ours; the last of them that ends stops the server.
 *
 * Uses:     net.h, passes.h.
 * Used by:  test_server*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER2_SERVERS_H
#define LAYER2_SERVERS_H

#include "net.h"
#include "passes.h"

enum { CLIENTS_MAX = 32, LOOP_THREADS_MAX = 4 };

/** A connection of that server. */
struct served {
    struct net_connection connection;
    struct net_read read;
    struct net_write write;
    WSABUF piece;
    char bytes[4];
    bool is_known; /* on_open was called. */
};

/** All there is in a scenario. */
struct stage {
    struct net_loop loop;
    struct net_server server;
    struct net_server_options how;
    unsigned threads;                /* That run the loop. */
    struct net_server_counts counts; /* At the end. */
    uint64_t started_us;             /* When. */
    uint64_t stopped_us;             /* on_stopped. */
    volatile LONG opened;            /* on_open, */
    volatile LONG closed;            /* on_closed, */
    volatile LONG goodbye;           /* on_goodbye, */
    volatile LONG stopped;           /* on_stopped: how often. */
    volatile LONG takes;             /* Of memory, and how many */
    volatile LONG live;              /* blocks there are now, */
    volatile LONG live_most;
    LONG fail_each;     /* Every so many takes fail; 0: none. */
    LONG fail_until;    /* The first so many fail. */
    volatile LONG left; /* Clients that have not ended. */
    HANDLE clients[CLIENTS_MAX];
    unsigned client_count;
    struct net_timer alarm; /* For the test to use. */
};

extern struct stage stage;

/** @brief Begin anew: a loop, and options for an echo server on a free port of
 *         this host. */
void stage_open(void);

/** @brief The same where calls fail.  @return Whether it worked. */
bool stage_try_open(void);

/** @brief Start the server, which must work. */
void stage_start(void);

/** @brief The same where calls fail.  @return Whether it worked; if not, only
 *         the loop is open. */
bool stage_try_start(void);

/** @brief Start a client's thread.  client is called with the number. */
void stage_client(LPTHREAD_START_ROUTINE client);

/** @brief For the end of each client.  @return 0, for its thread. */
DWORD stage_leave(void);

/** @brief Run the loop, in stage.threads threads, until nothing is left to do;
 *         see that clients and connections are gone; close everything. */
void stage_close(void);

/** @brief Set stage.alarm. */
void stage_alarm(uint64_t after_us, void (*on_done)(struct net_timer *alarm));

/** @brief Microseconds since the start. */
uint64_t stage_us(void);

/** @brief Let time pass. */
void pass_ms(DWORD ms);

/** @brief Run under many schedules in which no thread is slow, so that one can
 *         say when things happen.
 *  @param network  A plan, or NULL. */
void passes_promptly(sim_scenario_fn *scenario, const char *network);

/** @brief Whether something came in time; on Windows nobody can promise. */
bool soon(uint64_t was_us, uint64_t limit_us);

/* ---- The server's own handlers ---------------------------------------------- */

void echo_open(struct net_connection *connection);
void echo_closed(struct net_connection *connection);
void echo_goodbye(struct net_connection *connection);
void echo_stopped(struct net_server *server);

/* ---- Clients ----------------------------------------------------------------- */

/** @brief A socket connected to the server, or INVALID_SOCKET. */
SOCKET client_connect(void);

/** @brief Send some bytes and get them back.  @return Whether it did. */
bool client_echo(SOCKET socket);

/** @brief Wait for the end.  @return Whether it was in order, not a reset. */
bool client_ended(SOCKET socket);

/** @brief Close, in order or by a reset. */
void client_close(SOCKET socket, enum net_close how);

/** @brief A client that must be served: connect, echo, close. */
DWORD WINAPI client_served(void *arg);

/** @brief A client who knows that the server may turn it away. */
DWORD WINAPI client_tries(void *arg);

#endif
