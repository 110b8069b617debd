/**
 * @file ovl_share.c
 * @brief Facts about one OVERLAPPED for several operations.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-25, OVL-26.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** What the members say while they are ours. */
enum { OURS = 0x1234 };

/** @brief Use an OVERLAPPED for something else for a while: the kernel, which
 *  is done with it, must not write to it any more. */
static void check_ours(OVERLAPPED *overlapped)
{
    overlapped->Internal = OURS;
    overlapped->InternalHigh = OURS;
    sim_settle();
    CHECK(overlapped->Internal == OURS && overlapped->InternalHigh == OURS);
}

/* ---- One at a time ------------------------------------------------------- */

/** @brief Reuse after the packet was removed. */
static void check_by_packet(OVERLAPPED *overlapped)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    struct fact_packet packet;
    char in[4];

    fact_associate(pipe.server, port, 1);
    for (DWORD bytes = 1; bytes <= 3; bytes++) {
        fact_read_later(pipe.server, in, sizeof in, overlapped);
        fact_write(pipe.client, "abc", bytes);
        packet = fact_packet_take(port);
        CHECK(packet.success && packet.bytes == bytes);
        CHECK(overlapped->InternalHigh == bytes);
        check_ours(overlapped);
    }
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** @brief Reuse after event and result. */
static void check_by_event(OVERLAPPED *overlapped)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    DWORD count;
    char in[4];

    CHECK(event != NULL);
    overlapped->hEvent = event;
    for (DWORD bytes = 1; bytes <= 3; bytes++) {
        fact_read_later(pipe.server, in, sizeof in, overlapped);
        fact_write(pipe.client, "abc", bytes);
        CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
        CHECK(GetOverlappedResult(pipe.server, overlapped, &count, FALSE));
        CHECK(count == bytes);
        check_ours(overlapped);
    }
    overlapped->hEvent = NULL;
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}

/** What the routine was last told; one thread only. */
static DWORD told_bytes;

static VOID CALLBACK hear_bytes(DWORD error,
                                DWORD bytes,
                                OVERLAPPED *overlapped)
{
    CHECK(error == ERROR_SUCCESS);
    told_bytes = bytes;
    check_ours(overlapped);
}

/** @brief Reuse after the routine ran. */
static void check_by_routine(OVERLAPPED *overlapped)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    char in[4];

    for (DWORD bytes = 1; bytes <= 3; bytes++) {
        CHECK(ReadFileEx(pipe.server, in, sizeof in, overlapped, hear_bytes));
        fact_write(pipe.client, "abc", bytes);
        CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
        CHECK(told_bytes == bytes);
        check_ours(overlapped);
    }
    fact_pipe_close(&pipe);
}

/** @brief Operations that are out together, each with one of its own. */
static void check_apart(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED reads[3] = {{0}, {0}, {0}};
    DWORD count;
    char in[3];

    for (size_t at = 0; at < 3; at++) {
        fact_read_later(pipe.server, in + at, 1, &reads[at]);
    }
    /* The one in the middle is cancelled; its neighbours go on. */
    CHECK(CancelIoEx(pipe.server, &reads[1]));
    fact_write(pipe.client, "ab", 2);
    sim_settle();
    CHECK(GetOverlappedResult(pipe.server, &reads[0], &count, FALSE));
    CHECK(count == 1 && in[0] == 'a');
    CHECK(!GetOverlappedResult(pipe.server, &reads[1], &count, FALSE));
    CHECK(GetLastError() == ERROR_OPERATION_ABORTED && count == 0);
    CHECK(GetOverlappedResult(pipe.server, &reads[2], &count, FALSE));
    CHECK(count == 1 && in[2] == 'b');
    fact_pipe_close(&pipe);
}

void fact_ovl_25(void)
{
    OVERLAPPED overlapped = {0};

    /* One for each operation that is out: what becomes of one is not mixed
     * up with what becomes of another. */
    check_apart();
    /* One after the other: as soon as the end was received it is ours again,
     * to keep or to use for the next. */
    check_by_packet(&overlapped);
    check_by_event(&overlapped);
    check_by_routine(&overlapped);
}

/* ---- Shared -------------------------------------------------------------- */

void fact_ovl_26(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED shared = {0};
    struct fact_packet packet;
    char in[2][4] = {"", ""};

    /* Two reads that pend with one block: both are accepted, */
    fact_associate(pipe.server, port, 1);
    fact_read_later(pipe.server, in[0], 4, &shared);
    fact_read_later(pipe.server, in[1], 4, &shared);
    /* both end, and both write the block: the last one is what is left. */
    fact_write(pipe.client, "a", 1);
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &shared && packet.bytes == 1);
    CHECK(shared.InternalHigh == 1);
    fact_write(pipe.client, "bcd", 3);
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &shared && packet.bytes == 3);
    CHECK(shared.InternalHigh == 3);
    CHECK(in[0][0] == 'a' && in[1][0] == 'b');
    /* Cancelling names a block, so it means both. */
    fact_read_later(pipe.server, in[0], 4, &shared);
    fact_read_later(pipe.server, in[1], 4, &shared);
    CHECK(CancelIoEx(pipe.server, &shared));
    for (int turn = 0; turn < 2; turn++) {
        packet = fact_packet_take(port);
        CHECK(packet.overlapped == &shared);
        CHECK(packet.error == ERROR_OPERATION_ABORTED);
    }
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
