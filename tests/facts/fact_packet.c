/**
 * @file fact_packet.c
 * @brief Operations that pend, and the packets that come of them.
 *
 * Uses:     fact.h.
 * Used by:  the fact tests of packets.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

void fact_associate(HANDLE file, HANDLE port, ULONG_PTR key)
{
    CHECK(CreateIoCompletionPort(file, port, key, 0) == port);
}

void fact_read_later(HANDLE end,
                     void *buffer,
                     DWORD bytes,
                     OVERLAPPED *overlapped)
{
    CHECK(!ReadFile(end, buffer, bytes, NULL, overlapped));
    CHECK(GetLastError() == ERROR_IO_PENDING);
}

struct fact_packet fact_packet_take(HANDLE port)
{
    struct fact_packet packet = {0};

    packet.success = GetQueuedCompletionStatus(port,
                                               &packet.bytes,
                                               &packet.key,
                                               &packet.overlapped,
                                               FACT_LIMIT_MS);
    if (!packet.success) {
        packet.error = GetLastError();
        CHECK(packet.error != WAIT_TIMEOUT);
        CHECK(packet.error != ERROR_ABANDONED_WAIT_0);
        CHECK(packet.error != ERROR_INVALID_HANDLE);
    }
    return packet;
}

struct fact_completion fact_packet_remove(HANDLE port)
{
    struct fact_native native = fact_native();
    LARGE_INTEGER limit = {.QuadPart = -10000LL * FACT_LIMIT_MS};
    struct fact_completion packet;

    CHECK(native.remove != NULL);
    /* NULL is for ever; a limit, however far away, would be a choice. */
    CHECK(native.remove(port,
                        &packet.key,
                        &packet.context,
                        &packet.block,
                        sim_is_simulated() ? NULL : &limit) == STATUS_SUCCESS);
    return packet;
}

BOOL fact_packet_none(HANDLE port)
{
    sim_settle();
    return fact_depth(port) == 0;
}

void fact_packet_await(HANDLE port, LONG count)
{
    /* Each turn but the last gives real Windows 50 ms. */
    for (int turn = 0; turn < 100 && fact_depth(port) < count; turn++) {
        sim_settle();
    }
    CHECK(fact_depth(port) == count);
}
