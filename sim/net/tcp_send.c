/**
 * @file tcp_send.c
 * @brief Sending on a stream: what the program gave, and what has left.
 *
 * A send is over when its bytes are the stack's.  Most are at once: their bytes
 * go as far as the other end's window reaches, often straight into a receive
 * that pends there, and what is left is copied.  Only behind much that is not
 * acknowledged yet does a send wait; its bytes stay in the program's buffer.
 *
 * Uses:     tcp.h, buffer.h.
 * Used by:  socket.c, way.c, arrive.c.
 * Facts:    SOCK-26, SOCK-27, SOCK-28, SOCK-29, SOCK-30, SOCK-31, SOCK-32,
 *           SOCK-33, SOCK-35, SOCK-36, SOCK-37, SOCK-40, CANCEL-16.
 * Read next: tcp_receive.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include "buffer.h"
#include "tcp.h"

enum {
    SEGMENT_NEAR = 65536, /* Most bytes in one chunk, on one host, */
    SEGMENT_FAR = 16384,  /* and between two. */
    PENDING_RARITY = 4
};

static bool is_accepted(const struct socket *socket, const struct irp *irp);
static void send_now(struct tcp *end, const struct irp *irp, bool urgent);
static void send_later(struct tcp *end, struct irp *irp, bool urgent);

NTSTATUS sim__tcp_send(struct irp *irp)
{
    const struct socket_send *send =
        irp->kind == IRP_WRITE ? irp->detail : NULL;
    bool urgent = send != NULL && (send->flags & MSG_OOB);
    struct socket *socket = irp->file->device;
    NTSTATUS status = sim__tcp_usable(socket);

    if (socket->send_shut && socket->tcp != NULL) {
        /* FACT SOCK-40 later sends fail. */
        status = STATUS_PIPE_DISCONNECTED;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (irp->length == 0) {
        return STATUS_SUCCESS; /* FACT SOCK-37 zero-byte send: nothing. */
    }
    if (is_accepted(socket, irp)) {
        /* FACT SOCK-27 the count equals the whole request on streams. */
        irp->information = irp->length;
        send_now(socket->tcp, irp, urgent);
        return STATUS_SUCCESS;
    }
    if (irp->no_wait) {
        /* FACT SOCK-30 non-blocking sends are all or nothing. */
        return STATUS_DEVICE_NOT_READY;
    }
    send_later(socket->tcp, irp, urgent);
    return STATUS_PENDING;
}

/** @brief Whether a send is over at once, however large it is. */
static bool is_accepted(const struct socket *socket, const struct irp *irp)
{
    uint64_t queued = sim__tcp_queued(socket->tcp);
    uint32_t limit = socket->options.send_bytes;

    if (socket->sends.first != NULL) {
        return false; /* FACT SOCK-35 in call order. */
    }
    if (limit == 0) {
        /* FACT SOCK-33 SO_SNDBUF = 0: until all is acknowledged.  A send that
         * may not wait is copied all the same, if nothing is under way. */
        return irp->no_wait && queued == 0;
    }
    if (queued > limit) {
        return false; /* FACT SOCK-29 beyond the buffer: it pends. */
    }
    /* FACT SOCK-28 sends usually finish at once; FACT SOCK-32 but an
     * overlapped one can pend without a reason that one could see. */
    return irp->waiting != NULL || sim__world.network->prompt ||
           sim__choose_rarely(CHOOSE_PENDING, 2, PENDING_RARITY) == 0;
}

/* ---- Segments ------------------------------------------------------------ */

/** @brief Where to cut a stream that could go in one piece. */
static uint32_t cut(uint32_t bytes)
{
    if (sim__world.network->prompt) {
        return bytes;
    }
    switch (sim__choose(CHOOSE_SEGMENT, bytes > 1 ? 3 : 1)) {
    case 0:
        return bytes;
    case 1:
        return 1;
    default:
        return (bytes + 1) / 2;
    }
}

/** @brief How many of so many bytes may leave in one segment now. */
static uint32_t allowed(struct tcp *end, uint32_t bytes)
{
    uint64_t window = end->edge - end->sent;
    uint32_t most = sim__tcp_near(end) ? SEGMENT_NEAR : SEGMENT_FAR;

    if (bytes > most) {
        bytes = most;
    }
    if (bytes > window) {
        bytes = (uint32_t)window;
    }
    return bytes == 0 ? 0 : cut(bytes);
}

/** @brief Bytes go straight from one program's buffer to the other's, or wait
 *  there: the ordinary course on one host. */
static void pass(struct tcp *end, struct tcp_source *source, uint32_t bytes)
{
    struct tcp *peer = sim__tcp_peer(end);
    uint64_t edge;
    uint32_t taken;

    if (peer->socket != NULL) {
        trace(arrive,
              .object = &peer->socket->file->object,
              .value = {bytes},
              .kernel = true);
    }
    peer->received += bytes;
    taken = sim__tcp_feed(peer, source, bytes);
    if (taken < bytes) {
        sim__tcp_keep(peer, source, bytes - taken);
    }
    edge = sim__tcp_edge(peer);
    end->acked = peer->received;
    if (end->edge < edge) {
        end->edge = edge;
    }
    sim__tcp_acked(end);
}

/** @brief Whether nothing at all lies between two ends. */
static bool is_straight(struct tcp *end)
{
    const struct tcp *peer = sim__tcp_peer(end);

    return peer->way_first == NULL && end->host == peer->host &&
           peer->state == TCP_OPEN &&
           (peer->socket != NULL || peer->listener != NULL);
}

/** @brief Send a segment. */
static void transmit(struct tcp *end,
                     struct tcp_source *source,
                     uint32_t bytes,
                     enum tcp_chunk_kind kind)
{
    const struct tcp *peer = sim__tcp_peer(end);
    struct tcp_chunk *chunk;
    uint64_t due = sim__world.now;

    end->sent += bytes;
    if (end->host != peer->host || peer->way_first == NULL) {
        due = sim__link_send(end->host, peer->host, NET_TCP, bytes).due;
    }
    if (kind == CHUNK_DATA && due <= sim__world.now && is_straight(end)) {
        pass(end, source, bytes);
        return;
    }
    chunk = sim__tcp_chunk_take(kind, bytes);
    chunk->bytes = bytes;
    sim__tcp_copy(source, chunk->data, bytes);
    sim__tcp_launch_at(end, chunk, due);
}

/* ---- Pieces -------------------------------------------------------------- */

static void append(struct tcp *end, struct tcp_piece *piece)
{
    if (end->out_last == NULL) {
        end->out_first = piece;
    } else {
        end->out_last->next = piece;
    }
    end->out_last = piece;
}

/** @brief Copy what is left of a piece; its request can end. */
static void keep_copy(struct tcp_piece *piece, const struct irp *irp)
{
    uint32_t left = piece->bytes - piece->at;

    piece->data = sim__buffer_take(left);
    sim__irp_get(irp, piece->at, piece->data, left);
    piece->irp = NULL;
    piece->bytes = left;
    piece->room = left;
    piece->at = 0;
}

static struct tcp_piece *make_piece(const struct irp *irp,
                                    uint32_t at,
                                    bool urgent)
{
    struct tcp_piece *piece = sim__take(sizeof *piece);

    *piece =
        (struct tcp_piece){.bytes = irp->length, .at = at, .urgent = urgent};
    return piece;
}

void sim__tcp_keep_bytes(struct tcp *end, const struct irp *irp)
{
    struct tcp_piece *piece = make_piece(irp, 0, false);

    keep_copy(piece, irp);
    append(end, piece);
    end->taken += irp->length;
}

/** @brief The send is over when this returns, whatever has left. */
static void send_now(struct tcp *end, const struct irp *irp, bool urgent)
{
    struct tcp_source source = {.irp = irp};

    end->taken += irp->length;
    if (end->out_first == NULL && !urgent) {
        uint32_t part = allowed(end, irp->length);

        /* BOUND: each turn sends a byte at least. */
        while (part != 0) {
            transmit(end, &source, part, CHUNK_DATA);
            part = allowed(end, irp->length - source.at);
        }
    }
    if (source.at < irp->length) {
        struct tcp_piece *piece = make_piece(irp, source.at, urgent);

        keep_copy(piece, irp);
        append(end, piece);
        sim__tcp_pump(end);
    }
}

/** @brief The send pends, if perhaps not beyond this function. */
static void send_later(struct tcp *end, struct irp *irp, bool urgent)
{
    struct tcp_piece *piece = make_piece(irp, 0, urgent);

    end->taken += irp->length;
    piece->irp = irp;
    irp->device = piece;
    irp->offset = (int64_t)end->taken; /* A stream has no places. */
    append(end, piece);
    sim__irp_append(&end->socket->sends, irp, IRP_OF_DEVICE);
    sim__irp_pend(irp);
    sim__tcp_pump(end);
    sim__tcp_acked(end);
}

/** @brief Take the first piece out; all of it has left. */
static void unlink_first(struct tcp *end)
{
    struct tcp_piece *piece = end->out_first;

    end->out_first = piece->next;
    if (end->out_first == NULL) {
        end->out_last = NULL;
    }
    if (piece->irp != NULL) {
        piece->irp->device = NULL;
    }
}

/** @brief Send a segment of the first piece; false when nothing may leave. */
static bool send_segment(struct tcp *end)
{
    struct tcp_piece *piece = end->out_first;
    struct tcp_source source = {piece->irp, piece->data, piece->at};
    uint32_t left = piece->bytes - piece->at;
    bool urgent = piece->urgent && left == 1;
    uint32_t part = allowed(end, left - (piece->urgent && !urgent));
    bool copied = piece->irp == NULL;
    bool over;

    if (part == 0) {
        return false;
    }
    /* Counted before it goes, because its arrival may end the request. */
    piece->at += part;
    over = piece->at == piece->bytes;
    if (over) {
        unlink_first(end);
    }
    transmit(end, &source, part, urgent ? CHUNK_URGENT : CHUNK_DATA);
    if (over) {
        if (copied) {
            sim__buffer_give(piece->data, piece->room);
        }
        sim__give(piece, sizeof *piece);
    }
    return true;
}

void sim__tcp_pump(struct tcp *end)
{
    if (end->state != TCP_OPEN) {
        return;
    }
    /* BOUND: each turn but the last sends a byte at least. */
    while (end->out_first != NULL) {
        if (!send_segment(end)) {
            return;
        }
    }
    if (end->fin_wanted && !end->fin_sent) {
        /* FACT SOCK-40 shutdown(SD_SEND): FIN after queued data. */
        end->fin_sent = true;
        end->first_closer = !end->fin_received;
        sim__tcp_say(end, CHUNK_FIN);
    }
}

/* ---- What waits ---------------------------------------------------------- */

/** @brief Whether a request that waits for acknowledgements has waited long
 *  enough. */
static bool is_over(struct tcp *end, struct irp *irp)
{
    uint64_t last = (uint64_t)irp->offset;
    uint32_t limit = end->socket->options.send_bytes;

    if (irp->kind == IRP_DISCONNECT ||
        (irp->kind == IRP_TRANSMIT && irp->transmit == NULL)) {
        return sim__tcp_is_disconnected(end, irp);
    }
    switch ((int)irp->kind) {
    case IRP_WRITE:
    case IRP_TRANSMIT:
        /* FACT SOCK-32 when its data was taken over; FACT SOCK-33 without a
         * buffer that is when all of it is acknowledged. */
        return limit == 0 ? end->acked >= last
                          : last - irp->length <= end->acked + limit;
    case IRP_CONNECT:
        return false;
    default:
        return end->acked >= last;
    }
}

/** @brief End one that has; its bytes, if any are left, become ours. */
static void end_request(struct socket *socket, struct irp *irp)
{
    sim__irp_remove(&socket->sends, irp, IRP_OF_DEVICE);
    if (irp->device != NULL) {
        keep_copy(irp->device, irp);
        irp->device = NULL;
    }
    if (irp->transmit != NULL) {
        sim__transmit_sent(irp, STATUS_SUCCESS);
    } else if (irp->kind == IRP_DISCONNECT || irp->kind == IRP_TRANSMIT) {
        sim__tcp_disconnect_end(irp);
    } else {
        sim__irp_complete(irp, STATUS_SUCCESS, irp->length);
    }
}

void sim__tcp_acked(struct tcp *end)
{
    struct socket *socket = end->socket;

    if (socket == NULL) {
        return;
    }
    /* FACT SOCK-35 they end in call order.
     * BOUND: each turn ends a request. */
    while (socket->sends.first != NULL && is_over(end, socket->sends.first)) {
        end_request(socket, socket->sends.first);
        if (socket->tcp != end) {
            return; /* DisconnectEx has given the connection up. */
        }
    }
    if (SIM_UNLIKELY(socket->ready != NULL) &&
        sim__tcp_queued(end) <= socket->options.send_bytes &&
        socket->sends.first == NULL) {
        sim__ready_changed(socket, FD_WRITE, STATUS_SUCCESS);
    }
}

NTSTATUS sim__tcp_flush(struct irp *irp)
{
    struct socket *socket = irp->file->device;
    const struct tcp *end = socket->tcp;

    if (end == NULL || sim__tcp_queued(end) == 0) {
        return STATUS_SUCCESS;
    }
    if (irp->no_wait) {
        return STATUS_DEVICE_NOT_READY;
    }
    irp->offset = (int64_t)end->taken;
    sim__irp_append(&socket->sends, irp, IRP_OF_DEVICE);
    sim__irp_pend(irp);
    return STATUS_PENDING;
}

/* ---- What waits no more -------------------------------------------------- */

/** @brief Take a piece out that has not left, wherever it is. */
static void unlink_piece(struct tcp *end, struct tcp_piece *piece)
{
    struct tcp_piece *before = NULL;

    /* BOUND: it is in the list. */
    for (struct tcp_piece *at = end->out_first; at != piece; at = at->next) {
        before = at;
    }
    if (before == NULL) {
        end->out_first = piece->next;
    } else {
        before->next = piece->next;
    }
    if (end->out_last == piece) {
        end->out_last = before;
    }
}

/** @brief What has not left of a send never will. @return what has. */
static uint32_t withdraw(struct tcp *end, const struct irp *irp)
{
    struct tcp_piece *piece = irp->device;
    uint32_t left;

    if (piece == NULL) {
        return irp->length;
    }
    left = piece->bytes - piece->at;
    end->taken -= left;
    for (struct irp *later = irp->links[IRP_OF_DEVICE].next; later != NULL;
         later = later->links[IRP_OF_DEVICE].next) {
        later->offset -= left;
    }
    unlink_piece(end, piece);
    sim__give(piece, sizeof *piece);
    return irp->length - left;
}

void sim__tcp_send_cancel(struct irp *irp, NTSTATUS status)
{
    struct socket *socket = irp->file->device;
    struct tcp *end = socket->tcp;
    uint32_t sent = 0;

    if (irp->kind == IRP_WRITE || irp->transmit != NULL) {
        /* FACT CANCEL-16 a send that was partly sent leaves the stream as if
         * the program had sent no more than that. */
        sent = withdraw(end, irp);
    }
    sim__irp_remove(&socket->sends, irp, IRP_OF_DEVICE);
    if (irp->transmit != NULL) {
        sim__transmit_sent(irp, status);
    } else {
        sim__irp_complete(irp, status, sent);
    }
    sim__tcp_acked(end);
    sim__tcp_pump(end);
    sim__tcp_run(end);
}

void sim__tcp_send_end(struct socket *socket, NTSTATUS status)
{
    /* BOUND: each turn ends a request. */
    while (socket->sends.first != NULL) {
        struct irp *irp = socket->sends.first;

        sim__irp_remove(&socket->sends, irp, IRP_OF_DEVICE);
        if (irp->transmit != NULL) {
            sim__transmit_sent(irp, status);
        } else {
            sim__irp_complete(irp, status, 0);
        }
    }
}
