/**
 * @file test_winsock_arguments.c
 * @brief What Winsock refuses before it does anything.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-09, SOCK-10, SOCK-42, SOCK-78, SOCK-92, SOCK-108, SOCK-110.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/* ---- Start-up ------------------------------------------------------------ */

static void startup_scenario(void *arg)
{
    WSADATA data;

    (void)arg;
    {
        /* SOCK-10: nothing works before. */
        sim_assert(
            wsa_refused(socket(AF_INET, SOCK_STREAM, 0), WSANOTINITIALISED));
        sim_assert(wsa_failed(closesocket(4), WSANOTINITIALISED));
        sim_assert(wsa_failed(send(4, "a", 1, 0), WSANOTINITIALISED));
        sim_assert(wsa_failed(WSACleanup(), WSANOTINITIALISED));
    }
    {
        /* The version: the highest that both know. */
        sim_assert(WSAStartup(MAKEWORD(0, 5), &data) == WSAVERNOTSUPPORTED);
        sim_assert(WSAStartup(MAKEWORD(2, 2), NULL) == WSAEFAULT);
        sim_assert(WSAStartup(MAKEWORD(3, 1), &data) == 0);
        sim_assert(data.wVersion == MAKEWORD(2, 2));
        sim_assert(data.wHighVersion == MAKEWORD(2, 2));
        sim_assert(WSAStartup(MAKEWORD(1, 1), &data) == 0);
        sim_assert(data.wVersion == MAKEWORD(1, 1));
    }
    {
        /* It counts; the last WSACleanup closes what is left. */
        SOCKET left = stream_socket();

        net_down();
        sim_assert(listen(left, 1) == SOCKET_ERROR);
        sim_assert(WSAGetLastError() == WSAEINVAL);
        net_down();
        sim_assert(wsa_failed(closesocket(left), WSANOTINITIALISED));
    }
    {
        /* One value, whoever sets it. */
        WSASetLastError(WSAEMFILE);
        sim_assert(GetLastError() == WSAEMFILE);
        SetLastError(5);
        sim_assert(WSAGetLastError() == 5);
    }
}

static void winsock_must_be_started(void **state)
{
    (void)state;
    schedules_pass(startup_scenario);
}

/* ---- Making sockets ------------------------------------------------------ */

static bool makes(int family, int type, int protocol, int should_be)
{
    SOCKET made = socket(family, type, protocol);
    int is = 0;
    int bytes = sizeof is;

    sim_assert(made != INVALID_SOCKET);
    sim_assert(getsockopt(made, SOL_SOCKET, SO_TYPE, (char *)&is, &bytes) == 0);
    close_socket(made);
    return is == should_be;
}

static bool no_socket(int family, int type, int protocol, int error)
{
    return wsa_refused(socket(family, type, protocol), error);
}

static void socket_scenario(void *arg)
{
    SOCKET other;
    HANDLE event;

    (void)arg;
    net_up();
    sim_assert(makes(AF_INET, SOCK_STREAM, 0, SOCK_STREAM));
    sim_assert(makes(AF_INET, 0, 0, SOCK_STREAM));
    sim_assert(makes(AF_INET6, 0, IPPROTO_UDP, SOCK_DGRAM));
    sim_assert(makes(AF_INET6, SOCK_DGRAM, 0, SOCK_DGRAM));
    sim_assert(makes(AF_UNSPEC, SOCK_DGRAM, 0, SOCK_DGRAM));
    sim_assert(no_socket(0, 0, 0, WSAEINVAL));
    sim_assert(no_socket(AF_IPX, SOCK_STREAM, 0, WSAEAFNOSUPPORT));
    sim_assert(no_socket(-1, SOCK_STREAM, 0, WSAEAFNOSUPPORT));
    sim_assert(no_socket(AF_INET, SOCK_RAW, 1, WSAEACCES));
    sim_assert(no_socket(AF_INET, SOCK_RDM, 0, WSAESOCKTNOSUPPORT));
    sim_assert(no_socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP, WSAEPROTONOSUPPORT));
    sim_assert(
        no_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP, WSAEPROTONOSUPPORT));
    sim_assert(no_socket(AF_INET, 0, 0xdead, WSAEPROTONOSUPPORT));
    {
        /* Sockets are inherited unless the program says otherwise. */
        DWORD flags = 0;

        other = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0);
        sim_assert(GetHandleInformation((HANDLE)other, &flags));
        sim_assert(flags == HANDLE_FLAG_INHERIT);
        close_socket(other);
        other = WSASocketW(AF_INET,
                           SOCK_STREAM,
                           0,
                           NULL,
                           0,
                           WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
        sim_assert(GetHandleInformation((HANDLE)other, &flags) && flags == 0);
        close_socket(other);
        sim_assert(
            wsa_refused(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0x8000),
                        WSAEINVAL));
    }
    {
        /* SOCK-09: what is no socket. */
        event = CreateEventW(NULL, TRUE, FALSE, NULL);
        sim_assert(wsa_failed(closesocket((SOCKET)event), WSAENOTSOCK));
        sim_assert(wsa_failed(closesocket(INVALID_SOCKET), WSAENOTSOCK));
        sim_assert(wsa_failed(listen(0, 1), WSAENOTSOCK));
        sim_assert(CloseHandle(event));
    }
    net_down();
}

static void a_socket_is_made_of_three_numbers(void **state)
{
    (void)state;
    schedules_rules("-17,-18,-19"); /* It uses handles that are closed. */
    schedules_pass(socket_scenario);
    schedules_rules(NULL);
}

/* ---- Addresses ----------------------------------------------------------- */

static int bind_bytes(SOCKET socket, const void *name, size_t bytes)
{
    return bind(socket, (const struct sockaddr *)name, (int)bytes);
}

static void bind_scenario(void *arg)
{
    struct sockaddr_in name = loopback(0);
    struct sockaddr_in got;
    int bytes = sizeof got;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    {
        /* SOCK-108: without a name. */
        sim_assert(wsa_failed(getsockname(one, (struct sockaddr *)&got, &bytes),
                              WSAEINVAL));
        sim_assert(wsa_failed(getpeername(one, (struct sockaddr *)&got, &bytes),
                              WSAENOTCONN));
    }
    {
        sim_assert(wsa_failed(bind_bytes(one, NULL, 16), WSAEFAULT));
        sim_assert(wsa_failed(bind_bytes(one, &name, 15), WSAEFAULT));
        sim_assert(wsa_failed(bind_bytes(one, &name, 0), WSAEFAULT));
        name.sin_family = AF_INET6;
        sim_assert(wsa_failed(bind_bytes(one, &name, 16), WSAEAFNOSUPPORT));
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(0x08080808); /* Somebody else's. */
        sim_assert(wsa_failed(bind_bytes(one, &name, 16), WSAEADDRNOTAVAIL));
    }
    {
        name = loopback(5000);
        sim_assert(bind_bytes(one, &name, sizeof name) == 0);
        sim_assert(wsa_failed(bind_bytes(one, &name, 16), WSAEINVAL));
        sim_assert(getsockname(one, (struct sockaddr *)&got, &bytes) == 0);
        sim_assert(bytes == 16 && memcmp(&got, &name, 16) == 0);
        bytes = 15;
        sim_assert(wsa_failed(getsockname(one, (struct sockaddr *)&got, &bytes),
                              WSAEFAULT));
        sim_assert(wsa_failed(getsockname(one, NULL, &bytes), WSAEFAULT));
        sim_assert(wsa_failed(getsockname(one, (struct sockaddr *)&got, NULL),
                              WSAEFAULT));
    }
    {
        /* A port is one socket's. */
        SOCKET two = stream_socket();

        sim_assert(wsa_failed(bind_bytes(two, &name, 16), WSAEADDRINUSE));
        close_socket(two);
    }
    close_socket(one);
    net_down();
}

static void bind_looks_at_the_address(void **state)
{
    (void)state;
    schedules_pass(bind_scenario);
}

/* ---- Connections --------------------------------------------------------- */

static void listen_scenario(void *arg)
{
    struct sockaddr_in name;
    struct socket_pair pair;
    int bytes = 4;
    u_short port;
    SOCKET one;

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-78: unbound, datagrams, connected. */
        one = stream_socket();
        sim_assert(wsa_failed(listen(one, 1), WSAEINVAL));
        close_socket(one);
        one = datagram_socket();
        sim_assert(wsa_failed(listen(one, 1), WSAEOPNOTSUPP));
        sim_assert(wsa_refused(accept(one, NULL, NULL), WSAEOPNOTSUPP));
        close_socket(one);
        sim_assert(wsa_failed(listen(pair.client, 1), WSAEISCONN));
        sim_assert(wsa_refused(accept(pair.client, NULL, NULL), WSAEINVAL));
    }
    {
        one = listen_here(&port);
        sim_assert(listen(one, -5) == 0);
        sim_assert(wsa_refused(accept(one, (struct sockaddr *)&name, &bytes),
                               WSAEFAULT));
        sim_assert(wsa_refused(accept(one, (struct sockaddr *)&name, NULL),
                               WSAEFAULT));
        sim_assert(wsa_failed(connect_here(one, port), WSAEINVAL));
        /* SOCK-42: no connection to shut. */
        sim_assert(wsa_failed(shutdown(one, SD_SEND), WSAENOTCONN));
        close_socket(one);
    }
    {
        sim_assert(wsa_failed(shutdown(pair.client, 3), WSAEINVAL));
        sim_assert(wsa_failed(shutdown(pair.client, -1), WSAEINVAL));
        sim_assert(wsa_failed(connect_here(pair.client, port), WSAEISCONN));
        sim_assert(shutdown(pair.client, SD_BOTH) == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void listen_and_accept_look_at_the_socket(void **state)
{
    (void)state;
    schedules_pass(listen_scenario);
}

static void connect_scenario(void *arg)
{
    struct sockaddr_in name = loopback(0);
    struct sockaddr_in6 other = {.sin6_family = AF_INET6, .sin6_port = 1};
    const struct sockaddr *to = (const struct sockaddr *)&name;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    sim_assert(wsa_failed(connect(one, NULL, 16), WSAEFAULT));
    sim_assert(wsa_failed(connect(one, to, 15), WSAEFAULT));
    sim_assert(wsa_failed(connect(one, to, 16), WSAEADDRNOTAVAIL));
    name.sin_port = htons(80);
    name.sin_addr.s_addr = INADDR_ANY;
    /* SOCK-92: the wildcard. */
    sim_assert(wsa_failed(connect(one, to, 16), WSAEADDRNOTAVAIL));
    sim_assert(wsa_failed(connect(one, (struct sockaddr *)&other, sizeof other),
                          WSAEAFNOSUPPORT));
    /* Nobody listens there, and the socket is good for another try. */
    sim_assert(wsa_failed(connect_here(one, 4711), WSAECONNREFUSED));
    sim_assert(wsa_failed(connect_here(one, 4712), WSAECONNREFUSED));
    close_socket(one);
    net_down();
}

static void connect_looks_at_the_address(void **state)
{
    (void)state;
    schedules_pass(connect_scenario);
}

/* ---- Data ---------------------------------------------------------------- */

static void transfer_scenario(void *arg)
{
    struct socket_pair pair;
    char byte = 'x';
    WSABUF buffer = {.len = 1, .buf = &byte};
    WSABUF bad = {.len = 1};
    DWORD bytes = 77;
    DWORD flags = 0;
    OVERLAPPED overlapped = {0};
    SOCKET one;

    (void)arg;
    net_up();
    pair = sockets_open();
    one = pair.client;
    {
        /* SOCK-09: buffers and places for the answer. */
        sim_assert(wsa_failed(WSASend(one, &buffer, 1, NULL, 0, NULL, NULL),
                              WSAEFAULT));
        sim_assert(
            wsa_failed(WSARecv(one, &buffer, 1, NULL, &flags, NULL, NULL),
                       WSAEFAULT));
        sim_assert(
            wsa_failed(WSARecv(one, &buffer, 0, &bytes, &flags, NULL, NULL),
                       WSAEINVAL));
        sim_assert(wsa_failed(WSARecv(one, NULL, 1, &bytes, &flags, NULL, NULL),
                              WSAEFAULT));
        sim_assert(
            wsa_failed(WSARecv(one, &buffer, 1, &bytes, NULL, NULL, NULL),
                       WSAEFAULT));
        sim_assert(
            wsa_failed(WSARecv(one, &bad, 1, &bytes, &flags, &overlapped, NULL),
                       WSAEFAULT));
        sim_assert(wsa_failed(WSASend(one, &bad, 1, &bytes, 0, NULL, NULL),
                              WSAEFAULT));
        sim_assert(wsa_failed(send(one, NULL, 1, 0), WSAEFAULT));
        sim_assert(wsa_failed(recv(one, &byte, -1, 0), WSAEFAULT));
        sim_assert(bytes == 77);
    }
    {
        /* Flags that mean nothing here. */
        sim_assert(wsa_failed(send(one, &byte, 1, 0x40), WSAEOPNOTSUPP));
        sim_assert(wsa_failed(recv(one, &byte, 1, 0x40), WSAEOPNOTSUPP));
        sim_assert(wsa_failed(recv(one, &byte, 1, MSG_WAITALL | MSG_PEEK),
                              WSAEOPNOTSUPP));
    }
    {
        /* Unconnected. */
        one = stream_socket();
        sim_assert(wsa_failed(send(one, &byte, 1, 0), WSAENOTCONN));
        sim_assert(wsa_failed(recv(one, &byte, 1, 0), WSAENOTCONN));
        sim_assert(
            wsa_failed(receive_some(one, &byte, 1, &overlapped), WSAENOTCONN));
        close_socket(one);
    }
    sockets_close(&pair);
    net_down();
}

static void transfers_look_at_their_buffers(void **state)
{
    (void)state;
    schedules_pass(transfer_scenario);
}

static void datagram_scenario(void *arg)
{
    struct sockaddr_in name = loopback(0);
    struct sockaddr *to = (struct sockaddr *)&name;
    int bytes = 15;
    char byte = 'x';
    SOCKET one;

    (void)arg;
    net_up();
    one = datagram_socket();
    sim_assert(wsa_failed(send(one, &byte, 1, 0), WSAENOTCONN));
    sim_assert(wsa_failed(recv(one, &byte, 1, 0), WSAEINVAL));
    sim_assert(wsa_failed(sendto(one, &byte, 1, 0, to, 15), WSAEFAULT));
    sim_assert(
        wsa_failed(sendto(one, &byte, 1, MSG_OOB, to, 16), WSAEOPNOTSUPP));
    name.sin_family = AF_INET6;
    sim_assert(wsa_failed(sendto(one, &byte, 1, 0, to, 16), WSAEAFNOSUPPORT));
    name.sin_family = AF_INET;
    /* SOCK-110: to port 0 it goes, and is bound now: SOCK-108. */
    sim_assert(sendto(one, &byte, 1, 0, to, 16) == 1);
    sim_assert(wsa_failed(recvfrom(one, &byte, 1, 0, to, &bytes), WSAEFAULT));
    sim_assert(wsa_failed(recvfrom(one, &byte, 1, 0, to, NULL), WSAEFAULT));
    sim_assert(wsa_failed(recv(one, &byte, 1, MSG_WAITALL), WSAEOPNOTSUPP));
    bytes = sizeof name;
    sim_assert(getsockname(one, to, &bytes) == 0 && name.sin_port != 0);
    close_socket(one);
    net_down();
}

static void datagrams_look_at_their_addresses(void **state)
{
    (void)state;
    schedules_pass(datagram_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(winsock_must_be_started),
        cmocka_unit_test(a_socket_is_made_of_three_numbers),
        cmocka_unit_test(bind_looks_at_the_address),
        cmocka_unit_test(listen_and_accept_look_at_the_socket),
        cmocka_unit_test(connect_looks_at_the_address),
        cmocka_unit_test(transfers_look_at_their_buffers),
        cmocka_unit_test(datagrams_look_at_their_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
