/**
 * @file socket_pair.c
 * @brief Two ends of a connection, for tests of Winsock.
 *
 * Uses:     socket_pair.h.
 * Used by:  the tests of sockets.
 * Facts:    SOCK-114.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "socket_pair.h"

#include <string.h>

void net_up(void)
{
    WSADATA data;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

void net_down(void)
{
    sim_assert(WSACleanup() == 0);
}

struct sockaddr_in loopback(u_short port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};

    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

SOCKET stream_socket(void)
{
    SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    sim_assert(made != INVALID_SOCKET);
    return made;
}

SOCKET datagram_socket(void)
{
    SOCKET made = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);

    sim_assert(made != INVALID_SOCKET);
    return made;
}

u_short bind_here(SOCKET socket)
{
    struct sockaddr_in name = loopback(0);
    int bytes = sizeof name;

    sim_assert(bind(socket, (struct sockaddr *)&name, sizeof name) == 0);
    sim_assert(getsockname(socket, (struct sockaddr *)&name, &bytes) == 0);
    return ntohs(name.sin_port);
}

SOCKET listen_here(u_short *port_out)
{
    SOCKET listener = stream_socket();

    *port_out = bind_here(listener);
    sim_assert(listen(listener, SOMAXCONN) == 0);
    return listener;
}

int connect_here(SOCKET socket, u_short port)
{
    const struct sockaddr_in name = loopback(port);

    return connect(socket, (const struct sockaddr *)&name, sizeof name);
}

struct socket_pair sockets_open(void)
{
    struct socket_pair pair;
    u_short port;
    SOCKET listener = listen_here(&port);

    pair.client = stream_socket();
    sim_assert(connect_here(pair.client, port) == 0);
    pair.server = accept(listener, NULL, NULL);
    sim_assert(pair.server != INVALID_SOCKET);
    close_socket(listener);
    return pair;
}

void sockets_close(const struct socket_pair *pair)
{
    close_socket(pair->server);
    close_socket(pair->client);
}

void close_socket(SOCKET socket)
{
    sim_assert(closesocket(socket) == 0);
}

bool wsa_failed(int result, int error)
{
    return result == SOCKET_ERROR && WSAGetLastError() == error;
}

bool wsa_refused(SOCKET socket, int error)
{
    return socket == INVALID_SOCKET && WSAGetLastError() == error;
}

HANDLE socket_port(SOCKET socket)
{
    return pair_port((HANDLE)socket);
}

/** @brief SOCK-114 Ask for one function. */
static void find(SOCKET socket, GUID id, void *out)
{
    DWORD bytes = 0;

    sim_assert(WSAIoctl(socket,
                        SIO_GET_EXTENSION_FUNCTION_POINTER,
                        &id,
                        sizeof id,
                        out,
                        sizeof(void *),
                        &bytes,
                        NULL,
                        NULL) == 0);
    sim_assert(bytes == sizeof(void *));
}

struct extensions find_extensions(SOCKET socket)
{
    struct extensions found;

    find(socket, (GUID)WSAID_ACCEPTEX, &found.accept);
    find(socket, (GUID)WSAID_CONNECTEX, &found.connect);
    find(socket, (GUID)WSAID_DISCONNECTEX, &found.disconnect);
    find(socket, (GUID)WSAID_WSARECVMSG, &found.receive_message);
    return found;
}

int receive_some(SOCKET socket, char *to, ULONG bytes, OVERLAPPED *overlapped)
{
    WSABUF buffer = {.len = bytes, .buf = to};
    DWORD got = 0;
    DWORD flags = 0;
    int result = WSARecv(socket, &buffer, 1, &got, &flags, overlapped, NULL);

    return result != 0 || overlapped != NULL ? result : (int)got;
}

int send_some(SOCKET socket,
              const char *from,
              ULONG bytes,
              OVERLAPPED *overlapped)
{
    WSABUF buffer = {.len = bytes};
    DWORD sent = 0;
    int result;

    memcpy(&buffer.buf, &from, sizeof from);
    result = WSASend(socket, &buffer, 1, &sent, 0, overlapped, NULL);
    return result != 0 || overlapped != NULL ? result : (int)sent;
}

void server_open(struct server *server)
{
    memset(server, 0, sizeof *server);
    net_up();
    server->listener = listen_here(&server->number);
    server->accepted = stream_socket();
    server->port = socket_port(server->listener);
    server->call = find_extensions(server->listener);
}

void server_close(const struct server *server)
{
    close_socket(server->listener);
    close_socket(server->accepted);
    sim_assert(CloseHandle(server->port));
    net_down();
}

BOOL accept_with(struct server *server, DWORD data_bytes)
{
    return server->call.accept(server->listener,
                               server->accepted,
                               server->buffer,
                               data_bytes,
                               AREA,
                               AREA,
                               NULL,
                               &server->overlapped);
}

BOOL connect_with(const struct server *server,
                  SOCKET client,
                  OVERLAPPED *overlapped)
{
    const struct sockaddr_in name = loopback(server->number);

    return server->call.connect(client,
                                (const struct sockaddr *)&name,
                                sizeof name,
                                NULL,
                                0,
                                NULL,
                                overlapped);
}

bool pends(BOOL result)
{
    return failed(result, ERROR_IO_PENDING);
}

struct sockaddr_in name_of(SOCKET socket, bool of_peer)
{
    struct sockaddr_in name = {0};
    int bytes = sizeof name;

    sim_assert((of_peer ? getpeername : getsockname)(socket,
                                                     (struct sockaddr *)&name,
                                                     &bytes) == 0);
    return name;
}

DWORD CALLBACK send_when_idle(void *socket)
{
    sim_settle();
    sim_assert(send((SOCKET)socket, "ab", 2, 0) == 2);
    return 0;
}
