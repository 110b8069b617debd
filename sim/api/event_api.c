/**
 * @file event_api.c
 * @brief Win32 calls about events.
 *
 * An event is nothing but a signal.  A manual-reset event keeps it until it is
 * reset; an auto-reset event gives it to one wait.
 *
 * Uses:     api.h, wait.h.
 * Used by:  programs.
 * Facts:    TIME-13.
 * Read next: semaphore_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

enum { EVENT_FLAGS = CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET };

HANDLE WINAPI CreateEventExW(SECURITY_ATTRIBUTES *attributes,
                             const WCHAR *name,
                             DWORD flags,
                             DWORD access)
{
    struct object *event = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    sim__before();
    if (!(flags & ~(DWORD)EVENT_FLAGS)) {
        status = sim__named_find(OBJECT_EVENT, name, &event);
    }
    if (status == STATUS_SUCCESS) {
        event = sim__object_create(OBJECT_EVENT, sizeof *event);
        event->auto_reset = !(flags & CREATE_EVENT_MANUAL_RESET);
        event->signal = (flags & CREATE_EVENT_INITIAL_SET) ? 1 : 0;
    }
    return sim__open_created(status,
                             event,
                             &(const struct opening){name, attributes, access});
}

HANDLE WINAPI CreateEventExA(SECURITY_ATTRIBUTES *attributes,
                             const char *name,
                             DWORD flags,
                             DWORD access)
{
    return CreateEventExW(attributes, sim__wide(name), flags, access);
}

HANDLE WINAPI CreateEventW(SECURITY_ATTRIBUTES *attributes,
                           BOOL manual_reset,
                           BOOL initial,
                           const WCHAR *name)
{
    DWORD flags = (manual_reset ? CREATE_EVENT_MANUAL_RESET : 0u) |
                  (initial ? CREATE_EVENT_INITIAL_SET : 0u);

    return CreateEventExW(attributes, name, flags, EVENT_ALL_ACCESS);
}

HANDLE WINAPI CreateEventA(SECURITY_ATTRIBUTES *attributes,
                           BOOL manual_reset,
                           BOOL initial,
                           const char *name)
{
    return CreateEventW(attributes, manual_reset, initial, sim__wide(name));
}

HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, const WCHAR *name)
{
    return sim__open_named(OBJECT_EVENT, access, inherit, name);
}

HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, const char *name)
{
    return OpenEventW(access, inherit, sim__wide(name));
}

/** @brief Find an event to change, and say what is done to it. */
static NTSTATUS find_event(HANDLE handle, const char *call, struct object **out)
{
    NTSTATUS status =
        sim__handle_find(handle, OBJECT_EVENT, EVENT_MODIFY_STATE, out);

    if (NT_SUCCESS(status)) {
        trace(call, .text = call, .object = *out);
    }
    return status;
}

BOOL WINAPI SetEvent(HANDLE handle)
{
    struct object *event;
    NTSTATUS status;

    sim__before();
    status = find_event(handle, "SetEvent", &event);
    if (NT_SUCCESS(status)) {
        sim__signal(event);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI ResetEvent(HANDLE handle)
{
    struct object *event;
    NTSTATUS status;

    sim__before();
    status = find_event(handle, "ResetEvent", &event);
    if (NT_SUCCESS(status)) {
        event->signal = 0;
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI PulseEvent(HANDLE handle)
{
    struct object *event;
    NTSTATUS status;

    sim__before();
    status = find_event(handle, "PulseEvent", &event);
    if (NT_SUCCESS(status)) {
        /* The page of this call warns that it is unreliable: a waiting thread
         * that the kernel has borrowed for a moment does not wait at that moment,
         * and misses the pulse. */
        if (event->wait_first != NULL && sim__choose(CHOOSE_PULSE, 2) == 0) {
            sim__signal(event);
        }
        event->signal = 0;
    }
    sim__after();
    return sim__result(status);
}
