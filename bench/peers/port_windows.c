/**
 * @file port_windows.c
 * @brief Peer: the same packets through the system's own port.
 *
 * Compiled for Windows against Microsoft's headers and run on Windows, or
 * under Wine, where each call is a round trip to its server.
 *
 * Uses:     windows.h, bench.h.
 * Used by:  bench/peers/run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "../bench.h"

enum { PAIRS = 20000, HANDOFFS = 10000 };

static double post_wait(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    for (int pair = 0; pair < PAIRS; pair++) {
        PostQueuedCompletionStatus(port, 1, 2, NULL);
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    }
    CloseHandle(port);
    return PAIRS;
}

static HANDLE there;
static HANDLE back;

static DWORD WINAPI answer(void *arg)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    for (int turn = 0; turn < HANDOFFS / 2; turn++) {
        GetQueuedCompletionStatus(there, &bytes, &key, &overlapped, INFINITE);
        PostQueuedCompletionStatus(back, 0, 0, NULL);
    }
    return 0;
}

static double handoff(void)
{
    HANDLE other;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    there = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    back = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    other = CreateThread(NULL, 0, answer, NULL, 0, NULL);
    for (int turn = 0; turn < HANDOFFS / 2; turn++) {
        PostQueuedCompletionStatus(there, 0, 0, NULL);
        GetQueuedCompletionStatus(back, &bytes, &key, &overlapped, INFINITE);
    }
    WaitForSingleObject(other, INFINITE);
    CloseHandle(other);
    CloseHandle(there);
    CloseHandle(back);
    return HANDOFFS;
}

int main(void)
{
    bench_rate("peer_system_port_post_wait", "pairs/s", post_wait);
    bench_rate("peer_system_port_handoff", "handoffs/s", handoff);
    return 0;
}
