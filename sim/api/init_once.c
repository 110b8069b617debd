/**
 * @file init_once.c
 * @brief Win32 calls about one-time initialization.
 *
 * Two ways to make something once.  In the synchronous one a thread makes it
 * and the others wait; if it fails, the next one tries.  In the asynchronous
 * one every thread that comes early makes its own, and the first to complete
 * wins; the others throw theirs away.  The two cannot be mixed.
 *
 * Uses:     park.h, api.h.
 * Used by:  programs.
 * Facts:    PORT-62.
 * Read next: wait_on_address.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/park.h"

#include "api.h"

enum once_state {
    ONCE_FRESH,   /* Zero, as in a new record. */
    ONCE_RUNNING, /* lock.owner makes it, the others wait. */
    ONCE_RACING,  /* Asynchronously, by any number of threads. */
    ONCE_DONE
};

struct once {
    struct lock lock; /* Owner: who makes it. */
    enum once_state state;
    void *context; /* What was made. */
};

/** The two low bits of what was made are Windows' own. */
enum { CONTEXT_RESERVED = (1 << INIT_ONCE_CTX_RESERVED_BITS) - 1 };

static struct once *once_find(INIT_ONCE *word, const char *call)
{
    sim__require(word, call, "lpInitOnce");
    return sim__lock_find(&word->Ptr, sizeof(struct once));
}

/* ---- The states -------------------------------------------------------- */

static void once_run(struct once *once)
{
    once->state = ONCE_RUNNING;
    once->lock.owner = sim__world.current->object.number;
}

/** @brief The attempt is over: who waits looks again. */
static void once_end(struct once *once, enum once_state state, void *context)
{
    once->state = state;
    once->lock.owner = 0;
    once->context = context;
    if (once->lock.parked != 0) {
        sim__park_wake_all(&once->lock);
    }
}

/** @brief Wait while another thread makes it. */
static void once_wait(struct once *once, const char *call)
{
    /* BOUND: each turn blocks until an attempt ends. */
    while (once->state == ONCE_RUNNING) {
        trace_lock(wait, &once->lock, call);
        /* FACT PORT-62 blocking elsewhere releases another waiter. */
        (void)sim__park(&once->lock, PARK_ALONE, call, UINT64_MAX);
    }
}

static bool is_reserved(const void *context)
{
    return ((uintptr_t)context & CONTEXT_RESERVED) != 0;
}

void WINAPI InitOnceInitialize(INIT_ONCE *word)
{
    sim__require(word, "InitOnceInitialize", "InitOnce");
    word->Ptr = NULL;
}

/* ---- With a function of the program ------------------------------------ */

/** @brief Call the program's function in this thread.
 *  @return whether it made what it should. */
static BOOL execute(INIT_ONCE *word,
                    struct once *once,
                    PINIT_ONCE_FN function,
                    void *parameter)
{
    void *made = NULL;
    BOOL success;

    once_run(once);
    sim__after();
    success = function(word, parameter, &made);
    sim__before();
    if (success && is_reserved(made)) {
        sim__stop(SIM_CONTRACT,
                  "the function of InitOnceExecuteOnce gave a context whose "
                  "two low bits are not zero: they belong to Windows");
    }
    once_end(once, success ? ONCE_DONE : ONCE_FRESH, made);
    return success;
}

BOOL WINAPI InitOnceExecuteOnce(INIT_ONCE *word,
                                PINIT_ONCE_FN function,
                                void *parameter,
                                void **context_out)
{
    static const char name[] = "InitOnceExecuteOnce";
    struct once *once;
    BOOL success = TRUE;

    sim__before();
    once = once_find(word, name);
    once_wait(once, name);
    trace_lock(call, &once->lock, name);
    if (once->state == ONCE_RACING) {
        success = sim__fail(ERROR_INVALID_PARAMETER);
    } else if (once->state == ONCE_FRESH) {
        success = execute(word, once, function, parameter);
    }
    if (success && context_out != NULL) {
        *context_out = once->context;
    }
    sim__after();
    return success;
}

/* ---- In two steps ------------------------------------------------------ */

/** @brief Start an attempt, or find the thing made.
 *  @return STATUS_SUCCESS (made), STATUS_PENDING (make it), or an error. */
static NTSTATUS begin(struct once *once, DWORD flags, const char *call)
{
    if (flags == INIT_ONCE_CHECK_ONLY) {
        return once->state == ONCE_DONE ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    }
    if (flags == INIT_ONCE_ASYNC) {
        if (once->state == ONCE_RUNNING) {
            return STATUS_INVALID_PARAMETER;
        }
        if (once->state == ONCE_FRESH) {
            once->state = ONCE_RACING;
        }
        return once->state == ONCE_DONE ? STATUS_SUCCESS : STATUS_PENDING;
    }
    if (flags != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    once_wait(once, call);
    if (once->state == ONCE_RACING) {
        return STATUS_INVALID_PARAMETER;
    }
    if (once->state == ONCE_DONE) {
        return STATUS_SUCCESS;
    }
    once_run(once);
    return STATUS_PENDING;
}

BOOL WINAPI InitOnceBeginInitialize(INIT_ONCE *word,
                                    DWORD flags,
                                    BOOL *pending_out,
                                    void **context_out)
{
    static const char name[] = "InitOnceBeginInitialize";
    struct once *once;
    NTSTATUS status;

    sim__require(pending_out, name, "fPending");
    sim__before();
    once = once_find(word, name);
    status = begin(once, flags, name);
    trace_lock(call, &once->lock, name);
    if (NT_SUCCESS(status)) {
        *pending_out = status == STATUS_PENDING;
        if (status == STATUS_SUCCESS && context_out != NULL) {
            *context_out = once->context;
        }
    }
    sim__after();
    return sim__result(status);
}

/** @brief End an attempt. */
static NTSTATUS complete(struct once *once, DWORD flags, void *context)
{
    bool racing = flags == INIT_ONCE_ASYNC;
    bool failed = flags == INIT_ONCE_INIT_FAILED;

    if ((flags != 0 && !racing && !failed) || is_reserved(context) ||
        (failed && context != NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    switch (once->state) {
    case ONCE_RUNNING:
        if (racing) {
            return STATUS_INVALID_PARAMETER;
        }
        once_end(once, failed ? ONCE_FRESH : ONCE_DONE, context);
        return STATUS_SUCCESS;
    case ONCE_RACING:
        if (!racing) {
            return STATUS_INVALID_PARAMETER;
        }
        once_end(once, ONCE_DONE, context);
        return STATUS_SUCCESS;
    case ONCE_FRESH:
    case ONCE_DONE: /* Also for a thread that lost the race. */
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_UNSUCCESSFUL;
}

BOOL WINAPI InitOnceComplete(INIT_ONCE *word, DWORD flags, void *context)
{
    static const char name[] = "InitOnceComplete";
    struct once *once;
    NTSTATUS status;

    sim__before();
    once = once_find(word, name);
    status = complete(once, flags, context);
    trace_lock(call, &once->lock, name);
    sim__after();
    return sim__result(status);
}
