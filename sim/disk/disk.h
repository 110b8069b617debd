/**
 * @file disk.h
 * @brief The simulated disk: folders, files and their bytes.
 *
 * Each world has one disk, C:, which is empty but for two folders when the
 * world begins and forgotten with it.  A file on it is a device like any
 * other; what is special is that its operations take the time of a disk, and
 * that several of them end in any order.
 *
 * Uses:     ../kernel/irp.h.
 * Used by:  the files of this folder, the Win32 calls about files.
 * Facts:    FILE-01, FILE-09, FILE-17, FILE-18, FILE-19.
 * Read next: tree.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "../kernel/irp.h"

struct disk_file;
struct disk_lock;
struct disk_search;
struct disk_watch;

/** Sizes of the disk: a file takes whole clusters, and an access that is not
 * buffered takes whole sectors. */
enum { DISK_CLUSTER = 4096, DISK_SECTOR = 512, DISK_NAME_MAX = 255 };

/** Special offsets of a read or a write: FILE-08. */
enum { DISK_AT_END = -1, DISK_AT_POINTER = -2 };

/** A file or a folder, opened or not. */
struct disk_node {
    struct disk_node *parent; /* NULL: the root, or removed. */
    struct disk_node *next;   /* In the folder, by name. */
    struct disk_node *first;  /* Of a folder's contents. */
    WCHAR *name;
    uint32_t name_length;
    uint32_t number; /* As NTFS numbers its records. */
    uint32_t attributes;
    int64_t created; /* System time, 100 ns. */
    int64_t accessed;
    int64_t written;
    bool deleting;           /* Goes with its last handle. */
    bool removed;            /* Its name is gone; its memory goes with */
    uint32_t users;          /* the last of its file objects. */
    struct disk_file *opens; /* Those with handles, newest first. */

    /* The bytes of a file: data.c. */
    uint64_t size;
    char ***segments; /* NULL where nothing was written. */
    uint32_t segment_count;

    /* Its locks: lock.c. */
    struct disk_lock *locks;
    struct irp_list lock_waiters;
};

/** One opening of a node: what stands behind a file object. */
struct disk_file {
    struct disk_file *next; /* Of the same node. */
    struct disk_node *node;
    struct file *file;
    uint32_t access;
    uint32_t share;
    bool unbuffered; /* FILE_FLAG_NO_BUFFERING. */
    bool deletes;    /* FILE_FLAG_DELETE_ON_CLOSE. */
    int64_t position;
    struct disk_watch *watch;   /* Of a folder: notify.c. */
    struct disk_search *search; /* Of FindFirstFile: find_api.c. */
};

/** What CreateFile was given. */
struct disk_opening {
    const WCHAR *path;
    uint32_t access; /**< None of them generic. */
    uint32_t share;
    DWORD disposition; /**< CREATE_NEW, ... */
    DWORD flags;       /**< FILE_FLAG_... and FILE_ATTRIBUTE_... */
};

/** Where a path leads. */
struct disk_place {
    struct disk_node *node;   /**< What has that name, or NULL. */
    struct disk_node *folder; /**< Where it is or would be. */
    const WCHAR *name;        /**< Last part of the path. */
    uint32_t name_length;     /**< 0: the path names a folder by . or .. */
    bool wants_folder;        /**< It ends with a separator. */
};

/* ---- tree.c: names ------------------------------------------------------- */

/** @brief Follow a path.
 *  @return STATUS_SUCCESS (the last part may not exist) or why not. */
NTSTATUS sim__disk_find(const WCHAR *path, struct disk_place *out);

/** @brief The same, where the last part must exist. */
NTSTATUS sim__disk_find_node(const WCHAR *path, struct disk_node **out);

/** @brief Make a file, or a folder by its attribute, at a free place. */
struct disk_node *sim__disk_create(const struct disk_place *place,
                                   uint32_t attributes);

/** @brief Take a node out of its folder; its memory stays while it is open. */
void sim__disk_unlink(struct disk_node *node);

/** @brief Put a node that was taken out into a folder, under a name. */
void sim__disk_link(struct disk_node *node,
                    struct disk_node *folder,
                    const WCHAR *name,
                    uint32_t name_length);

/** @brief Nobody can reach the node any more: give it back. */
void sim__disk_forget(struct disk_node *node);

/** @brief The path of a node for the trace, or as much of it as fits. */
const char *sim__disk_path(const struct disk_node *node,
                           char *out,
                           size_t out_bytes);

/** @brief The whole path in the program's letters.
 *  @return its length; nothing is written when it does not fit. */
uint32_t sim__disk_path_wide(const struct disk_node *node,
                             WCHAR *out,
                             uint32_t room);

/** @brief A letter as names are compared: case does not count. */
WCHAR sim__disk_fold(WCHAR letter);

static inline bool sim__disk_is_folder(const struct disk_node *node)
{
    return (node->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/** @brief The time as files show it. */
static inline int64_t sim__disk_time(void)
{
    return (int64_t)sim__world.now + SIM_TIME_ZERO;
}

/* ---- open.c -------------------------------------------------------------- */

/**
 * @brief Open or make a file; or open a folder.
 * @param out      The file object, written on success.
 * @param existed  Whether the name was there; written on success.
 */
NTSTATUS sim__disk_open(const struct disk_opening *opening,
                        struct file **out,
                        bool *existed);

/** @brief Whether a node may be opened so, as to who has it open. */
NTSTATUS sim__disk_share(const struct disk_node *node,
                         uint32_t access,
                         uint32_t share);

/** @brief The opening behind a file object; NULL when it is no disk file. */
struct disk_file *sim__disk_file(const struct file *file);

/** @brief The last handle of an opening is closed, and a name may go. */
void sim__disk_close(struct disk_file *opened);

/** @brief Nothing refers to an opening any more. */
void sim__disk_release(struct disk_file *opened);

/** @brief Remove a name, now or when nobody has it open any more. */
NTSTATUS sim__disk_delete(struct disk_node *node);

/* ---- data.c: bytes ------------------------------------------------------- */

/** @brief Bytes that the disk can hold, and those that are free. */
uint64_t sim__disk_capacity(void);
uint64_t sim__disk_free(void);

/** @brief Make a file longer or shorter: STATUS_DISK_FULL. */
NTSTATUS sim__disk_resize(struct disk_node *node, uint64_t size);

/** @brief Copy bytes of a file, all of them before its end, into a request's
 *  buffers. */
void sim__disk_read(const struct disk_node *node,
                    uint64_t at,
                    struct irp *irp,
                    ULONG bytes);

/** @brief Copy bytes out of a request's buffers into a file. */
void sim__disk_write(struct disk_node *node,
                     uint64_t at,
                     const struct irp *irp,
                     ULONG bytes);

/** @brief Make one file's bytes those of another: STATUS_DISK_FULL. */
NTSTATUS sim__disk_copy(struct disk_node *to, const struct disk_node *from);

/* ---- device.c ------------------------------------------------------------ */

extern const struct file_ops sim__disk_ops;

/* ---- lock.c: ranges of bytes --------------------------------------------- */

/** More arguments of IRP_LOCK. */
struct disk_lock_detail {
    uint64_t bytes;
    bool exclusive;
    bool at_once; /**< LOCKFILE_FAIL_IMMEDIATELY. */
};

/** @brief Begin a lock; as file_ops.start. */
NTSTATUS sim__disk_lock(struct irp *irp);

/** @brief End a lock that waits. */
void sim__disk_lock_end(struct irp *irp, NTSTATUS status);

/** @brief Take a lock away: STATUS_RANGE_NOT_LOCKED. */
NTSTATUS sim__disk_unlock(struct disk_file *owner, uint64_t at, uint64_t bytes);

/** @brief Take all locks of an opening away. */
void sim__disk_unlock_all(struct disk_file *owner);

/** @brief STATUS_FILE_LOCK_CONFLICT when somebody's lock forbids an access. */
NTSTATUS sim__disk_lock_allows(const struct disk_file *opened,
                               uint64_t at,
                               uint64_t bytes,
                               bool writes);

/* ---- notify.c: changes in folders ---------------------------------------- */

/** More arguments of IRP_NOTIFY. */
struct disk_notify_detail {
    DWORD filter; /**< FILE_NOTIFY_CHANGE_... */
    bool subtree;
};

/** @brief Begin to wait for a change; as file_ops.start. */
NTSTATUS sim__disk_notify(struct irp *irp);

/** @brief End the wait for a change. */
void sim__disk_notify_end(struct irp *irp, NTSTATUS status);

/** @brief A folder's opening is closed: its waits end. */
void sim__disk_notify_close(struct disk_file *opened);

/** @brief A folder is marked to be deleted: waits for changes in it end. */
void sim__disk_notify_deleted(const struct disk_node *folder);

/**
 * @brief Tell who watches that a node has changed.
 * @param change  FILE_NOTIFY_CHANGE_...: what kind of change it was.
 * @param action  FILE_ACTION_...
 */
void sim__disk_changed(const struct disk_node *node,
                       DWORD change,
                       DWORD action);

#endif
