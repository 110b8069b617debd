/**
 * @file wait_api.c
 * @brief Win32 calls that wait: for objects, for time, for nothing.
 *
 * The dispatcher does the waiting (wait.c).  Here the arguments are checked in
 * Windows' order and its answer is passed on: the codes that a Win32 wait
 * returns are the kernel's own statuses.
 *
 * Uses:     api.h, wait.h.
 * Used by:  programs.
 * Facts:    LIMIT-07, THREAD-09, THREAD-10, TIME-01, TIME-03.
 * Read next: event_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

/** @brief Find something that can be waited for. */
static NTSTATUS find_waitable(HANDLE handle, struct object **out)
{
    NTSTATUS status =
        sim__handle_find(handle, OBJECT_NONE, (uint32_t)SYNCHRONIZE, out);

    if (NT_SUCCESS(status) && ((*out)->type == OBJECT_RESERVE ||
                               (*out)->type == OBJECT_WAIT_PACKET)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status;
}

static DWORD wait_refused(NTSTATUS status)
{
    sim__set_error(RtlNtStatusToDosError(status));
    sim__after();
    return WAIT_FAILED;
}

/** @brief Wait, and pass the choice point after it. */
static DWORD wait_for(const struct wait *wait)
{
    struct thread *self = sim__world.current;
    NTSTATUS status;

    self->wait_status = STATUS_PENDING;
    status = sim__wait(wait);
    if (self->wait_status == STATUS_PENDING) {
        /* It did not block.  One that did was chosen anew when it woke, and a
         * second choice would add nothing. */
        sim__after();
    }
    return (DWORD)status;
}

static DWORD wait_single(const char *call,
                         HANDLE handle,
                         DWORD milliseconds,
                         bool alertable)
{
    struct object *object;
    int64_t storage;
    NTSTATUS status;

    sim__before();
    status = find_waitable(handle, &object);
    if (SIM_UNLIKELY(!NT_SUCCESS(status))) {
        return wait_refused(status);
    }
    return wait_for(&(const struct wait){
        .objects = &object,
        .count = 1,
        .alertable = alertable,
        .interval = sim__time_interval(milliseconds, &storage),
        .call = call});
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return wait_single("WaitForSingleObject", handle, milliseconds, false);
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle,
                                   DWORD milliseconds,
                                   BOOL alertable)
{
    return wait_single("WaitForSingleObjectEx",
                       handle,
                       milliseconds,
                       alertable != FALSE);
}

/** @brief Whether an object stands in the list twice. */
static bool has_duplicates(struct object *const *objects, uint32_t count)
{
    for (uint32_t at = 1; at < count; at++) {
        for (uint32_t other = 0; other < at; other++) {
            if (objects[at] == objects[other]) {
                return true;
            }
        }
    }
    return false;
}

/** @brief Check the arguments of a wait for several objects. */
static NTSTATUS find_all(DWORD count,
                         const HANDLE *handles,
                         BOOL wait_all,
                         struct object **objects)
{
    /* FACT LIMIT-07 64 objects, and none is an error too. */
    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS) {
        return STATUS_INVALID_PARAMETER;
    }
    if (handles == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    for (uint32_t at = 0; at < count; at++) {
        NTSTATUS status = find_waitable(handles[at], &objects[at]);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    /* A wait for all takes each object once; for any of them it would not
     * matter that one is named twice. */
    if (wait_all && has_duplicates(objects, count)) {
        return STATUS_INVALID_PARAMETER_MIX;
    }
    return STATUS_SUCCESS;
}

static DWORD wait_multiple(const char *call,
                           DWORD count,
                           const HANDLE *handles,
                           BOOL wait_all,
                           DWORD milliseconds,
                           BOOL alertable)
{
    struct object *objects[MAXIMUM_WAIT_OBJECTS];
    int64_t storage;
    NTSTATUS status;

    sim__before();
    status = find_all(count, handles, wait_all, objects);
    if (SIM_UNLIKELY(!NT_SUCCESS(status))) {
        return wait_refused(status);
    }
    return wait_for(&(const struct wait){
        .objects = objects,
        .count = count,
        .all = wait_all != FALSE,
        .alertable = alertable != FALSE,
        .interval = sim__time_interval(milliseconds, &storage),
        .call = call});
}

DWORD WINAPI WaitForMultipleObjects(DWORD count,
                                    const HANDLE *handles,
                                    BOOL wait_all,
                                    DWORD milliseconds)
{
    return wait_multiple("WaitForMultipleObjects",
                         count,
                         handles,
                         wait_all,
                         milliseconds,
                         FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count,
                                      const HANDLE *handles,
                                      BOOL wait_all,
                                      DWORD milliseconds,
                                      BOOL alertable)
{
    return wait_multiple("WaitForMultipleObjectsEx",
                         count,
                         handles,
                         wait_all,
                         milliseconds,
                         alertable);
}

/** @brief The first half of SignalObjectAndWait, by type. */
static NTSTATUS signal_any(HANDLE handle)
{
    static const char call[] = "SignalObjectAndWait";
    struct object *object;
    NTSTATUS status = sim__handle_find(handle, OBJECT_NONE, 0, &object);
    uint32_t type = NT_SUCCESS(status) ? object->type : OBJECT_NONE;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (type == OBJECT_EVENT) {
        status =
            sim__handle_find(handle, OBJECT_EVENT, EVENT_MODIFY_STATE, &object);
    } else if (type == OBJECT_SEMAPHORE) {
        status = sim__handle_find(handle,
                                  OBJECT_SEMAPHORE,
                                  SEMAPHORE_MODIFY_STATE,
                                  &object);
    } else if (type != OBJECT_MUTEX) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (type == OBJECT_SEMAPHORE) {
        return sim__semaphore_add(object, 1, call);
    }
    if (type == OBJECT_MUTEX) {
        return sim__mutex_give(object, call);
    }
    trace(call, .text = call, .object = object);
    sim__signal(object);
    return STATUS_SUCCESS;
}

DWORD WINAPI SignalObjectAndWait(HANDLE signal,
                                 HANDLE wait,
                                 DWORD milliseconds,
                                 BOOL alertable)
{
    struct object *object;
    int64_t storage;
    DWORD result;
    NTSTATUS status;

    sim__before();
    status = find_waitable(wait, &object);
    if (NT_SUCCESS(status)) {
        status = signal_any(signal);
    }
    if (!NT_SUCCESS(status)) {
        return wait_refused(status);
    }
    /* The page of this call says that its halves are not one step: others may
     * see the signal, and even close the handle, before the wait begins. */
    sim__object_keep(object);
    sim__after();
    result = wait_for(&(const struct wait){
        .objects = &object,
        .count = 1,
        .alertable = alertable != FALSE,
        .interval = sim__time_interval(milliseconds, &storage),
        .call = "SignalObjectAndWait"});
    sim__object_drop(object);
    return result;
}

/** @brief Sleep for a time that is not zero; WAIT_IO_COMPLETION or 0. */
static DWORD sleep_for(const char *call, DWORD milliseconds, bool alertable)
{
    struct thread *self = sim__world.current;
    int64_t storage;
    const int64_t *interval = sim__time_interval(milliseconds, &storage);

    self->waits_in = call;
    trace(wait, .text = call, .value = {interval == NULL ? 0 : -*interval});
    if (sim__block(BLOCK_SLEEP, alertable, sim__time_due(interval)) ==
        STATUS_USER_APC) {
        (void)sim__apc_run_all();
        return WAIT_IO_COMPLETION;
    }
    trace(timeout, .text = call);
    return 0;
}

void WINAPI Sleep(DWORD milliseconds)
{
    sim__before();
    if (milliseconds == 0) {
        sim__yield();
        return;
    }
    (void)sleep_for("Sleep", milliseconds, false);
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    sim__before();
    /* FACT THREAD-09 an alertable wait runs all queued APCs, and ends. */
    if (alertable && sim__apc_run_all()) {
        return WAIT_IO_COMPLETION;
    }
    if (milliseconds == 0) {
        sim__yield();
        return 0;
    }
    return sleep_for("SleepEx", milliseconds, alertable != FALSE);
}

BOOL WINAPI SwitchToThread(void)
{
    bool others;

    sim__before();
    others = sim__world.ready_count != 0;
    sim__yield();
    return others;
}
