/**
 * @file semaphore_api.c
 * @brief Win32 calls about semaphores.
 *
 * A semaphore is a signal that counts: each wait takes one, and a release that
 * would pass the maximum adds nothing at all.
 *
 * Uses:     api.h, wait.h.
 * Used by:  programs, wait_api.c.
 * Facts:    TIME-13.
 * Read next: mutex_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

struct semaphore {
    struct object object; /* signal is the count. */
    LONG maximum;
};

HANDLE WINAPI CreateSemaphoreExW(SECURITY_ATTRIBUTES *attributes,
                                 LONG initial,
                                 LONG maximum,
                                 const WCHAR *name,
                                 DWORD flags,
                                 DWORD access)
{
    struct object *object = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    sim__before();
    if (flags == 0 && initial >= 0 && maximum > 0 && initial <= maximum) {
        status = sim__named_find(OBJECT_SEMAPHORE, name, &object);
    }
    if (status == STATUS_SUCCESS) {
        struct semaphore *semaphore =
            sim__object_create(OBJECT_SEMAPHORE, sizeof *semaphore);

        semaphore->maximum = maximum;
        object = &semaphore->object;
        object->signal = initial;
    }
    return sim__open_created(status,
                             object,
                             &(const struct opening){name, attributes, access});
}

HANDLE WINAPI CreateSemaphoreW(SECURITY_ATTRIBUTES *attributes,
                               LONG initial,
                               LONG maximum,
                               const WCHAR *name)
{
    return CreateSemaphoreExW(attributes,
                              initial,
                              maximum,
                              name,
                              0,
                              SEMAPHORE_ALL_ACCESS);
}

HANDLE WINAPI CreateSemaphoreA(SECURITY_ATTRIBUTES *attributes,
                               LONG initial,
                               LONG maximum,
                               const char *name)
{
    return CreateSemaphoreW(attributes, initial, maximum, sim__wide(name));
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, const WCHAR *name)
{
    return sim__open_named(OBJECT_SEMAPHORE, access, inherit, name);
}

NTSTATUS sim__semaphore_add(struct object *object, LONG count, const char *call)
{
    const struct semaphore *semaphore = (const struct semaphore *)object;

    if (count > semaphore->maximum - object->signal) {
        return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    }
    trace(call, .text = call, .object = object, .value = {(int64_t)count});
    object->signal += count;
    sim__wait_wake(object);
    return STATUS_SUCCESS;
}

BOOL WINAPI ReleaseSemaphore(HANDLE handle, LONG count, LONG *previous_out)
{
    struct object *semaphore = NULL;
    LONG previous;
    NTSTATUS status;

    sim__before();
    status = count > 0 ? sim__handle_find(handle,
                                          OBJECT_SEMAPHORE,
                                          SEMAPHORE_MODIFY_STATE,
                                          &semaphore)
                       : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        previous = semaphore->signal;
        status = sim__semaphore_add(semaphore, count, "ReleaseSemaphore");
        if (NT_SUCCESS(status) && previous_out != NULL) {
            *previous_out = previous;
        }
    }
    sim__after();
    return sim__result(status);
}
