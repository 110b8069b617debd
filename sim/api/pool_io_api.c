/**
 * @file pool_io_api.c
 * @brief The Win32 calls that bring the ends of operations to the pool.
 *
 * There are an old way, BindIoCompletionCallback, and a new one, which must be
 * told of each operation before it begins.
 *
 * Uses:     pool.h, ../kernel/file.h.
 * Used by:  programs.
 * Facts:    PORT-16, PORT-101, PORT-102.
 * Read next: pool_work_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../kernel/file.h"
#include "pool.h"

/** @brief Let the pool hear of a file's operations. */
static NTSTATUS bind_file(HANDLE handle, struct pool_item *item)
{
    struct object *file;
    NTSTATUS status = sim__handle_find(handle, OBJECT_FILE, 0, &file);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    item->number = file->number;
    return sim__file_associate((struct file *)file,
                               sim__pool_port(),
                               (ULONG_PTR)item);
}

/* ---- The old way --------------------------------------------------------- */

static void call_bound(struct pool_item *item, const struct packet *packet)
{
    LPOVERLAPPED_COMPLETION_ROUTINE routine;

    memcpy(&routine, &item->function, sizeof routine);
    /* FACT PORT-16 the callback receives a Win32 error, not a status. */
    routine(RtlNtStatusToDosError(packet->status),
            (DWORD)packet->information,
            packet->context);
}

BOOL WINAPI BindIoCompletionCallback(HANDLE file,
                                     LPOVERLAPPED_COMPLETION_ROUTINE routine,
                                     ULONG flags)
{
    struct pool_item *item;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (routine == NULL) {
        sim__stop(SIM_CRASH,
                  "BindIoCompletionCallback was called with NULL for Function, "
                  "which the thread pool calls: pass a function");
    }
    sim__before();
    /* FACT PORT-16 BindIoCompletionCallback argument errors. */
    if (flags == 0) {
        item = sim__pool_item(call_bound, &routine, NULL);
        item->unannounced = true;
        status = sim__fault("BindIoCompletionCallback", STATUS_NO_MEMORY)
                     ? STATUS_NO_MEMORY
                     : bind_file(file, item);
    }
    sim__after();
    return sim__result(status);
}

/* ---- The new way --------------------------------------------------------- */

static void call_io(struct pool_item *item, const struct packet *packet)
{
    PTP_WIN32_IO_CALLBACK callback;
    char instance;

    memcpy(&callback, &item->function, sizeof callback);
    callback((PTP_CALLBACK_INSTANCE)(void *)&instance,
             item->context,
             packet->context,
             RtlNtStatusToDosError(packet->status),
             packet->information,
             (PTP_IO)(void *)item);
}

PTP_IO WINAPI CreateThreadpoolIo(HANDLE file,
                                 PTP_WIN32_IO_CALLBACK callback,
                                 PVOID context,
                                 PTP_CALLBACK_ENVIRON environment)
{
    struct pool_item *item;
    NTSTATUS status;

    sim__pool_environment(environment, "CreateThreadpoolIo");
    if (callback == NULL) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    sim__before();
    item = sim__pool_item(call_io, &callback, context);
    status = sim__fault("CreateThreadpoolIo", STATUS_NO_MEMORY)
                 ? STATUS_NO_MEMORY
                 : bind_file(file, item);
    sim__after();
    return sim__result(status) ? (PTP_IO)(void *)item : NULL;
}

static struct pool_item *item_of(PTP_IO io, const char *call)
{
    if (io == NULL) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for pio: pass what "
                  "CreateThreadpoolIo returned",
                  call);
    }
    return (struct pool_item *)(void *)io;
}

void WINAPI StartThreadpoolIo(PTP_IO io)
{
    struct pool_item *item = item_of(io, "StartThreadpoolIo");

    sim__before();
    item->pending++;
    trace(call, .text = "StartThreadpoolIo", .value = {item->pending});
    sim__after();
}

void WINAPI CancelThreadpoolIo(PTP_IO io)
{
    struct pool_item *item = item_of(io, "CancelThreadpoolIo");

    sim__before();
    if (item->pending == 0) {
        /* FACT PORT-101 thread pool I/O bookkeeping. */
        sim__stop(SIM_CONTRACT,
                  "CancelThreadpoolIo was called for file %u, of which no "
                  "operation is announced: call it once for each "
                  "StartThreadpoolIo whose operation failed at once",
                  (unsigned)item->number);
    }
    item->pending--;
    trace(call, .text = "CancelThreadpoolIo", .value = {item->pending});
    if (item->progress != NULL) {
        sim__signal(item->progress);
    }
    sim__after();
}

void WINAPI WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel)
{
    const char *call = "WaitForThreadpoolIoCallbacks";
    struct pool_item *item = item_of(io, call);

    sim__before();
    trace(call, .text = call, .value = {item->pending});
    sim__pool_wait(item, cancel != FALSE, call);
    sim__after();
}

void WINAPI CloseThreadpoolIo(PTP_IO io)
{
    (void)item_of(io, "CloseThreadpoolIo");
    sim__before();
    /* The item stays until the end of the world: callbacks that are to come
     * still come, and one that was not announced is found. */
    trace(call, .text = "CloseThreadpoolIo");
    sim__after();
}
