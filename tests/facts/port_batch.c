/**
 * @file port_batch.c
 * @brief Facts about GetQueuedCompletionStatusEx.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-49, PORT-50, PORT-51, PORT-52, PORT-55.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { ENTRIES = 8 };

/** What one call removed. */
struct batch {
    HANDLE port;
    OVERLAPPED_ENTRY entries[ENTRIES];
    ULONG removed;
};

/** @brief Remove up to @p count packets that must come. */
static void take(struct batch *batch, ULONG count)
{
    CHECK(GetQueuedCompletionStatusEx(batch->port,
                                      batch->entries,
                                      count,
                                      &batch->removed,
                                      FACT_LIMIT_MS,
                                      FALSE));
    CHECK(batch->removed >= 1 && batch->removed <= count);
}

static DWORD WINAPI take_waiting(void *batch)
{
    take(batch, ENTRIES);
    return 0;
}

/** @brief The keys of a batch count up from @p first. */
static void check_keys(const struct batch *batch, ULONG_PTR first)
{
    for (ULONG at = 0; at < batch->removed; at++) {
        CHECK(batch->entries[at].lpCompletionKey == first + at);
    }
}

void fact_port_49(void)
{
    struct batch batch = {.port = fact_port(0)};
    HANDLE waiter;
    ULONG first;

    /* Five packets are queued, and there is room for three, */
    for (ULONG_PTR key = 1; key <= 5; key++) {
        fact_post(batch.port, key);
    }
    take(&batch, 3);
    CHECK(batch.removed == 3);
    check_keys(&batch, 1);
    /* then for more than are left: the call does not wait for others. */
    take(&batch, ENTRIES);
    CHECK(batch.removed == 2);
    check_keys(&batch, 4);
    /* When there is none it waits, and the first ends its wait. */
    waiter = fact_start(take_waiting, &batch);
    sim_settle();
    fact_post(batch.port, 6);
    (void)fact_join(waiter);
    CHECK(batch.removed == 1);
    check_keys(&batch, 6);
    /* Of several that come then it gets at least one: those that are there
     * when it returns may come along.  What it does not get stays. */
    waiter = fact_start(take_waiting, &batch);
    sim_settle();
    for (ULONG_PTR key = 7; key <= 9; key++) {
        fact_post(batch.port, key);
    }
    (void)fact_join(waiter);
    check_keys(&batch, 7);
    first = batch.removed;
    sim_mark(first == 1 ? "one" : "more than one");
    CHECK(fact_depth(batch.port) == (LONG)(3 - first));
    CHECK(CloseHandle(batch.port));
}

void fact_port_50(void)
{
    struct fact_native native = fact_native();
    struct batch batch = {.port = fact_port(0)};
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char in[4];

    /* All packets of a batch are of operations that failed. */
    fact_associate(pipe.server, batch.port, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CloseHandle(pipe.client));
    pipe.client = NULL;
    CHECK(native.set(batch.port, NULL, NULL, STATUS_CANCELLED, 0) ==
          STATUS_SUCCESS);
    fact_packet_await(batch.port, 2);
    /* Removing them has not failed: TRUE. */
    take(&batch, ENTRIES);
    CHECK(batch.removed == 2);
    CHECK(batch.entries[0].lpOverlapped == &overlapped);
    /* What became of the operation must be asked for. */
    CHECK(!GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(GetLastError() == ERROR_BROKEN_PIPE);
    /* A failure that ends a thread's wait is TRUE as well. */
    CHECK(native.set(batch.port, NULL, NULL, STATUS_CANCELLED, 0) ==
          STATUS_SUCCESS);
    take(&batch, 1);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(batch.port));
}

/** @brief What an entry says of its packet. */
static void check_entry(const OVERLAPPED_ENTRY *entry,
                        NTSTATUS status,
                        DWORD bytes)
{
    CHECK((NTSTATUS)(ULONG)entry->Internal == status);
    CHECK(entry->dwNumberOfBytesTransferred == bytes);
}

void fact_port_51(void)
{
    struct fact_native native = fact_native();
    struct batch batch = {.port = fact_port(0)};
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    char in[4];

    /* A posted packet, two posted natively, and two of operations. */
    CHECK(PostQueuedCompletionStatus(batch.port, 3, 0, NULL));
    CHECK(native.set(batch.port, NULL, NULL, 789, 4) == STATUS_SUCCESS);
    CHECK(native.set(batch.port, NULL, NULL, STATUS_BUFFER_OVERFLOW, 5) ==
          STATUS_SUCCESS);
    fact_associate(pipe.server, batch.port, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    fact_packet_await(batch.port, 4);
    take(&batch, ENTRIES);
    CHECK(batch.removed == 4);
    /* The low half of Internal is the status, and there is the count. */
    check_entry(&batch.entries[0], STATUS_SUCCESS, 3);
    check_entry(&batch.entries[1], 789, 4);
    check_entry(&batch.entries[2], STATUS_BUFFER_OVERFLOW, 5);
    check_entry(&batch.entries[3], STATUS_SUCCESS, 2);
    /* The same goes for an operation that fails. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    take(&batch, ENTRIES);
    CHECK(batch.removed == 1);
    check_entry(&batch.entries[0], STATUS_CANCELLED, 0);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(batch.port));
}

/* ---- The count on failure ------------------------------------------------ */

static void WINAPI do_nothing(ULONG_PTR argument)
{
    (void)argument;
}

/** @brief Make a call that removes nothing, and look at its count. */
static void check_count(struct batch *batch, DWORD milliseconds, BOOL alertable)
{
    batch->removed = 77;
    CHECK(!GetQueuedCompletionStatusEx(batch->port,
                                       batch->entries,
                                       ENTRIES,
                                       &batch->removed,
                                       milliseconds,
                                       alertable));
    CHECK(batch->removed == 0 || batch->removed == 1);
    sim_mark(batch->removed == 0 ? "none" : "one that is not there");
}

void fact_port_52(void)
{
    struct batch batch = {.port = fact_port(0)};

    /* A call that removed nothing may say 0 or 1: after a time-out, */
    check_count(&batch, 0, FALSE);
    check_count(&batch, 20, FALSE);
    /* and after an APC. */
    CHECK(QueueUserAPC(do_nothing, GetCurrentThread(), 0));
    check_count(&batch, 0, TRUE);
    CHECK(CloseHandle(batch.port));
}

/* ---- A batch and the concurrency value ----------------------------------- */

void fact_port_55(void)
{
    struct batch batch = {.port = fact_port(2)};
    struct fact_runner runner;
    HANDLE waiter;

    /* This thread has three packets, and two others wait. */
    for (ULONG_PTR key = 1; key <= 3; key++) {
        fact_post(batch.port, key);
    }
    take(&batch, ENTRIES);
    CHECK(batch.removed == 3);
    waiter = fact_waiter(batch.port);
    fact_runner_start(&runner, batch.port);
    /* It counts as one of two that may run: there is a place for one of them,
     * and not for the other. */
    fact_post(batch.port, 4);
    fact_post(batch.port, 5);
    fact_packet_stay(batch.port, 1);
    fact_await(&runner.key, 4);
    /* A batch that follows counts as one, again, and takes what there is. */
    fact_post(batch.port, 6);
    take(&batch, ENTRIES);
    CHECK(batch.removed == 2);
    check_keys(&batch, 5);
    fact_post(batch.port, 7);
    fact_packet_stay(batch.port, 1);
    fact_runner_end(&runner);
    CHECK(fact_join(waiter) == 7);
    CHECK(CloseHandle(batch.port));
}
