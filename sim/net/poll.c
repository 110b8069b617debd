/**
 * @file poll.c
 * @brief Waiting until one of several sockets is ready.
 *
 * A poll is a request like a read: it pends, it can time out, it dies with
 * its thread.  It belongs to no socket in particular, so the kernel keeps a
 * file of its own to send it to.
 *
 * Uses:     ready.h, buffer.h, irp.h.
 * Used by:  ready.c, sim/winsock/select.c and ws_poll.c.
 * Facts:    SOCK-06.
 * Read next: afd_poll.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "ready.h"

#include <string.h>

#include "buffer.h"

/** The sockets of a poll; the program's thread owns it. */
struct poll {
    struct irp *irp;         /* NULL: it does not wait. */
    sim__poll_over_fn *over; /* NULL: its thread blocks, and looks itself. */
    uint32_t count;
    struct watch watches[];
};

static NTSTATUS start(struct irp *irp);
static bool cancel(struct irp *irp);
static void closed(struct file *file);
static void deleted(struct file *file);

static const struct file_ops poll_ops = {
    .start = start,
    .cancel = cancel,
    .closed = closed,
    .deleted = deleted,
};

/** The present world's file for polls. */
static struct {
    uint64_t generation;
    struct file *file;
} device;

static struct file *device_file(void)
{
    if (device.generation != sim__world.generation) {
        device.generation = sim__world.generation;
        device.file = sim__file_create(&poll_ops, NULL, true);
        /* As if it had a handle, which no program can know: it stays open
         * until the world ends.  Whether it is there must not change the
         * numbers of others. */
        device.file->object.handles = 1;
        device.file->object.number = 0;
        sim__world.numbers[OBJECT_FILE]--;
    }
    return device.file;
}

/* ---- Memory -------------------------------------------------------------- */

static size_t size(uint32_t count)
{
    return sizeof(struct poll) + count * sizeof(struct watch);
}

struct watch *sim__poll_take(uint32_t count)
{
    struct poll *poll = sim__buffer_take(size(count));

    memset(poll, 0, size(count));
    poll->count = count;
    return poll->watches;
}

static struct poll *poll_of(struct watch *watches)
{
    return (struct poll *)(void *)((char *)watches -
                                   offsetof(struct poll, watches));
}

void sim__poll_give(struct watch *watches)
{
    struct poll *poll = poll_of(watches);

    sim__buffer_give(poll, size(poll->count));
}

/* ---- Lists of the sockets ------------------------------------------------ */

static void link_watch(struct watch *watch)
{
    struct ready *ready = sim__ready_of(watch->socket);

    watch->next = NULL;
    watch->before = ready->last;
    if (ready->last == NULL) {
        ready->first = watch;
    } else {
        ready->last->next = watch;
    }
    ready->last = watch;
}

static void unlink_watch(struct watch *watch)
{
    struct ready *ready = watch->socket->ready;

    if (watch->before == NULL) {
        ready->first = watch->next;
    } else {
        watch->before->next = watch->next;
    }
    if (watch->next == NULL) {
        ready->last = watch->before;
    } else {
        watch->next->before = watch->before;
    }
    sim__ready_forget(watch->socket);
}

/** @brief End a poll: no socket knows of it any more. */
static void end(struct poll *poll, NTSTATUS status)
{
    struct irp *irp = poll->irp;

    for (uint32_t at = 0; at < poll->count; at++) {
        if (poll->watches[at].socket != NULL) {
            unlink_watch(&poll->watches[at]);
        }
    }
    poll->irp = NULL;
    if (poll->over != NULL) {
        poll->over(irp, status);
    } else {
        sim__irp_complete(irp, status, 0);
    }
}

/** @brief From now on the sockets know of it. */
static void begin(struct poll *poll, struct irp *irp)
{
    poll->irp = irp;
    for (uint32_t at = 0; at < poll->count; at++) {
        if (poll->watches[at].socket != NULL) {
            poll->watches[at].poll = poll;
            link_watch(&poll->watches[at]);
        }
    }
}

void sim__poll_begin(struct watch *watches,
                     struct irp *irp,
                     sim__poll_over_fn *over)
{
    poll_of(watches)->over = over;
    begin(poll_of(watches), irp);
}

void sim__poll_end(struct watch *watches, NTSTATUS status)
{
    end(poll_of(watches), status);
}

/* ---- The request --------------------------------------------------------- */

NTSTATUS sim__poll_wait(struct watch *watches, const char *call, uint64_t due)
{
    struct request request = {
        .kind = IRP_POLL,
        .call = call,
        .detail = poll_of(watches),
        .synchronous = true,
        /* FACT SOCK-06 synchronous Winsock waits are alertable. */
        .alertable = true,
        .due = due,
    };

    return sim__io_file(&request, device_file());
}

static NTSTATUS start(struct irp *irp)
{
    /* The request brings it as const, like every detail; it is the caller's
     * own, and waits for this. */
    struct poll *poll = (struct poll *)(uintptr_t)irp->detail;

    irp->device = poll;
    begin(poll, irp);
    return STATUS_PENDING;
}

static bool cancel(struct irp *irp)
{
    end(irp->device, STATUS_CANCELLED);
    return true;
}

static void closed(struct file *file)
{
    (void)file; /* See device_file(). */
}

static void deleted(struct file *file)
{
    (void)file; /* See device_file(). */
}

/* ---- What ends it -------------------------------------------------------- */

/** @brief Note for each entry of a poll what a socket can do now. */
static void note(struct poll *poll, const struct socket *socket, unsigned now)
{
    for (uint32_t at = 0; at < poll->count; at++) {
        struct watch *watch = &poll->watches[at];

        if (watch->socket == socket) {
            watch->found = now & watch->wants;
        }
    }
}

void sim__poll_changed(struct socket *socket, unsigned now)
{
    struct watch *watch = socket->ready == NULL ? NULL : socket->ready->first;

    /* BOUND: a turn passes one watch, or ends a poll and begins again without
     * its watches. */
    while (watch != NULL) {
        if ((now & watch->wants) == 0) {
            watch = watch->next;
            continue;
        }
        note(watch->poll, socket, now);
        end(watch->poll, STATUS_SUCCESS);
        watch = socket->ready == NULL ? NULL : socket->ready->first;
    }
}
