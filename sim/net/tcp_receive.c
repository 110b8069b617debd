/**
 * @file tcp_receive.c
 * @brief Receiving on a stream.
 *
 * Bytes wait for receives or receives for bytes, never both.  A receive takes
 * what is there and does not wait for more, unless MSG_WAITALL says so.
 *
 * Uses:     tcp.h, watch.h.
 * Used by:  socket.c, tcp_send.c, tcp_accept.c, arrive.c.
 * Facts:    SOCK-11, SOCK-12, SOCK-13, SOCK-14, SOCK-16, SOCK-18, SOCK-21,
 *           SOCK-22, SOCK-23, SOCK-24, SOCK-26, SOCK-34, SOCK-41, CANCEL-15.
 * Read next: tcp_close.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include <winsock2.h>

#include "../watch/watch.h"
#include "tcp.h"

enum { ROOM_MIN = 480 /* Of a chunk that small writes share. */ };

static uint32_t least(uint32_t one, uint32_t two)
{
    return one < two ? one : two;
}

void sim__tcp_copy(struct tcp_source *source, char *to, uint32_t bytes)
{
    if (source->irp != NULL) {
        sim__irp_get(source->irp, source->at, to, bytes);
    } else {
        memcpy(to, source->data + source->at, bytes);
    }
    source->at += bytes;
}

/* ---- Bytes that come ----------------------------------------------------- */

/** @brief The flags of a pending receive: a stream has no places, so they are
 *  kept there. */
static DWORD flags_of(const struct irp *irp)
{
    return (DWORD)irp->offset;
}

/** @brief A receive has what it wanted.
 *  FACT SOCK-22 MSG_PARTIAL and its like mean nothing on streams. */
static void finish(struct irp *irp, NTSTATUS status)
{
    struct socket *socket = irp->file->device;

    sim__irp_remove(&socket->receives, irp, IRP_OF_DEVICE);
    sim__irp_complete(irp, status, irp->information);
}

/** @brief Put bytes into a receive, behind what it has. */
static void put(struct irp *irp,
                const struct tcp_source *source,
                uint32_t bytes)
{
    ULONG at = (ULONG)irp->information;

    if (source->irp != NULL) {
        sim__irp_move(irp, at, source->irp, source->at, bytes);
    } else {
        sim__irp_put(irp, at, source->data + source->at, bytes);
    }
    irp->information += bytes;
}

uint32_t sim__tcp_feed(struct tcp *end,
                       struct tcp_source *source,
                       uint32_t bytes)
{
    struct socket *socket = end->socket;
    uint32_t done = 0;

    if (socket == NULL) {
        return 0;
    }
    /* FACT SOCK-14 several outstanding receives: in posting order.
     * BOUND: each turn ends a receive, or takes the last byte. */
    while (done < bytes && socket->receives.first != NULL) {
        struct irp *irp = socket->receives.first;
        DWORD flags = flags_of(irp);
        uint32_t room = irp->length - (uint32_t)irp->information;
        uint32_t part = least(bytes - done, room);

        put(irp, source, part);
        if (!(flags & MSG_PEEK)) {
            /* FACT SOCK-24 MSG_PEEK copies without removing. */
            source->at += part;
            done += part;
        }
        if ((flags & MSG_WAITALL) && part < room) {
            break; /* FACT SOCK-23 MSG_WAITALL: until it is full. */
        }
        /* FACT SOCK-11 completes with what is there; FACT SOCK-16 a
         * zero-byte receive with 0 bytes, and takes nothing. */
        finish(irp, STATUS_SUCCESS);
    }
    return done;
}

static void link_in(struct tcp *end, struct tcp_chunk *chunk)
{
    chunk->next = NULL;
    if (end->in_last == NULL) {
        end->in_first = chunk;
    } else {
        end->in_last->next = chunk;
    }
    end->in_last = chunk;
}

/** @brief There is more to receive than before. */
static void kept(struct tcp *end, uint32_t bytes)
{
    struct socket *socket = end->socket;

    end->in_bytes += bytes;
    if (socket == NULL) {
        return;
    }
    if (SIM_UNLIKELY(socket->accepting)) {
        sim__tcp_accept_data(end, STATUS_SUCCESS); /* FACT SOCK-65. */
    } else {
        sim__socket_changed(socket, FD_READ, STATUS_SUCCESS);
    }
}

void sim__tcp_keep(struct tcp *end, struct tcp_source *source, uint32_t bytes)
{
    struct tcp_chunk *last = end->in_last;

    if (last == NULL || last->room - last->bytes < bytes) {
        uint32_t room = last != NULL && bytes < ROOM_MIN ? ROOM_MIN : bytes;

        last = sim__tcp_chunk_take(CHUNK_DATA, room);
        link_in(end, last);
    }
    sim__tcp_copy(source, last->data + last->bytes, bytes);
    last->bytes += bytes;
    kept(end, bytes);
}

void sim__tcp_keep_chunk(struct tcp *end, struct tcp_chunk *chunk)
{
    link_in(end, chunk);
    kept(end, chunk->bytes - chunk->taken);
}

void sim__tcp_receive_end(struct tcp *end)
{
    struct irp_list *receives = &end->socket->receives;

    /* FACT SOCK-18 graceful close: a receive completes with 0 bytes, one with
     * MSG_WAITALL with those that came.
     * BOUND: each turn ends a receive. */
    while (receives->first != NULL) {
        finish(receives->first, STATUS_SUCCESS);
    }
}

/* ---- Out-of-band --------------------------------------------------------- */

void sim__tcp_urgent(struct tcp *end, char byte)
{
    struct socket *socket = end->socket;
    struct tcp_urgent *urgent = end->urgent;

    if (urgent == NULL) {
        urgent = sim__take(sizeof *urgent);
        end->urgent = urgent;
    }
    *urgent = (struct tcp_urgent){.marked = true, .before = end->in_bytes};
    if (socket != NULL && socket->options.oob_inline) {
        struct tcp_source source = {.data = &byte};

        if (sim__tcp_feed(end, &source, 1) == 0) {
            sim__tcp_keep(end, &source, 1);
        }
        return;
    }
    /* FACT SOCK-26 out-of-band data is kept apart. */
    urgent->there = true;
    urgent->byte = byte;
    if (socket != NULL) {
        sim__socket_changed(socket, FD_OOB, STATUS_SUCCESS);
    }
}

/** @brief Receive with MSG_OOB. */
static NTSTATUS read_urgent(struct tcp *end, struct irp *irp, DWORD flags)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    struct tcp_urgent *urgent = end->urgent;

    if (urgent == NULL || !urgent->there || irp->length == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    sim__irp_put(irp, 0, &urgent->byte, 1);
    irp->information = 1;
    urgent->there = (flags & MSG_PEEK) != 0;
    return STATUS_SUCCESS;
}

/** @brief FACT SOCK-26 ordinary receives stop at the mark.
 *  @return how many bytes may be taken now. */
static uint32_t up_to_mark(const struct tcp *end, uint32_t bytes)
{
    const struct tcp_urgent *urgent = end->urgent;

    return urgent != NULL && urgent->marked && urgent->before != 0
               ? least(bytes, urgent->before)
               : bytes;
}

/** @brief Bytes were taken: the mark is nearer, or behind. */
static void move_mark(struct tcp *end, uint32_t bytes)
{
    struct tcp_urgent *urgent = end->urgent;

    if (urgent == NULL || !urgent->marked || bytes == 0) {
        return;
    }
    if (urgent->before == 0) {
        urgent->marked = false;
    } else {
        urgent->before -= bytes;
    }
}

bool sim__socket_at_mark(const struct socket *socket)
{
    const struct tcp *end = socket->tcp;

    return end == NULL || end->urgent == NULL || !end->urgent->marked ||
           end->urgent->before == 0;
}

/* ---- Bytes that are taken ------------------------------------------------ */

void sim__tcp_take(struct tcp *end, struct irp *irp, ULONG limit)
{
    ULONG wanted = up_to_mark(end, least(limit, end->in_bytes));
    ULONG at = (ULONG)irp->information;
    ULONG done = 0;

    /* BOUND: each turn empties a chunk, or is the last. */
    while (done < wanted) {
        struct tcp_chunk *chunk = end->in_first;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        uint32_t part = least(wanted - done, chunk->bytes - chunk->taken);

        sim__irp_put(irp, at + done, chunk->data + chunk->taken, part);
        chunk->taken += part;
        done += part;
        if (chunk->taken == chunk->bytes) {
            end->in_first = chunk->next;
            if (end->in_first == NULL) {
                end->in_last = NULL;
            }
            sim__tcp_chunk_give(chunk);
        }
    }
    end->in_bytes -= done;
    irp->information += done;
    move_mark(end, done);
}

/** @brief Copy what is there and leave it. */
static ULONG peek(const struct tcp *end, struct irp *irp)
{
    ULONG wanted = up_to_mark(end, least(irp->length, end->in_bytes));
    ULONG done = 0;

    for (const struct tcp_chunk *chunk = end->in_first; done < wanted;
         chunk = chunk->next) {
        uint32_t part = least(wanted - done, chunk->bytes - chunk->taken);

        sim__irp_put(irp, done, chunk->data + chunk->taken, part);
        done += part;
    }
    return done;
}

/** @brief Take what is there; there is something.
 *  @return whether that is enough. */
static bool take_now(struct tcp *end, struct irp *irp, DWORD flags)
{
    if (flags & MSG_PEEK) {
        irp->information = peek(end, irp);
        return true;
    }
    /* FACT SOCK-13 data already there. */
    sim__tcp_take(end, irp, irp->length - (ULONG)irp->information);
    sim__tcp_window(end);
    return !(flags & MSG_WAITALL) || irp->information == irp->length;
}

/** @brief Whether a pending receive takes bytes away from others. */
static bool takes(const struct irp *irp)
{
    return irp->length != 0 && (flags_of(irp) & MSG_PEEK) == 0;
}

/** @brief Tell the rules which receives of the stream are before this one. */
static void watch(const struct irp *irp, const struct irp *before)
{
    for (; before != NULL; before = before->links[IRP_OF_DEVICE].next) {
        if (takes(irp) && takes(before)) {
            sim__watch_receives(irp, before);
        }
    }
}

NTSTATUS sim__tcp_read(struct irp *irp)
{
    const struct socket_receive *receive = irp->detail;
    DWORD flags = receive == NULL ? 0 : receive->flags;
    struct socket *socket = irp->file->device;
    struct tcp *end = socket->tcp;
    NTSTATUS status = sim__tcp_usable(socket); /* FACT SOCK-21. */

    if (socket->receive_shut && end != NULL) {
        /* FACT SOCK-41 new receives fail. */
        status = STATUS_PIPE_DISCONNECTED;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (flags & MSG_OOB) {
        return read_urgent(end, irp, flags);
    }
    /* BOUND: each turn but the last takes a byte at least, for MSG_WAITALL. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    while (end->in_bytes != 0) {
        if (take_now(end, irp, flags)) {
            return STATUS_SUCCESS;
        }
    }
    if (end->fin_received) {
        return STATUS_SUCCESS; /* FACT SOCK-18 also after it. */
    }
    if (irp->no_wait) {
        return STATUS_DEVICE_NOT_READY;
    }
    irp->offset = (int64_t)flags;
    if (sim__rule_on(RULE_receives_race)) {
        watch(irp, socket->receives.first);
    }
    sim__irp_append(&socket->receives, irp, IRP_OF_DEVICE);
    sim__irp_pend(irp); /* Something may arrive within this very call. */
    if (socket->options.receive_bytes == 0) {
        sim__tcp_window(end); /* FACT SOCK-34: a buffer to copy into. */
    }
    return STATUS_PENDING;
}

void sim__tcp_receive_cancel(struct irp *irp, NTSTATUS status)
{
    struct socket *socket = irp->file->device;
    struct tcp *end = socket->tcp;
    struct tcp_source source = {.irp = irp};
    uint32_t bytes = (uint32_t)irp->information;

    sim__irp_remove(&socket->receives, irp, IRP_OF_DEVICE);
    if (bytes != 0) {
        /* FACT CANCEL-15 none is lost: what MSG_WAITALL had gathered goes to
         * the next receive, or back into the stream. */
        uint32_t taken = sim__tcp_feed(end, &source, bytes);

        if (taken < bytes) {
            sim__tcp_keep(end, &source, bytes - taken);
        }
    }
    sim__irp_complete(irp, status, 0);
}

/* ---- The window ---------------------------------------------------------- */

/** @brief FACT SOCK-34 SO_RCVBUF = 0: only what receives are posted for.  One
 *  of no bytes wants to know of the first. */
static uint32_t posted(const struct socket *socket)
{
    uint32_t bytes = 0;

    for (const struct irp *irp = socket->receives.first; irp != NULL;
         irp = irp->links[IRP_OF_DEVICE].next) {
        bytes += irp->length == 0 ? 1 : irp->length;
    }
    return bytes;
}

static uint32_t room_of(const struct tcp *end)
{
    const struct socket *socket = end->socket;

    if (socket == NULL) {
        socket = end->listener;
    }
    if (socket == NULL) {
        return 0;
    }
    return socket->options.receive_bytes == 0 && end->socket != NULL
               ? posted(socket)
               : socket->options.receive_bytes;
}

uint64_t sim__tcp_edge(const struct tcp *end)
{
    uint32_t room = room_of(end);

    return end->received + (room > end->in_bytes ? room - end->in_bytes : 0);
}

void sim__tcp_window(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);
    uint64_t edge = sim__tcp_edge(end);

    if (end->state != TCP_OPEN) {
        return;
    }
    if (sim__tcp_near(end)) {
        if (peer->edge < edge) {
            peer->edge = edge;
            sim__tcp_pump(peer);
        }
    } else if (edge > end->told) {
        uint64_t half = room_of(end) / 2;

        /* Told when the other end is short of it and it is worth a word. */
        if (end->told - end->received <= half &&
            (edge - end->told >= half || end->told == end->received)) {
            sim__tcp_say_ack(end);
        }
    }
}
