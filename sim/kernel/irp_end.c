/**
 * @file irp_end.c
 * @brief How an I/O request ends, and who is told.
 *
 * A request ends within its call or later.  Which of the two it was decides
 * who is told what, and nothing else does: not how long it took, not which
 * device it was.  This file is the table of these rules.
 *
 * Uses:     irp.h, wait.h.
 * Used by:  irp.c, every device.
 * Facts:    PORT-10, PORT-18, PORT-19, PORT-20, PORT-22, PORT-23, PORT-24,
 *           PORT-25, PORT-30, PORT-47, PORT-48, PORT-87, PORT-88, PORT-90,
 *           PORT-91, PORT-94, OVL-04, OVL-10, OVL-12, OVL-13, OVL-14, OVL-16,
 *           OVL-34, SOCK-99.
 * Read next: irp_data.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "irp.h"

#include "../watch/watch.h"
#include "wait.h"

static void write_block(const struct irp *irp, NTSTATUS status)
{
    if (irp->block != NULL) {
        irp->block->Information = irp->information;
        irp->block->Status = status;
    }
}

static void raise_signal(const struct irp *irp)
{
    if (irp->event != NULL) {
        /* FACT OVL-10 the event is set at completion, and FACT OVL-13 with an
         * event the file object is not signaled. */
        sim__signal(irp->event);
    } else if (!irp->keeps_signal &&
               !(irp->file->modes & FILE_SKIP_SET_EVENT_ON_HANDLE)) {
        /* FACT OVL-12 no event: the file object is signaled, unless FACT
         * PORT-94 FILE_SKIP_SET_EVENT_ON_HANDLE forbids it.
         * FACT OVL-14 APC without event signals the handle too. */
        sim__signal(&irp->file->object);
    }
}

/** @brief FACT PORT-18 the rule for queueing a packet, as far as it does not
 *  depend on how the call returned. */
static bool wants_packet(const struct irp *irp)
{
    /* FACT PORT-24 NULL APC context, no packet; that is also how
     * FACT PORT-23 the low bit of hEvent suppresses it.
     * FACT PORT-10 late association does not convert an APC operation. */
    return irp->file->port != NULL && irp->context != NULL &&
           irp->routine == NULL;
}

/** @brief A routine of the program's runs in the thread that asked for it. */
static void run_routine(struct apc *apc)
{
    struct irp *irp = (struct irp *)((char *)apc - offsetof(struct irp, apc));
    PIO_APC_ROUTINE routine = irp->routine;
    void *context = irp->context;
    IO_STATUS_BLOCK *block = irp->block;

    trace(apc, .text = irp->call, .op = irp->op, .owner = SIM_APP);
    sim__irp_give(irp);
    routine(context, block, 0);
}

/** @brief The port is done with the packet inside. */
static void packet_done(struct packet *packet)
{
    sim__irp_give(
        (struct irp *)((char *)packet - offsetof(struct irp, packet)));
}

struct irp *sim__packet_irp(struct packet *packet)
{
    return packet->done != packet_done
               ? NULL
               : (struct irp *)((char *)packet - offsetof(struct irp, packet));
}

/** @brief FACT PORT-22 what a packet holds: key, context, status, count. */
static void queue_packet(struct irp *irp, NTSTATUS status, bool block_later)
{
    struct packet *packet = &irp->packet;

    packet->key = irp->file->key;
    packet->context = irp->context;
    packet->status = status;
    packet->information = irp->information;
    packet->block = block_later ? irp->block : NULL;
    packet->op = irp->op;
    packet->done = packet_done;
    /* FACT PORT-30 I/O packets never fail for lack of memory.
     * FACT PORT-25 event and packet both happen. */
    sim__port_insert(irp->file->port, packet);
}

/** How a request ends. */
enum telling { TELL_NOBODY, TELL_ROUTINE, TELL_PORT, TELL_PORT_BLOCK_LATER };

/** @brief Say that a request is finished, and who will have it next. */
static void trace_finish(const struct irp *irp,
                         NTSTATUS status,
                         enum telling telling,
                         bool kernel)
{
    static const enum sim_owner owners[] = {
        [TELL_NOBODY] = SIM_APP,
        [TELL_ROUTINE] = SIM_QUEUE,
        [TELL_PORT] = SIM_KERNEL,
        [TELL_PORT_BLOCK_LATER] = SIM_KERNEL,
    };

    trace(finish,
          .object = &irp->file->object,
          .op = irp->op,
          .owner = owners[telling],
          .value = {status, (int64_t)irp->information},
          .kernel = kernel);
}

/** @brief Tell port, routine or nobody; the request's memory is theirs. */
static void tell(struct irp *irp, NTSTATUS status, enum telling telling)
{
    struct file *file = irp->file;
    struct object *event = irp->event;

    switch (telling) {
    case TELL_NOBODY:
        sim__irp_give(irp);
        break;
    case TELL_ROUTINE:
        irp->apc.run = run_routine;
        (void)sim__apc_queue(irp->thread, &irp->apc);
        break;
    case TELL_PORT:
    case TELL_PORT_BLOCK_LATER:
        queue_packet(irp, status, telling == TELL_PORT_BLOCK_LATER);
        break;
    }
    sim__irp_drop_references(file, event);
}

/** @brief A request ends without a packet: remember that for whoever waits
 *  for one. */
static void be_silent(const struct irp *irp, NTSTATUS status)
{
    enum silence_why why = SILENCE_SKIPPED;

    if (irp->file->port == NULL || irp->waiting != NULL ||
        irp->routine != NULL) {
        return;
    }
    if (NT_ERROR(status)) {
        why = SILENCE_FAILED;
    } else if (irp->context == NULL) {
        why = SILENCE_ASKED;
    }
    irp->file->port->silence =
        (struct silence){.why = why,
                         .status = status,
                         .op = irp->op,
                         .file = irp->file->object.number,
                         .call = irp->call};
}

/* ---- A request that ends within its call --------------------------------- */

/** @brief Whether the event is left alone because the call did not pend. */
static bool skips_event(const struct irp *irp)
{
    /* FACT PORT-87 FILE_SKIP_SET_USER_EVENT_ON_FAST_IO: which requests take
     * the fast path is the kernel's affair, so a program must expect both. */
    return irp->event != NULL &&
           (irp->file->modes & FILE_SKIP_SET_USER_EVENT_ON_FAST_IO) &&
           sim__choose(CHOOSE_OTHER, 2) == 0;
}

NTSTATUS sim__irp_end_at_once(struct irp *irp,
                              NTSTATUS status,
                              struct request *request)
{
    struct file *file = irp->file;
    enum telling telling = TELL_NOBODY;
    bool warning = NT_WARNING(status);
    /* FACT PORT-91 warnings surface as pending, except that FACT SOCK-99 a
     * datagram that waited already says so at once. */
    bool pends = warning && file->overlapped && !request->synchronous &&
                 !file->ops->warns_at_once;

    request->information = irp->information;
    if (!NT_ERROR(status)) {
        /* FACT OVL-16 immediate success fills everything: the block before the
         * packet, because of PORT-21. */
        write_block(irp, status);
        if (irp->routine != NULL) {
            /* FACT OVL-34 the routine runs also for immediate success. */
            telling = TELL_ROUTINE;
        } else if (wants_packet(irp) &&
                   (warning ||
                    !(file->modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))) {
            /* FACT PORT-20 an immediate success does queue a packet, unless
             * FACT PORT-88 the skip mode is on; FACT PORT-90 which since
             * Windows 8 does not suppress warnings. */
            telling = TELL_PORT;
        }
        if (!skips_event(irp)) {
            raise_signal(irp);
        }
    }
    /* FACT PORT-19 an immediate error queues nothing, and FACT OVL-04 it
     * leaves the status block as it is. */
    trace_finish(irp, status, telling, false);
    if (telling == TELL_NOBODY) {
        be_silent(irp, status);
    }
    if (telling == TELL_PORT && irp->event == NULL && sim__rules_on()) {
        sim__watch_at_once(irp);
    }
    if (file->turn == irp) {
        sim__irp_pass_turn(file);
    }
    tell(irp, status, telling);
    return pends ? STATUS_PENDING : status;
}

/* ---- A request that pends ------------------------------------------------ */

/** @brief Whether the status block waits for the packet's removal. */
static bool block_waits(const struct irp *irp, NTSTATUS status)
{
    if (irp->event != NULL) {
        /* FACT PORT-48 with an event the block is written at completion. */
        return false;
    }
    /* FACT PORT-47 removing a packet writes the status block.  That is
     * certain for cancelled operations; for others it is open question 2. */
    return status == STATUS_CANCELLED || sim__choose(CHOOSE_STATUS, 2) == 0;
}

/** @brief Whoever blocks until the end of the request need not any more. */
static void end_wait(const struct irp *irp, NTSTATUS status)
{
    struct irp_waiting *waiting = irp->waiting;

    waiting->over = true;
    waiting->status = status;
    waiting->information = irp->information;
    /* It may have been woken already, by time or an APC, and not run since. */
    if (waiting->asleep && waiting->thread->state == THREAD_BLOCKED) {
        waiting->asleep = false;
        sim__unblock(waiting->thread, status);
    }
}

void sim__irp_complete(struct irp *irp, NTSTATUS status, ULONG_PTR information)
{
    struct file *file = irp->file;
    enum telling telling = TELL_NOBODY;

    if (irp->watch != NULL) {
        sim__watch_complete(irp);
    }
    sim__irp_remove(&file->pending, irp, IRP_OF_FILE);
    sim__irp_leave_thread(irp);
    irp->information = information;
    if (irp->routine != NULL) {
        telling = TELL_ROUTINE;
    } else if (wants_packet(irp)) {
        /* FACT PORT-88 a call that returned pending always queues, whatever
         * the modes. */
        telling = block_waits(irp, status) ? TELL_PORT_BLOCK_LATER : TELL_PORT;
    }
    if (telling != TELL_PORT_BLOCK_LATER) {
        write_block(irp, status);
    }
    trace_finish(irp, status, telling, true);
    if (telling == TELL_NOBODY) {
        be_silent(irp, status);
    }
    if (irp->watch != NULL) {
        sim__watch_told(irp,
                        telling != TELL_ROUTINE && telling != TELL_NOBODY &&
                            irp->event == NULL);
    }
    raise_signal(irp);
    if (file->turn == irp) {
        sim__irp_pass_turn(file);
    }
    if (irp->waiting != NULL) {
        end_wait(irp, status);
    }
    tell(irp, status, telling);
}

void sim__irp_complete_list(struct irp_list *list, NTSTATUS status)
{
    /* BOUND: each turn completes one request. */
    while (list->first != NULL) {
        struct irp *irp = list->first;

        sim__irp_remove(list, irp, IRP_OF_DEVICE);
        sim__irp_complete(irp, status, 0);
    }
}
