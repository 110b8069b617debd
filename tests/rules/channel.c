/**
 * @file channel.c
 * @brief A pipe with a port.
 *
 * Uses:     channel.h, sim.h.
 * Used by:  the pairs.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "channel.h"

#include <string.h>

#include "sim.h"

#define CHANNEL_NAME L"\\\\.\\pipe\\rules"

struct channel channel_open(void)
{
    struct channel channel;

    channel.server = CreateNamedPipeW(CHANNEL_NAME,
                                      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                      PIPE_TYPE_BYTE,
                                      1,
                                      CHANNEL_BYTES,
                                      CHANNEL_BYTES,
                                      0,
                                      NULL);
    channel.client = CreateFileW(CHANNEL_NAME,
                                 GENERIC_READ | GENERIC_WRITE,
                                 0,
                                 NULL,
                                 OPEN_EXISTING,
                                 FILE_FLAG_OVERLAPPED,
                                 NULL);
    channel.port = CreateIoCompletionPort(channel.server, NULL, 1, 1);
    sim_assert(channel.server != INVALID_HANDLE_VALUE);
    sim_assert(channel.client != INVALID_HANDLE_VALUE);
    sim_assert(channel.port != NULL);
    return channel;
}

OVERLAPPED *channel_take(const struct channel *channel)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;

    (void)GetQueuedCompletionStatus(channel->port,
                                    &bytes,
                                    &key,
                                    &overlapped,
                                    INFINITE);
    sim_assert(overlapped != NULL);
    return overlapped;
}

void channel_close(struct channel *channel, int packets)
{
    sim_assert(CloseHandle(channel->server));
    sim_assert(CloseHandle(channel->client));
    for (int packet = 0; packet < packets; packet++) {
        (void)channel_take(channel);
    }
    sim_assert(CloseHandle(channel->port));
}

void channel_read(const struct channel *channel,
                  void *buffer,
                  DWORD bytes,
                  OVERLAPPED *overlapped)
{
    sim_assert(!ReadFile(channel->server, buffer, bytes, NULL, overlapped));
    sim_assert(GetLastError() == ERROR_IO_PENDING);
}

void channel_feed(const struct channel *channel, const char *text)
{
    OVERLAPPED overlapped = {0};
    DWORD bytes;

    sim_assert(WriteFile(channel->client,
                         text,
                         (DWORD)strlen(text),
                         &bytes,
                         &overlapped));
}
