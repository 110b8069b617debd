/**
 * @file fact_socket_io.c
 * @brief Bytes through sockets, and waits for them, for fact tests.
 *
 * Uses:     fact_socket.h.
 * Used by:  the fact tests of sockets.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

enum { TEXT_MAX = 256, TURNS_MAX = 5000 };

/* ---- Overlapped calls ---------------------------------------------------- */

enum fact_begun fact_begun(int result)
{
    int error = WSAGetLastError();

    if (result == 0) {
        return FACT_AT_ONCE;
    }
    CHECK(result == SOCKET_ERROR);
    return error == WSA_IO_PENDING ? FACT_LATER : FACT_REFUSED;
}

int fact_recv_start(SOCKET socket,
                    void *buffer,
                    DWORD bytes,
                    OVERLAPPED *overlapped)
{
    WSABUF one = {.len = bytes, .buf = buffer};
    DWORD flags = 0;

    return WSARecv(socket, &one, 1, NULL, &flags, overlapped, NULL);
}

void fact_recv_later(SOCKET socket,
                     void *buffer,
                     DWORD bytes,
                     OVERLAPPED *overlapped)
{
    CHECK_REFUSED(fact_recv_start(socket, buffer, bytes, overlapped),
                  WSA_IO_PENDING);
}

int fact_send_start(SOCKET socket,
                    const void *buffer,
                    DWORD bytes,
                    OVERLAPPED *overlapped)
{
    WSABUF one = {.len = bytes, .buf = (char *)(ULONG_PTR)buffer};

    return WSASend(socket, &one, 1, NULL, 0, overlapped, NULL);
}

/* ---- Blocking calls ------------------------------------------------------ */

void fact_send(SOCKET socket, const void *bytes, DWORD count)
{
    const char *next = bytes;

    while (count > 0) {
        int sent;

        fact_await_writable(socket);
        sent = send(socket, next, (int)count, 0);
        CHECK(sent > 0 && (DWORD)sent <= count);
        next += sent;
        count -= (DWORD)sent;
    }
}

void fact_recv(SOCKET socket, void *buffer, DWORD count)
{
    char *next = buffer;

    while (count > 0) {
        int received;

        fact_await_readable(socket);
        received = recv(socket, next, (int)count, 0);
        CHECK(received > 0 && (DWORD)received <= count);
        next += received;
        count -= (DWORD)received;
    }
}

void fact_recv_text(SOCKET socket, const char *text)
{
    char buffer[TEXT_MAX];
    size_t length = strlen(text);

    CHECK(length <= sizeof buffer);
    fact_recv(socket, buffer, (DWORD)length);
    CHECK(memcmp(buffer, text, length) == 0);
}

void fact_recv_end(SOCKET socket)
{
    char byte;

    fact_await_readable(socket);
    CHECK(recv(socket, &byte, 1, 0) == 0);
}

/* ---- Waits --------------------------------------------------------------- */

/** @brief The time-out of a select(), or NULL for ever. */
static struct timeval *limit(struct timeval *room)
{
    *room = (struct timeval){.tv_sec = (LONG)(FACT_LIMIT_MS / 1000)};
    return sim_is_simulated() ? NULL : room;
}

void fact_await_readable(SOCKET socket)
{
    struct timeval room;
    fd_set set;

    FD_ZERO(&set);
    FD_SET(socket, &set);
    CHECK(select(0, &set, NULL, NULL, limit(&room)) == 1);
}

void fact_await_writable(SOCKET socket)
{
    struct timeval room;
    fd_set set;

    FD_ZERO(&set);
    FD_SET(socket, &set);
    CHECK(select(0, NULL, &set, NULL, limit(&room)) == 1);
}

void fact_await_bytes(SOCKET socket, u_long count)
{
    u_long arrived = 0;

    CHECK(ioctlsocket(socket, (LONG)FIONREAD, &arrived) == 0);
    for (int turn = 0; turn < TURNS_MAX && arrived < count; turn++) {
        Sleep(1);
        CHECK(ioctlsocket(socket, (LONG)FIONREAD, &arrived) == 0);
    }
    CHECK(arrived == count);
}

DWORD fact_wait(SOCKET socket, OVERLAPPED *overlapped)
{
    DWORD bytes = 0;

    /* Without an event the end of the operation signals the file. */
    CHECK(overlapped->hEvent == NULL);
    if (!HasOverlappedIoCompleted(overlapped)) {
        CHECK(WaitForSingleObject((HANDLE)socket, FACT_LIMIT_MS) ==
              WAIT_OBJECT_0);
    }
    CHECK(GetOverlappedResult((HANDLE)socket, overlapped, &bytes, FALSE));
    return bytes;
}

void fact_packet_expect(HANDLE port,
                        ULONG_PTR key,
                        const OVERLAPPED *overlapped,
                        DWORD error,
                        DWORD bytes)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(packet.success == (error == ERROR_SUCCESS));
    CHECK(packet.error == error);
    CHECK(packet.key == key && packet.overlapped == overlapped);
    CHECK(packet.bytes == bytes);
}
