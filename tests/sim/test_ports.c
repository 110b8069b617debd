/**
 * @file test_ports.c
 * @brief Who may bind to which port, and which ports the system hands out.
 *
 * Uses:     schedules.h, datagrams.h.
 * Used by:  ctest.
 * Facts:    LIMIT-09.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "datagrams.h"
#include "schedules.h"

enum { PORT = 5150, EPHEMERAL_FIRST = 49152, EPHEMERAL_COUNT = 16384 };

/* ---- Sharing a port ------------------------------------------------------ */

/** How a socket is opened: the row and column heads of Microsoft's table. */
enum sharing { DEFAULT, REUSE, EXCLUSIVE, SHARINGS };
enum where { WILDCARD, SPECIFIC, WHERES };

static const char *const hosts[WHERES] = {"0.0.0.0", "127.0.0.1"};

#define OK     0
#define INUSE  WSAEADDRINUSE
#define ACCESS WSAEACCES

/** "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE", the second table: one user,
 *  Windows Server 2003 and later.  [first bind][second bind]. */
static const int table[SHARINGS][WHERES][SHARINGS][WHERES] = {
    [DEFAULT] = {[WILDCARD] = {{INUSE, OK}, {ACCESS, OK}, {INUSE, OK}},
                 [SPECIFIC] = {{OK, INUSE}, {OK, ACCESS}, {INUSE, INUSE}}},
    [REUSE] = {[WILDCARD] = {{INUSE, OK}, {OK, OK}, {INUSE, OK}},
               [SPECIFIC] = {{OK, INUSE}, {OK, OK}, {INUSE, INUSE}}},
    [EXCLUSIVE] = {[WILDCARD] = {{INUSE, ACCESS},
                                 {ACCESS, ACCESS},
                                 {INUSE, ACCESS}},
                   [SPECIFIC] = {{OK, INUSE}, {OK, ACCESS}, {INUSE, INUSE}}},
};

static void set_sharing(SOCKET socket, enum sharing sharing)
{
    switch (sharing) {
    case REUSE:
        option_on(socket, SOL_SOCKET, SO_REUSEADDR, TRUE);
        break;
    case EXCLUSIVE:
        option_on(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, TRUE);
        break;
    case DEFAULT:
    case SHARINGS:
        break;
    }
}

static int bind_second(enum sharing sharing, const char *host)
{
    SOCKET second = datagram_open(AF_INET);
    int error;

    set_sharing(second, sharing);
    error = datagram_bind(second, host, PORT);
    sim_assert(closesocket(second) == 0);
    return error;
}

/** @brief One row of the table. */
static void check_row(enum sharing sharing, enum where where)
{
    SOCKET first = datagram_open(AF_INET);

    set_sharing(first, sharing);
    sim_assert(datagram_bind(first, hosts[where], PORT) == 0);
    for (int second = 0; second < SHARINGS; second++) {
        for (int there = 0; there < WHERES; there++) {
            sim_assert(bind_second((enum sharing)second, hosts[there]) ==
                       table[sharing][where][second][there]);
        }
    }
    sim_assert(closesocket(first) == 0);
    /* Nothing of it is left. */
    sim_assert(bind_second(EXCLUSIVE, hosts[WILDCARD]) == 0);
}

static void table_scenario(void *arg)
{
    (void)arg;
    datagrams_begin();
    for (int first = 0; first < SHARINGS; first++) {
        check_row((enum sharing)first, WILDCARD);
        check_row((enum sharing)first, SPECIFIC);
    }
    datagrams_end();
}

static void other_addresses_scenario(void *arg)
{
    SOCKET first = datagram_open(AF_INET);
    SOCKET second = datagram_open(AF_INET);

    (void)arg;
    {
        /* Two addresses of a host do not disturb each other. */
        set_sharing(first, EXCLUSIVE);
        sim_assert(datagram_bind(first, "127.0.0.1", PORT) == 0);
        sim_assert(datagram_bind(second, "127.0.0.2", PORT) == 0);
        sim_assert(bind_second(DEFAULT, "10.0.0.1") == 0);
    }
    {
        /* Nobody binds to an address that the host does not have. */
        sim_assert(bind_second(DEFAULT, "10.0.0.2") == WSAEADDRNOTAVAIL);
        sim_assert(bind_second(DEFAULT, "255.255.255.255") == WSAEADDRNOTAVAIL);
    }
    {
        /* A socket is bound once. */
        sim_assert(datagram_bind(second, "127.0.0.3", PORT) == WSAEINVAL);
        sim_assert(port_of(second) == PORT);
    }
    sim_assert(closesocket(first) == 0 && closesocket(second) == 0);
}

static void two_protocols_scenario(void *arg)
{
    SOCKET udp = datagram_open(AF_INET);
    SOCKET tcp = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    (void)arg;
    sim_assert(tcp != INVALID_SOCKET);
    /* The same number means something else to TCP and to UDP. */
    sim_assert(datagram_bind(udp, "0.0.0.0", PORT) == 0);
    sim_assert(datagram_bind(tcp, "0.0.0.0", PORT) == 0);
    sim_assert(closesocket(udp) == 0 && closesocket(tcp) == 0);
}

static void started_other_addresses(void *arg)
{
    datagrams_begin();
    other_addresses_scenario(arg);
    two_protocols_scenario(arg);
    datagrams_end();
}

static void sharing_is_as_microsofts_table_says(void **state)
{
    (void)state;
    schedules_pass(table_scenario);
    schedules_pass(started_other_addresses);
}

/* ---- Two families -------------------------------------------------------- */

static SOCKET dual_open(void)
{
    SOCKET opened = datagram_open(AF_INET6);

    option_on(opened, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    return opened;
}

static void families_scenario(void *arg)
{
    SOCKET v4 = datagram_open(AF_INET);
    SOCKET v6 = datagram_open(AF_INET6);
    SOCKET dual = dual_open();

    (void)arg;
    {
        /* Each family has its own ports, until a socket wants both. */
        sim_assert(datagram_bind(v4, "0.0.0.0", PORT) == 0);
        sim_assert(datagram_bind(v6, "::", PORT) == 0);
        sim_assert(datagram_bind(dual, "::", PORT) == WSAEADDRINUSE);
        sim_assert(closesocket(v6) == 0);
        sim_assert(datagram_bind(dual, "::", PORT) == WSAEADDRINUSE);
        sim_assert(closesocket(v4) == 0);
        sim_assert(datagram_bind(dual, "::", PORT) == 0);
    }
    {
        /* It keeps both away from others. */
        sim_assert(bind_second(DEFAULT, "0.0.0.0") == WSAEADDRINUSE);
        sim_assert(bind_second(REUSE, "0.0.0.0") == WSAEACCES);
        sim_assert(bind_second(DEFAULT, "127.0.0.1") == 0);
        v6 = datagram_open(AF_INET6);
        sim_assert(datagram_bind(v6, "::", PORT) == WSAEADDRINUSE);
        sim_assert(datagram_bind(v6, "::1", PORT) == 0);
    }
    sim_assert(closesocket(v6) == 0 && closesocket(dual) == 0);
    {
        /* With the last of them IPv4's port is free again. */
        dual = dual_open();
        v6 = datagram_open(AF_INET6);
        set_sharing(dual, REUSE);
        set_sharing(v6, REUSE);
        sim_assert(datagram_bind(dual, "::", PORT) == 0);
        sim_assert(datagram_bind(v6, "::", PORT) == 0);
        sim_assert(bind_second(DEFAULT, "0.0.0.0") == WSAEADDRINUSE);
        sim_assert(closesocket(dual) == 0);
        sim_assert(bind_second(DEFAULT, "0.0.0.0") == 0);
        sim_assert(closesocket(v6) == 0);
    }
}

static void mapped_scenario(void *arg)
{
    SOCKET dual = dual_open();
    SOCKET v6 = datagram_open(AF_INET6);

    (void)arg;
    {
        /* IPv4 in IPv6 clothes takes the place of IPv4. */
        sim_assert(datagram_bind(dual, "::ffff:127.0.0.1", PORT) == 0);
        sim_assert(bind_second(DEFAULT, "127.0.0.1") == WSAEADDRINUSE);
        sim_assert(bind_second(DEFAULT, "0.0.0.0") == 0);
    }
    {
        /* A socket for IPv6 alone cannot wear them. */
        sim_assert(datagram_bind(v6, "::ffff:127.0.0.1", PORT + 1) ==
                   WSAEADDRNOTAVAIL);
    }
    sim_assert(closesocket(dual) == 0);
    {
        /* An exclusive socket for both minds everybody of either. */
        dual = dual_open();
        set_sharing(dual, EXCLUSIVE);
        sim_assert(datagram_bind(v6, "::1", PORT) == 0);
        sim_assert(datagram_bind(dual, "::", PORT) == WSAEADDRINUSE);
        sim_assert(closesocket(v6) == 0);
        sim_assert(datagram_bind(dual, "::", PORT) == 0);
        sim_assert(bind_second(DEFAULT, "127.0.0.1") == WSAEACCES);
    }
    sim_assert(closesocket(dual) == 0);
}

static void started_families(void *arg)
{
    datagrams_begin();
    families_scenario(arg);
    mapped_scenario(arg);
    datagrams_end();
}

static void a_socket_for_both_families_takes_both_ports(void **state)
{
    (void)state;
    schedules_pass(started_families);
}

/* ---- Ports of the system's choice ---------------------------------------- */

static void rising_scenario(void *arg)
{
    SOCKET first = datagram_at(0);
    SOCKET second = datagram_at(0);
    u_short last = port_of(second);

    (void)arg;
    sim_assert(port_of(first) >= EPHEMERAL_FIRST && last != port_of(first));
    {
        /* One that was given back is used again as late as possible. */
        sim_assert(closesocket(second) == 0);
        second = datagram_at(0);
        sim_assert(port_of(second) != last);
        /* Nor at another address. */
        last = port_of(second);
        sim_assert(closesocket(second) == 0);
        second = datagram_open(AF_INET);
        sim_assert(datagram_bind(second, "0.0.0.0", 0) == 0);
        sim_assert(port_of(second) != last);
    }
    {
        /* One that somebody asked for by number is not given away. */
        SOCKET asked = datagram_open(AF_INET);
        SOCKET third;

        last = (u_short)(port_of(second) + 1);
        sim_assert(datagram_bind(asked, "0.0.0.0", last) == 0);
        third = datagram_at(0);
        sim_assert(port_of(third) != last);
        sim_assert(closesocket(asked) == 0 && closesocket(third) == 0);
    }
    sim_assert(closesocket(first) == 0 && closesocket(second) == 0);
}

static void started_rising(void *arg)
{
    datagrams_begin();
    rising_scenario(arg);
    datagrams_end();
}

/** LIMIT-09: every one of them, and then none. */
static void all_scenario(void *arg)
{
    static SOCKET sockets[EPHEMERAL_COUNT];
    static bool seen[EPHEMERAL_COUNT];
    SOCKET late;

    (void)arg;
    datagrams_begin();
    late = datagram_open(AF_INET);
    for (int at = 0; at < EPHEMERAL_COUNT; at++) {
        seen[at] = false;
    }
    for (int at = 0; at < EPHEMERAL_COUNT; at++) {
        u_short port;

        sockets[at] = datagram_at(0);
        port = port_of(sockets[at]);
        sim_assert(port >= EPHEMERAL_FIRST && !seen[port - EPHEMERAL_FIRST]);
        seen[port - EPHEMERAL_FIRST] = true;
    }
    {
        /* None is left, for the wildcard neither. */
        sim_assert(datagram_bind(late, "127.0.0.1", 0) == WSAENOBUFS);
        sim_assert(datagram_bind(late, "0.0.0.0", 0) == WSAENOBUFS);
    }
    {
        /* Another address has them all, and one given back is found. */
        SOCKET other = datagram_open(AF_INET);
        u_short port = port_of(sockets[777]);

        sim_assert(datagram_bind(other, "127.0.0.2", 0) == 0);
        sim_assert(closesocket(other) == 0);
        sim_assert(closesocket(sockets[777]) == 0);
        sim_assert(datagram_bind(late, "127.0.0.1", 0) == 0);
        sim_assert(port_of(late) == port);
        sockets[777] = late;
    }
    for (int at = 0; at < EPHEMERAL_COUNT; at++) {
        sim_assert(closesocket(sockets[at]) == 0);
    }
    datagrams_end();
}

static void the_system_hands_out_ports_from_49152_on(void **state)
{
    struct sim_report report;

    (void)state;
    schedules_pass(started_rising);
    report =
        sim_explore(&(const struct sim_options){.runs = 1}, all_scenario, NULL);
    sim_print_report(stderr, &report, &(const struct sim_print){.last = 0});
    assert_true(report.passed);
}

/* ---- Very many ----------------------------------------------------------- */

enum { MANY_HOSTS = 20, MANY_PORTS = 5000 };

/** A hundred thousand sockets, each found by its own datagram. */
static void many_scenario(void *arg)
{
    static SOCKET sockets[MANY_HOSTS][MANY_PORTS];
    SOCKET sender;
    char host[] = "127.0.0.AA";
    char in[4];

    (void)arg;
    datagrams_begin();
    sender = datagram_at(0);
    for (int at = 0; at < MANY_HOSTS; at++) {
        host[8] = (char)('1' + at / 10);
        host[9] = (char)('0' + at % 10);
        for (int port = 0; port < MANY_PORTS; port++) {
            sockets[at][port] = datagram_open(AF_INET);
            sim_assert(datagram_bind(sockets[at][port],
                                     host,
                                     (u_short)(port + 1)) == 0);
        }
    }
    for (int port = 0; port < MANY_PORTS; port += 499) {
        sim_assert(
            datagram_send_to(sender, host, (u_short)(port + 1), "x", 1) == 0);
        sim_assert(datagram_receive(sockets[MANY_HOSTS - 1][port], in, 4) == 1);
    }
    for (int at = 0; at < MANY_HOSTS; at++) {
        for (int port = 0; port < MANY_PORTS; port++) {
            sim_assert(closesocket(sockets[at][port]) == 0);
        }
    }
    sim_assert(closesocket(sender) == 0);
    datagrams_end();
}

static void a_hundred_thousand_sockets_are_as_quick_to_find_as_two(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.runs = 1},
                    many_scenario,
                    NULL);

    (void)state;
    sim_print_report(stderr, &report, &(const struct sim_print){.last = 0});
    assert_true(report.passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_is_as_microsofts_table_says),
        cmocka_unit_test(a_socket_for_both_families_takes_both_ports),
        cmocka_unit_test(the_system_hands_out_ports_from_49152_on),
        cmocka_unit_test(
            a_hundred_thousand_sockets_are_as_quick_to_find_as_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
