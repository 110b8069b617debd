/**
 * @file mutex_api.c
 * @brief Win32 calls about mutexes.
 *
 * A mutex remembers who took it: its owner may take it again, only its owner
 * may release it, and when its owner ends the next wait is told so.
 *
 * Uses:     api.h, wait.h.
 * Used by:  programs.
 * Facts:    TIME-13.
 * Read next: timer_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

/** @brief A new mutex belongs to its creator, who takes it as anybody would:
 *  by a wait, which cannot fail here. */
static void take_new(struct object *object)
{
    static const int64_t at_once = 0;

    (void)sim__wait(&(const struct wait){.objects = &object,
                                         .count = 1,
                                         .interval = &at_once,
                                         .call = "CreateMutex"});
}

HANDLE WINAPI CreateMutexExW(SECURITY_ATTRIBUTES *attributes,
                             const WCHAR *name,
                             DWORD flags,
                             DWORD access)
{
    struct object *object = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    sim__before();
    if (!(flags & ~(DWORD)CREATE_MUTEX_INITIAL_OWNER)) {
        status = sim__named_find(OBJECT_MUTEX, name, &object);
    }
    if (status == STATUS_SUCCESS) {
        object = sim__object_create(OBJECT_MUTEX, sizeof(struct mutex));
        object->signal = 1;
        if (flags & CREATE_MUTEX_INITIAL_OWNER) {
            take_new(object);
        }
    }
    /* Of a mutex that existed the creator is not made the owner. */
    return sim__open_created(status,
                             object,
                             &(const struct opening){name, attributes, access});
}

HANDLE WINAPI CreateMutexW(SECURITY_ATTRIBUTES *attributes,
                           BOOL owned,
                           const WCHAR *name)
{
    return CreateMutexExW(attributes,
                          name,
                          owned ? CREATE_MUTEX_INITIAL_OWNER : 0u,
                          MUTEX_ALL_ACCESS);
}

HANDLE WINAPI CreateMutexA(SECURITY_ATTRIBUTES *attributes,
                           BOOL owned,
                           const char *name)
{
    return CreateMutexW(attributes, owned, sim__wide(name));
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, const WCHAR *name)
{
    return sim__open_named(OBJECT_MUTEX, access, inherit, name);
}

NTSTATUS sim__mutex_give(struct object *object, const char *call)
{
    struct mutex *mutex = (struct mutex *)object;

    if (mutex->owner == sim__world.current) {
        trace(call, .text = call, .object = object);
    }
    return sim__mutex_release(mutex);
}

BOOL WINAPI ReleaseMutex(HANDLE handle)
{
    struct object *mutex;
    NTSTATUS status;

    sim__before();
    /* No right is asked for: owning the mutex is what counts. */
    status = sim__handle_find(handle, OBJECT_MUTEX, 0, &mutex);
    if (NT_SUCCESS(status)) {
        status = sim__mutex_give(mutex, "ReleaseMutex");
    }
    sim__after();
    return sim__result(status);
}
