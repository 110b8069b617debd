/**
 * @file pairs_stream.c
 * @brief Pairs about stream sockets.
 *
 * Uses:     pairs.h, winsock2.h, mswsock.h.
 * Used by:  test_rules.c.
 * Facts:    OVL-35, SOCK-15, SOCK-24, SOCK-64, SOCK-72, SOCK-80.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

#include <windows.h>

#include "pairs.h"

enum { AREA = sizeof(struct sockaddr_in) + 16, ROOM = 8 };

/** A listener, and a socket that is or will be connected to it. */
static SOCKET listener;
static SOCKET client;
static struct sockaddr_in address;

static SOCKET open_stream(void)
{
    SOCKET socket =
        WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);

    sim_assert(socket != INVALID_SOCKET);
    return socket;
}

static void bind_here(SOCKET socket, struct sockaddr_in *name)
{
    int bytes = sizeof *name;

    *name = (struct sockaddr_in){.sin_family = AF_INET};
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim_assert(bind(socket, (struct sockaddr *)name, bytes) == 0);
    sim_assert(getsockname(socket, (struct sockaddr *)name, &bytes) == 0);
}

static void open_both(void)
{
    WSADATA data;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    listener = open_stream();
    bind_here(listener, &address);
    sim_assert(listen(listener, 1) == 0);
    client = open_stream();
}

static void close_both(void)
{
    sim_assert(closesocket(client) == 0);
    sim_assert(closesocket(listener) == 0);
    sim_assert(WSACleanup() == 0);
}

static void connect_client(void)
{
    sim_assert(connect(client, (struct sockaddr *)&address, sizeof address) ==
               0);
}

/** @brief An OVERLAPPED to wait for.  FACT OVL-35: WSAGetOverlappedResult
 *  waits for its event only. */
static OVERLAPPED with_event(void)
{
    OVERLAPPED overlapped = {0};

    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    sim_assert(overlapped.hEvent != NULL);
    return overlapped;
}

/** @brief Wait for an operation.  @return Whether it succeeded. */
static bool wait_for(SOCKET socket, OVERLAPPED *overlapped)
{
    DWORD bytes;
    DWORD flags;
    BOOL done =
        WSAGetOverlappedResult(socket, overlapped, &bytes, TRUE, &flags);

    sim_assert(done || WSAGetLastError() == WSA_OPERATION_ABORTED);
    sim_assert(CloseHandle(overlapped->hEvent));
    return done != FALSE;
}

/* ---- AcceptEx and ConnectEx -------------------------------------------------- */

void pair_accept_area_short(void *broken)
{
    DWORD area = *(bool *)broken ? AREA - 1 : AREA;
    OVERLAPPED overlapped = with_event();
    char buffer[2 * AREA];
    SOCKET accepted;
    DWORD bytes;

    open_both();
    accepted = open_stream();
    (void)AcceptEx(listener,
                   accepted,
                   buffer,
                   0,
                   AREA,
                   area,
                   &bytes,
                   &overlapped);
    connect_client();
    sim_assert(wait_for(listener, &overlapped));
    sim_assert(closesocket(accepted) == 0);
    close_both();
}

/** @brief A connection that AcceptEx has accepted. */
static SOCKET accept_one(void)
{
    OVERLAPPED overlapped = with_event();
    SOCKET accepted = open_stream();
    char buffer[2 * AREA];
    DWORD bytes;

    (void)AcceptEx(listener, accepted, buffer, 0, 0, AREA, &bytes, &overlapped);
    connect_client();
    sim_assert(wait_for(listener, &overlapped));
    return accepted;
}

void pair_context_missing(void *broken)
{
    SOCKET accepted;

    open_both();
    accepted = accept_one();
    sim_assert(send(accepted, "a", 1, 0) == 1); /* Transfers always work. */
    if (!*(bool *)broken) {
        sim_assert(setsockopt(accepted,
                              SOL_SOCKET,
                              SO_UPDATE_ACCEPT_CONTEXT,
                              (const char *)&listener,
                              sizeof listener) == 0);
    }
    (void)shutdown(accepted, SD_SEND);
    sim_assert(closesocket(accepted) == 0);
    close_both();
}

static LPFN_CONNECTEX find_connect(void)
{
    GUID name = WSAID_CONNECTEX;
    LPFN_CONNECTEX found;
    DWORD bytes;

    sim_assert(WSAIoctl(client,
                        SIO_GET_EXTENSION_FUNCTION_POINTER,
                        &name,
                        sizeof name,
                        &found,
                        sizeof found,
                        &bytes,
                        NULL,
                        NULL) == 0);
    return found;
}

void pair_connect_unbound(void *broken)
{
    OVERLAPPED overlapped = with_event();
    struct sockaddr_in own;
    int error;

    open_both();
    if (!*(bool *)broken) {
        bind_here(client, &own);
    }
    (void)find_connect()(client,
                         (struct sockaddr *)&address,
                         sizeof address,
                         NULL,
                         0,
                         NULL,
                         &overlapped);
    error = WSAGetLastError();
    if (*(bool *)broken) {
        sim_assert(error == WSAEINVAL);
        sim_assert(CloseHandle(overlapped.hEvent));
    } else {
        sim_assert(error == WSA_IO_PENDING);
        sim_assert(wait_for(client, &overlapped));
    }
    close_both();
}

/* ---- Receives --------------------------------------------------------------- */

/** A receive that pends. */
struct receive {
    OVERLAPPED overlapped;
    char buffer[ROOM];
    DWORD flags;
};
static struct receive receives[2];

static DWORD WINAPI start_receive(void *arg)
{
    struct receive *receive = arg;
    WSABUF piece = {.len = ROOM, .buf = receive->buffer};

    (void)WSARecv(client,
                  &piece,
                  1,
                  NULL,
                  &receive->flags,
                  &receive->overlapped,
                  NULL);
    sim_assert(WSAGetLastError() == WSA_IO_PENDING);
    return 0;
}

/** Two receives; whether another thread starts the second, and whether the
 * first only looks. */
static void receive_twice(bool by_another, bool peek)
{
    SOCKET accepted;

    receives[0] = (struct receive){.overlapped = with_event(),
                                   .flags = peek ? MSG_PEEK : 0};
    receives[1] = (struct receive){.overlapped = with_event()};
    open_both();
    accepted = accept_one();
    (void)start_receive(&receives[0]);
    if (by_another) {
        HANDLE thread =
            CreateThread(NULL, 0, start_receive, &receives[1], 0, NULL);

        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(CloseHandle(thread));
    } else {
        (void)start_receive(&receives[1]);
    }
    (void)CancelIoEx((HANDLE)client, NULL);
    (void)wait_for(client, &receives[0].overlapped);
    (void)wait_for(client, &receives[1].overlapped);
    sim_assert(closesocket(accepted) == 0);
    close_both();
}

void pair_receives_race(void *broken)
{
    receive_twice(*(bool *)broken, false);
}

/** FACT SOCK-24 MSG_PEEK copies without removing, so the order is all one. */
void correct_peek_and_receive(void *arg)
{
    (void)arg;
    receive_twice(true, true);
}

/** @brief Start a receive into a variable that ends with this function. */
static SIM_NOINLINE void receive_into_own(bool broken)
{
    struct receive own = {.flags = 0};

    receives[0] = (struct receive){.flags = 0};
    (void)start_receive(broken ? &own : &receives[0]);
    sim_assert(own.flags == 0);
}

/** The next call is one of Winsock's and blocks, and there it is noticed:
 *  nothing of the dead frame counts as one of that call. */
void pair_stream_gone(void *broken)
{
    const DWORD wait_ms = 10;
    SOCKET accepted;
    char byte;

    open_both();
    accepted = accept_one();
    sim_assert(setsockopt(accepted,
                          SOL_SOCKET,
                          SO_RCVTIMEO,
                          (const char *)&wait_ms,
                          sizeof wait_ms) == 0);
    receive_into_own(*(bool *)broken);
    sim_assert(recv(accepted, &byte, 1, 0) == SOCKET_ERROR);
    sim_assert(!*(bool *)broken);
    sim_assert(closesocket(accepted) == 0);
    close_both();
}
