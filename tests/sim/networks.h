/**
 * @file networks.h
 * @brief Several hosts, for tests of the network.
 *
 * Uses:     schedules.h, socket_pair.h, sim_network.h.
 * Used by:  test_network_*.c, test_tcp_*.c.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_SIM_NETWORKS_H
#define TESTS_SIM_NETWORKS_H

#include "schedules.h"
#include "socket_pair.h"

#include "sim_network.h"

/** @brief The scenario must pass in a network of this plan, at random and
 *  systematically. */
void network_passes(const char *plan, sim_scenario_fn *scenario);

/** @brief The same with exact time-outs and no thread ever slow, for
 *  scenarios that measure time. */
void network_passes_exactly(const char *plan, sim_scenario_fn *scenario);

/** @brief And then some schedule must have passed each mark, a list that
 *  ends with NULL. */
void network_reaches(const char *plan,
                     sim_scenario_fn *scenario,
                     const char *const *marks);

/** @brief The address of a host, 10.0.0.N. */
struct sockaddr_in host_address(uint32_t host, u_short port);

/** @brief Start a thread on host 2 and wait until it sets the event that it
 *  gets. */
HANDLE host_thread(LPTHREAD_START_ROUTINE start);

/** @brief connect() to a host; 0 or SOCKET_ERROR. */
int connect_host(SOCKET socket, uint32_t host, u_short port);

/** @brief A socket that listens on all addresses of this host. */
SOCKET listen_port(u_short port, int backlog);

/** @brief Receive so many bytes by blocking calls, which must come. */
void receive_all(SOCKET socket, char *to, int bytes);

/** @brief Send a text by one blocking call. */
void send_text(SOCKET socket, const char *text);

/** @brief Close by a reset. */
void close_hard(SOCKET socket);

/** @brief A socket with ConnectEx's preconditions: bound. */
SOCKET bound_socket(void);

/** @brief Start ConnectEx, which must pend. */
void connect_pending(SOCKET socket,
                     const struct sockaddr_in *to,
                     OVERLAPPED *overlapped);

/** @brief Wait for the next packet; whether it is of @p overlapped, ended with
 *  @p error (0: success), and says so many bytes. */
bool packet_comes(HANDLE port,
                  const OVERLAPPED *overlapped,
                  DWORD error,
                  DWORD bytes);

/** @brief Wait for the next packet. */
struct taken packet_wait(HANDLE port);

/** What an AcceptEx of the tests uses. */
struct acceptor {
    SOCKET accepted;
    OVERLAPPED overlapped;
    char buffer[64 + 64];
};
enum { ACCEPT_AREA = sizeof(struct sockaddr_in) + 16 };

/** @brief Start AcceptEx; @p data_bytes at most 64.
 *  @return TRUE, or FALSE and the last error. */
BOOL accept_begin(SOCKET listener, struct acceptor *acceptor, DWORD data_bytes);

/** @brief SO_UPDATE_ACCEPT_CONTEXT. */
void accept_update(SOCKET listener, const struct acceptor *acceptor);

/** @brief Milliseconds since a time in 100 ns units; and that time now. */
uint64_t milliseconds_since(uint64_t time);
uint64_t time_now(void);

#endif
