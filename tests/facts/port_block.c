/**
 * @file port_block.c
 * @brief Facts about when the status block of an operation is written.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-47, PORT-48.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

/** A pipe with a read that pends, and the read's packet when it is queued. */
struct read {
    struct fact_pipe pipe;
    HANDLE port;
    HANDLE event; /* Or NULL. */
    OVERLAPPED overlapped;
    char in[4];
};

static void read_begin(struct read *read, BOOL with_event)
{
    memset(read, 0, sizeof *read);
    read->pipe = fact_pipe(FALSE);
    read->port = fact_port(0);
    fact_associate(read->pipe.server, read->port, 7);
    if (with_event) {
        read->event = CreateEventW(NULL, TRUE, FALSE, NULL);
        CHECK(read->event != NULL);
        read->overlapped.hEvent = read->event;
    }
    fact_read_later(read->pipe.server,
                    read->in,
                    sizeof read->in,
                    &read->overlapped);
    CHECK((NTSTATUS)read->overlapped.Internal == STATUS_PENDING);
}

static void read_end(struct read *read)
{
    if (read->event != NULL) {
        CHECK(CloseHandle(read->event));
    }
    fact_pipe_close(&read->pipe);
    CHECK(CloseHandle(read->port));
}

/** @brief Cancel it and wait until its packet is queued. */
static void read_cancel(struct read *read)
{
    CHECK(CancelIoEx(read->pipe.server, &read->overlapped));
    fact_packet_await(read->port, 1);
}

/** @brief Let it succeed and wait until its packet is queued. */
static void read_succeed(struct read *read)
{
    fact_write(read->pipe.client, "ab", 2);
    fact_packet_await(read->port, 1);
}

/** @brief What the status block says. */
static BOOL says(const struct read *read, NTSTATUS status, ULONG_PTR count)
{
    /* Volatile, as in HasOverlappedIoCompleted(): the kernel writes it. */
    const volatile OVERLAPPED *overlapped = &read->overlapped;

    return (NTSTATUS)overlapped->Internal == status &&
           overlapped->InternalHigh == count;
}

static BOOL completed(const struct read *read)
{
    const volatile OVERLAPPED *overlapped = &read->overlapped;

    return HasOverlappedIoCompleted(overlapped);
}

/* ---- At the removal ------------------------------------------------------ */

/** A way to remove the packet of a cancelled read. */
typedef void remove_fn(HANDLE port);

static void remove_one(HANDLE port)
{
    CHECK(fact_packet_take(port).error == ERROR_OPERATION_ABORTED);
}

static void remove_batch(HANDLE port)
{
    OVERLAPPED_ENTRY entries[2];
    ULONG removed;

    CHECK(GetQueuedCompletionStatusEx(port,
                                      entries,
                                      2,
                                      &removed,
                                      FACT_LIMIT_MS,
                                      FALSE));
    CHECK(removed == 1);
}

static void remove_natively(HANDLE port)
{
    CHECK(fact_packet_remove(port).block.Status == STATUS_CANCELLED);
}

static DWORD WINAPI remove_waiting(void *port)
{
    remove_one(port);
    return 0;
}

void fact_port_47(void)
{
    remove_fn *const removals[] = {remove_one, remove_batch, remove_natively};
    struct read read;
    HANDLE waiter;

    for (size_t at = 0; at < 3; at++) {
        /* A read is cancelled.  It is over, since its packet is queued, */
        read_begin(&read, FALSE);
        read_cancel(&read);
        /* but the status block does not say so */
        CHECK(says(&read, STATUS_PENDING, 0));
        /* until the packet is removed, however that is done. */
        removals[at](read.port);
        CHECK(says(&read, STATUS_CANCELLED, 0));
        read_end(&read);
    }
    /* A thread that has waited finds it written. */
    read_begin(&read, FALSE);
    waiter = fact_start(remove_waiting, read.port);
    sim_settle();
    CHECK(CancelIoEx(read.pipe.server, &read.overlapped));
    (void)fact_join(waiter);
    CHECK(says(&read, STATUS_CANCELLED, 0));
    read_end(&read);
    /* When a read succeeds it may be written sooner: programs must expect
     * both. */
    read_begin(&read, FALSE);
    read_succeed(&read);
    if (says(&read, STATUS_PENDING, 0)) {
        sim_mark("written at removal");
    } else {
        CHECK(says(&read, STATUS_SUCCESS, 2));
        sim_mark("written at completion");
    }
    CHECK(fact_packet_take(read.port).success);
    CHECK(says(&read, STATUS_SUCCESS, 2));
    read_end(&read);
}

/* ---- HasOverlappedIoCompleted -------------------------------------------- */

void fact_port_48(void)
{
    struct read read;

    /* With an event the status block is written at completion: the macro says
     * so while the packet is still queued, after a success */
    read_begin(&read, TRUE);
    read_succeed(&read);
    CHECK(completed(&read) && says(&read, STATUS_SUCCESS, 2));
    CHECK(fact_depth(read.port) == 1);
    read_end(&read);
    /* and after a failure. */
    read_begin(&read, TRUE);
    read_cancel(&read);
    CHECK(completed(&read) && says(&read, STATUS_CANCELLED, 0));
    CHECK(fact_depth(read.port) == 1);
    read_end(&read);
    /* Without one it may lag behind the port. */
    read_begin(&read, FALSE);
    read_succeed(&read);
    sim_mark(completed(&read) ? "up to date" : "lagging");
    CHECK(fact_packet_take(read.port).success);
    CHECK(completed(&read));
    read_end(&read);
    /* That of a cancelled operation does. */
    read_begin(&read, FALSE);
    read_cancel(&read);
    CHECK(!completed(&read));
    CHECK(fact_packet_take(read.port).error == ERROR_OPERATION_ABORTED);
    CHECK(completed(&read));
    read_end(&read);
}
