/**
 * @file lesson_socket.c
 * @brief Sockets for lessons that are about something else.
 *
 * Uses:     lesson_socket.h.
 * Used by:  lessons 01, 03 and 05 to 14.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "lesson_socket.h"

#include <string.h>

void lesson_winsock_begin(void)
{
    WSADATA data;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

void lesson_winsock_end(void)
{
    sim_assert(WSACleanup() == 0);
}

SOCKET lesson_tcp(void)
{
    SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    sim_assert(made != INVALID_SOCKET);
    return made;
}

SOCKET lesson_listener(struct sockaddr_in *out)
{
    SOCKET listener = lesson_tcp();
    int bytes = sizeof *out;

    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim_assert(bind(listener, (struct sockaddr *)out, bytes) == 0);
    sim_assert(listen(listener, SOMAXCONN) == 0);
    sim_assert(getsockname(listener, (struct sockaddr *)out, &bytes) == 0);
    return listener;
}

struct lesson_pair lesson_pair(void)
{
    struct sockaddr_in address;
    SOCKET listener = lesson_listener(&address);
    struct lesson_pair pair = {.here = lesson_tcp()};

    sim_assert(
        connect(pair.here, (struct sockaddr *)&address, sizeof address) == 0);
    pair.there = accept(listener, NULL, NULL);
    sim_assert(pair.there != INVALID_SOCKET);
    sim_assert(closesocket(listener) == 0);
    return pair;
}

void lesson_pair_close(const struct lesson_pair *pair)
{
    sim_assert(closesocket(pair->here) == 0);
    sim_assert(closesocket(pair->there) == 0);
}

void lesson_say(SOCKET socket, const char *text)
{
    int bytes = (int)strlen(text);

    sim_assert(send(socket, text, bytes, 0) == bytes);
}

void lesson_await_bytes(SOCKET socket)
{
    fd_set readable;

    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    sim_assert(select(0, &readable, NULL, NULL, NULL) == 1);
}

void lesson_forget(SOCKET socket, int count)
{
    char bytes[16];

    while (count > 0) {
        int part = recv(socket, bytes, count, 0);

        sim_assert(part > 0);
        count -= part;
    }
}

static DWORD WINAPI say_hello(void *socket)
{
    Sleep(20);
    lesson_say(*(const SOCKET *)socket, "hello");
    return 0;
}

HANDLE lesson_say_hello_later(const SOCKET *socket)
{
    HANDLE thread =
        CreateThread(NULL, 0, say_hello, (void *)(uintptr_t)socket, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

void lesson_join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

int lesson_receive(SOCKET socket,
                   /* NOLINTNEXTLINE(readability-non-const-parameter) */
                   char *buffer,
                   ULONG bytes,
                   OVERLAPPED *overlapped)
{
    WSABUF piece = {bytes, buffer};
    DWORD flags = 0;

    if (WSARecv(socket, &piece, 1, NULL, &flags, overlapped, NULL) == 0) {
        return 0;
    }
    return WSAGetLastError();
}
