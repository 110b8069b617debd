/**
 * @file pipe_talk.c
 * @brief Asking and answering through a pipe, and looking into one.
 *
 * A transaction is a write and a read in one request: the message goes out at
 * once, and the request waits for the answer as a read does.  Peeking copies
 * what a read would find, and takes nothing.
 *
 * Uses:     pipe.h.
 * Used by:  pipe.c.
 * Facts:    PIPE-13, PIPE-21, CANCEL-18.
 * Read next: ../disk/disk.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe.h"

static struct pipe_end *end_of(const struct irp *irp)
{
    return irp->file->device;
}

/* ---- Looking ------------------------------------------------------------- */

/** @brief Why nothing can be seen, or STATUS_SUCCESS. */
static NTSTATUS visible(const struct pipe_end *end)
{
    switch (sim__pipe_state(end)) {
    case PIPE_CONNECTED:
        return STATUS_SUCCESS;
    case PIPE_CLOSING:
        return end->in->first != NULL ? STATUS_SUCCESS : STATUS_PIPE_BROKEN;
    case PIPE_DISCONNECTED:
        return end->server ? STATUS_INVALID_PIPE_STATE
                           : STATUS_PIPE_DISCONNECTED;
    case PIPE_LISTENING:
        break;
    }
    return STATUS_INVALID_PIPE_STATE;
}

/** @brief Copy what a read would find behind the head of the answer.
 *  @return how many bytes. */
static ULONG copy_out(struct irp *irp, const struct pipe_queue *queue, bool one)
{
    const ULONG head = sizeof(struct pipe_peek);
    const struct pipe_data *data = queue->first;
    ULONG room = irp->length - head;
    ULONG done = 0;

    for (; data != NULL && done < room; data = one ? NULL : data->next) {
        ULONG left = data->bytes - data->taken;
        ULONG part = left < room - done ? left : room - done;

        if (part != 0) {
            sim__irp_put(irp, head + done, data->from + data->taken, part);
        }
        done += part;
    }
    return done;
}

/** @brief Fill in the whole answer. */
static NTSTATUS look(struct irp *irp)
{
    const struct pipe_end *end = end_of(irp);
    struct pipe_peek head = {.state = sim__pipe_state(end)};
    NTSTATUS status = visible(end);
    bool messages;
    ULONG wanted;

    if (irp->length < sizeof head) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    messages = end->instance->pipe->messages;
    head.available = sim__pipe_available(end->in);
    wanted = head.available;
    if (messages && end->in->first != NULL) {
        const struct pipe_data *data = end->in->first;

        head.message_bytes = data->bytes - data->taken;
        wanted = head.message_bytes;
        for (; data != NULL; data = data->next) {
            head.messages++;
        }
    }
    sim__irp_put(irp, 0, &head, sizeof head);
    irp->information = sizeof head + copy_out(irp, end->in, messages);
    return irp->information < sizeof head + wanted ? STATUS_BUFFER_OVERFLOW
                                                   : STATUS_SUCCESS;
}

NTSTATUS sim__pipe_peek(struct irp *irp)
{
    NTSTATUS status = look(irp);

    if (irp->waiting != NULL || NT_ERROR(status)) {
        return status;
    }
    /* FACT PIPE-13 peeking: the control code is pending and over at once. */
    sim__irp_pend(irp);
    sim__irp_complete(irp, status, irp->information);
    return STATUS_PENDING;
}

/* ---- Asking -------------------------------------------------------------- */

NTSTATUS sim__pipe_transact(struct irp *irp)
{
    const struct pipe_end *end = end_of(irp);
    const struct pipe_question *question = irp->detail;

    if (sim__pipe_state(end) != PIPE_CONNECTED) {
        return end->server && end->instance != NULL ? STATUS_INVALID_PIPE_STATE
                                                    : STATUS_PIPE_DISCONNECTED;
    }
    /* FACT PIPE-21 TransactNamedPipe: messages only, and nothing unread. */
    if (!end->by_message) {
        return STATUS_INVALID_READ_MODE;
    }
    if (end->in->first != NULL) {
        return STATUS_PIPE_BUSY;
    }
    sim__pipe_send(end->out, question->text, question->bytes);
    /* FACT CANCEL-18 cancelling a transaction: what was written stays, and
     * only this half is given up. */
    sim__irp_append(&end->in->readers, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}
