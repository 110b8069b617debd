/**
 * @file afd_poll.c
 * @brief A poll that pends and queues a packet.
 *
 * Uses:     afd_poll.h, buffer.h, schedule.h.
 * Used by:  socket.c.
 * Facts:    SOCK-56, SOCK-57.
 * Read next: ../kernel/reserve.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "afd_poll.h"

#include <string.h>

#include "../kernel/schedule.h"
#include "buffer.h"

/** A poll that waits. */
struct afd_poll {
    struct deadline deadline;
    struct irp *irp;
    struct watch *watches;
    struct afd_poll_head head;
    struct afd_poll_entry entries[];
};

/* ---- Events -------------------------------------------------------------- */

/** How the driver's events are called here; those of a listener mean another
 * thing by the same bit. */
static const struct {
    ULONG event;
    unsigned bit;
} names[] = {
    {AFD_POLL_RECEIVE, READY_DATA},
    {AFD_POLL_RECEIVE_EXPEDITED, READY_OUT_OF_BAND},
    {AFD_POLL_SEND, READY_WRITE},
    {AFD_POLL_DISCONNECT, READY_HANG_UP},
    {AFD_POLL_ABORT, READY_ERROR},
    {AFD_POLL_LOCAL_CLOSE, READY_CLOSED},
    {AFD_POLL_ACCEPT, READY_READ},
    {AFD_POLL_CONNECT_FAIL, READY_FAILED},
};

/** @brief Whether a name is one for this socket. */
static bool fits(const struct socket *socket, ULONG event)
{
    bool listens = socket->state == SOCKET_LISTENING;

    return event == AFD_POLL_ACCEPT    ? listens
           : event == AFD_POLL_RECEIVE ? !listens
                                       : true;
}

static unsigned wants(const struct socket *socket, ULONG events)
{
    /* Nobody can wait for a socket that is gone. */
    unsigned bits = READY_CLOSED;

    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
        if ((events & names[at].event) && fits(socket, names[at].event)) {
            bits |= names[at].bit;
        }
    }
    return bits;
}

static ULONG events_of(ULONG asked, unsigned found)
{
    ULONG events = found & READY_CLOSED ? (ULONG)AFD_POLL_LOCAL_CLOSE : 0;

    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
        if (found & names[at].bit) {
            events |= asked & names[at].event;
        }
    }
    return events;
}

/* ---- The answer ---------------------------------------------------------- */

/** @brief Write those sockets that something was found of.
 *  @return how many bytes were written. */
static ULONG answer(struct irp *irp,
                    struct afd_poll_head head,
                    const struct afd_poll_entry *entries,
                    const struct watch *watches)
{
    ULONG at = sizeof head;
    ULONG count = 0;

    for (ULONG from = 0; from < head.count; from++) {
        if (watches[from].found != 0) {
            struct afd_poll_entry told = entries[from];

            told.events = events_of(told.events, watches[from].found);
            told.status = STATUS_SUCCESS;
            sim__irp_put(irp, at, &told, sizeof told);
            at += (ULONG)sizeof told;
            count++;
        }
    }
    head.count = count;
    sim__irp_put(irp, 0, &head, sizeof head);
    return at;
}

static size_t size(ULONG count)
{
    return sizeof(struct afd_poll) + count * sizeof(struct afd_poll_entry);
}

/** @brief It is over: no socket knows of it any more. */
static void over(struct irp *irp, NTSTATUS status)
{
    struct afd_poll *poll = irp->device;
    ULONG bytes = 0;

    sim__deadline_disarm(&poll->deadline);
    if (NT_SUCCESS(status)) {
        bytes = answer(irp, poll->head, poll->entries, poll->watches);
    }
    sim__poll_give(poll->watches);
    sim__buffer_give(poll, size(poll->head.count));
    sim__irp_complete(irp, status, bytes);
}

static void expire(struct deadline *deadline)
{
    struct afd_poll *poll = (struct afd_poll *)(void *)deadline;

    sim__poll_end(poll->watches, STATUS_TIMEOUT);
}

/* ---- The request --------------------------------------------------------- */

/** @brief Remember the question and wait. */
static void wait(struct irp *irp,
                 const struct afd_poll_question *question,
                 struct watch *watches)
{
    struct afd_poll *poll = sim__buffer_take(size(question->head->count));
    int64_t timeout = question->head->timeout.QuadPart;

    memset(poll, 0, sizeof *poll);
    poll->irp = irp;
    poll->watches = watches;
    poll->head = *question->head;
    memcpy(poll->entries,
           question->entries,
           poll->head.count * sizeof *poll->entries);
    poll->deadline.fire = expire;
    irp->device = poll;
    sim__poll_begin(watches, irp, over);
    if (timeout != INT64_MAX) {
        sim__deadline_arm(&poll->deadline, sim__time_due(&timeout));
    }
}

NTSTATUS sim__afd_poll_start(struct irp *irp)
{
    const struct afd_poll_question *question = irp->detail;
    const struct afd_poll_head *head = question->head;
    struct watch *watches = sim__poll_take(head->count);
    bool found = false;

    for (ULONG at = 0; at < head->count; at++) {
        struct socket *socket = question->sockets[at];
        struct watch *watch = &watches[at];

        watch->socket = socket;
        watch->wants = wants(socket, question->entries[at].events);
        watch->found = sim__ready_now(socket) & watch->wants;
        found |= watch->found != 0;
    }
    /* FACT SOCK-57 an AFD poll can finish at once: what is the case already is
     * no reason to wait, and time-out 0 is none either. */
    if (!found && head->timeout.QuadPart != 0) {
        wait(irp, question, watches);
        return STATUS_PENDING;
    }
    irp->information = answer(irp, *head, question->entries, watches);
    sim__poll_give(watches);
    return STATUS_SUCCESS;
}

void sim__afd_poll_cancel(struct irp *irp)
{
    struct afd_poll *poll = irp->device;

    sim__poll_end(poll->watches, STATUS_CANCELLED);
}

void sim__afd_poll_closed(struct file *file)
{
    struct irp *irp = file->pending.first;

    /* BOUND: a turn passes one request, or ends it. */
    while (irp != NULL) {
        struct irp *next = irp->links[IRP_OF_FILE].next;

        if (irp->kind == IRP_POLL) {
            struct afd_poll *poll = irp->device;

            /* FACT SOCK-56 closing a socket on which an AFD poll was issued:
             * it ends as if its time were over. */
            sim__poll_end(poll->watches, STATUS_TIMEOUT);
        }
        irp = next;
    }
}
