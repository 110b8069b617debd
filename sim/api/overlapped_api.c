/**
 * @file overlapped_api.c
 * @brief The Win32 calls about an operation that was started before.
 *
 * GetOverlappedResult is not a question to the kernel: it reads the program's
 * own memory, and waits only while that says pending.  Cancelling is the
 * opposite: it asks the kernel and learns nothing about the outcome.
 *
 * Uses:     api.h, irp.h.
 * Used by:  layer 0, programs.
 * Facts:    OVL-11, OVL-17, OVL-18, OVL-19, OVL-20, OVL-21, OVL-22, OVL-23,
 *           CANCEL-01, CANCEL-02, CANCEL-03, CANCEL-04, CANCEL-06, CANCEL-07,
 *           CANCEL-09, CANCEL-10, CANCEL-12.
 * Read next: pool.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/irp.h"
#include "api.h"

/** A question about an operation. */
struct question {
    const char *call;
    HANDLE file;
    DWORD milliseconds;
    bool alertable;
};

/** @brief Wait for the event or, without one, for the file.
 *  @return 0, or the last error of the call. */
static DWORD wait_for_end(const struct question *question,
                          const OVERLAPPED *overlapped)
{
    struct object *object;
    int64_t interval;
    const struct wait wait = {
        .objects = &object,
        .count = 1,
        .alertable = question->alertable,
        .interval = sim__time_interval(question->milliseconds, &interval),
        .call = question->call,
    };
    HANDLE handle =
        overlapped->hEvent != NULL ? overlapped->hEvent : question->file;
    NTSTATUS status =
        sim__handle_find(handle, OBJECT_NONE, SYNCHRONIZE, &object);

    if (NT_SUCCESS(status)) {
        status = sim__wait(&wait);
    }
    switch (status) {
    case STATUS_TIMEOUT:
        return WAIT_TIMEOUT;
    case STATUS_USER_APC:
        return WAIT_IO_COMPLETION;
    default:
        return NT_SUCCESS(status) ? ERROR_SUCCESS
                                  : RtlNtStatusToDosError(status);
    }
}

/** @brief The body of both calls between their choice points.
 *  @return The last error, or ERROR_SUCCESS. */
static DWORD ask(const struct question *question,
                 const OVERLAPPED *overlapped,
                 LPDWORD bytes_out)
{
    NTSTATUS status = (NTSTATUS)overlapped->Internal;

    if (status == STATUS_PENDING) {
        DWORD error;

        if (question->milliseconds == 0) {
            /* FACT OVL-19 not finished, not waiting: the count is left. */
            return ERROR_IO_INCOMPLETE;
        }
        /* FACT OVL-20 waiting form: on hEvent, else on the file. */
        error = wait_for_end(question, overlapped);
        if (error != ERROR_SUCCESS) {
            return error;
        }
        /* It may still say pending, which then counts as success: OVL-20. */
        status = (NTSTATUS)overlapped->Internal;
    }
    /* FACT OVL-17 GetOverlappedResult trusts Internal, whatever the handle.
     * FACT OVL-18 the count is returned even on failure. */
    *bytes_out = (DWORD)overlapped->InternalHigh;
    /* FACT OVL-21 warnings fail in GetOverlappedResult. */
    return NT_SUCCESS(status) ? ERROR_SUCCESS : RtlNtStatusToDosError(status);
}

static BOOL get_result(const struct question *question,
                       LPOVERLAPPED overlapped,
                       LPDWORD bytes_out)
{
    DWORD error;

    sim__require(overlapped, question->call, "lpOverlapped");
    sim__require(bytes_out, question->call, "lpNumberOfBytesTransferred");
    sim__before();
    error = ask(question, overlapped, bytes_out);
    trace(call, .text = question->call, .value = {(int64_t)error});
    sim__after();
    return error == ERROR_SUCCESS ? TRUE : sim__fail(error);
}

BOOL WINAPI GetOverlappedResult(HANDLE file,
                                LPOVERLAPPED overlapped,
                                LPDWORD bytes_out,
                                BOOL wait)
{
    const struct question question = {
        .call = "GetOverlappedResult",
        .file = file,
        .milliseconds = wait ? INFINITE : 0,
    };

    return get_result(&question, overlapped, bytes_out);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE file,
                                  LPOVERLAPPED overlapped,
                                  LPDWORD bytes_out,
                                  DWORD milliseconds,
                                  BOOL alertable)
{
    /* FACT OVL-23 GetOverlappedResultEx: a time-out of 0 does not wait, so
     * no APC runs; then 258 for the time-out, 192 for an APC. */
    const struct question question = {
        .call = "GetOverlappedResultEx",
        .file = file,
        .milliseconds = milliseconds,
        .alertable = alertable != FALSE,
    };

    return get_result(&question, overlapped, bytes_out);
}

/** @brief Ask to cancel what matches; how many there were. */
static NTSTATUS cancel_matching(HANDLE handle,
                                const struct irp_match *match,
                                uint32_t *count_out)
{
    struct object *file;
    /* FACT CANCEL-07 any handle to the same file object will do, and FACT
     * CANCEL-09 no other. */
    NTSTATUS status = match->block != NULL
                          ? sim__handle_find_open(handle, OBJECT_FILE, 0, &file)
                          : sim__handle_find(handle, OBJECT_FILE, 0, &file);

    if (NT_SUCCESS(status)) {
        *count_out = sim__irp_cancel((struct file *)file, match);
    }
    return status;
}

BOOL WINAPI CancelIo(HANDLE file)
{
    const struct irp_match match = {
        .thread = sim__world.current,
        .call = "CancelIo",
    };
    uint32_t count;
    NTSTATUS status;

    sim__before();
    /* FACT CANCEL-01 CancelIo: TRUE also when there was nothing. */
    status = cancel_matching(file, &match, &count);
    sim__after();
    return sim__result(status);
}

BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    const struct irp_match match = {
        .block = (const IO_STATUS_BLOCK *)(const void *)overlapped,
        .call = "CancelIoEx",
    };
    uint32_t count;
    NTSTATUS status;

    sim__before();
    status = cancel_matching(file, &match, &count);
    if (NT_SUCCESS(status) && count == 0) {
        /* FACT CANCEL-03 nothing to cancel, and FACT CANCEL-10 an operation
         * whose packet waits is no longer pending. */
        status = STATUS_NOT_FOUND;
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI CancelSynchronousIo(HANDLE handle)
{
    struct object *thread;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(handle, OBJECT_THREAD, THREAD_TERMINATE, &thread);
    /* FACT CANCEL-12 CancelSynchronousIo: only what the thread is blocked in,
     * and only if it is. */
    if (NT_SUCCESS(status) &&
        !sim__irp_cancel_synchronous((struct thread *)thread)) {
        status = STATUS_NOT_FOUND;
    }
    sim__after();
    return sim__result(status);
}
