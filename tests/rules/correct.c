/**
 * @file correct.c
 * @brief Programs at the edge of a rule that are right.
 *
 * Uses:     pairs.h, channel.h.
 * Used by:  test_rules.c.
 * Facts:    PORT-25, OVL-20, OVL-22.
 *
 * SPDX-License-Identifier: MIT
 */
#include "channel.h"
#include "pairs.h"

enum { ROOM = 8 };

static void *take(void)
{
    void *memory = HeapAlloc(GetProcessHeap(), 0, ROOM);

    sim_assert(memory != NULL);
    return memory;
}

/** FACT OVL-20 the waiting form tells the end, so the buffer is the program's;
 *  FACT OVL-22 the packet is still there, and the OVERLAPPED with it. */
void correct_result_before_packet(void *arg)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char *buffer = take();
    DWORD bytes;

    (void)arg;
    channel_read(&channel, buffer, ROOM, &overlapped);
    channel_feed(&channel, "a");
    sim_assert(GetOverlappedResult(channel.server, &overlapped, &bytes, TRUE));
    sim_assert(HeapFree(GetProcessHeap(), 0, buffer));
    (void)channel_take(&channel);
    channel_close(&channel, 0);
}

/** FACT PORT-25 event and packet both happen: after the event the OVERLAPPED
 *  may be used again, and the packets stay where they are. */
void correct_event_and_packet(void *arg)
{
    struct channel channel = channel_open();
    OVERLAPPED overlapped = {0};
    char *buffer = take();
    DWORD bytes;

    (void)arg;
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (int turn = 0; turn < 2; turn++) {
        channel_read(&channel, buffer, ROOM, &overlapped);
        channel_feed(&channel, "a");
        sim_assert(
            GetOverlappedResult(channel.server, &overlapped, &bytes, TRUE));
    }
    sim_assert(CloseHandle(overlapped.hEvent));
    sim_assert(HeapFree(GetProcessHeap(), 0, buffer));
    channel_close(&channel, 0);
}
