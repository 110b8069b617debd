/**
 * @file cancel.c
 * @brief Asking for the end of requests.
 *
 * Cancelling is a request like any other: the device decides what becomes of
 * it, and every operation still ends once.  Programs ask by CancelIo and
 * CancelIoEx; the kernel asks when a thread ends or a file loses its last
 * handle.
 *
 * Uses:     irp.h.
 * Used by:  overlapped_api.c, file.c, thread.c.
 * Facts:    CANCEL-01, CANCEL-02, CANCEL-04, CANCEL-05, CANCEL-08, CANCEL-11,
 *           THREAD-01, THREAD-02, THREAD-03, THREAD-06.
 * Read next: pipe.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "irp.h"

static bool matches(const struct irp *irp, const struct irp_match *match)
{
    /* FACT CANCEL-01 CancelIo: those of the calling thread.
     * FACT CANCEL-02 CancelIoEx: all, or those using one OVERLAPPED; FACT
     * CANCEL-08 if two use it, both. */
    return !irp->cancel_asked &&
           (match->thread == NULL || irp->thread == match->thread) &&
           (match->block == NULL || irp->block == match->block);
}

/** @brief Ask the device to give one request up.
 *  @return false when it runs to its own end. */
static bool cancel(struct irp *irp, const char *call)
{
    irp->cancel_asked = true;
    trace(cancel,
          .object = &irp->file->object,
          .op = irp->op,
          .owner = SIM_KERNEL,
          .text = call);
    /* FACT CANCEL-05 every cancelled operation still completes once. */
    return irp->file->ops->cancel(irp);
}

uint32_t sim__irp_cancel(struct file *file, const struct irp_match *match)
{
    uint32_t count = 0;
    struct irp *irp = file->pending.first;

    /* The end of one request can be the end of others too, so the search
     * starts again after each.
     * BOUND: each request is asked once, and none begins meanwhile. */
    while (irp != NULL) {
        if (matches(irp, match)) {
            count++;
            (void)cancel(irp, match->call);
            irp = file->pending.first;
        } else {
            irp = irp->links[IRP_OF_FILE].next;
        }
    }
    return count;
}

bool sim__irp_cancel_synchronous(struct thread *thread)
{
    struct irp *irp = thread->irps.first;

    for (; irp != NULL; irp = irp->links[IRP_OF_THREAD].next) {
        if (irp->waiting != NULL && irp->waiting->asleep &&
            !irp->cancel_asked) {
            (void)cancel(irp, "CancelSynchronousIo");
            return true;
        }
    }
    return false;
}

void sim__irp_thread_exit(struct thread *thread)
{
    /* BOUND: each turn takes one request off the thread's list. */
    while (thread->irps.first != NULL) {
        struct irp *irp = thread->irps.first;

        if (irp->waits_turn) {
            sim__irp_give_up_turn(irp);
            continue;
        }
        if (irp->routine != NULL) {
            /* FACT THREAD-06 APCs die with their thread. */
            irp->routine = NULL;
            irp->context = NULL;
        }
        irp->waiting = NULL;
        irp->must_end = !irp->agnostic;
        /* FACT THREAD-01 thread exit without a port cancels; FACT THREAD-03
         * with port and event too. */
        if (irp->agnostic || !cancel(irp, "the end of its thread")) {
            sim__irp_leave_thread(irp);
            irp->thread = NULL;
        }
    }
}
