/**
 * @file lock.c
 * @brief Locks on ranges of a file's bytes.
 *
 * A lock belongs to an opening and forbids things to the others.  One that
 * cannot be had now is waited for like any other operation, and is granted
 * when the lock in its way goes.
 *
 * Uses:     disk.h.
 * Used by:  device.c, the Win32 calls about locks.
 * Facts:    FILE-18.
 * Read next: notify.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "disk.h"

/** A lock, granted or waited for. */
struct disk_lock {
    struct disk_lock *next; /* Granted ones of the file. */
    struct disk_file *owner;
    uint64_t first;
    uint64_t last; /* Below first: the lock is empty. */
    bool exclusive;
};

static uint64_t last_of(uint64_t at, uint64_t bytes)
{
    return at + bytes - 1;
}

static bool overlaps(const struct disk_lock *lock,
                     uint64_t first,
                     uint64_t last)
{
    return lock->first <= last && first <= lock->last &&
           lock->first <= lock->last && first <= last;
}

/** @brief Whether a lock can be had beside those that are granted. */
static bool is_free(const struct disk_node *node,
                    const struct disk_lock *wanted)
{
    const struct disk_lock *lock = node->locks;

    for (; lock != NULL; lock = lock->next) {
        /* LockFileEx page: only shared locks overlap, whoever has them. */
        if ((lock->exclusive || wanted->exclusive) &&
            overlaps(lock, wanted->first, wanted->last)) {
            return false;
        }
    }
    return true;
}

static void grant(struct disk_node *node, struct disk_lock *lock)
{
    lock->next = node->locks;
    node->locks = lock;
}

NTSTATUS sim__disk_lock(struct irp *irp)
{
    struct disk_file *owner = irp->file->device;
    const struct disk_lock_detail *detail = irp->detail;
    uint64_t at = (uint64_t)irp->offset;
    struct disk_lock *lock;

    if (sim__disk_is_folder(owner->node)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (detail->bytes != 0 && detail->bytes - 1 > UINT64_MAX - at) {
        return STATUS_INVALID_LOCK_RANGE;
    }
    lock = sim__take(sizeof *lock);
    *lock = (struct disk_lock){
        .owner = owner,
        .first = detail->bytes == 0 ? 1 : at,
        .last = detail->bytes == 0 ? 0 : last_of(at, detail->bytes),
        .exclusive = detail->exclusive};
    if (is_free(owner->node, lock)) {
        grant(owner->node, lock);
        return STATUS_SUCCESS;
    }
    /* FACT FILE-18 byte-range locks: one that must wait pends, one that does
     * not want to fails at once. */
    if (detail->at_once) {
        sim__give(lock, sizeof *lock);
        return STATUS_LOCK_NOT_GRANTED;
    }
    irp->device = lock;
    sim__irp_append(&owner->node->lock_waiters, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}

void sim__disk_lock_end(struct irp *irp, NTSTATUS status)
{
    struct disk_file *owner = irp->file->device;

    sim__irp_remove(&owner->node->lock_waiters, irp, IRP_OF_DEVICE);
    sim__give(irp->device, sizeof(struct disk_lock));
    sim__irp_complete(irp, status, 0);
}

/** @brief A lock is gone: whoever waits and is not in another's way has his. */
static void serve_waiters(struct disk_node *node)
{
    struct irp *irp = node->lock_waiters.first;

    while (irp != NULL) {
        struct irp *next = irp->links[IRP_OF_DEVICE].next;

        if (is_free(node, irp->device)) {
            sim__irp_remove(&node->lock_waiters, irp, IRP_OF_DEVICE);
            grant(node, irp->device);
            sim__irp_complete(irp, STATUS_SUCCESS, 0);
        }
        irp = next;
    }
}

/** @brief Take locks of an opening away: that of a range, or all.
 *  @return how many there were. */
static uint32_t take_away(struct disk_file *owner,
                          const struct disk_lock *range)
{
    struct disk_lock **link = &owner->node->locks;
    uint32_t count = 0;

    while (*link != NULL && (range == NULL || count == 0)) {
        struct disk_lock *lock = *link;

        if (lock->owner == owner &&
            (range == NULL ||
             (lock->first == range->first && lock->last == range->last))) {
            *link = lock->next;
            sim__give(lock, sizeof *lock);
            count++;
        } else {
            link = &lock->next;
        }
    }
    if (count != 0) {
        serve_waiters(owner->node);
    }
    return count;
}

NTSTATUS sim__disk_unlock(struct disk_file *owner, uint64_t at, uint64_t bytes)
{
    const struct disk_lock range = {
        .first = bytes == 0 ? 1 : at,
        .last = bytes == 0 ? 0 : last_of(at, bytes),
    };

    return take_away(owner, &range) != 0 ? STATUS_SUCCESS
                                         : STATUS_RANGE_NOT_LOCKED;
}

void sim__disk_unlock_all(struct disk_file *owner)
{
    (void)take_away(owner, NULL);
}

NTSTATUS sim__disk_lock_allows(const struct disk_file *opened,
                               uint64_t at,
                               uint64_t bytes,
                               bool writes)
{
    const struct disk_lock *lock = opened->node->locks;

    if (bytes == 0) {
        return STATUS_SUCCESS;
    }
    for (; lock != NULL; lock = lock->next) {
        /* FACT FILE-18 a range locked by another handle cannot be read; a
         * shared lock forbids writing to everybody (LockFileEx page). */
        bool forbids = lock->exclusive ? lock->owner != opened : writes;

        if (forbids && overlaps(lock, at, last_of(at, bytes))) {
            return STATUS_FILE_LOCK_CONFLICT;
        }
    }
    return STATUS_SUCCESS;
}
