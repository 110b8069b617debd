/**
 * @file test_udp_hosts.c
 * @brief Datagrams between hosts: late, lost, twice, overtaken, to everybody.
 *
 * Uses:     schedules.h, datagrams.h, checks.h, sim_network.h.
 * Used by:  ctest.
 * Facts:    SOCK-105.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "checks.h"
#include "datagrams.h"
#include "schedules.h"
#include "sim_network.h"

enum { HERE = 1, THERE = 2, PORT = 7000 };

/** What the far host's thread did. */
static struct {
    HANDLE open; /* It listens. */
    HANDLE stop; /* It may go. */
    int count;
    char got[16]; /* First bytes, in order of arrival. */
} far;

/** @brief Listen on the far host, remember what comes, and answer it. */
static DWORD WINAPI answer(void *arg)
{
    DWORD limit_ms = 100;
    SOCKET socket;

    (void)arg;
    datagrams_begin();
    socket = datagram_open(AF_INET);
    sim_assert(datagram_bind(socket, "0.0.0.0", PORT) == 0);
    option_on(socket, SOL_SOCKET, SO_RCVTIMEO, limit_ms);
    sim_assert(SetEvent(far.open));
    while (!check_signaled(far.stop)) {
        struct sockaddr_storage from;
        int bytes = sizeof from;
        char in[8];
        int count = recvfrom(socket,
                             in,
                             sizeof in,
                             0,
                             (struct sockaddr *)&from,
                             &bytes);

        if (count > 0 && far.count < (int)sizeof far.got) {
            far.got[far.count++] = in[0];
            sim_assert(sendto(socket,
                              in,
                              count,
                              0,
                              (const struct sockaddr *)&from,
                              bytes) == count);
        }
    }
    sim_assert(closesocket(socket) == 0);
    datagrams_end();
    return 0;
}

/** @brief A far host that answers; the handle of its thread. */
static HANDLE far_begin(void)
{
    HANDLE thread;

    memset(&far, 0, sizeof far);
    far.open = check_event(TRUE, FALSE);
    far.stop = check_event(TRUE, FALSE);
    sim_assert(sim_host_add() == THERE);
    datagrams_begin();
    thread = sim_host_start(THERE, answer, NULL);
    sim_assert(WaitForSingleObject(far.open, INFINITE) == WAIT_OBJECT_0);
    return thread;
}

static void far_end(HANDLE thread)
{
    sim_assert(SetEvent(far.stop));
    check_join(thread);
    check_close(far.open);
    check_close(far.stop);
    datagrams_end();
}

/** @brief Both directions of the link. */
static void link_set(const struct sim_link *link)
{
    sim_link_set(HERE, THERE, link);
    sim_link_set(THERE, HERE, link);
}

static int send_there(SOCKET socket, const char *text)
{
    return datagram_send_to(socket, "10.0.0.2", PORT, text, (int)strlen(text));
}

/* ---- One at a time ------------------------------------------------------- */

static void round_trip_scenario(void *arg)
{
    const struct sim_link link = {.latency_us = 20000, .latency_max_us = 20000};
    HANDLE thread = far_begin();
    SOCKET socket = datagram_open(AF_INET);
    struct sockaddr_storage from;
    struct sockaddr_storage expected = place("10.0.0.2", PORT);
    int bytes = sizeof from;
    ULONGLONG before = GetTickCount64();
    char in[8];

    (void)arg;
    link_set(&link);
    sim_assert(send_there(socket, "x") == 0);
    memset(&from, 0, sizeof from);
    sim_assert(recvfrom(socket, in, 8, 0, (struct sockaddr *)&from, &bytes) ==
               1);
    /* There and back again. */
    sim_assert(GetTickCount64() - before == 40);
    sim_assert(same_place(&from, &expected));
    sim_assert(closesocket(socket) == 0);
    far_end(thread);
}

static void dead_port_scenario(void *arg)
{
    HANDLE thread = far_begin();
    SOCKET socket = datagram_open(AF_INET);
    char in[8];

    (void)arg;
    {
        /* SOCK-105: the news has to travel, too. */
        sim_assert(datagram_send_to(socket, "10.0.0.2", PORT + 1, "x", 1) == 0);
        datagram_no_wait(socket);
        sim_assert(datagram_receive(socket, in, 8) == -WSAECONNRESET);
    }
    {
        /* Through a partition neither travels. */
        sim_link_cut(HERE, THERE);
        sim_assert(datagram_send_to(socket, "10.0.0.2", PORT + 1, "x", 1) == 0);
        sim_assert(send_there(socket, "lost") == 0);
        sim_assert(datagram_receive(socket, in, 8) == -WSAEWOULDBLOCK);
        sim_assert(far.count == 0);
        sim_link_heal(HERE, THERE);
        sim_assert(closesocket(socket) == 0);
        socket = datagram_open(AF_INET);
        sim_assert(send_there(socket, "heard") == 0);
        sim_assert(datagram_receive(socket, in, 8) == 5);
    }
    sim_assert(closesocket(socket) == 0);
    far_end(thread);
}

static void a_datagram_travels_for_as_long_as_the_link_takes(void **state)
{
    (void)state;
    schedules_pass_exactly(round_trip_scenario);
    schedules_pass(dead_port_scenario);
}

static void no_news_scenario(void *arg)
{
    HANDLE thread = far_begin();
    SOCKET socket = datagram_open(AF_INET);

    (void)arg;
    sim_assert(datagram_send_to(socket, "10.0.0.2", PORT + 1, "x", 1) == 0);
    sim_assert(closesocket(socket) == 0);
    datagrams_settle();
    far_end(thread);
}

static void count_drops(void *context, const struct sim_event *event)
{
    *(int *)context += event->kind == SIM_EVENT_drop;
}

static void news_of_a_dead_port_is_not_answered(void **state)
{
    int drops = 0;
    const struct sim_options options = {
        .runs = 1,
        .observe = count_drops,
        .observe_context = &drops,
    };

    (void)state;
    /* The datagram, and then the news of it: its socket is gone as well. */
    assert_true(sim_explore(&options, no_news_scenario, NULL).passed);
    assert_int_equal(drops, 2);
}

/* ---- Unreliable ---------------------------------------------------------- */

enum { SENT = 4 };

/** @brief Send a, b, c, d over a link, and count what came. */
static void send_some(const struct sim_link *link)
{
    static const char *const texts[SENT] = {"a", "b", "c", "d"};
    HANDLE thread = far_begin();
    SOCKET socket = datagram_open(AF_INET);

    sim_link_set(HERE, THERE, link);
    for (int at = 0; at < SENT; at++) {
        sim_assert(send_there(socket, texts[at]) == 0);
    }
    datagrams_settle();
    sim_assert(closesocket(socket) == 0);
    far_end(thread);
}

static void loss_scenario(void *arg)
{
    const struct sim_link link = {.loss = 300};

    (void)arg;
    send_some(&link);
    sim_assert(far.count <= SENT);
    sim_mark(far.count == SENT ? "none lost" : "some lost");
}

static void all_lost_scenario(void *arg)
{
    const struct sim_link link = {.loss = 1000};

    (void)arg;
    send_some(&link);
    sim_assert(far.count == 0);
}

static void twice_scenario(void *arg)
{
    const struct sim_link link = {.duplication = 1000,
                                  .latency_us = 100,
                                  .latency_max_us = 100};

    (void)arg;
    send_some(&link);
    sim_assert(far.count == 2 * SENT);
    for (char letter = 'a'; letter < 'a' + SENT; letter++) {
        const char *first = memchr(far.got, letter, (size_t)far.count);

        sim_assert(first != NULL);
        sim_assert(memchr(first + 1,
                          letter,
                          (size_t)(far.got + far.count - first - 1)) != NULL);
    }
}

static void overtaken_scenario(void *arg)
{
    const struct sim_link link = {.reordering = 500,
                                  .latency_us = 100,
                                  .latency_max_us = 100};

    (void)arg;
    send_some(&link);
    sim_assert(far.count == SENT);
    sim_mark(memcmp(far.got, "abcd", SENT) == 0 ? "in order" : "overtaken");
}

static void a_link_may_lose_double_and_reorder(void **state)
{
    const char *const losses[] = {"none lost", "some lost", NULL};
    const char *const orders[] = {"in order", "overtaken", NULL};

    (void)state;
    schedules_pass(loss_scenario);
    schedules_reach(loss_scenario, losses);
    schedules_pass(all_lost_scenario);
    schedules_pass(twice_scenario);
    schedules_pass(overtaken_scenario);
    schedules_reach(overtaken_scenario, orders);
}

/* ---- A host that goes ---------------------------------------------------- */

static void crash_scenario(void *arg)
{
    HANDLE thread = far_begin();
    SOCKET socket = datagram_open(AF_INET);
    char in[8];
    int count;

    (void)arg;
    datagram_no_wait(socket);
    {
        /* On its way to a host that crashes, unless that was late. */
        sim_assert(send_there(socket, "x") == 0);
        sim_host_crash(THERE);
        count = datagram_receive(socket, in, 8);
        sim_assert(count == (far.count == 0 ? -WSAEWOULDBLOCK : 1));
        if (far.count == 0) {
            sim_mark("crashed before");
        }
        sim_assert(send_there(socket, "y") == 0);
        sim_assert(datagram_receive(socket, in, 8) == -WSAEWOULDBLOCK);
    }
    {
        /* Up again, nobody has the port any more, and says so. */
        sim_host_restart(THERE);
        sim_assert(send_there(socket, "z") == 0);
        sim_assert(datagram_receive(socket, in, 8) == -WSAECONNRESET);
    }
    check_join(thread);
    check_close(far.open);
    check_close(far.stop);
    sim_assert(closesocket(socket) == 0);
    datagrams_end();
}

static void what_is_sent_to_a_crashed_host_vanishes(void **state)
{
    const char *const moments[] = {"crashed before", NULL};

    (void)state;
    schedules_pass(crash_scenario);
    schedules_reach(crash_scenario, moments);
}

/* ---- To everybody -------------------------------------------------------- */

static void broadcast_scenario(void *arg)
{
    HANDLE thread = far_begin();
    SOCKET sender = datagram_open(AF_INET);
    SOCKET listeners[4];
    char in[8];

    (void)arg;
    for (int at = 0; at < 4; at++) {
        listeners[at] = datagram_open(AF_INET);
        datagram_no_wait(listeners[at]);
    }
    sim_assert(datagram_bind(listeners[0], "0.0.0.0", PORT) == 0);
    sim_assert(datagram_bind(listeners[1], "10.0.0.1", PORT) == 0);
    sim_assert(datagram_bind(listeners[2], "127.0.0.1", PORT) == 0);
    sim_assert(datagram_bind(listeners[3], "0.0.0.0", PORT + 1) == 0);
    option_on(sender, SOL_SOCKET, SO_BROADCAST, TRUE);
    sim_assert(datagram_send_to(sender, "255.255.255.255", PORT, "all", 3) ==
               0);
    {
        /* The far host heard it, and answered. */
        sim_assert(datagram_receive(sender, in, 8) == 3 && far.count == 1);
    }
    {
        /* So did those here that are bound to an address of the network. */
        sim_assert(datagram_receive(listeners[0], in, 8) == 3);
        sim_assert(datagram_receive(listeners[1], in, 8) == 3);
        sim_assert(datagram_receive(listeners[2], in, 8) == -WSAEWOULDBLOCK);
        sim_assert(datagram_receive(listeners[3], in, 8) == -WSAEWOULDBLOCK);
    }
    {
        /* A port that nobody has is no news in answer to a broadcast. */
        datagram_no_wait(sender);
        sim_assert(datagram_send_to(sender, "10.255.255.255", 9, "?", 1) == 0);
        sim_assert(datagram_receive(sender, in, 8) == -WSAEWOULDBLOCK);
    }
    for (int at = 0; at < 4; at++) {
        sim_assert(closesocket(listeners[at]) == 0);
    }
    sim_assert(closesocket(sender) == 0);
    far_end(thread);
}

/** @brief Join 239.1.2.3 on every network. */
static void join_group(SOCKET socket)
{
    struct ip_mreq group = {.imr_interface.s_addr = INADDR_ANY};

    sim_assert(inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr) == 1);
    sim_assert(setsockopt(socket,
                          IPPROTO_IP,
                          IP_ADD_MEMBERSHIP,
                          (const char *)&group,
                          sizeof group) == 0);
}

static void group_scenario(void *arg)
{
    HANDLE thread = far_begin();
    SOCKET sender = datagram_open(AF_INET);
    SOCKET member = datagram_open(AF_INET);
    SOCKET deaf = datagram_open(AF_INET);
    char in[8];

    (void)arg;
    option_on(member, SOL_SOCKET, SO_REUSEADDR, TRUE);
    option_on(deaf, SOL_SOCKET, SO_REUSEADDR, TRUE);
    datagram_no_wait(member);
    datagram_no_wait(deaf);
    sim_assert(datagram_bind(member, "0.0.0.0", PORT) == 0);
    sim_assert(datagram_bind(deaf, "0.0.0.0", PORT) == 0);
    join_group(member);
    {
        /* A group is heard by those who joined it, without permission. */
        sim_assert(datagram_send_to(sender, "239.1.2.3", PORT, "few", 3) == 0);
        sim_assert(datagram_receive(member, in, 8) == 3);
        sim_assert(datagram_receive(deaf, in, 8) == -WSAEWOULDBLOCK);
        sim_assert(far.count == 0);
    }
    {
        /* On Windows a receiver says whether it hears its own host. */
        option_on(member, IPPROTO_IP, IP_MULTICAST_LOOP, FALSE);
        sim_assert(datagram_send_to(sender, "239.1.2.3", PORT, "few", 3) == 0);
        sim_assert(datagram_receive(member, in, 8) == -WSAEWOULDBLOCK);
    }
    sim_assert(closesocket(sender) == 0 && closesocket(member) == 0 &&
               closesocket(deaf) == 0);
    far_end(thread);
}

static void some_addresses_reach_many(void **state)
{
    (void)state;
    schedules_pass(broadcast_scenario);
    schedules_pass(group_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_travels_for_as_long_as_the_link_takes),
        cmocka_unit_test(news_of_a_dead_port_is_not_answered),
        cmocka_unit_test(a_link_may_lose_double_and_reorder),
        cmocka_unit_test(what_is_sent_to_a_crashed_host_vanishes),
        cmocka_unit_test(some_addresses_reach_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
