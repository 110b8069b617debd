/**
 * @file irp_data.c
 * @brief Bytes between devices and the program's buffers.
 *
 * A program lends one buffer or a list of them.  To a device they are one row
 * of bytes, and every byte that the kernel moves into or out of a program's
 * memory passes here.
 *
 * Uses:     irp.h.
 * Used by:  every device.
 * Facts:    SOCK-12, SOCK-36.
 * Read next: cancel.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../host/host.h"
#include "../watch/watch.h"
#include "irp.h"

/** A place in a request's buffers. */
struct place {
    char *at;
    ULONG left; /* Bytes from there to the end of the piece. */
};

/** @brief Find a byte; FACT SOCK-12 pieces are filled in array order, FACT
 *  SOCK-36 and sent in it. */
static struct place find(const struct irp *irp, ULONG at)
{
    uint32_t piece = 0;

    if (irp->pieces == NULL) {
        return (struct place){(char *)irp->buffer + at, irp->length - at};
    }
    /* BOUND: the caller stays below irp->length, the sum of all pieces. */
    while (at >= irp->pieces[piece].length) {
        at -= irp->pieces[piece].length;
        piece++;
    }
    return (struct place){irp->pieces[piece].at + at,
                          irp->pieces[piece].length - at};
}

static ULONG least(ULONG one, ULONG two)
{
    return one < two ? one : two;
}

void sim__irp_put(struct irp *irp, ULONG at, const void *from, ULONG bytes)
{
    const char *source = from;

    if (irp->watch != NULL) {
        sim__watch_put(irp);
    }
    /* BOUND: each turn fills a piece or ends. */
    while (bytes != 0) {
        struct place place = find(irp, at);
        ULONG part = least(bytes, place.left);

        if (sim__host_is_poisoned(place.at, part)) {
            sim__watch_poisoned(irp, true);
        }
        memcpy(place.at, source, part);
        source += part;
        at += part;
        bytes -= part;
    }
}

void sim__irp_get(const struct irp *irp, ULONG at, void *to, ULONG bytes)
{
    char *target = to;

    if (irp->watch != NULL) {
        sim__watch_get(irp);
    }
    /* BOUND: each turn empties a piece or ends. */
    while (bytes != 0) {
        struct place place = find(irp, at);
        ULONG part = least(bytes, place.left);

        if (sim__host_is_poisoned(place.at, part)) {
            sim__watch_poisoned(irp, false);
        }
        memcpy(target, place.at, part);
        target += part;
        at += part;
        bytes -= part;
    }
}

void sim__irp_move(struct irp *to,
                   ULONG to_at,
                   const struct irp *from,
                   ULONG from_at,
                   ULONG bytes)
{
    if (from->watch != NULL) {
        sim__watch_get(from);
    }
    /* BOUND: each turn empties a piece or ends. */
    while (bytes != 0) {
        struct place place = find(from, from_at);
        ULONG part = least(bytes, place.left);

        sim__irp_put(to, to_at, place.at, part);
        to_at += part;
        from_at += part;
        bytes -= part;
    }
}
