/**
 * @file file.h
 * @brief File objects: what stands behind a handle that does I/O.
 *
 * A file object ties three things together: the device that does the work,
 * the port that hears of it, and the requests on their way.  Which device it
 * is shows only in a small table of operations, so pipes, sockets and disk
 * files share all the rest.
 *
 * Uses:     object.h, thread.h (lists of requests).
 * Used by:  file.c, irp.c, pipe.c, port_api.c, object.c and the file calls.
 * Facts:    PORT-06, PORT-07, PORT-08, PORT-09, PORT-12, PORT-85, PORT-86,
 *           PORT-94, PORT-95, PORT-96, OVL-12, OVL-15, CANCEL-20.
 * Read next: file.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include "object.h"
#include "thread.h"

struct file;
struct port;

/** What a device can do; one table for each kind of device. */
struct file_ops {
    /**
     * Begin a request.  Returns its final status, with irp->information set;
     * or STATUS_PENDING, and then the device keeps the request and gives it
     * back by sim__irp_complete() in some later call.
     */
    NTSTATUS (*start)(struct irp *irp);

    /**
     * Give a pending request up: end it by sim__irp_complete() with
     * STATUS_CANCELLED, or return false to let it run to its own end.
     */
    bool (*cancel)(struct irp *irp);

    /** The last handle was closed.  What stays pending is cancelled next. */
    void (*closed)(struct file *file);

    /** Nothing refers to the file any more. */
    void (*deleted)(struct file *file);

    /** A warning ends the call with the warning, not with pending: SOCK-99. */
    bool warns_at_once;

    /** The right to append is a right to write: FILE-10. */
    bool appends;
};

struct file {
    struct object object; /* Signaled between operations: OVL-12, OVL-15. */

    /* Set when it is opened, then constant. */
    const struct file_ops *ops;
    void *device;    /* The device's own state. */
    bool overlapped; /* Opened with FILE_FLAG_OVERLAPPED. */

    /* Whom a finished operation is told to. */
    struct port *port; /* NULL: no port; else holds a reference. */
    ULONG_PTR key;     /* PORT-13: never looked at. */
    ULONG modes;       /* FILE_SKIP_...: PORT-85. */

    /* Requests. */
    struct irp_list pending; /* The device has them; oldest first. */
    struct irp *turn;        /* Not overlapped: the one at work now, */
    struct irp_list turns;   /* and those whose threads wait behind it. */
};

/** @brief Make a file object on a device; signaled, without handles. */
struct file *sim__file_create(const struct file_ops *ops,
                              void *device,
                              bool overlapped);

/**
 * @brief Let a port hear of a file's operations: PORT-06..PORT-12.
 * @return STATUS_INVALID_PARAMETER when the file is not overlapped or has a
 *         port already.
 */
NTSTATUS
sim__file_associate(struct file *file, struct port *port, ULONG_PTR key);

/**
 * @brief Change the port, or remove it with NULL: PORT-95.
 * @return STATUS_INVALID_PARAMETER when the file is not overlapped;
 *         STATUS_DEVICE_BUSY while operations are pending: PORT-96.
 */
NTSTATUS
sim__file_replace(struct file *file, struct port *port, ULONG_PTR key);

/** @brief Add notification modes: PORT-85, PORT-86. */
NTSTATUS sim__file_set_modes(struct file *file, ULONG modes);

/** @brief The last handle was closed: CANCEL-20. */
void sim__file_closed(struct object *object);

/** @brief Nothing refers to the file any more. */
void sim__file_deleted(struct object *object);

#endif
