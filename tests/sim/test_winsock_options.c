/**
 * @file test_winsock_options.c
 * @brief setsockopt and getsockopt.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-07, SOCK-68, SOCK-77, SOCK-111.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/** @brief Ask for an option of 32 bits, which the socket must have. */
static DWORD get(SOCKET socket, int level, int name)
{
    DWORD value = 0xDEADBEEF;
    int bytes = sizeof value;

    sim_assert(getsockopt(socket, level, name, (char *)&value, &bytes) == 0);
    sim_assert(bytes == sizeof value);
    return value;
}

static int set(SOCKET socket, int level, int name, DWORD value)
{
    return setsockopt(socket, level, name, (const char *)&value, sizeof value);
}

/** @brief Whether an option starts as it should and keeps what it is given. */
static bool keeps(SOCKET socket, int level, int name, DWORD first, DWORD then)
{
    return get(socket, level, name) == first &&
           set(socket, level, name, then) == 0 &&
           get(socket, level, name) == then;
}

/** @brief Whether a socket has no such option. */
static bool lacks(SOCKET socket, int level, int name, int error)
{
    DWORD value = 1;
    int bytes = sizeof value;

    return wsa_failed(set(socket, level, name, 1), error) &&
           wsa_failed(getsockopt(socket, level, name, (char *)&value, &bytes),
                      error);
}

/* ---- Numbers ------------------------------------------------------------- */

static void stream_scenario(void *arg)
{
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    sim_assert(set(one, SOL_SOCKET, SO_RCVBUF, 4096) == 0);
    sim_assert(get(one, SOL_SOCKET, SO_RCVBUF) == 4096);
    sim_assert(set(one, SOL_SOCKET, SO_SNDBUF, 0) == 0);
    sim_assert(get(one, SOL_SOCKET, SO_SNDBUF) == 0);
    sim_assert(keeps(one, SOL_SOCKET, SO_RCVTIMEO, 0, 250));
    sim_assert(keeps(one, SOL_SOCKET, SO_SNDTIMEO, 0, 350));
    sim_assert(keeps(one, SOL_SOCKET, SO_KEEPALIVE, 0, 1));
    sim_assert(keeps(one, SOL_SOCKET, SO_OOBINLINE, 0, 1));
    sim_assert(keeps(one, SOL_SOCKET, SO_DONTROUTE, 0, 1));
    sim_assert(keeps(one, IPPROTO_TCP, TCP_NODELAY, 0, 1));
    sim_assert(set(one, IPPROTO_TCP, TCP_NODELAY, 42) == 0);
    sim_assert(get(one, IPPROTO_TCP, TCP_NODELAY) == 1);
    sim_assert(keeps(one, IPPROTO_TCP, TCP_KEEPIDLE, 7200, 5));
    sim_assert(keeps(one, IPPROTO_TCP, TCP_KEEPINTVL, 1, 2));
    sim_assert(keeps(one, IPPROTO_TCP, TCP_KEEPCNT, 10, 3));
    sim_assert(keeps(one, IPPROTO_IP, IP_TTL, 128, 3));
    sim_assert(wsa_failed(set(one, IPPROTO_IP, IP_TTL, 256), WSAEINVAL));
    sim_assert(lacks(one, SOL_SOCKET, SO_BROADCAST, WSAENOPROTOOPT));
    sim_assert(lacks(one, SOL_SOCKET, SO_MAX_MSG_SIZE, WSAENOPROTOOPT));
    sim_assert(lacks(one, SOL_SOCKET, SO_RCVLOWAT, WSAENOPROTOOPT));
    sim_assert(lacks(one, IPPROTO_IPV6, IPV6_V6ONLY, WSAENOPROTOOPT));
    sim_assert(lacks(one, IPPROTO_TCP, 0x7777, WSAENOPROTOOPT));
    sim_assert(lacks(one, 0x7777, 1, WSAEINVAL));
    close_socket(one);
    net_down();
}

static void numbers_of_streams_are_kept(void **state)
{
    (void)state;
    schedules_pass(stream_scenario);
}

static void datagram_scenario(void *arg)
{
    SOCKET one;

    (void)arg;
    net_up();
    one = datagram_socket();
    sim_assert(keeps(one, SOL_SOCKET, SO_BROADCAST, 0, 1));
    sim_assert(keeps(one, IPPROTO_IP, IP_MULTICAST_TTL, 1, 4));
    sim_assert(keeps(one, IPPROTO_IP, IP_MULTICAST_LOOP, 1, 0));
    sim_assert(keeps(one, IPPROTO_IP, IP_PKTINFO, 0, 1));
    /* SOCK-111: the longest datagram. */
    sim_assert(get(one, SOL_SOCKET, SO_MAX_MSG_SIZE) == 65507);
    sim_assert(lacks(one, SOL_SOCKET, SO_KEEPALIVE, WSAENOPROTOOPT));
    sim_assert(lacks(one, SOL_SOCKET, SO_LINGER, WSAENOPROTOOPT));
    sim_assert(lacks(one, IPPROTO_TCP, TCP_NODELAY, WSAENOPROTOOPT));
    close_socket(one);

    one = socket(AF_INET6, SOCK_DGRAM, 0);
    sim_assert(get(one, SOL_SOCKET, SO_MAX_MSG_SIZE) == 65527);
    sim_assert(keeps(one, IPPROTO_IPV6, IPV6_V6ONLY, 1, 0));
    sim_assert(keeps(one, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 128, 9));
    sim_assert(set(one, IPPROTO_IPV6, IPV6_UNICAST_HOPS, (DWORD)-1) == 0);
    sim_assert(get(one, IPPROTO_IPV6, IPV6_UNICAST_HOPS) == 128);
    sim_assert(lacks(one, IPPROTO_IP, IP_TTL, WSAENOPROTOOPT));
    close_socket(one);
    net_down();
}

static void numbers_of_datagrams_are_kept(void **state)
{
    (void)state;
    schedules_pass(datagram_scenario);
}

/* ---- Lengths and times --------------------------------------------------- */

static void length_scenario(void *arg)
{
    DWORD value = 1;
    int bytes = 3;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    {
        sim_assert(wsa_failed(
            setsockopt(one, SOL_SOCKET, SO_RCVBUF, (char *)&value, 3),
            WSAEFAULT));
        sim_assert(wsa_failed(setsockopt(one, SOL_SOCKET, SO_RCVBUF, NULL, 4),
                              WSAEFAULT));
        sim_assert(wsa_failed(
            getsockopt(one, SOL_SOCKET, SO_TYPE, (char *)&value, &bytes),
            WSAEFAULT));
        sim_assert(wsa_failed(getsockopt(one, SOL_SOCKET, SO_TYPE, NULL, NULL),
                              WSAEFAULT));
        /* Below the socket level one byte will do. */
        sim_assert(
            setsockopt(one, IPPROTO_TCP, TCP_NODELAY, (char *)&value, 1) == 0);
        sim_assert(get(one, IPPROTO_TCP, TCP_NODELAY) == 1);
    }
    {
        /* Exclusive and shared exclude one another, and both come early. */
        sim_assert(set(one, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1) == 0);
        sim_assert(
            wsa_failed(set(one, SOL_SOCKET, SO_REUSEADDR, 1), WSAEINVAL));
        sim_assert(set(one, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0) == 0);
        sim_assert(set(one, SOL_SOCKET, SO_REUSEADDR, 1) == 0);
        sim_assert(wsa_failed(set(one, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1),
                              WSAEINVAL));
        sim_assert(set(one, SOL_SOCKET, SO_REUSEADDR, 0) == 0);
        (void)bind_here(one);
        sim_assert(wsa_failed(set(one, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1),
                              WSAEINVAL));
        sim_assert(get(one, SOL_SOCKET, SO_REUSEADDR) == 0);
    }
    {
        sim_assert(get(one, SOL_SOCKET, SO_ACCEPTCONN) == 0);
        sim_assert(listen(one, 1) == 0);
        sim_assert(get(one, SOL_SOCKET, SO_ACCEPTCONN) == 1);
        sim_assert(wsa_failed(set(one, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1),
                              WSAEINVAL));
    }
    close_socket(one);
    net_down();
}

static void options_have_a_length_and_a_time(void **state)
{
    (void)state;
    schedules_pass(length_scenario);
}

/* ---- Options that are no numbers ----------------------------------------- */

static void linger_scenario(void *arg)
{
    struct linger linger = {1, 30};
    char *value = (char *)&linger;
    int bytes = sizeof linger;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    sim_assert(get(one, SOL_SOCKET, SO_DONTLINGER) == 1);
    sim_assert(setsockopt(one, SOL_SOCKET, SO_LINGER, value, bytes) == 0);
    memset(&linger, 0, sizeof linger);
    sim_assert(getsockopt(one, SOL_SOCKET, SO_LINGER, value, &bytes) == 0);
    sim_assert(linger.l_onoff == 1 && linger.l_linger == 30);
    sim_assert(set(one, SOL_SOCKET, SO_DONTLINGER, 1) == 0);
    sim_assert(getsockopt(one, SOL_SOCKET, SO_LINGER, value, &bytes) == 0);
    sim_assert(linger.l_onoff == 0);
    sim_assert(wsa_failed(setsockopt(one, SOL_SOCKET, SO_LINGER, value, 3),
                          WSAEFAULT));
    close_socket(one);
    net_down();
}

static void linger_is_a_structure(void **state)
{
    (void)state;
    schedules_pass(linger_scenario);
}

static void description_scenario(void *arg)
{
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA narrow;
    union {
        CSADDR_INFO info;
        char bytes[512];
    } state;
    struct sockaddr_in name;
    int bytes = sizeof info;
    struct socket_pair pair;

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        sim_assert(getsockopt(pair.client,
                              SOL_SOCKET,
                              SO_PROTOCOL_INFOW,
                              (char *)&info,
                              &bytes) == 0);
        sim_assert(bytes == sizeof info && info.iAddressFamily == AF_INET);
        sim_assert(info.iSocketType == SOCK_STREAM);
        sim_assert(info.dwServiceFlags1 & XP1_IFS_HANDLES);
        bytes = sizeof narrow;
        sim_assert(getsockopt(pair.client,
                              SOL_SOCKET,
                              SO_PROTOCOL_INFOA,
                              (char *)&narrow,
                              &bytes) == 0);
        sim_assert(strcmp(narrow.szProtocol, "MSAFD Tcpip [TCP/IP]") == 0);
    }
    {
        bytes = sizeof state;
        sim_assert(getsockopt(pair.client,
                              SOL_SOCKET,
                              SO_BSP_STATE,
                              state.bytes,
                              &bytes) == 0);
        sim_assert(state.info.iProtocol == IPPROTO_TCP);
        bytes = sizeof name;
        sim_assert(getpeername(pair.client, (struct sockaddr *)&name, &bytes) ==
                   0);
        sim_assert(state.info.RemoteAddr.iSockaddrLength == sizeof name);
        sim_assert(
            memcmp(state.info.RemoteAddr.lpSockaddr, &name, sizeof name) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void a_socket_describes_itself(void **state)
{
    (void)state;
    schedules_pass(description_scenario);
}

static void time_scenario(void *arg)
{
    struct socket_pair pair;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    /* SOCK-68: seconds since connecting, or that there is no connection. */
    sim_assert(get(one, SOL_SOCKET, SO_CONNECT_TIME) == 0xFFFFFFFF);
    pair = sockets_open();
    sim_assert(get(pair.server, SOL_SOCKET, SO_CONNECT_TIME) == 0);
    Sleep(2500);
    sim_assert(get(pair.server, SOL_SOCKET, SO_CONNECT_TIME) == 2);
    sim_assert(get(pair.client, SOL_SOCKET, SO_CONNECT_TIME) == 2);
    close_socket(one);
    sockets_close(&pair);
    net_down();
}

static void a_connection_has_an_age(void **state)
{
    (void)state;
    schedules_pass_exactly(time_scenario);
}

static void error_scenario(void *arg)
{
    u_long on = 1;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    sim_assert(get(one, SOL_SOCKET, SO_ERROR) == 0);
    sim_assert(ioctlsocket(one, FIONBIO, &on) == 0);
    if (connect_here(one, 4711) == SOCKET_ERROR &&
        WSAGetLastError() == WSAEWOULDBLOCK) {
        Sleep(60000);
        sim_assert(get(one, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED);
        sim_mark("refused later");
    }
    sim_assert(get(one, SOL_SOCKET, SO_ERROR) == 0);
    close_socket(one);
    net_down();
}

static void an_error_is_told_once(void **state)
{
    static const char *const marks[] = {"refused later", NULL};

    (void)state;
    schedules_reach(error_scenario, marks);
}

/* ---- Inheritance --------------------------------------------------------- */

static void inherit_scenario(void *arg)
{
    u_short port;
    SOCKET listener;
    SOCKET client;
    SOCKET server;

    (void)arg;
    net_up();
    listener = listen_here(&port);
    sim_assert(set(listener, SOL_SOCKET, SO_RCVBUF, 1234) == 0);
    sim_assert(set(listener, SOL_SOCKET, SO_KEEPALIVE, 1) == 0);
    client = stream_socket();
    sim_assert(connect_here(client, port) == 0);
    server = accept(listener, NULL, NULL);
    /* SOCK-77: the listener's options. */
    sim_assert(get(server, SOL_SOCKET, SO_RCVBUF) == 1234);
    sim_assert(get(server, SOL_SOCKET, SO_KEEPALIVE) == 1);
    close_socket(client);
    close_socket(server);
    close_socket(listener);
    net_down();
}

static void accepted_sockets_inherit_options(void **state)
{
    (void)state;
    schedules_pass(inherit_scenario);
}

/* ---- Groups -------------------------------------------------------------- */

static int join(SOCKET socket, int name, ULONG group)
{
    struct ip_mreq request = {.imr_multiaddr.s_addr = htonl(group)};

    return setsockopt(socket,
                      IPPROTO_IP,
                      name,
                      (const char *)&request,
                      sizeof request);
}

static void group_scenario(void *arg)
{
    SOCKET one;

    (void)arg;
    net_up();
    one = datagram_socket();
    (void)bind_here(one);
    sim_assert(
        wsa_failed(join(one, IP_ADD_MEMBERSHIP, 0x7F000001), WSAEADDRNOTAVAIL));
    sim_assert(wsa_failed(join(one, IP_DROP_MEMBERSHIP, 0xE0000101),
                          WSAEADDRNOTAVAIL));
    sim_assert(join(one, IP_ADD_MEMBERSHIP, 0xE0000101) == 0);
    sim_assert(join(one, IP_ADD_MEMBERSHIP, 0xE0000102) == 0);
    sim_assert(wsa_failed(join(one, IP_ADD_MEMBERSHIP, 0xE0000101), WSAEINVAL));
    sim_assert(join(one, IP_DROP_MEMBERSHIP, 0xE0000101) == 0);
    close_socket(one);
    one = stream_socket();
    sim_assert(
        wsa_failed(join(one, IP_ADD_MEMBERSHIP, 0xE0000101), WSAENOPROTOOPT));
    close_socket(one);
    net_down();
}

static void groups_are_joined_and_left(void **state)
{
    (void)state;
    schedules_pass(group_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_streams_are_kept),
        cmocka_unit_test(numbers_of_datagrams_are_kept),
        cmocka_unit_test(options_have_a_length_and_a_time),
        cmocka_unit_test(linger_is_a_structure),
        cmocka_unit_test(a_socket_describes_itself),
        cmocka_unit_test(a_connection_has_an_age),
        cmocka_unit_test(an_error_is_told_once),
        cmocka_unit_test(accepted_sockets_inherit_options),
        cmocka_unit_test(groups_are_joined_and_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
