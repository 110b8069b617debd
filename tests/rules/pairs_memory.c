/**
 * @file pairs_memory.c
 * @brief Pairs about memory that the kernel has.
 *
 * Uses:     pairs.h, channel.h.
 * Used by:  test_rules.c.
 * Facts:    OVL-25.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <string.h>

#include "channel.h"
#include "pairs.h"

enum { ROOM = 8 };

/** An operation as programs have them: everything in one block. */
struct operation {
    OVERLAPPED overlapped;
    char *buffer;
};

static void *take(SIZE_T bytes)
{
    void *memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes);

    sim_assert(memory != NULL);
    return memory;
}

static void give(void *memory)
{
    sim_assert(HeapFree(GetProcessHeap(), 0, memory));
}

/* ---- One OVERLAPPED, one operation ----------------------------------------- */

void pair_overlapped_reused(void *broken)
{
    struct channel channel = channel_open();
    OVERLAPPED one = {0};
    OVERLAPPED two = {0};
    char first[ROOM];
    char second[ROOM];

    channel_read(&channel, first, ROOM, &one);
    channel_read(&channel, second, ROOM, *(bool *)broken ? &one : &two);
    channel_close(&channel, 2);
}

void pair_overlapped_requeued(void *broken)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char buffer[ROOM];

    channel_read(&channel, buffer, ROOM, &overlapped);
    channel_feed(&channel, "a");
    if (!*(bool *)broken) {
        (void)channel_take(&channel);
    }
    channel_read(&channel, buffer, ROOM, &overlapped);
    channel_close(&channel, 1);
}

void pair_result_twice(void *broken)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char buffer[ROOM];
    DWORD bytes;

    channel_feed(&channel, "a");
    sim_assert(ReadFile(channel.server, buffer, ROOM, &bytes, &overlapped));
    if (!*(bool *)broken) {
        (void)channel_take(&channel);
    }
    channel_read(&channel, buffer, ROOM, &overlapped);
    channel_close(&channel, 1);
}

/* ---- Freed too early ---------------------------------------------------------- */

void pair_overlapped_freed(void *broken)
{
    struct channel channel = channel_open();
    struct operation *operation = take(sizeof *operation);
    char buffer[ROOM];

    channel_read(&channel, buffer, ROOM, &operation->overlapped);
    (void)CancelIoEx(channel.server, &operation->overlapped);
    if (!*(bool *)broken) {
        (void)channel_take(&channel);
    }
    give(operation);
    channel_close(&channel, *(bool *)broken ? 1 : 0);
}

void pair_buffer_freed(void *broken)
{
    struct channel channel = channel_open();
    struct operation operation = {.buffer = take(ROOM)};

    channel_read(&channel, operation.buffer, ROOM, &operation.overlapped);
    if (*(bool *)broken) {
        give(operation.buffer);
    }
    channel_close(&channel, 1);
    if (!*(bool *)broken) {
        give(operation.buffer);
    }
}

void pair_lent_freed(void *broken)
{
    struct channel channel = channel_open();
    struct operation operation = {.buffer = take(ROOM)};

    if (*(bool *)broken) {
        give(operation.buffer);
    }
    channel_read(&channel, operation.buffer, ROOM, &operation.overlapped);
    channel_close(&channel, 1);
    if (!*(bool *)broken) {
        give(operation.buffer);
    }
}

void pair_lent_short(void *broken)
{
    struct channel channel = channel_open();
    struct operation operation = {.buffer = take(ROOM)};

    channel_read(&channel,
                 operation.buffer,
                 *(bool *)broken ? ROOM + 1 : ROOM,
                 &operation.overlapped);
    channel_close(&channel, 1);
    give(operation.buffer);
}

/* ---- On a stack that is gone -------------------------------------------------- */

static char static_buffer[ROOM];
static OVERLAPPED static_overlapped;

/** @brief Wait a little for nothing. */
static void pause(const struct channel *channel)
{
    (void)WaitForSingleObject(channel->port, 10);
}

/** @brief Start an operation so deep in the stack that the frames of the calls
 *  after it do not reach there, under any compiler. */
static SIM_NOINLINE void start_deep(void (*start)(const void *on, bool wait),
                                    const void *on,
                                    bool wait)
{
    volatile char above[1024];

    above[0] = 0;
    start(on, wait);
    sim_assert(above[0] == 0); /* So its frame lasts as long as the call. */
}

/** @brief Start a read with an OVERLAPPED of its own; @p wait for its end. */
static SIM_NOINLINE void read_here(const void *on, bool wait)
{
    const struct channel *channel = on;
    OVERLAPPED overlapped = {0};

    channel_read(channel, static_buffer, ROOM, &overlapped);
    if (wait) {
        channel_feed(channel, "a");
        sim_assert(channel_take(channel) == &overlapped);
    }
}

void pair_overlapped_gone(void *broken)
{
    struct channel channel = channel_open();

    start_deep(read_here, &channel, !*(bool *)broken);
    pause(&channel);
    channel_close(&channel, *(bool *)broken ? 1 : 0);
}

static SIM_NOINLINE void read_into_own(const void *on, bool wait)
{
    const struct channel *channel = on;
    char buffer[ROOM];

    channel_read(channel, buffer, ROOM, &static_overlapped);
    if (wait) {
        channel_feed(channel, "a");
        (void)channel_take(channel);
    }
}

void pair_buffer_gone(void *broken)
{
    struct channel channel = channel_open();

    memset(&static_overlapped, 0, sizeof static_overlapped);
    start_deep(read_into_own, &channel, !*(bool *)broken);
    pause(&channel);
    channel_close(&channel, *(bool *)broken ? 1 : 0);
}

/** @brief A datagram socket waits for its first datagram. */
static SOCKET open_socket(struct sockaddr_in *address)
{
    SOCKET socket =
        WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);

    sim_assert(socket != INVALID_SOCKET);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim_assert(bind(socket, (struct sockaddr *)address, sizeof *address) == 0);
    return socket;
}

static struct sockaddr_in static_from;

/** @brief Start a receive whose length of the address lies here. */
static SIM_NOINLINE void receive_here(const void *on, bool wait)
{
    SOCKET socket = *(const SOCKET *)on;
    WSABUF piece = {.len = ROOM, .buf = static_buffer};
    int from_bytes = sizeof static_from;
    DWORD flags = 0;
    DWORD bytes;

    static_overlapped = (OVERLAPPED){0};
    (void)WSARecvFrom(socket,
                      &piece,
                      1,
                      NULL,
                      &flags,
                      (struct sockaddr *)&static_from,
                      &from_bytes,
                      &static_overlapped,
                      NULL);
    sim_assert(WSAGetLastError() == WSA_IO_PENDING);
    if (wait) {
        sim_assert(CancelIoEx((HANDLE)socket, &static_overlapped));
        (void)WSAGetOverlappedResult(socket,
                                     &static_overlapped,
                                     &bytes,
                                     TRUE,
                                     &flags);
    }
}

void pair_result_gone(void *broken)
{
    struct channel channel = channel_open();
    struct sockaddr_in address;
    WSADATA data;
    SOCKET socket;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    socket = open_socket(&address);
    start_deep(receive_here, &socket, !*(bool *)broken);
    pause(&channel);
    sim_assert(closesocket(socket) == 0);
    channel_close(&channel, 0);
    sim_assert(WSACleanup() == 0);
}

/* ---- Changed while lent --------------------------------------------------------- */

void pair_overlapped_changed(void *broken)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char buffer[ROOM];

    channel_read(&channel, buffer, ROOM, &overlapped);
    if (*(bool *)broken) {
        memset(&overlapped, 0, sizeof overlapped);
    }
    channel_feed(&channel, "a");
    (void)channel_take(&channel);
    channel_close(&channel, 0);
}

/** @brief Take what the server sent, so that its write can end. */
static void drain(const struct channel *channel, DWORD bytes)
{
    static char drained[4 * CHANNEL_BYTES];
    OVERLAPPED overlapped = {0};

    sim_assert(bytes <= sizeof drained);
    sim_assert(ReadFile(channel->client, drained, bytes, NULL, &overlapped));
}

void pair_sent_changed(void *broken)
{
    static char many[2 * CHANNEL_BYTES];
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};

    memset(many, 'a', sizeof many);
    sim_assert(
        !WriteFile(channel.server, many, sizeof many, NULL, &overlapped));
    if (*(bool *)broken) {
        many[3] = 'b';
    }
    drain(&channel, sizeof many);
    (void)channel_take(&channel);
    many[3] = 'c';
    channel_close(&channel, 0);
}

void pair_filled_changed(void *broken)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char buffer[ROOM] = "";

    channel_read(&channel, buffer, ROOM, &overlapped);
    if (*(bool *)broken) {
        memset(buffer, 7, sizeof buffer);
    }
    channel_feed(&channel, "a");
    (void)channel_take(&channel);
    memset(buffer, 8, sizeof buffer);
    channel_close(&channel, 0);
}

void pair_buffer_shared(void *broken)
{
    static char many[2 * CHANNEL_BYTES];
    static char other[2 * CHANNEL_BYTES];
    struct channel channel = channel_open();
    OVERLAPPED sent = {0};
    OVERLAPPED received = {0};

    sim_assert(!WriteFile(channel.server, many, sizeof many, NULL, &sent));
    channel_read(&channel,
                 *(bool *)broken ? many : other,
                 sizeof many,
                 &received);
    drain(&channel, sizeof many);
    channel_close(&channel, 2);
}
