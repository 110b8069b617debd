/**
 * @file irp.c
 * @brief The life of an I/O request.
 *
 * A request starts, and then its thread goes on or blocks until the end: that
 * depends on how the file was opened.  On a file opened for synchronous use
 * one request is at work at a time, and the others wait for their turn.
 *
 * Uses:     irp.h, file.h, wait.h.
 * Used by:  the calls that do I/O, irp_end.c, cancel.c.
 * Facts:    PORT-11, OVL-06, OVL-08, OVL-09, OVL-13, FILE-07, FILE-10,
 *           THREAD-02.
 * Read next: irp_end.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "irp.h"

#include <string.h>

#include "../watch/watch.h"
#include "wait.h"

/** No program has memory below this address. */
enum { LOWEST_ADDRESS = 65536 };
static bool bad_buffer(const struct request *request);
static NTSTATUS find_to_append(struct request *request, struct object **out);
static NTSTATUS submit(struct request *request,
                       struct file *file,
                       struct object *event);

NTSTATUS sim__io(struct request *request)
{
    struct object *file;
    struct object *event = NULL;
    NTSTATUS status =
        sim__handle_find(request->file, OBJECT_FILE, request->access, &file);

    if (request->frame != NULL) {
        sim__world.current->frame = request->frame;
    }
    if (status == STATUS_ACCESS_DENIED &&
        (request->kind == IRP_WRITE || request->kind == IRP_FLUSH)) {
        status = find_to_append(request, &file);
    }
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

NTSTATUS sim__io_file(struct request *request, struct file *file)
{
    return submit(request, file, NULL);
}

static bool bad_buffer(const struct request *request)
{
    for (uint32_t at = 0; at < request->piece_count; at++) {
        if (request->pieces[at].length != 0 &&
            (uintptr_t)request->pieces[at].at < LOWEST_ADDRESS) {
            return true;
        }
    }
    return request->length != 0 && (uintptr_t)request->buffer < LOWEST_ADDRESS;
}

/** @brief Find a file that may not be written but where it ends. */
static NTSTATUS find_to_append(struct request *request, struct object **out)
{
    NTSTATUS status =
        sim__handle_find(request->file, OBJECT_FILE, FILE_APPEND_DATA, out);

    if (NT_SUCCESS(status) && !((struct file *)*out)->ops->appends) {
        return STATUS_ACCESS_DENIED;
    }
    /* FACT FILE-10 append-only handles: whatever the offset says. */
    request->offset = -1;
    return status;
}

/* ---- Beginning and end of the memory ------------------------------------- */

void sim__irp_leave_thread(struct irp *irp)
{
    if (irp->thread != NULL) {
        sim__irp_remove(&irp->thread->irps, irp, IRP_OF_THREAD);
    }
}

/** @brief Remember a scattered buffer: the program's array of pieces need not
 *  outlive the call. */
static void keep_pieces(struct irp *irp, const struct request *request)
{
    if (request->piece_count == 0) {
        return;
    }
    irp->length = 0;
    for (uint32_t at = 0; at < request->piece_count; at++) {
        irp->length += request->pieces[at].length;
    }
    if (request->piece_count == 1) {
        irp->buffer = request->pieces[0].at;
        return;
    }
    irp->piece_count = request->piece_count;
    irp->pieces = sim__take(irp->piece_count * sizeof *irp->pieces);
    memcpy(irp->pieces,
           request->pieces,
           irp->piece_count * sizeof *irp->pieces);
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
    irp->detail = request->detail;
    irp->offset = request->offset;
    irp->no_wait = request->no_wait;
    keep_pieces(irp, request);
    irp->block = request->block;
    irp->block_is_whole = request->block_is_whole;
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

void sim__irp_give(struct irp *irp)
{
    if (irp->watch != NULL) {
        sim__watch_gone(irp);
    }
    if (irp->pieces != NULL) {
        sim__give(irp->pieces, irp->piece_count * sizeof *irp->pieces);
    }
    sim__give(irp, sizeof *irp);
}

void sim__irp_drop_references(struct file *file, struct object *event)
{
    if (event != NULL) {
        sim__object_drop(event);
    }
    sim__object_drop(&file->object);
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

void sim__irp_pass_turn(struct file *file)
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
        sim__irp_pass_turn(file);
    } else {
        sim__irp_remove(&file->turns, irp, IRP_OF_FILE);
    }
    sim__irp_leave_thread(irp);
    sim__irp_give(irp);
    sim__irp_drop_references(file, event);
}

/* ---- A request that pends ------------------------------------------------ */

void sim__irp_pend(struct irp *irp)
{
    if (irp->pended == NULL) {
        return; /* It does already. */
    }
    *irp->pended = true;
    irp->pended = NULL;
    sim__irp_append(&irp->file->pending, irp, IRP_OF_FILE);
    sim__irp_append(&irp->thread->irps, irp, IRP_OF_THREAD);
    if (sim__rules_on()) {
        sim__watch_pend(irp);
    }
}

/** @brief The time that a synchronous request had is over: ask for its end.
 *  @return false when the device lets it run on. */
static bool give_up(struct irp *irp)
{
    irp->cancel_asked = true;
    trace(timeout, .text = irp->call, .object = &irp->file->object);
    return irp->file->ops->cancel(irp);
}

/** @brief Block until a request of the current thread has ended. */
static NTSTATUS wait_for(struct irp *irp,
                         struct irp_waiting *waiting,
                         struct request *request)
{
    uint64_t due = request->due == 0 ? UINT64_MAX : request->due;
    bool timed_out = false;

    if (!waiting->over) {
        trace(block, .text = irp->call, .object = &irp->file->object);
    }
    /* BOUND: ends with the request; each turn but the last ran APCs, or gave
     * the request up, which happens once. */
    while (!waiting->over) {
        NTSTATUS status;

        if (request->alertable && sim__apc_run_all()) {
            continue; /* They were there before the wait began. */
        }
        waiting->thread->waits_in = request->call;
        waiting->asleep = true;
        status = sim__block(BLOCK_IO, request->alertable, due);
        waiting->asleep = false;
        if (waiting->over) {
            break;
        }
        if (status == STATUS_USER_APC) {
            (void)sim__apc_run_all();
        } else {
            due = UINT64_MAX;
            timed_out = give_up(irp);
        }
    }
    request->information = waiting->information;
    return timed_out ? STATUS_IO_TIMEOUT : waiting->status;
}

/** @brief Why a request cannot even be given to its device. */
static NTSTATUS unstartable(const struct request *request,
                            const struct file *file)
{
    if (file->object.handles == 0) {
        return STATUS_FILE_CLOSED; /* While it waited for its turn. */
    }
    if (bad_buffer(request)) {
        return STATUS_INVALID_USER_BUFFER; /* FACT OVL-09. */
    }
    return STATUS_SUCCESS;
}

static NTSTATUS submit(struct request *request,
                       struct file *file,
                       struct object *event)
{
    struct irp *irp = irp_create(request, file, event);
    struct irp_waiting waiting = {.thread = sim__world.current};
    bool pended = false;
    bool waits = !file->overlapped || request->synchronous;
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
    irp->pended = &pended;
    irp->waiting = waits ? &waiting : NULL;
    if (sim__rules_on()) {
        sim__watch_submit(irp);
    }
    status = unstartable(request, file);
    if (NT_SUCCESS(status)) {
        status = file->ops->start(irp);
    }
    if (status != STATUS_PENDING) {
        return sim__irp_end_at_once(irp, status, request);
    }
    if (!pended) {
        sim__irp_pend(irp);
    }
    /* FACT OVL-06 InternalHigh is not touched while pending. */
    return waits ? wait_for(irp, &waiting, request) : STATUS_PENDING;
}
