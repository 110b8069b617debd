/**
 * @file fact_socket.c
 * @brief Sockets over 127.0.0.1 for fact tests.
 *
 * Uses:     fact_socket.h.
 * Used by:  the fact tests of sockets.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

void fact_winsock_begin(void)
{
    WSADATA data;

    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    CHECK(data.wVersion == MAKEWORD(2, 2));
}

void fact_winsock_end(void)
{
    CHECK(WSACleanup() == 0);
}

/* ---- Making sockets ------------------------------------------------------ */

static SOCKET make(int type, DWORD flags)
{
    SOCKET socket = WSASocketW(AF_INET, type, 0, NULL, 0, flags);

    CHECK(socket != INVALID_SOCKET);
    return socket;
}

/** @brief 127.0.0.1, and the port that the call finds free. */
static void bind_loopback(SOCKET socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(socket, (struct sockaddr *)&address, sizeof address) == 0);
}

SOCKET fact_tcp(void)
{
    return make(SOCK_STREAM, WSA_FLAG_OVERLAPPED);
}

SOCKET fact_tcp_bound(void)
{
    SOCKET socket = fact_tcp();

    bind_loopback(socket);
    return socket;
}

SOCKET fact_udp(struct sockaddr_in *address_out)
{
    SOCKET socket = make(SOCK_DGRAM, WSA_FLAG_OVERLAPPED);

    bind_loopback(socket);
    if (address_out != NULL) {
        *address_out = fact_address(socket);
    }
    return socket;
}

SOCKET fact_listener(struct sockaddr_in *address_out)
{
    SOCKET socket = fact_tcp_bound();

    CHECK(listen(socket, 5) == 0);
    if (address_out != NULL) {
        *address_out = fact_address(socket);
    }
    return socket;
}

struct sockaddr_in fact_address(SOCKET socket)
{
    struct sockaddr_in address;
    int bytes = sizeof address;

    CHECK(getsockname(socket, (struct sockaddr *)&address, &bytes) == 0);
    CHECK(bytes == sizeof address && address.sin_family == AF_INET);
    return address;
}

struct sockaddr_in fact_address_dead(int type)
{
    SOCKET socket = make(type, WSA_FLAG_OVERLAPPED);
    struct sockaddr_in address;

    bind_loopback(socket);
    address = fact_address(socket);
    CHECK(closesocket(socket) == 0);
    return address;
}

void fact_connect(SOCKET socket, const struct sockaddr_in *to)
{
    CHECK(connect(socket, (const struct sockaddr *)to, sizeof *to) == 0);
}

SOCKET fact_accept(SOCKET listener)
{
    SOCKET accepted;

    fact_await_readable(listener);
    accepted = accept(listener, NULL, NULL);
    CHECK(accepted != INVALID_SOCKET);
    return accepted;
}

void fact_close(SOCKET *socket)
{
    CHECK(closesocket(*socket) == 0);
    *socket = INVALID_SOCKET;
}

void fact_close_hard(SOCKET *socket)
{
    fact_set_linger(*socket, 1, 0);
    fact_close(socket);
}

/* ---- Pairs --------------------------------------------------------------- */

struct fact_pair fact_pair(DWORD flags)
{
    struct sockaddr_in address;
    struct fact_pair pair = {0};
    SOCKET listener;

    fact_winsock_begin();
    listener = fact_listener(&address);
    pair.here = make(SOCK_STREAM, flags);
    fact_connect(pair.here, &address);
    pair.peer = fact_accept(listener);
    fact_close(&listener);
    return pair;
}

struct fact_pair fact_pair_at_port(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);

    pair.port = fact_port(0);
    fact_associate((HANDLE)pair.here, pair.port, FACT_KEY);
    return pair;
}

void fact_pair_close(struct fact_pair *pair)
{
    if (pair->here != INVALID_SOCKET) {
        fact_close(&pair->here);
    }
    if (pair->peer != INVALID_SOCKET) {
        fact_close(&pair->peer);
    }
    if (pair->port != NULL) {
        CHECK(CloseHandle(pair->port));
        pair->port = NULL;
    }
    fact_winsock_end();
}

/* ---- Extension functions ------------------------------------------------- */

/** @brief Store the address of one; the pointer types differ, their size does
 *  not. */
static void look_up(SOCKET socket, GUID name, void *pointer)
{
    DWORD bytes;

    if (WSAIoctl(socket,
                 SIO_GET_EXTENSION_FUNCTION_POINTER,
                 &name,
                 sizeof name,
                 pointer,
                 sizeof(void *),
                 &bytes,
                 NULL,
                 NULL) != 0) {
        memset(pointer, 0, sizeof(void *));
    }
}

struct fact_extensions fact_extensions(SOCKET socket)
{
    struct fact_extensions found;

    look_up(socket, (GUID)WSAID_ACCEPTEX, &found.accept_ex);
    look_up(socket,
            (GUID)WSAID_GETACCEPTEXSOCKADDRS,
            &found.get_accept_ex_sockaddrs);
    look_up(socket, (GUID)WSAID_CONNECTEX, &found.connect_ex);
    look_up(socket, (GUID)WSAID_DISCONNECTEX, &found.disconnect_ex);
    look_up(socket, (GUID)WSAID_TRANSMITFILE, &found.transmit_file);
    look_up(socket, (GUID)WSAID_WSARECVMSG, &found.recv_msg);
    return found;
}

/* ---- Options ------------------------------------------------------------- */

void fact_set_linger(SOCKET socket, u_short on, u_short seconds)
{
    struct linger linger = {.l_onoff = on, .l_linger = seconds};

    CHECK(setsockopt(socket,
                     SOL_SOCKET,
                     SO_LINGER,
                     (const char *)&linger,
                     sizeof linger) == 0);
}

void fact_set_option(SOCKET socket, int name, int value)
{
    CHECK(setsockopt(socket,
                     SOL_SOCKET,
                     name,
                     (const char *)&value,
                     sizeof value) == 0);
}

void fact_set_nonblocking(SOCKET socket)
{
    u_long on = 1;

    CHECK(ioctlsocket(socket, (LONG)FIONBIO, &on) == 0);
}
