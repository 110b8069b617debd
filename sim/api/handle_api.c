/**
 * @file handle_api.c
 * @brief Win32 calls about handles of any type.
 *
 * A handle is a row of a table: an object, the rights it was opened with, two
 * flags.  Closing, duplicating and asking about it is the same for all types.
 *
 * Uses:     api.h, object.h.
 * Used by:  programs.
 * Facts:    PORT-46, PORT-76, PORT-79.
 * Read next: names.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

enum { FLAGS_ALL = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE };

/** What the generic rights mean for one type; execute is the right to wait
 * for all of them. */
struct rights {
    uint32_t query;
    uint32_t modify;
    uint32_t all;
};

/** The type's own rights: "Synchronization Object Security and Access
 * Rights", "Thread Security and Access Rights", "File Security ...". */
static const struct rights rights_of[OBJECT_TYPE_COUNT] = {
    [OBJECT_EVENT] = {0x1, EVENT_MODIFY_STATE, EVENT_ALL_ACCESS},
    [OBJECT_SEMAPHORE] = {0x1, SEMAPHORE_MODIFY_STATE, SEMAPHORE_ALL_ACCESS},
    [OBJECT_MUTEX] = {0x1, 0, MUTEX_ALL_ACCESS},
    [OBJECT_TIMER] = {TIMER_QUERY_STATE, TIMER_MODIFY_STATE, TIMER_ALL_ACCESS},
    [OBJECT_THREAD] = {THREAD_QUERY_INFORMATION | THREAD_GET_CONTEXT,
                       THREAD_SET_INFORMATION | THREAD_SET_CONTEXT |
                           THREAD_SUSPEND_RESUME | THREAD_TERMINATE,
                       THREAD_ALL_ACCESS},
    [OBJECT_PROCESS] = {PROCESS_QUERY_INFORMATION,
                        PROCESS_SET_INFORMATION | PROCESS_TERMINATE,
                        PROCESS_ALL_ACCESS},
    [OBJECT_PORT] = {0x1, IO_COMPLETION_MODIFY_STATE, IO_COMPLETION_ALL_ACCESS},
    [OBJECT_FILE] = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_ALL_ACCESS},
    [OBJECT_RESERVE] = {0x1, 0x2, STANDARD_RIGHTS_ALL | 0x3},
    [OBJECT_WAIT_PACKET] = {0x1, 0x1, STANDARD_RIGHTS_REQUIRED | 0x1},
};

uint32_t sim__rights(enum object_type type, uint32_t wanted)
{
    const struct rights *rights = &rights_of[type];
    uint32_t granted = wanted & (STANDARD_RIGHTS_ALL | SPECIFIC_RIGHTS_ALL);

    if (wanted & (GENERIC_ALL | MAXIMUM_ALLOWED)) {
        granted |= rights->all;
    }
    if (wanted & GENERIC_READ) {
        granted |= READ_CONTROL | rights->query;
    }
    if (wanted & GENERIC_WRITE) {
        granted |= READ_CONTROL | rights->modify;
    }
    if (wanted & GENERIC_EXECUTE) {
        granted |= READ_CONTROL | SYNCHRONIZE;
    }
    if (type == OBJECT_THREAD && (granted & THREAD_QUERY_INFORMATION)) {
        granted |= THREAD_QUERY_LIMITED_INFORMATION;
    }
    if (type == OBJECT_THREAD && (granted & THREAD_SET_INFORMATION)) {
        granted |= THREAD_SET_LIMITED_INFORMATION;
    }
    return granted;
}

/** @brief Say that a handle is closed while its object can still be named. */
static SIM_NOINLINE void trace_close(HANDLE handle)
{
    const struct handle *row = sim__handle_row(handle);

    if (row != NULL && !(row->flags & HANDLE_FLAG_PROTECT_FROM_CLOSE)) {
        trace(close,
              .object = row->object,
              .value = {(int64_t)row->object->handles - 1});
    }
}

static NTSTATUS close_handle(HANDLE handle)
{
    if (handle == GetCurrentThread() || handle == GetCurrentProcess()) {
        return STATUS_SUCCESS; /* A pseudo handle: closing has no effect. */
    }
    if (SIM_UNLIKELY(sim__trace_state.on)) {
        trace_close(handle);
    }
    return sim__handle_close(handle);
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    NTSTATUS status;

    sim__before();
    status = close_handle(handle);
    sim__after();
    return sim__result(status);
}

NTSTATUS NTAPI NtClose(HANDLE handle)
{
    NTSTATUS status;

    sim__before();
    status = close_handle(handle);
    sim__after();
    return status;
}

/** @brief Rights and flags of a handle; pseudo handles have them all. */
static struct handle row_of(HANDLE handle, struct object *object)
{
    const struct handle *row = sim__handle_row(handle);

    if (row != NULL) {
        return *row;
    }
    return (struct handle){.object = object,
                           .access = rights_of[object->type].all};
}

/** @brief Open a second handle to the object of the first. */
static NTSTATUS duplicate(HANDLE source,
                          HANDLE *target_out,
                          DWORD access,
                          BOOL inherit,
                          DWORD options)
{
    struct object *object;
    struct handle row;
    HANDLE target;
    NTSTATUS status = sim__handle_find(source, OBJECT_NONE, 0, &object);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    row = row_of(source, object);
    if (!(options & DUPLICATE_SAME_ACCESS)) {
        row.access = sim__rights(object->type, access);
    }
    target = sim__handle_open(object, row.access);
    if (inherit) {
        sim__handle_row(target)->flags |= HANDLE_FLAG_INHERIT;
    }
    trace(call,
          .text = "DuplicateHandle",
          .object = object,
          .value = {(int64_t)object->handles});
    if (target_out != NULL) {
        *target_out = target;
    }
    /* Without a place to put it the new handle is lost, as documented. */
    return STATUS_SUCCESS;
}

/** @brief Whether a handle names the one process there is. */
static NTSTATUS find_process(HANDLE handle)
{
    struct object *process;

    return sim__handle_find(handle,
                            OBJECT_PROCESS,
                            PROCESS_DUP_HANDLE,
                            &process);
}

BOOL WINAPI DuplicateHandle(HANDLE source_process,
                            HANDLE source,
                            HANDLE target_process,
                            HANDLE *target_out,
                            DWORD access,
                            BOOL inherit,
                            DWORD options)
{
    NTSTATUS status;

    sim__before();
    status = find_process(source_process);
    if (NT_SUCCESS(status)) {
        /* Closing only, without duplicating, is done without a target. */
        if (target_process != NULL || !(options & DUPLICATE_CLOSE_SOURCE)) {
            status = find_process(target_process);
            if (NT_SUCCESS(status)) {
                status =
                    duplicate(source, target_out, access, inherit, options);
            }
        }
        if (options & DUPLICATE_CLOSE_SOURCE) {
            /* The source is closed whatever became of the duplicate. */
            NTSTATUS closed = close_handle(source);

            status = NT_SUCCESS(status) ? closed : status;
        }
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI GetHandleInformation(HANDLE handle, DWORD *flags_out)
{
    const struct handle *row;

    sim__require(flags_out, "GetHandleInformation", "lpdwFlags");
    sim__before();
    row = sim__handle_row(handle);
    if (row == NULL) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    *flags_out = row->flags & FLAGS_ALL;
    sim__after();
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags)
{
    struct handle *row;

    sim__before();
    row = sim__handle_row(handle);
    if (row == NULL) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    mask &= FLAGS_ALL;
    row->flags = (row->flags & ~(uint32_t)mask) | (flags & mask);
    trace(call,
          .text = "SetHandleInformation",
          .object = row->object,
          .value = {(int64_t)row->flags});
    sim__after();
    return TRUE;
}

BOOL WINAPI CompareObjectHandles(HANDLE first, HANDLE second)
{
    struct object *one;
    struct object *two = NULL;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(first, OBJECT_NONE, 0, &one);
    if (NT_SUCCESS(status)) {
        status = sim__handle_find(second, OBJECT_NONE, 0, &two);
    }
    sim__after();
    if (NT_SUCCESS(status) && one != two) {
        return sim__fail(ERROR_NOT_SAME_OBJECT);
    }
    return sim__result(status);
}
