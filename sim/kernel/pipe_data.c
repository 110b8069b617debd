/**
 * @file pipe_data.c
 * @brief How bytes get from one end of a pipe to the other.
 *
 * A queue holds data that nobody has read, or reads that found no data, never
 * both.  Data that fits the quota is copied and its write is over; data that
 * does not stays in the writer's buffer, and the write pends until enough has
 * been read.
 *
 * Uses:     pipe.h.
 * Used by:  pipe.c, pipe_talk.c.
 * Facts:    PIPE-07, PIPE-08, PIPE-09, PIPE-10, PIPE-11, PIPE-12, PIPE-15,
 *           PIPE-18, PIPE-19, PIPE-20, CANCEL-17.
 * Read next: pipe_talk.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../watch/watch.h"
#include "pipe.h"

static NTSTATUS take(struct pipe_queue *queue, struct irp *irp);
static void let_writers_go(struct pipe_queue *queue);
static void put_behind(struct pipe_queue *queue, struct pipe_data *data);
static void serve_readers(struct pipe_queue *queue);
static void keep_copy(struct pipe_queue *queue, struct pipe_data *data);

static struct pipe_end *end_of(const struct irp *irp)
{
    return irp->file->device;
}

ULONG sim__pipe_available(const struct pipe_queue *queue)
{
    const struct pipe_data *data = queue->first;
    ULONG bytes = 0;

    for (; data != NULL; data = data->next) {
        bytes += data->bytes - data->taken;
    }
    return bytes;
}

/* ---- What the device is asked to do -------------------------------------- */

/** @brief Why an end cannot be used, or STATUS_SUCCESS.
 *  @param closing  The answer when the other end is closed. */
static NTSTATUS usable(const struct pipe_end *end, NTSTATUS closing)
{
    switch (sim__pipe_state(end)) {
    case PIPE_DISCONNECTED:
        return STATUS_PIPE_DISCONNECTED;
    case PIPE_LISTENING:
        /* FACT PIPE-18 server handle without client. */
        return STATUS_PIPE_LISTENING;
    case PIPE_CLOSING:
        return closing;
    case PIPE_CONNECTED:
        break;
    }
    return STATUS_SUCCESS;
}

NTSTATUS sim__pipe_read(struct irp *irp)
{
    const struct pipe_end *end = end_of(irp);
    NTSTATUS status = usable(end, STATUS_PIPE_BROKEN);

    if (status == STATUS_PIPE_BROKEN && end->in->first != NULL) {
        /* FACT PIPE-15 after the peer closed: the remaining data first. */
        status = STATUS_SUCCESS;
    }
    if (status != STATUS_SUCCESS) {
        return status;
    }
    if (end->in->first != NULL) {
        status = take(end->in, irp);
        let_writers_go(end->in);
        return status;
    }
    if (end->no_wait) {
        return STATUS_PIPE_EMPTY; /* FACT PIPE-20 PIPE_NOWAIT. */
    }
    /* FACT PIPE-07 a read on an empty pipe pends, FACT PIPE-09 even one of
     * zero bytes. */
    sim__irp_append(&end->in->readers, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}

/** @brief Bytes that no writer would have to wait for; none when a transaction
 *  put in more than fits. */
static ULONG room_in(const struct pipe_queue *queue)
{
    return queue->used < queue->quota ? queue->quota - queue->used : 0;
}

/** @brief Bytes that pending reads would take. */
static uint64_t wanted(const struct pipe_queue *queue)
{
    const struct irp *reader = queue->readers.first;
    uint64_t bytes = 0;

    for (; reader != NULL; reader = reader->links[IRP_OF_DEVICE].next) {
        bytes += reader->length;
    }
    return bytes;
}

NTSTATUS sim__pipe_write(struct irp *irp)
{
    const struct pipe_end *end = end_of(irp);
    struct pipe_queue *queue = end->out;
    struct pipe_data *data;
    bool behind; /* An earlier write pends: nothing overtakes it. */
    /* FACT PIPE-15 after the peer closed: writes say closing. */
    NTSTATUS status = usable(end, STATUS_PIPE_CLOSING);

    if (status != STATUS_SUCCESS) {
        return status;
    }
    irp->information = irp->length;
    if (irp->length == 0 && !end->instance->pipe->messages) {
        /* FACT PIPE-10 zero-byte write: nothing in a pipe of bytes. */
        return STATUS_SUCCESS;
    }
    if (end->no_wait && irp->length > room_in(queue) + wanted(queue)) {
        irp->information = 0; /* FACT PIPE-20: all or nothing. */
        return STATUS_SUCCESS;
    }
    behind = queue->last != NULL && queue->last->irp != NULL;
    data = sim__take(sizeof *data);
    *data = (struct pipe_data){.bytes = irp->length, .from = irp->buffer};
    put_behind(queue, data);
    serve_readers(queue);
    if (queue->first == NULL) {
        return STATUS_SUCCESS; /* They took it all. */
    }
    if (!behind && data->bytes - data->taken <= room_in(queue)) {
        /* FACT PIPE-11 writes that fit finish at once. */
        keep_copy(queue, data);
        return STATUS_SUCCESS;
    }
    /* FACT PIPE-12 writes that do not fit pend. */
    data->irp = irp;
    irp->device = data;
    return STATUS_PENDING;
}

NTSTATUS sim__pipe_flush(struct irp *irp)
{
    const struct pipe_end *end = end_of(irp);
    NTSTATUS status = usable(end, STATUS_PIPE_CLOSING);

    if (status != STATUS_SUCCESS || end->out->first == NULL) {
        return status;
    }
    /* FACT PIPE-19 FlushFileBuffers blocks until everything is read. */
    sim__irp_append(&end->out->flushes, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}

/* ---- Data ---------------------------------------------------------------- */

static void put_behind(struct pipe_queue *queue, struct pipe_data *data)
{
    if (queue->last == NULL) {
        queue->first = data;
    } else {
        queue->last->next = data;
    }
    queue->last = data;
}

/** @brief Take a write out of the queue, read or not, and free it. */
static void forget(struct pipe_queue *queue, struct pipe_data *data)
{
    struct pipe_data *before = NULL;
    struct pipe_data *at = queue->first;

    while (at != data) {
        before = at;
        at = at->next;
    }
    if (before == NULL) {
        queue->first = data->next;
    } else {
        before->next = data->next;
    }
    if (queue->last == data) {
        queue->last = before;
    }
    if (data->copy != NULL) {
        queue->used -= data->bytes - data->taken;
        sim__give(data->copy, data->bytes);
    }
    sim__give(data, sizeof *data);
}

void sim__pipe_send(struct pipe_queue *queue, const void *text, ULONG bytes)
{
    struct pipe_data *data = sim__take(sizeof *data);

    *data = (struct pipe_data){.bytes = bytes, .from = text};
    put_behind(queue, data);
    serve_readers(queue);
    if (queue->first != NULL) {
        keep_copy(queue, queue->last);
    }
}

/** @brief Bytes of a write are about to be read: tell the rules, while they
 *  are still the program's. */
static void touch(const struct pipe_data *data)
{
    if (data->irp != NULL && data->irp->watch != NULL) {
        sim__watch_get(data->irp);
    }
}

/** @brief What is left of a write moves into memory of the pipe's. */
static void keep_copy(struct pipe_queue *queue, struct pipe_data *data)
{
    touch(data);
    data->copy = sim__take(data->bytes);
    if (data->taken != data->bytes) {
        memcpy(data->copy + data->taken,
               data->from + data->taken,
               data->bytes - data->taken);
    }
    data->from = data->copy;
    data->irp = NULL;
    queue->used += data->bytes - data->taken;
}

/** @brief Move bytes of one write to a read; returns how many. */
static ULONG move(struct pipe_queue *queue,
                  struct pipe_data *data,
                  struct irp *reader,
                  ULONG at)
{
    ULONG left = data->bytes - data->taken;
    ULONG room = reader->length - at;
    ULONG part = left < room ? left : room;

    touch(data);
    sim__irp_put(reader, at, data->from + data->taken, part);
    data->taken += part;
    if (data->copy != NULL) {
        queue->used -= part;
    }
    return part;
}

/** @brief All of a write has been read, or is the pipe's: it is over. */
static void end_write(struct pipe_data *data)
{
    struct irp *writer = data->irp;

    if (writer != NULL) {
        data->irp = NULL;
        sim__irp_complete(writer, STATUS_SUCCESS, data->bytes);
    }
}

/**
 * @brief Give a read what is there; there is something.
 * @return STATUS_SUCCESS, or STATUS_BUFFER_OVERFLOW: PIPE-08.
 */
static NTSTATUS take(struct pipe_queue *queue, struct irp *irp)
{
    bool by_message = end_of(irp)->by_message;
    ULONG done = 0;

    /* FACT PIPE-07 reads: of messages exactly one, of bytes what there is.
     * BOUND: each turn but the last frees one write. */
    do {
        struct pipe_data *data = queue->first;

        done += move(queue, data, irp, done);
        irp->information = done;
        if (data->taken != data->bytes) {
            /* FACT PIPE-08 message larger than the buffer: the remainder
             * stays for the next read. */
            return by_message ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
        }
        end_write(data);
        forget(queue, data);
    } while (!by_message && queue->first != NULL && done < irp->length);
    return STATUS_SUCCESS;
}

/** @brief Give pending reads what a new write brings. */
static void serve_readers(struct pipe_queue *queue)
{
    /* While reads were pending there was no data, so all there is is new.
     * BOUND: each turn ends one pending read. */
    while (queue->first != NULL && queue->readers.first != NULL) {
        struct irp *reader = queue->readers.first;
        NTSTATUS status;

        sim__irp_remove(&queue->readers, reader, IRP_OF_DEVICE);
        /* FACT PIPE-09 a read of zero bytes ends too, and takes nothing. */
        status = take(queue, reader);
        sim__irp_complete(reader, status, reader->information);
    }
}

/** @brief Bytes are gone: writes that fit now are over, and so is every flush
 *  when nothing is left. */
static void let_writers_go(struct pipe_queue *queue)
{
    struct pipe_data *data = queue->first;

    for (; data != NULL; data = data->next) {
        struct irp *writer = data->irp;

        if (writer == NULL) {
            continue;
        }
        if (data->bytes - data->taken > room_in(queue)) {
            return; /* First come, first served. */
        }
        keep_copy(queue, data);
        sim__irp_complete(writer, STATUS_SUCCESS, data->bytes);
    }
    if (queue->first == NULL) {
        sim__irp_complete_list(&queue->flushes, STATUS_SUCCESS);
    }
}

/* ---- Endings ------------------------------------------------------------- */

/** @brief End a pending write; what nobody has read of it is lost. */
static void end_pending_write(struct pipe_queue *queue,
                              struct pipe_data *data,
                              NTSTATUS status)
{
    struct irp *writer = data->irp;

    /* FACT CANCEL-17 cancelling a partly read pipe write removes the unread
     * remainder from the pipe. */
    forget(queue, data);
    sim__irp_complete(writer, status, 0);
}

void sim__pipe_end_data(struct irp *irp, NTSTATUS status)
{
    const struct pipe_end *end = end_of(irp);

    switch ((int)irp->kind) {
    case IRP_READ:
    case IRP_TRANSACT:
        sim__irp_remove(&end->in->readers, irp, IRP_OF_DEVICE);
        sim__irp_complete(irp, status, 0);
        break;
    case IRP_WRITE:
        end_pending_write(end->out, irp->device, status);
        let_writers_go(end->out);
        break;
    case IRP_FLUSH:
        sim__irp_remove(&end->out->flushes, irp, IRP_OF_DEVICE);
        sim__irp_complete(irp, status, 0);
        break;
    default:
        break; /* Not of this file. */
    }
}

void sim__pipe_empty(struct pipe_queue *queue, NTSTATUS status)
{
    sim__irp_complete_list(&queue->readers, status);
    /* BOUND: each turn frees one write. */
    while (queue->first != NULL) {
        if (queue->first->irp != NULL) {
            end_pending_write(queue, queue->first, status);
        } else {
            forget(queue, queue->first);
        }
    }
    sim__irp_complete_list(&queue->flushes, status);
}
