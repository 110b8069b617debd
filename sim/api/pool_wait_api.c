/**
 * @file pool_wait_api.c
 * @brief The Win32 calls that have the pool wait for an object.
 *
 * The pool needs no thread for it: a wait packet hangs on the object and goes
 * to the pool's port when the object is signaled, or when the time is over.
 * The handle that the program gets is the wait packet's, so one that is not
 * given back is found as any other.
 *
 * Uses:     pool.h, ../kernel/wait_packet.h.
 * Used by:  layer 2, programs.
 * Facts:    PORT-97.
 * Read next: native_file.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../kernel/wait_packet.h"
#include "pool.h"

/** A wait that a program has registered. */
struct registered {
    struct pool_item item; /* First. */
    struct registered *next;
    struct wait_packet *tie;
    struct port *port;
    struct object *target;
    struct deadline timeout;
    ULONG milliseconds;
    ULONG flags;
    bool is_over; /* Unregistered: not tied again. */
};

/** Those of the present world, newest first. */
static struct {
    uint64_t generation;
    struct registered *first;
} waits;

//! [tie]
/** @brief Let the time be over: the packet goes to the port, marked. */
static void time_out(struct deadline *deadline)
{
    struct registered *wait =
        (struct registered *)(void *)((char *)deadline -
                                      offsetof(struct registered, timeout));

    if (wait->tie->state == WAIT_PACKET_WAITING) {
        wait->tie->packet.information = TRUE;
        sim__wait_packet_fire(wait->tie);
    }
}

/** @brief Wait for the object, and begin its time. */
static void tie(struct registered *wait)
{
    wait->tie->packet.key = (ULONG_PTR)&wait->item;
    wait->tie->packet.information = FALSE;
    if (wait->milliseconds != INFINITE) {
        const int64_t interval = -(int64_t)wait->milliseconds * 10000;

        wait->timeout.fire = time_out;
        sim__deadline_arm(&wait->timeout, sim__time_due(&interval));
    }
    (void)sim__wait_packet_tie(wait->tie, wait->port, wait->target);
}

/** @brief Tie it again, unless it is over or was to be served once. */
static void tie_again(struct registered *wait)
{
    if (!wait->is_over && (wait->flags & WT_EXECUTEONLYONCE) == 0 &&
        wait->tie->state == WAIT_PACKET_IDLE) {
        tie(wait);
    }
}
//! [tie]

static void call_waited(struct pool_item *item, const struct packet *packet)
{
    struct registered *wait = (struct registered *)(void *)item;
    WAITORTIMERCALLBACK callback;

    memcpy(&callback, &item->function, sizeof callback);
    sim__before();
    /* The wait goes on by itself, and nothing is said of whether that is
     * before the callback has returned. */
    if (sim__choose(CHOOSE_OTHER, 2) != 0) {
        tie_again(wait);
    }
    sim__after();
    callback(item->context, packet->information != 0);
    sim__before();
    tie_again(wait);
    sim__after();
}

/* ---- The calls ----------------------------------------------------------- */

/** @brief Find what to wait for. */
static NTSTATUS find_target(HANDLE handle, struct object **target)
{
    NTSTATUS status =
        sim__handle_find(handle, OBJECT_NONE, SYNCHRONIZE, target);

    if (NT_SUCCESS(status) && (*target)->type == OBJECT_MUTEX) {
        sim__stop(SIM_REFUSED,
                  "RegisterWaitForSingleObject was given a mutex, whose owner "
                  "would be a thread of the pool; the simulated pool cannot "
                  "wait for one: use an event or a semaphore");
    }
    return status;
}

/** @brief Make a registered wait and begin it. */
static HANDLE begin(const struct registered *what)
{
    struct registered *wait = sim__take(sizeof *wait);
    HANDLE handle;

    if (waits.generation != sim__world.generation) {
        waits.generation = sim__world.generation;
        waits.first = NULL;
    }
    *wait = *what;
    wait->item.unannounced = true;
    wait->next = waits.first;
    waits.first = wait;
    wait->port = sim__pool_port();
    sim__object_keep(wait->target);
    wait->tie = sim__wait_packet_create();
    handle = sim__handle_open(&wait->tie->object, SYNCHRONIZE);
    tie(wait);
    return handle;
}

BOOL WINAPI RegisterWaitForSingleObject(PHANDLE wait,
                                        HANDLE object,
                                        WAITORTIMERCALLBACK callback,
                                        PVOID context,
                                        ULONG milliseconds,
                                        ULONG flags)
{
    const char *call = "RegisterWaitForSingleObject";
    struct registered what = {.item = {.call = call_waited, .context = context},
                              .milliseconds = milliseconds,
                              .flags = flags};
    NTSTATUS status;

    if (wait == NULL || callback == NULL) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for %s, which Windows needs: pass "
                  "%s",
                  call,
                  wait == NULL ? "phNewWaitObject" : "Callback",
                  wait == NULL ? "the address of a handle" : "a function");
    }
    memcpy(&what.item.function, &callback, sizeof callback);
    sim__before();
    status = find_target(object, &what.target);
    if (NT_SUCCESS(status) && sim__fault(call, STATUS_NO_MEMORY)) {
        status = STATUS_NO_MEMORY;
    }
    if (NT_SUCCESS(status)) {
        trace(call, .text = call, .object = what.target);
        *wait = begin(&what);
    }
    sim__after();
    return sim__result(status);
}

/** @brief The registered wait whose handle this is, or NULL. */
static struct registered *find(HANDLE handle)
{
    struct registered *wait =
        waits.generation == sim__world.generation ? waits.first : NULL;
    struct object *object;

    if (!NT_SUCCESS(sim__handle_find(handle, OBJECT_WAIT_PACKET, 0, &object))) {
        return NULL;
    }
    while (wait != NULL && (&wait->tie->object != object || wait->is_over)) {
        wait = wait->next;
    }
    return wait;
}

//! [end]
/**
 * @brief End a wait, but not the callbacks that have begun.
 * @return Whether there are callbacks to come, or begun and not ended.
 */
static bool end(struct registered *wait)
{
    /* The callback of a signal that has come, but that no thread of the pool
     * has seen, may be dropped; nothing is said of it. */
    bool remove = wait->tie->state != WAIT_PACKET_QUEUED ||
                  sim__choose(CHOOSE_OTHER, 2) != 0;

    wait->is_over = true;
    sim__deadline_disarm(&wait->timeout);
    sim__object_drop(wait->target);
    if (sim__wait_packet_cancel(wait->tie, remove) == STATUS_PENDING) {
        wait->item.pending++; /* For who waits. */
    }
    return wait->item.pending != 0 || wait->item.running != 0;
}
//! [end]

BOOL WINAPI UnregisterWaitEx(HANDLE handle, HANDLE event)
{
    const char *call = "UnregisterWaitEx";
    struct registered *wait;
    bool is_busy = false;

    if (event != NULL && event != INVALID_HANDLE_VALUE) {
        sim__stop(SIM_REFUSED,
                  "%s was given an event, which the simulated pool does not "
                  "signal: pass NULL, or INVALID_HANDLE_VALUE to wait",
                  call);
    }
    sim__before();
    wait = find(handle);
    if (wait != NULL) {
        trace(call, .text = call, .object = &wait->tie->object);
        is_busy = end(wait);
        (void)sim__handle_close(handle);
        if (is_busy && event == INVALID_HANDLE_VALUE) {
            sim__pool_wait(&wait->item, false, call);
            is_busy = false;
        }
    }
    sim__after();
    if (wait == NULL) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    return is_busy ? sim__fail(ERROR_IO_PENDING) : TRUE;
}
