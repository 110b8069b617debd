/**
 * @file sim_network.h
 * @brief Hosts and links of the simulated network.
 *
 * A program under test lives on one host and needs nothing of this.  A test
 * of several machines does: it adds hosts, starts threads on them, makes the
 * links between them slow or unreliable, cuts them, and lets hosts crash.
 *
 * Uses:     windows.h (ours off Windows).
 * Used by:  programs under test, sim/net.
 * Facts:    none.
 * Read next: sim_disk.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_NETWORK_PUBLIC_H
#define SIM_NETWORK_PUBLIC_H

#include <stdint.h>

#include <windows.h>

/**
 * @defgroup sim_network The simulated network
 *
 * **Hosts** are numbered from 1; the scenario's own thread is on host 1.  Host
 * N has the addresses 10.0.0.N and fd00::N (from 256 on, N is spread over the
 * last bytes) and the name `hostN`, besides its loopback addresses.  A thread
 * runs on the host of the thread that made it, unless sim_host_start() says
 * otherwise; sockets, ports and handles belong to the host of the thread that
 * made them.
 *
 * Between each two hosts lies a **link**, a direction of its own each way.  At
 * first all links have a latency of half a millisecond and lose nothing.
 *
 * The usual order of calls: sim_host_add(), sim_link_set(), sim_host_start();
 * later sim_link_cut() and sim_link_heal(), sim_host_crash() and
 * sim_host_restart().  The same can be said without a line of code by
 * `sim_options.network`, or `dry run --network`:
 *
 *     hosts=3                    three hosts; sim_host_add() hands out 2 and 3
 *     latency=1ms..5ms           of every link; us, ms and s
 *     bandwidth=10MB             bytes in a second; B, KB, MB, GB
 *     loss=2%                    of datagrams; a stream sees it as delay
 *     duplication=1%             of datagrams
 *     reordering=5%              of datagrams, overtaken by later ones
 *     prompt                     within a host all arrives at once, in one
 *                                piece: fewer schedules
 *     1-2/latency=80ms/loss=10%  of the links between hosts 1 and 2
 *     1to2/bandwidth=56KB        of one direction
 *     1-3/cut                    a partition from the start
 *
 * with commas between: `hosts=3,latency=1ms..5ms,1-2/loss=2%/bandwidth=1MB`.
 *
 * Not here: the sockets themselves, which have Windows' own functions.  On
 * real Windows there is none of this.
 * @{
 */

/** How packets fare in one direction between two hosts. */
struct sim_link {
    uint64_t latency_us;     /**< Microseconds on the way, at least */
    uint64_t latency_max_us; /**< and at most. */
    uint64_t bandwidth;      /**< Bytes in a second; 0: no limit. */
    uint16_t loss;           /**< Datagrams lost, of 1,000. */
    uint16_t duplication;    /**< Datagrams that come twice, of 1,000. */
    uint16_t reordering;     /**< Datagrams that are late, of 1,000. */
};

/**
 * @brief Add a host, which is up.
 *
 * Hosts that the plan of sim_options.network made are handed out first.
 *
 * @return Its number.
 * @threads{any simulated thread}
 */
uint32_t sim_host_add(void);

/**
 * @brief The host of the calling thread.
 *
 * @return Its number.
 * @threads{any simulated thread}
 */
uint32_t sim_host_here(void);

/**
 * @brief Start a thread on a host.
 *
 * @param number   A host that is up.
 * @param start  What it runs, as for CreateThread.
 * @param arg    Passed to @p start.
 *
 * @return A handle of the thread, never NULL.
 *
 * @post The thread is ready to run.
 * @owns{the caller: the handle is closed with CloseHandle}
 * @threads{any simulated thread}
 */
HANDLE sim_host_start(uint32_t number, LPTHREAD_START_ROUTINE start, void *arg);

/**
 * @brief Let a host crash.
 *
 * Its threads end where they stand, its handles are closed, its connections
 * are forgotten, and nobody is told: a peer learns of it when nothing is
 * answered any more, or by a reset once the host is up again.  Does not return
 * when the calling thread is on that host.
 *
 * @param number  A host that is up; not host 1, where the scenario itself runs.
 *
 * @post The host is down; what is sent to it vanishes.
 * @threads{any simulated thread}
 */
void sim_host_crash(uint32_t number);

/**
 * @brief Bring a crashed host up again, with no thread and no connection.
 *
 * @param number  A host that is down.
 *
 * @threads{any simulated thread}
 */
void sim_host_restart(uint32_t number);

/**
 * @brief What holds in one direction between two hosts.
 *
 * @param from  Number of the host that sends.
 * @param to    Number of the host that receives, another one.
 *
 * @return A copy.
 * @threads{any simulated thread}
 */
struct sim_link sim_link_get(uint32_t from, uint32_t to);

/**
 * @brief Change one direction between two hosts.
 *
 * What is on its way already arrives as it would have.
 *
 * @param from  Number of the host that sends.
 * @param to    Number of the host that receives, another one.
 * @param link  How it is from now on; read only.
 *
 * @threads{any simulated thread}
 */
void sim_link_set(uint32_t from, uint32_t to, const struct sim_link *link);

/**
 * @brief Cut both directions between two hosts: a partition.
 *
 * Datagrams are lost.  Streams try again for about 20 seconds; then their
 * connections fail with a time-out.
 *
 * @param one    Number of a host.
 * @param other  Number of another one.
 *
 * @threads{any simulated thread}
 */
void sim_link_cut(uint32_t one, uint32_t other);

/**
 * @brief Undo sim_link_cut().
 *
 * @param one    Number of a host.
 * @param other  Number of another one.
 *
 * @threads{any simulated thread}
 */
void sim_link_heal(uint32_t one, uint32_t other);

/** @} */

#endif
