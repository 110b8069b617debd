/**
 * @file pool_work_api.c
 * @brief The Win32 calls that have the pool run functions.
 *
 * Uses:     pool.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: pool_wait_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "pool.h"

/* ---- Work objects -------------------------------------------------------- */

static void call_work(struct pool_item *item, const struct packet *packet)
{
    PTP_WORK_CALLBACK callback;
    char instance;

    (void)packet;
    memcpy(&callback, &item->function, sizeof callback);
    callback((PTP_CALLBACK_INSTANCE)(void *)&instance,
             item->context,
             (PTP_WORK)(void *)item);
}

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK callback,
                                     PVOID context,
                                     PTP_CALLBACK_ENVIRON environment)
{
    struct pool_item *item;

    sim__pool_environment(environment, "CreateThreadpoolWork");
    if (callback == NULL) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (sim__fault("CreateThreadpoolWork", STATUS_NO_MEMORY)) {
        sim__set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    item = sim__pool_item(call_work, &callback, context);
    return (PTP_WORK)(void *)item;
}

static struct pool_item *item_of(PTP_WORK work, const char *call)
{
    if (work == NULL) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for pwk: pass what "
                  "CreateThreadpoolWork returned",
                  call);
    }
    return (struct pool_item *)(void *)work;
}

void WINAPI SubmitThreadpoolWork(PTP_WORK work)
{
    struct pool_item *item = item_of(work, "SubmitThreadpoolWork");

    sim__before();
    sim__pool_submit(item);
    sim__after();
}

void WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel)
{
    const char *call = "WaitForThreadpoolWorkCallbacks";
    struct pool_item *item = item_of(work, call);

    sim__before();
    trace(call, .text = call, .value = {item->pending});
    sim__pool_wait(item, cancel != FALSE, call);
    sim__after();
}

void WINAPI CloseThreadpoolWork(PTP_WORK work)
{
    (void)item_of(work, "CloseThreadpoolWork");
    sim__before();
    trace(call, .text = "CloseThreadpoolWork");
    sim__after();
}

/* ---- A function once ----------------------------------------------------- */

/** @brief Have the pool run an item once and forget it. */
static BOOL submit_once(struct pool_item *item, const char *call)
{
    bool fails;

    sim__before();
    fails = sim__fault(call, STATUS_NO_MEMORY);
    if (!fails) {
        item->once = true;
        sim__pool_submit(item);
    }
    sim__after();
    return fails ? sim__fail(ERROR_NOT_ENOUGH_MEMORY) : TRUE;
}

static void call_simple(struct pool_item *item, const struct packet *packet)
{
    PTP_SIMPLE_CALLBACK callback;
    char instance;

    (void)packet;
    memcpy(&callback, &item->function, sizeof callback);
    callback((PTP_CALLBACK_INSTANCE)(void *)&instance, item->context);
}

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback,
                                        PVOID context,
                                        PTP_CALLBACK_ENVIRON environment)
{
    const char *call = "TrySubmitThreadpoolCallback";

    sim__pool_environment(environment, call);
    if (callback == NULL) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    return submit_once(sim__pool_item(call_simple, &callback, context), call);
}

static void call_start(struct pool_item *item, const struct packet *packet)
{
    LPTHREAD_START_ROUTINE start;

    (void)packet;
    memcpy(&start, &item->function, sizeof start);
    (void)start(item->context);
}

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE start,
                              PVOID context,
                              ULONG flags)
{
    (void)flags; /* Advice about which thread, and how long it takes. */
    if (start == NULL) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    return submit_once(sim__pool_item(call_start, &start, context),
                       "QueueUserWorkItem");
}
