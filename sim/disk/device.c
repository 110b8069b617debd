/**
 * @file device.c
 * @brief The disk as a device: when its operations end, and how.
 *
 * A request is carried out in one instant, which may be within the call or
 * later; that, and which of several is first, is for the run to choose.  The
 * program's buffer is looked at in that instant and not before.
 *
 * Uses:     disk.h, ../kernel/fault.h.
 * Used by:  irp.c by its table.
 * Facts:    FILE-01, FILE-02, FILE-03, FILE-04, FILE-05, FILE-06, FILE-08,
 *           FILE-09, FILE-10, FILE-11, FILE-14, FILE-15, FILE-17, CANCEL-14.
 * Read next: lock.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/fault.h"
#include "disk.h"

/** How long a disk takes, virtual time: 100 us, or 10 ms when its head is
 * elsewhere. */
enum { LATENCY = 1000, LATENCY_SLOW = 100000 };

/** When a request is carried out. */
enum course {
    COURSE_LATER,
    COURSE_MUCH_LATER,
    COURSE_WITHIN, /* Within the call, which says pending all the same. */
    COURSE_AT_ONCE,
    COURSE_COUNT
};

/** A request on its way. */
struct work {
    struct deadline deadline;
    struct irp *irp;
};

static NTSTATUS start(struct irp *irp);
static bool cancel(struct irp *irp);
static void closed(struct file *file);
static void deleted(struct file *file);

const struct file_ops sim__disk_ops = {
    .start = start,
    .cancel = cancel,
    .closed = closed,
    .deleted = deleted,
    .appends = true,
};

static struct disk_file *file_of(const struct irp *irp)
{
    return irp->file->device;
}

/** @brief Where a read or a write begins. */
static uint64_t place_of(const struct irp *irp)
{
    switch (irp->offset) {
    case DISK_AT_END:
        return file_of(irp)->node->size;
    case DISK_AT_POINTER:
        return (uint64_t)file_of(irp)->position;
    default:
        return (uint64_t)irp->offset;
    }
}

/* ---- Carrying out -------------------------------------------------------- */

/** @brief The end of a transfer; a file that is not overlapped remembers where
 *  it came to. */
static void end_transfer(struct irp *irp, uint64_t at, ULONG bytes)
{
    irp->information = bytes;
    if (!irp->file->overlapped) {
        /* FACT FILE-09 file pointer: moved, also with an OVERLAPPED. */
        file_of(irp)->position = (int64_t)(at + bytes);
    }
}

static NTSTATUS read(struct irp *irp)
{
    const struct disk_node *node = file_of(irp)->node;
    uint64_t at = place_of(irp);
    ULONG bytes = irp->length;

    if (bytes != 0 && at >= node->size) {
        return STATUS_END_OF_FILE;
    }
    if (bytes != 0 && bytes > node->size - at) {
        /* FACT FILE-04 reading across the end: what there is. */
        bytes = (ULONG)(node->size - at);
    }
    if (bytes != 0) {
        sim__disk_read(node, at, irp, bytes);
    }
    /* FACT FILE-06 zero-length read at end of file: success. */
    end_transfer(irp, at, bytes);
    return STATUS_SUCCESS;
}

static NTSTATUS write(struct irp *irp)
{
    struct disk_node *node = file_of(irp)->node;
    /* FACT FILE-10 append-only handles write at the end: irp.c has seen to the
     * offset. */
    uint64_t at = place_of(irp);
    uint64_t end = at + irp->length;
    DWORD change = FILE_NOTIFY_CHANGE_LAST_WRITE;

    if (irp->length == 0) {
        end_transfer(irp, at, 0);
        return STATUS_SUCCESS;
    }
    if (end > INT64_MAX || sim__fault("disk_full", STATUS_DISK_FULL)) {
        return STATUS_DISK_FULL;
    }
    if (end > node->size) {
        /* FACT FILE-11 writing beyond the end extends the file. */
        NTSTATUS status = sim__disk_resize(node, end);

        if (!NT_SUCCESS(status)) {
            return status;
        }
        change |= FILE_NOTIFY_CHANGE_SIZE;
    }
    sim__disk_write(node, at, irp, irp->length);
    node->written = sim__disk_time();
    end_transfer(irp, at, irp->length);
    sim__disk_changed(node, change, FILE_ACTION_MODIFIED);
    return STATUS_SUCCESS;
}

/** @brief Do what is asked, now. */
static NTSTATUS carry_out(struct irp *irp)
{
    bool writes = irp->kind == IRP_WRITE;
    NTSTATUS status;

    if (irp->kind == IRP_FLUSH) {
        return STATUS_SUCCESS;
    }
    status =
        sim__disk_lock_allows(file_of(irp), place_of(irp), irp->length, writes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return writes ? write(irp) : read(irp);
}

static void end(struct irp *irp, NTSTATUS status)
{
    if (!NT_SUCCESS(status)) {
        irp->information = 0;
    }
    sim__irp_complete(irp, status, irp->information);
}

/** @brief The disk is ready: take the request off it. */
static struct irp *take_off(struct work *work)
{
    struct irp *irp = work->irp;

    sim__deadline_disarm(&work->deadline);
    irp->device = NULL;
    sim__give(work, sizeof *work);
    return irp;
}

static void ready(struct deadline *deadline)
{
    struct irp *irp = take_off((struct work *)deadline);

    end(irp, carry_out(irp));
}

/* ---- Beginning ----------------------------------------------------------- */

/** @brief Whether a program may ask for this. */
static NTSTATUS check(const struct irp *irp)
{
    const struct disk_file *opened = file_of(irp);

    if (sim__disk_is_folder(opened->node)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    /* FACT FILE-08 special and negative offsets. */
    if (irp->offset < DISK_AT_POINTER ||
        (irp->offset == DISK_AT_POINTER && irp->file->overlapped) ||
        (irp->offset == DISK_AT_END && irp->kind != IRP_WRITE)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/** @brief FACT FILE-15 FILE_FLAG_NO_BUFFERING: whole sectors only. */
static bool is_aligned(const struct irp *irp)
{
    uintptr_t all = irp->length | (uintptr_t)irp->buffer;

    for (uint32_t at = 0; at < irp->piece_count; at++) {
        all |= (uintptr_t)irp->pieces[at].at;
    }
    if (irp->offset != DISK_AT_END) {
        all |= (uintptr_t)place_of(irp);
    }
    return all % DISK_SECTOR == 0;
}

static enum course choose_course(const struct irp *irp)
{
    static const enum course blocking[] = {COURSE_LATER,
                                           COURSE_MUCH_LATER,
                                           COURSE_AT_ONCE};
    uint32_t count = COURSE_COUNT;

    if (irp->waiting != NULL) {
        return blocking[sim__choose(CHOOSE_PENDING, 3)];
    }
    if (file_of(irp)->unbuffered) {
        /* FACT FILE-15 reads really pend.  FACT FILE-14 scattered ones, too. */
        count = COURSE_WITHIN;
    } else if (irp->kind == IRP_READ && irp->length != 0 &&
               place_of(irp) >= file_of(irp)->node->size) {
        /* FACT FILE-03 reading at or after end of file, overlapped: pends. */
        count = COURSE_AT_ONCE;
    }
    /* FACT FILE-01 overlapped file I/O usually reports pending, even when it
     * is over.  FACT FILE-02 not always. */
    return (enum course)sim__choose(CHOOSE_PENDING, count);
}

/** @brief Give a request to the disk. */
static void put_on(struct irp *irp, uint64_t latency)
{
    struct work *work = sim__take(sizeof *work);

    *work = (struct work){.deadline.fire = ready, .irp = irp};
    irp->device = work;
    /* FACT FILE-17 order of file operations: those due at the same time end in
     * any order, and not all take the same time. */
    sim__deadline_arm(&work->deadline, sim__world.now + latency);
}

static NTSTATUS begin(struct irp *irp)
{
    switch (choose_course(irp)) {
    case COURSE_LATER:
        put_on(irp, LATENCY);
        break;
    case COURSE_MUCH_LATER:
        put_on(irp, LATENCY_SLOW);
        break;
    case COURSE_WITHIN:
        sim__irp_pend(irp);
        end(irp, carry_out(irp));
        break;
    case COURSE_AT_ONCE:
    case COURSE_COUNT:
        return carry_out(irp);
    }
    return STATUS_PENDING;
}

static NTSTATUS start(struct irp *irp)
{
    NTSTATUS status;

    switch ((int)irp->kind) {
    case IRP_READ:
    case IRP_WRITE:
        status = check(irp);
        if (NT_SUCCESS(status) && file_of(irp)->unbuffered &&
            !is_aligned(irp)) {
            status = STATUS_INVALID_PARAMETER;
        }
        return NT_SUCCESS(status) ? begin(irp) : status;
    case IRP_FLUSH:
        return begin(irp);
    case IRP_LOCK:
        return sim__disk_lock(irp);
    case IRP_NOTIFY:
        return sim__disk_notify(irp);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* ---- Ending -------------------------------------------------------------- */

static bool cancel(struct irp *irp)
{
    bool gives_up;

    if (irp->kind == IRP_LOCK) {
        sim__disk_lock_end(irp, STATUS_CANCELLED);
        return true;
    }
    if (irp->kind == IRP_NOTIFY) {
        sim__disk_notify_end(irp, STATUS_CANCELLED);
        return true;
    }
    /* FACT CANCEL-14 not every operation can be cancelled: what a disk has
     * begun usually runs to its end. */
    gives_up = sim__choose(CHOOSE_OTHER, 2) != 0;
    if (!gives_up && !irp->must_end) {
        return false;
    }
    (void)take_off(irp->device);
    end(irp, gives_up ? STATUS_CANCELLED : carry_out(irp));
    return true;
}

static void closed(struct file *file)
{
    struct disk_file *opened = file->device;

    sim__disk_notify_close(opened);
    sim__disk_unlock_all(opened);
    sim__disk_close(opened);
}

static void deleted(struct file *file)
{
    sim__disk_release(file->device);
}
