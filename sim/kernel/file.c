/**
 * @file file.c
 * @brief A file's ties: to its port, and to its last handle.
 *
 * What a file says to its port is decided here once for all devices, because
 * the port sees no difference between a pipe and a socket.
 *
 * Uses:     file.h, irp.h, port.h, wait.h.
 * Used by:  port_api.c, native_file.c, object.c, pipe.c.
 * Facts:    PORT-06, PORT-07, PORT-12, PORT-79, PORT-85, PORT-86, PORT-94,
 *           PORT-95, PORT-96, OVL-15, CANCEL-20.
 * Read next: irp.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "file.h"

#include "irp.h"
#include "port.h"
#include "wait.h"

struct file *sim__file_create(const struct file_ops *ops,
                              void *device,
                              bool overlapped)
{
    struct file *file = sim__object_create(OBJECT_FILE, sizeof *file);

    file->ops = ops;
    file->device = device;
    file->overlapped = overlapped;
    /* FACT OVL-15 a fresh file object is signaled. */
    file->object.signal = 1;
    return file;
}

/** @brief Write port and key down and keep the port alive. */
static void tie(struct file *file, struct port *port, ULONG_PTR key)
{
    /* FACT PORT-79 lifetime of the port object: its files count as well. */
    sim__object_keep(&port->object);
    file->port = port;
    file->key = key;
    trace(attach,
          .object = &file->object,
          .value = {port->object.number, trace_key(key)});
    if (!(file->modes & FILE_SKIP_SET_EVENT_ON_HANDLE)) {
        /* FACT PORT-12 association signals the file object. */
        sim__signal(&file->object);
    }
}

static void untie(struct file *file)
{
    struct port *port = file->port;

    file->port = NULL;
    file->key = 0;
    trace(detach, .object = &file->object);
    sim__object_drop(&port->object);
}

NTSTATUS
sim__file_associate(struct file *file, struct port *port, ULONG_PTR key)
{
    if (!file->overlapped) {
        /* FACT PORT-06 only overlapped file objects can be associated. */
        return STATUS_INVALID_PARAMETER;
    }
    if (file->port != NULL) {
        /* FACT PORT-07 one port per file object, for life. */
        port->silence = (struct silence){.why = SILENCE_FOREIGN,
                                         .file = file->object.number};
        return STATUS_INVALID_PARAMETER;
    }
    /* FACT PORT-08 the association belongs to the file object, not to the
     * handle.
     * FACT PORT-09 what is pending now will already go to the port. */
    tie(file, port, key);
    return STATUS_SUCCESS;
}

NTSTATUS
sim__file_replace(struct file *file, struct port *port, ULONG_PTR key)
{
    if (!file->overlapped) {
        return STATUS_INVALID_PARAMETER;
    }
    if (file->pending.first != NULL) {
        /* FACT PORT-96 replacing with I/O outstanding fails.  With which
         * status is not known: open question 9. */
        return STATUS_DEVICE_BUSY;
    }
    /* FACT PORT-95 FileReplaceCompletionInformation: no port removes it. */
    if (file->port != NULL) {
        untie(file);
    }
    if (port != NULL) {
        tie(file, port, key);
    }
    return STATUS_SUCCESS;
}

NTSTATUS sim__file_set_modes(struct file *file, ULONG modes)
{
    const ULONG known = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                        FILE_SKIP_SET_EVENT_ON_HANDLE |
                        FILE_SKIP_SET_USER_EVENT_ON_FAST_IO;

    if (!file->overlapped) {
        return STATUS_INVALID_PARAMETER;
    }
    /* FACT PORT-85 only adds bits.
     * FACT PORT-86 bits without a meaning are ignored. */
    file->modes |= modes & known;
    return STATUS_SUCCESS;
}

void sim__file_closed(struct object *object)
{
    struct file *file = (struct file *)object;
    const struct irp_match all = {.call = "the last CloseHandle"};

    /* FACT CANCEL-20 closing the last handle cancels: the device ends what
     * has a status of its own, the rest ends as cancelled. */
    file->ops->closed(file);
    (void)sim__irp_cancel(file, &all);
}

void sim__file_deleted(struct object *object)
{
    struct file *file = (struct file *)object;

    if (file->port != NULL) {
        sim__object_drop(&file->port->object);
    }
    file->ops->deleted(file);
}
