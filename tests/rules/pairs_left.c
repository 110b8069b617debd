/**
 * @file pairs_left.c
 * @brief Pairs about what nobody takes, and about handles.
 *
 * Uses:     pairs.h, channel.h.
 * Used by:  test_rules.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "channel.h"
#include "pairs.h"

static char buffer[8];
static OVERLAPPED overlapped;

void pair_packet_left(void *broken)
{
    struct channel channel = channel_open();

    overlapped = (OVERLAPPED){0};
    channel_read(&channel, buffer, sizeof buffer, &overlapped);
    channel_close(&channel, *(bool *)broken ? 0 : 1);
}

void pair_operation_left(void *broken)
{
    struct channel channel = channel_open();

    overlapped = (OVERLAPPED){0};
    channel_read(&channel, buffer, sizeof buffer, &overlapped);
    if (!*(bool *)broken) {
        channel_close(&channel, 1);
    }
}

/* ---- Handles ------------------------------------------------------------------- */

static HANDLE event;

static DWORD WINAPI set_event(void *arg)
{
    (void)arg;
    (void)SetEvent(event);
    return 0;
}

static HANDLE start(LPTHREAD_START_ROUTINE body)
{
    HANDLE thread = CreateThread(NULL, 0, body, NULL, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

static void join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

/** @brief The event is closed before, or after, the other's last use. */
void pair_handle_stale(void *broken)
{
    HANDLE thread;

    event = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = start(set_event);
    if (*(bool *)broken) {
        sim_assert(CloseHandle(event));
        join(thread);
        return;
    }
    join(thread);
    sim_assert(CloseHandle(event));
}

void pair_handle_closed_twice(void *broken)
{
    HANDLE one = CreateEventW(NULL, TRUE, FALSE, NULL);

    sim_assert(CloseHandle(one));
    if (*(bool *)broken) {
        (void)CloseHandle(one);
    }
}

void pair_handle_recycled(void *broken)
{
    HANDLE one = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE two;

    if (*(bool *)broken) {
        sim_assert(CloseHandle(one));
    }
    two =
        CreateMutexW(NULL, FALSE, NULL); /* Gets the number of a closed one. */
    (void)SetEvent(one);
    sim_assert(CloseHandle(two));
    if (!*(bool *)broken) {
        sim_assert(CloseHandle(one));
    }
}

static DWORD WINAPI wait_for_event(void *arg)
{
    (void)arg;
    (void)WaitForSingleObject(event, INFINITE);
    return 0;
}

void pair_waited_closed(void *broken)
{
    HANDLE thread;

    event = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = start(wait_for_event);
    sim_settle();
    if (!*(bool *)broken) {
        sim_assert(SetEvent(event));
        join(thread);
    }
    sim_assert(CloseHandle(event));
    if (*(bool *)broken) {
        join(thread);
    }
}

/** @brief A read on the client's end, which has no port, only an event. */
void pair_event_closed(void *broken)
{
    struct channel channel = channel_open();

    overlapped = (OVERLAPPED){0};
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    sim_assert(
        !ReadFile(channel.client, buffer, sizeof buffer, NULL, &overlapped));
    if (!*(bool *)broken) {
        DWORD bytes;

        sim_assert(CancelIoEx(channel.client, &overlapped));
        (void)GetOverlappedResult(channel.client, &overlapped, &bytes, TRUE);
    }
    sim_assert(CloseHandle(overlapped.hEvent));
    channel_close(&channel, 0);
}
