/**
 * @file host.c
 * @brief sim_network.h: what a scenario can do to hosts and links.
 *
 * Uses:     sim_network.h, tcp.h, keep_alive.h.
 * Used by:  scenarios.
 * Facts:    none.
 * Read next: udp.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../winsock/device.h"
#include "keep_alive.h"
#include "tcp.h"

/** FACT SOCK-93 how long a client waits whose server has gone. */
#define CONNECT_WAIT UINT64_C(210000000)

enum { EXIT_CODE = 1 };

/** @brief Find a host, or end the run. */
static struct host *find(uint32_t number, const char *call)
{
    struct host *host = sim__host_find(number);

    if (host == NULL) {
        sim__stop(SIM_REFUSED,
                  "%s was called for host %u, and there are %u: add it with "
                  "sim_host_add() first",
                  call,
                  (unsigned)number,
                  (unsigned)sim__world.network->count);
    }
    return host;
}

static struct host *find_up(uint32_t number, const char *call)
{
    struct host *host = find(number, call);

    if (!host->up) {
        sim__stop(SIM_REFUSED,
                  "%s was called for host %u, which is down: call "
                  "sim_host_restart() first",
                  call,
                  (unsigned)number);
    }
    return host;
}

/* ---- Hosts --------------------------------------------------------------- */

uint32_t sim_host_add(void)
{
    struct network *network;

    sim__before();
    network = sim__network();
    if (network->named == network->count) {
        (void)sim__host_make();
    }
    network->named++;
    sim__after();
    return network->named;
}

uint32_t sim_host_here(void)
{
    return sim__host_here()->number;
}

HANDLE sim_host_start(uint32_t number, LPTHREAD_START_ROUTINE start, void *arg)
{
    struct thread *thread;
    struct host *host;
    HANDLE handle;

    sim__before();
    host = find_up(number, "sim_host_start");
    if (start == NULL) {
        sim__stop(SIM_CRASH,
                  "sim_host_start was called with NULL for the function to "
                  "run: pass a function");
    }
    thread = sim__thread_create(start, arg, false);
    thread->host = host;
    thread->host_number = (uint16_t)number;
    handle = sim__handle_open(&thread->object, THREAD_ALL_ACCESS);
    trace(open, .object = &thread->object);
    trace(start,
          .object = &thread->object,
          .value = {(int64_t)thread->object.number},
          .text = host->name);
    sim__after();
    return handle;
}

/* ---- Crashing ------------------------------------------------------------ */

/** @brief All its threads end where they stand, but the current one. */
static void end_threads(const struct host *host)
{
    struct thread *next;

    for (struct thread *thread = sim__world.thread_first; thread != NULL;
         thread = next) {
        next = thread->all_next;
        if (thread->host == host && thread != sim__world.current) {
            sim__thread_terminate(thread, EXIT_CODE);
        }
    }
}

/** @brief A connection is forgotten at this end, and what it had on its way is
 *  lost with the host that would repeat it. */
static void vanish(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);

    if (end->state == TCP_ARRIVING) {
        sim__tcp_drop_unaccepted(end);
    }
    sim__tcp_end(end, TCP_VANISHED);
    sim__deadline_disarm(&peer->arrival);
    sim__tcp_drop_chunks(&peer->way_first, &peer->way_last);
    if (peer->state == TCP_CONNECTING) {
        sim__tcp_notice(peer, STATUS_IO_TIMEOUT, CONNECT_WAIT);
    }
    sim__keep_alive_check(peer);
    sim__tcp_forget(end);
}

void sim_host_crash(uint32_t number)
{
    struct host *host;

    sim__before();
    host = find_up(number, "sim_host_crash");
    if (host == sim__host_first()) {
        sim__stop(SIM_REFUSED,
                  "sim_host_crash was called for host 1, where the scenario "
                  "itself runs: put what is to crash on another host");
    }
    trace(host, .value = {number}, .text = "crash");
    host->up = false;
    end_threads(host);
    sim__handles_close_host((uint16_t)number);
    sim__lookups_crash(host);
    /* BOUND: each turn takes an end off the host's list. */
    while (host->ends != NULL) {
        vanish(host->ends);
    }
    host->started = 0;
    if (sim__world.current->host == host) {
        sim__thread_terminate(sim__world.current, EXIT_CODE);
    }
    sim__after();
}

void sim_host_restart(uint32_t number)
{
    struct host *host;

    sim__before();
    host = find(number, "sim_host_restart");
    if (host->up) {
        sim__stop(SIM_REFUSED,
                  "sim_host_restart was called for host %u, which is up: only "
                  "a host that crashed can be started again",
                  (unsigned)number);
    }
    trace(host, .value = {number}, .text = "restart");
    host->up = true;
    sim__after();
}

/* ---- Links --------------------------------------------------------------- */

/** @brief Find two hosts that a link can lie between. */
static void find_two(const uint32_t numbers[2],
                     const char *call,
                     struct host *hosts[2])
{
    hosts[0] = find(numbers[0], call);
    hosts[1] = find(numbers[1], call);
    if (hosts[0] == hosts[1]) {
        sim__stop(SIM_REFUSED,
                  "%s was called for host %u twice: between a host and itself "
                  "lies no link",
                  call,
                  (unsigned)numbers[0]);
    }
}

struct sim_link sim_link_get(uint32_t from, uint32_t to)
{
    const uint32_t numbers[2] = {from, to};
    struct host *hosts[2];

    find_two(numbers, "sim_link_get", hosts);
    return sim__link_get(hosts[0], hosts[1])->is;
}

void sim_link_set(uint32_t from, uint32_t to, const struct sim_link *link)
{
    const uint32_t numbers[2] = {from, to};
    struct host *hosts[2];
    const char *wrong;

    sim__before();
    find_two(numbers, "sim_link_set", hosts);
    wrong = link == NULL ? "there are no figures" : sim__link_wrong(link);
    if (wrong != NULL) {
        sim__stop(SIM_REFUSED,
                  "sim_link_set was called with a link that cannot be: %s",
                  wrong);
    }
    sim__link_make(hosts[0], hosts[1])->is = *link;
    sim__after();
}

/** @brief Cut or heal both directions. */
static void set_cut(const uint32_t numbers[2], bool cut, const char *call)
{
    struct host *hosts[2];

    sim__before();
    find_two(numbers, call, hosts);
    trace(host,
          .value = {numbers[0], numbers[1]},
          .text = cut ? "cut" : "heal");
    sim__link_make(hosts[0], hosts[1])->cut = cut;
    sim__link_make(hosts[1], hosts[0])->cut = cut;
    if (cut) {
        sim__keep_alive_check_all(hosts[0]);
        sim__keep_alive_check_all(hosts[1]);
    }
    sim__after();
}

void sim_link_cut(uint32_t one, uint32_t other)
{
    const uint32_t numbers[2] = {one, other};

    set_cut(numbers, true, "sim_link_cut");
}

void sim_link_heal(uint32_t one, uint32_t other)
{
    const uint32_t numbers[2] = {one, other};

    set_cut(numbers, false, "sim_link_heal");
}
