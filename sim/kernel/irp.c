/**
 * @file irp.c
 * @brief The life of an I/O request.
 *
 * A request starts, and either ends at once or pends.  Which of the two it
 * was decides who is told what, and nothing else does: not how long it took,
 * not which device it was.  The table of these rules is the middle part of
 * this file.
 *
 * Uses:     irp.h, file.h, port.h, wait.h.
 * Used by:  the calls that do I/O, pipe.c, pipe_data.c, cancel.c.
 * Facts:    PORT-10, PORT-11, PORT-18, PORT-19, PORT-20, PORT-22, PORT-23,
 *           PORT-24, PORT-25, PORT-30, PORT-47, PORT-48, PORT-87, PORT-88,
 *           PORT-90, PORT-91, PORT-94, OVL-02, OVL-04, OVL-06, OVL-08,
 *           OVL-09, OVL-10, OVL-12, OVL-13, OVL-14, OVL-16, OVL-34,
 *           FILE-07, THREAD-02.
 * Read next: cancel.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "irp.h"

#include <string.h>

#include "wait.h"

/** No program has memory below this address. */
enum { LOWEST_ADDRESS = 65536 };

static bool bad_buffer(const struct request *request);
static NTSTATUS submit(struct request *request,
                       struct file *file,
                       struct object *event);

NTSTATUS sim__io(struct request *request)
{
    struct object *file;
    struct object *event = NULL;
    NTSTATUS status =
        sim__handle_find(request->file, OBJECT_FILE, request->access, &file);

    if (NT_SUCCESS(status) && request->event != NULL) {
        status = sim__handle_find(request->event,
                                  OBJECT_EVENT,
                                  EVENT_MODIFY_STATE,
                                  &event);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (request->routine != NULL && ((struct file *)file)->port != NULL) {
        /* FACT PORT-11 APC-style completion is refused once a port is
         * associated. */
        return STATUS_INVALID_PARAMETER;
    }
    if (request->needs_place && ((struct file *)file)->overlapped) {
        /* FACT FILE-07 NULL OVERLAPPED on an overlapped file handle. */
        return STATUS_INVALID_PARAMETER;
    }
    if (request->kind == IRP_READ && bad_buffer(request)) {
        /* FACT OVL-09 the event stays as it was; writes differ. */
        return STATUS_ACCESS_VIOLATION;
    }
    return submit(request, (struct file *)file, event);
}

static bool bad_buffer(const struct request *request)
{
    return request->length != 0 && (uintptr_t)request->buffer < LOWEST_ADDRESS;
}

/* ---- Beginning and end of the memory ------------------------------------- */

void sim__irp_leave_thread(struct irp *irp)
{
    if (irp->thread != NULL) {
        sim__irp_remove(&irp->thread->irps, irp, IRP_OF_THREAD);
    }
}

static struct irp *irp_create(const struct request *request,
                              struct file *file,
                              struct object *event)
{
    struct irp *irp = sim__take(sizeof *irp);

    memset(irp, 0, sizeof *irp);
    irp->file = file;
    irp->thread = sim__world.current;
    irp->kind = request->kind;
    irp->call = request->call;
    irp->op = sim__op_new();
    irp->buffer = request->buffer;
    irp->length = request->length;
    irp->block = request->block;
    irp->event = event;
    irp->routine = request->routine;
    irp->context = request->context;
    irp->keeps_signal = request->synchronous && file->overlapped;
    /* FACT THREAD-02 thread exit with a port: such an operation survives. */
    irp->agnostic =
        file->port != NULL && request->context != NULL && event == NULL;
    sim__object_keep(&file->object);
    if (event != NULL) {
        sim__object_keep(event);
    }
    return irp;
}

static void irp_give(struct irp *irp)
{
    sim__give(irp, sizeof *irp);
}

/** @brief Let go of what the request kept alive. */
static void drop_references(struct file *file, struct object *event)
{
    if (event != NULL) {
        sim__object_drop(event);
    }
    sim__object_drop(&file->object);
}

/** @brief The port is done with the packet inside. */
static void packet_done(struct packet *packet)
{
    irp_give((struct irp *)((char *)packet - offsetof(struct irp, packet)));
}

/* ---- One at a time on a synchronous file --------------------------------- */

/** @brief Wait until no other thread is at work on a file that is not
 *  overlapped: the kernel lets one request through at a time. */
static void take_turn(struct irp *irp)
{
    struct file *file = irp->file;
    struct thread *self = irp->thread;

    if (file->turn == NULL) {
        file->turn = irp;
        return;
    }
    irp->waits_turn = true;
    sim__irp_append(&file->turns, irp, IRP_OF_FILE);
    sim__irp_append(&self->irps, irp, IRP_OF_THREAD);
    trace(block, .text = irp->call, .object = &file->object);
    self->waits_in = irp->call;
    (void)sim__block(BLOCK_IO, false, UINT64_MAX);
    sim__irp_leave_thread(irp);
    irp->waits_turn = false;
}

/** @brief The file is free for the thread that has waited longest. */
static void pass_turn(struct file *file)
{
    struct irp *next = file->turns.first;

    file->turn = next;
    if (next != NULL) {
        sim__irp_remove(&file->turns, next, IRP_OF_FILE);
        sim__unblock(next->thread, STATUS_SUCCESS);
    }
}

void sim__irp_give_up_turn(struct irp *irp)
{
    struct file *file = irp->file;
    struct object *event = irp->event;

    if (file->turn == irp) {
        pass_turn(file);
    } else {
        sim__irp_remove(&file->turns, irp, IRP_OF_FILE);
    }
    sim__irp_leave_thread(irp);
    irp_give(irp);
    drop_references(file, event);
}

/* ---- Who is told --------------------------------------------------------- */

static void write_block(const struct irp *irp, NTSTATUS status)
{
    if (irp->block != NULL) {
        irp->block->Information = irp->information;
        irp->block->Status = status;
    }
}

/** @brief What the program sees before anything is transferred. */
static void reset_signals(const struct irp *irp)
{
    /* FACT OVL-08 the event is reset when the operation starts, even if the
     * call then fails. */
    if (irp->event != NULL) {
        irp->event->signal = 0;
    }
    /* FACT OVL-13 the file object is reset even when there is an event. */
    if (!irp->keeps_signal) {
        irp->file->object.signal = 0;
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
    irp_give(irp);
    routine(context, block, 0);
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
        irp_give(irp);
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
    drop_references(file, event);
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

static NTSTATUS end_at_once(struct irp *irp,
                            NTSTATUS status,
                            struct request *request)
{
    struct file *file = irp->file;
    enum telling telling = TELL_NOBODY;
    bool warning = NT_WARNING(status);
    bool pends = warning && file->overlapped && !request->synchronous;

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
    if (file->turn == irp) {
        pass_turn(file);
    }
    tell(irp, status, telling);
    /* FACT PORT-91 warnings surface as pending. */
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

void sim__irp_complete(struct irp *irp, NTSTATUS status, ULONG_PTR information)
{
    struct file *file = irp->file;
    enum telling telling = TELL_NOBODY;

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
    raise_signal(irp);
    if (file->turn == irp) {
        pass_turn(file);
    }
    if (irp->waiter != NULL) {
        *irp->answer = information;
        sim__unblock(irp->waiter, status);
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

/** @brief Block until a request of the current thread has ended. */
static NTSTATUS wait_for(struct irp *irp, struct request *request)
{
    struct thread *self = sim__world.current;

    irp->waiter = self;
    irp->answer = &request->information;
    self->waits_in = irp->call;
    trace(block, .text = irp->call, .object = &irp->file->object);
    return sim__block(BLOCK_IO, false, UINT64_MAX);
}

static NTSTATUS submit(struct request *request,
                       struct file *file,
                       struct object *event)
{
    struct irp *irp = irp_create(request, file, event);
    NTSTATUS status;

    if (!file->overlapped) {
        take_turn(irp);
    }
    trace(submit,
          .object = &file->object,
          .op = irp->op,
          .owner = SIM_KERNEL,
          .text = irp->call,
          .value = {irp->length});
    reset_signals(irp);
    if (file->object.handles == 0) {
        status = STATUS_FILE_CLOSED; /* While it waited for its turn. */
    } else if (bad_buffer(request)) {
        status = STATUS_INVALID_USER_BUFFER; /* FACT OVL-09. */
    } else {
        status = file->ops->start(irp);
    }
    if (status != STATUS_PENDING) {
        return end_at_once(irp, status, request);
    }
    sim__irp_append(&file->pending, irp, IRP_OF_FILE);
    sim__irp_append(&irp->thread->irps, irp, IRP_OF_THREAD);
    /* FACT OVL-06 InternalHigh is not touched while pending. */
    if (!file->overlapped || request->synchronous) {
        return wait_for(irp, request);
    }
    return STATUS_PENDING;
}
