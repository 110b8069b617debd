/**
 * @file timer_api.c
 * @brief Win32 calls about waitable timers.
 *
 * Uses:     api.h, timer.h.
 * Used by:  programs.
 * Facts:    TIME-05, TIME-06, TIME-07, TIME-09, TIME-12, TIME-13.
 * Read next: thread_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/timer.h"

#include "api.h"

enum {
    TIMER_FLAGS = CREATE_WAITABLE_TIMER_MANUAL_RESET |
                  CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
};

HANDLE WINAPI CreateWaitableTimerExW(SECURITY_ATTRIBUTES *attributes,
                                     const WCHAR *name,
                                     DWORD flags,
                                     DWORD access)
{
    struct object *object = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    sim__before();
    if (!(flags & ~(DWORD)TIMER_FLAGS)) {
        status = sim__named_find(OBJECT_TIMER, name, &object);
    }
    if (status == STATUS_SUCCESS) {
        bool manual = flags & CREATE_WAITABLE_TIMER_MANUAL_RESET;
        bool precise = flags & CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;

        object = &sim__timer_create(manual, precise)->object;
    }
    return sim__open_created(status,
                             object,
                             &(const struct opening){name, attributes, access});
}

HANDLE WINAPI CreateWaitableTimerW(SECURITY_ATTRIBUTES *attributes,
                                   BOOL manual_reset,
                                   const WCHAR *name)
{
    return CreateWaitableTimerExW(
        attributes,
        name,
        manual_reset ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0u,
        TIMER_ALL_ACCESS);
}

HANDLE WINAPI CreateWaitableTimerA(SECURITY_ATTRIBUTES *attributes,
                                   BOOL manual_reset,
                                   const char *name)
{
    return CreateWaitableTimerW(attributes, manual_reset, sim__wide(name));
}

HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, const WCHAR *name)
{
    return sim__open_named(OBJECT_TIMER, access, inherit, name);
}

/** @brief Both forms of setting a timer. */
static BOOL timer_set(HANDLE handle,
                      const LARGE_INTEGER *due,
                      LONG period,
                      struct timer_setting *setting)
{
    struct object *timer = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    sim__before();
    /* FACT TIME-05 SetWaitableTimer: a negative period is refused. */
    if (period >= 0) {
        status = due == NULL ? STATUS_ACCESS_VIOLATION
                             : sim__handle_find(handle,
                                                OBJECT_TIMER,
                                                TIMER_MODIFY_STATE,
                                                &timer);
    }
    if (NT_SUCCESS(status)) {
        setting->due = due->QuadPart;
        setting->period_ms = (uint32_t)period;
        sim__timer_set((struct timer *)timer, setting);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI SetWaitableTimer(HANDLE handle,
                             const LARGE_INTEGER *due,
                             LONG period,
                             PTIMERAPCROUTINE routine,
                             void *argument,
                             BOOL resume)
{
    struct timer_setting setting = {.routine = routine, .argument = argument};

    if (!timer_set(handle, due, period, &setting)) {
        return FALSE;
    }
    if (resume) {
        /* This machine never sleeps, so it cannot be woken: the call has
         * succeeded all the same. */
        sim__set_error(ERROR_NOT_SUPPORTED);
    }
    return TRUE;
}

BOOL WINAPI SetWaitableTimerEx(HANDLE handle,
                               const LARGE_INTEGER *due,
                               LONG period,
                               PTIMERAPCROUTINE routine,
                               void *argument,
                               REASON_CONTEXT *reason,
                               ULONG tolerable_delay)
{
    struct timer_setting setting = {.routine = routine,
                                    .argument = argument,
                                    .tolerance_ms = tolerable_delay};

    (void)reason; /* Why a sleeping machine would be woken. */
    return timer_set(handle, due, period, &setting);
}

BOOL WINAPI CancelWaitableTimer(HANDLE handle)
{
    struct object *timer;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(handle, OBJECT_TIMER, TIMER_MODIFY_STATE, &timer);
    if (NT_SUCCESS(status)) {
        trace(call, .text = "CancelWaitableTimer", .object = timer);
        sim__timer_cancel((struct timer *)timer);
    }
    sim__after();
    return sim__result(status);
}
