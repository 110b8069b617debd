/**
 * @file udp_data.c
 * @brief Datagrams that have arrived, and receives that wait for them.
 *
 * A socket holds datagrams that nobody has received, or receives that found
 * none, never both.  One receive takes one datagram; what does not fit into
 * its buffer is gone.
 *
 * Uses:     udp.h, buffer.h, device.h.
 * Used by:  udp.c.
 * Facts:    SOCK-22, SOCK-24, SOCK-99, SOCK-101, SOCK-102, SOCK-103,
 *           SOCK-107, SOCK-113.
 * Read next: ready.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "udp.h"

#include <winsock2.h>

#include "../watch/watch.h"
#include "../winsock/device.h"
#include "buffer.h"

/* ---- Memory -------------------------------------------------------------- */

struct datagram *sim__udp_copy(const struct datagram *datagram,
                               const struct irp *bytes)
{
    struct datagram *copy =
        sim__buffer_take(sizeof *copy + (size_t)datagram->bytes);

    *copy = *datagram;
    copy->own = true;
    copy->arrival.place = 0;
    if (bytes != NULL) {
        sim__irp_get(bytes, 0, copy->data, datagram->bytes);
    } else if (datagram->own) {
        memcpy(copy->data, datagram->data, datagram->bytes);
    }
    return copy;
}

void sim__udp_forget(struct datagram *datagram)
{
    sim__buffer_give(datagram, sizeof *datagram + (size_t)datagram->bytes);
}

/** @brief What a datagram counts for in a queue: empty ones count, too. */
static uint32_t cost(const struct datagram *datagram)
{
    return datagram->bytes == 0 ? 1 : datagram->bytes;
}

/* ---- One datagram into one receive --------------------------------------- */

static bool peeks(const struct socket_receive *receive)
{
    return receive != NULL && (receive->flags & MSG_PEEK) != 0;
}

/** @brief Say who sent it, in the socket's own kind of address. */
static void write_from(const struct socket *socket,
                       const struct socket_receive *receive,
                       const struct datagram *datagram)
{
    struct net_address from = datagram->from;

    if (receive->from == NULL) {
        return;
    }
    if (socket->family == NET_V6) {
        from = sim__address_map(&from);
    }
    sim__address_write(&from, receive->from);
    *receive->from_bytes = sim__address_bytes(from.family);
}

/** @brief Fill a receive's buffer and everything else it asked for.
 *  @return what it ends with; @p filled gets the number of bytes. */
static NTSTATUS fill(struct irp *irp,
                     const struct socket_receive *receive,
                     const struct datagram *datagram,
                     const struct irp *bytes,
                     ULONG *filled)
{
    const struct socket *socket = irp->file->device;
    bool cut = datagram->bytes > irp->length;
    /* FACT SOCK-103 MSG_PARTIAL on datagrams: some of it is missing. */
    DWORD flags = (cut ? MSG_PARTIAL : 0u) | datagram->to_all;

    *filled = cut ? irp->length : datagram->bytes;
    if (datagram->status != STATUS_SUCCESS) {
        return datagram->status;
    }
    if (bytes != NULL) {
        sim__irp_move(irp, 0, bytes, 0, *filled);
    } else {
        sim__irp_put(irp, 0, datagram->data, *filled);
    }
    if (receive != NULL) {
        write_from(socket, receive, datagram);
        sim__receive_flags(irp, receive->flags_out, flags & MSG_PARTIAL);
        if (receive->message != NULL) {
            struct net_address to = datagram->to;

            if (socket->family == NET_V6) {
                to = sim__address_map(&to);
            }
            sim__message_end(receive->message, socket, &to, flags);
        }
    }
    /* FACT SOCK-99 datagram larger than the buffer: the rest is lost.
     * FACT SOCK-101 so a receive of no bytes eats it, unless FACT SOCK-24 it
     * only peeks. */
    return cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* ---- Receives ------------------------------------------------------------ */

/** @brief Why a receive cannot even begin. */
static NTSTATUS check_receive(const struct socket *socket)
{
    if (!socket->bound) {
        /* FACT SOCK-107 receiving on an unbound UDP socket. */
        return STATUS_INVALID_PARAMETER;
    }
    return socket->receive_shut ? STATUS_PIPE_DISCONNECTED : STATUS_SUCCESS;
}

/** @brief Remember a receive until a datagram comes. */
static NTSTATUS pend(struct irp *irp, struct socket *socket)
{
    const struct socket_receive *receive = irp->detail;

    if (irp->no_wait) {
        return STATUS_DEVICE_NOT_READY;
    }
    if (receive != NULL) {
        struct socket_receive *kept = sim__take(sizeof *kept);

        *kept = *receive;
        if (irp->waiting == NULL) {
            /* FACT SOCK-22 the variable is written by this call or never. */
            kept->flags_out = NULL;
            if (kept->from != NULL) {
                /* FACT OVL-30 both pointers are used at the end. */
                sim__watch_out(
                    irp,
                    kept->from,
                    (size_t)sim__address_bytes((enum net_family)socket->family),
                    "lpFrom");
                sim__watch_out(irp,
                               kept->from_bytes,
                               sizeof *kept->from_bytes,
                               "lpFromlen");
            }
        }
        irp->device = kept;
    }
    /* FACT SOCK-102 several pending receives: in posting order. */
    sim__irp_append(&socket->receives, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}

NTSTATUS sim__udp_receive(struct irp *irp)
{
    struct socket *socket = irp->file->device;
    const struct socket_receive *receive = irp->detail;
    struct udp *udp = socket->udp;
    struct datagram *datagram = udp->first;
    NTSTATUS status = check_receive(socket);
    ULONG filled = 0;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (datagram == NULL) {
        return pend(irp, socket);
    }
    status = fill(irp, receive, datagram, NULL, &filled);
    irp->information = filled;
    if (!peeks(receive)) {
        udp->first = datagram->next;
        udp->queued_bytes -= cost(datagram);
        sim__udp_forget(datagram);
    }
    return status;
}

void sim__udp_end_receive(struct irp *irp, NTSTATUS status, ULONG bytes)
{
    struct socket *socket = irp->file->device;

    sim__irp_remove(&socket->receives, irp, IRP_OF_DEVICE);
    if (irp->device != NULL) {
        sim__give(irp->device, sizeof(struct socket_receive));
    }
    sim__irp_complete(irp, status, bytes);
}

/* ---- What arrives -------------------------------------------------------- */

/** @brief Give a datagram to the receive that waits longest.
 *  @return whether it is used up: not if that one only peeks. */
static bool give(struct irp *irp,
                 const struct datagram *datagram,
                 const struct irp *bytes)
{
    const struct socket_receive *receive = irp->device;
    bool taken = !peeks(receive);
    ULONG filled = 0;
    NTSTATUS status = fill(irp, receive, datagram, bytes, &filled);

    sim__udp_end_receive(irp, status, filled);
    return taken;
}

/** @brief Keep a datagram for a later receive. */
static void queue(struct socket *socket, struct datagram *datagram)
{
    struct udp *udp = socket->udp;

    datagram->next = NULL;
    if (udp->first == NULL) {
        udp->first = datagram;
    } else {
        udp->last->next = datagram;
    }
    udp->last = datagram;
    udp->queued_bytes += cost(datagram);
    sim__socket_changed(socket, FD_READ, STATUS_SUCCESS);
}

void sim__udp_hand(struct socket *socket,
                   struct datagram *datagram,
                   const struct irp *bytes)
{
    const char *dropped = NULL;
    bool taken = false;

    trace(arrive,
          .object = &socket->file->object,
          .value = {datagram->bytes},
          .kernel = true);
    /* BOUND: each turn ends one receive. */
    while (!taken && socket->receives.first != NULL) {
        taken = give(socket->receives.first, datagram, bytes);
    }
    if (!taken && socket->receive_shut) {
        dropped = "shut down";
    } else if (!taken &&
               socket->udp->queued_bytes >= socket->options.receive_bytes) {
        dropped = "buffer full"; /* FACT SOCK-113 queue limits. */
    }
    if (dropped != NULL) {
        trace(drop,
              .object = &socket->file->object,
              .text = dropped,
              .value = {datagram->bytes},
              .kernel = true);
    } else if (!taken) {
        queue(socket,
              datagram->own ? datagram : sim__udp_copy(datagram, bytes));
        return;
    }
    if (datagram->own) {
        sim__udp_forget(datagram);
    }
}
