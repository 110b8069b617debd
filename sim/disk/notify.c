/**
 * @file notify.c
 * @brief Telling who watches a folder what has changed in it.
 *
 * A folder's opening collects records of changes from the first time that it
 * is asked.  Asking again takes what was collected, or waits for a change;
 * what does not fit is thrown away, and then the program is told that it must
 * look for itself.
 *
 * Uses:     disk.h.
 * Used by:  device.c, open.c, the Win32 calls about folders.
 * Facts:    FILE-19.
 * Read next: ../net/address.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "disk.h"

/** What an opening of a folder collects. */
struct disk_watch {
    DWORD filter;
    bool subtree;
    bool overflow; /* More happened than fits. */
    ULONG room;    /* Of the first call's buffer, and so of records. */
    ULONG used;
    ULONG last; /* Where the last record begins. */
    char *records;
    struct irp_list waits;
};

/** How many openings watch in the present world: most changes interest
 * nobody. */
static struct {
    uint64_t generation;
    uint32_t count;
} watches;

static struct disk_watch *watch_begin(struct disk_file *opened,
                                      const struct irp *irp)
{
    const struct disk_notify_detail *detail = irp->detail;
    struct disk_watch *watch = sim__take(sizeof *watch);

    *watch = (struct disk_watch){
        .filter = detail->filter,
        .subtree = detail->subtree,
        .room = irp->length,
        .records = sim__take(irp->length),
    };
    opened->watch = watch;
    if (watches.generation != sim__world.generation) {
        watches.generation = sim__world.generation;
        watches.count = 0;
    }
    watches.count++;
    return watch;
}

/** @brief Give a request what was collected. */
static void deliver(struct disk_watch *watch, struct irp *irp)
{
    ULONG bytes = watch->used;
    bool lost = watch->overflow || bytes > irp->length;

    watch->used = 0;
    watch->overflow = false;
    if (lost) {
        /* FACT FILE-19 ReadDirectoryChangesW: changes that did not fit. */
        sim__irp_complete(irp, STATUS_NOTIFY_ENUM_DIR, 0);
        return;
    }
    sim__irp_put(irp, 0, watch->records, bytes);
    sim__irp_complete(irp, STATUS_SUCCESS, bytes);
}

NTSTATUS sim__disk_notify(struct irp *irp)
{
    struct disk_file *opened = irp->file->device;
    struct disk_watch *watch = opened->watch;

    if (!sim__disk_is_folder(opened->node)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (opened->node->deleting) {
        return STATUS_DELETE_PENDING;
    }
    if (watch == NULL) {
        watch = watch_begin(opened, irp);
    }
    if (watch->used == 0 && !watch->overflow) {
        sim__irp_append(&watch->waits, irp, IRP_OF_DEVICE);
    } else {
        sim__irp_pend(irp);
        deliver(watch, irp);
    }
    return STATUS_PENDING;
}

void sim__disk_notify_end(struct irp *irp, NTSTATUS status)
{
    const struct disk_file *opened = irp->file->device;

    sim__irp_remove(&opened->watch->waits, irp, IRP_OF_DEVICE);
    sim__irp_complete(irp, status, 0);
}

void sim__disk_notify_close(struct disk_file *opened)
{
    struct disk_watch *watch = opened->watch;

    if (watch == NULL) {
        return;
    }
    sim__irp_complete_list(&watch->waits, STATUS_NOTIFY_CLEANUP);
    sim__give(watch->records, watch->room);
    sim__give(watch, sizeof *watch);
    opened->watch = NULL;
    watches.count--;
}

void sim__disk_notify_deleted(const struct disk_node *folder)
{
    const struct disk_file *opened = folder->opens;

    for (; opened != NULL; opened = opened->next) {
        if (opened->watch != NULL) {
            sim__irp_complete_list(&opened->watch->waits,
                                   STATUS_DELETE_PENDING);
        }
    }
}

/* ---- Records ------------------------------------------------------------- */

/** @brief Letters of a node's path from a folder above it. */
static ULONG letters_from(const struct disk_node *folder,
                          const struct disk_node *node)
{
    ULONG letters = node->name_length;

    for (node = node->parent; node != folder; node = node->parent) {
        letters += node->name_length + 1;
    }
    return letters;
}

static void write_path(const struct disk_node *folder,
                       const struct disk_node *node,
                       char *end)
{
    const WCHAR stroke = L'\\';

    /* BOUND: each turn goes up one folder. */
    for (;;) {
        end -= node->name_length * sizeof *node->name;
        memcpy(end, node->name, node->name_length * sizeof *node->name);
        node = node->parent;
        if (node == folder) {
            return;
        }
        end -= sizeof stroke;
        memcpy(end, &stroke, sizeof stroke);
    }
}

/** @brief Append one record, if there is room. */
static void add_record(struct disk_watch *watch,
                       const struct disk_node *folder,
                       const struct disk_node *node,
                       DWORD action)
{
    const ULONG head = (ULONG)offsetof(FILE_NOTIFY_INFORMATION, FileName);
    ULONG name_bytes = letters_from(folder, node) * (ULONG)sizeof(WCHAR);
    ULONG at = (watch->used + 3) & ~3u;
    const FILE_NOTIFY_INFORMATION record = {
        .Action = action,
        .FileNameLength = name_bytes,
    };

    if (watch->overflow || watch->room < at ||
        watch->room - at < head + name_bytes) {
        watch->overflow = true;
        return;
    }
    memset(watch->records + watch->used, 0, at - watch->used);
    memcpy(watch->records + at, &record, head);
    write_path(folder, node, watch->records + at + head + name_bytes);
    if (watch->used != 0) {
        DWORD step = at - watch->last;

        memcpy(watch->records + watch->last, &step, sizeof step);
    }
    watch->last = at;
    watch->used = at + head + name_bytes;
}

/** @brief Tell one opening; whoever waits there is given the record, unless
 *  another one belongs to it. */
static void tell(struct disk_watch *watch,
                 const struct disk_node *folder,
                 const struct disk_node *node,
                 DWORD action)
{
    struct irp *irp = watch->waits.first;

    add_record(watch, folder, node, action);
    if (irp != NULL && action != FILE_ACTION_RENAMED_OLD_NAME) {
        sim__irp_remove(&watch->waits, irp, IRP_OF_DEVICE);
        deliver(watch, irp);
    }
}

void sim__disk_changed(const struct disk_node *node, DWORD change, DWORD action)
{
    const struct disk_node *folder = node->parent;

    if (watches.generation != sim__world.generation || watches.count == 0) {
        return;
    }
    for (; folder != NULL; folder = folder->parent) {
        const struct disk_file *opened = folder->opens;

        for (; opened != NULL; opened = opened->next) {
            struct disk_watch *watch = opened->watch;

            if (watch != NULL && (watch->filter & change) &&
                (folder == node->parent || watch->subtree)) {
                tell(watch, folder, node, action);
            }
        }
    }
}
