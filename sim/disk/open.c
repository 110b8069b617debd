/**
 * @file open.c
 * @brief Opening files: what may be opened, and by whom together.
 *
 * CreateFile makes, opens or empties a file, and who has it open already has a
 * say in it.  A name is deleted in two steps: it is marked, and it goes when
 * the last handle is closed.
 *
 * Uses:     disk.h.
 * Used by:  file_api.c, device.c, the Win32 calls about folders.
 * Facts:    none.
 * Read next: data.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "disk.h"

#include <string.h>

/** Rights that sharing is about. */
enum {
    READS = FILE_READ_DATA | FILE_EXECUTE,
    WRITES = FILE_WRITE_DATA | FILE_APPEND_DATA,
    SHARED = READS | WRITES | DELETE
};

/** Attributes that a program can give a file. */
enum {
    ATTRIBUTES = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |
                 FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE |
                 FILE_ATTRIBUTE_TEMPORARY
};

struct disk_file *sim__disk_file(const struct file *file)
{
    return file->ops == &sim__disk_ops ? file->device : NULL;
}

/* ---- Sharing ------------------------------------------------------------- */

/** @brief Whether what one asks for is what another shares. */
static bool allows(uint32_t access, uint32_t share)
{
    return (!(access & READS) || (share & FILE_SHARE_READ)) &&
           (!(access & WRITES) || (share & FILE_SHARE_WRITE)) &&
           (!(access & DELETE) || (share & FILE_SHARE_DELETE));
}

NTSTATUS sim__disk_share(const struct disk_node *node,
                         uint32_t access,
                         uint32_t share)
{
    const struct disk_file *opened = node->opens;

    if (!(access & SHARED)) {
        return STATUS_SUCCESS; /* Attributes may always be looked at. */
    }
    for (; opened != NULL; opened = opened->next) {
        if ((opened->access & SHARED) && (!allows(access, opened->share) ||
                                          !allows(opened->access, share))) {
            return STATUS_SHARING_VIOLATION;
        }
    }
    return STATUS_SUCCESS;
}

/* ---- Opening ------------------------------------------------------------- */

static bool empties(DWORD disposition)
{
    return disposition == CREATE_ALWAYS || disposition == TRUNCATE_EXISTING;
}

/** @brief Whether a file that is there may be opened. */
static NTSTATUS check_file(const struct disk_opening *opening,
                           const struct disk_node *node)
{
    const uint32_t hidden = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    uint32_t access = opening->access;

    if (empties(opening->disposition)) {
        access |= FILE_WRITE_DATA;
    }
    if ((node->attributes & FILE_ATTRIBUTE_READONLY) &&
        ((access & WRITES) || (opening->flags & FILE_FLAG_DELETE_ON_CLOSE))) {
        return STATUS_ACCESS_DENIED;
    }
    if (opening->disposition == CREATE_ALWAYS &&
        (node->attributes & hidden & ~opening->flags)) {
        /* CreateFile page: a hidden file is not replaced by a plain one. */
        return STATUS_ACCESS_DENIED;
    }
    return sim__disk_share(node, access, opening->share);
}

/** @brief Whether what is there may be opened. */
static NTSTATUS check_existing(const struct disk_opening *opening,
                               const struct disk_place *place)
{
    const struct disk_node *node = place->node;

    if (node->deleting) {
        return STATUS_DELETE_PENDING;
    }
    if (opening->disposition == CREATE_NEW) {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (sim__disk_is_folder(node)) {
        if (!(opening->flags & FILE_FLAG_BACKUP_SEMANTICS) ||
            empties(opening->disposition)) {
            return STATUS_FILE_IS_A_DIRECTORY;
        }
        return sim__disk_share(node, opening->access, opening->share);
    }
    if (place->wants_folder) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    return check_file(opening, node);
}

/** @brief Whether a file may be made. */
static NTSTATUS check_new(const struct disk_opening *opening,
                          const struct disk_place *place)
{
    if (opening->disposition == OPEN_EXISTING ||
        opening->disposition == TRUNCATE_EXISTING) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (place->wants_folder) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    return place->folder->deleting ? STATUS_DELETE_PENDING : STATUS_SUCCESS;
}

static void trace_open(const struct disk_file *opened)
{
    char text[96];

    if (sim__trace_state.on) {
        trace(open,
              .object = &opened->file->object,
              .text = sim__disk_path(opened->node, text, sizeof text),
              .copy = true);
    }
}

static struct file *create_opening(const struct disk_opening *opening,
                                   struct disk_node *node)
{
    struct disk_file *opened = sim__take(sizeof *opened);

    *opened = (struct disk_file){
        .next = node->opens,
        .node = node,
        .file = sim__file_create(&sim__disk_ops,
                                 opened,
                                 (opening->flags & FILE_FLAG_OVERLAPPED) != 0),
        .access = opening->access,
        .share = opening->share,
        .unbuffered = (opening->flags & FILE_FLAG_NO_BUFFERING) != 0,
        .deletes = (opening->flags & FILE_FLAG_DELETE_ON_CLOSE) != 0,
    };
    node->opens = opened;
    node->users++;
    trace_open(opened);
    return opened->file;
}

/** @brief A file begins anew: CREATE_ALWAYS and TRUNCATE_EXISTING. */
static void empty(const struct disk_opening *opening, struct disk_node *node)
{
    if (opening->disposition == CREATE_ALWAYS) {
        node->attributes =
            (opening->flags & ATTRIBUTES) | FILE_ATTRIBUTE_ARCHIVE;
    }
    node->written = sim__disk_time();
    (void)sim__disk_resize(node, 0); /* Shorter always fits. */
    sim__disk_changed(node,
                      FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE |
                          FILE_NOTIFY_CHANGE_ATTRIBUTES,
                      FILE_ACTION_MODIFIED);
}

NTSTATUS sim__disk_open(const struct disk_opening *opening,
                        struct file **out,
                        bool *existed)
{
    struct disk_place place;
    NTSTATUS status = sim__disk_find(opening->path, &place);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *existed = place.node != NULL;
    status =
        *existed ? check_existing(opening, &place) : check_new(opening, &place);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (!*existed) {
        place.node = sim__disk_create(&place,
                                      (opening->flags & ATTRIBUTES) |
                                          FILE_ATTRIBUTE_ARCHIVE);
        sim__disk_changed(place.node,
                          FILE_NOTIFY_CHANGE_FILE_NAME,
                          FILE_ACTION_ADDED);
    } else if (empties(opening->disposition)) {
        empty(opening, place.node);
    }
    *out = create_opening(opening, place.node);
    return STATUS_SUCCESS;
}

/* ---- Closing and deleting ------------------------------------------------ */

/** @brief Nobody has the node open, and its name goes. */
static void remove_name(struct disk_node *node)
{
    sim__disk_changed(node,
                      sim__disk_is_folder(node) ? FILE_NOTIFY_CHANGE_DIR_NAME
                                                : FILE_NOTIFY_CHANGE_FILE_NAME,
                      FILE_ACTION_REMOVED);
    sim__disk_unlink(node);
    node->removed = true;
    if (node->users == 0) {
        sim__disk_forget(node);
    }
}

NTSTATUS sim__disk_delete(struct disk_node *node)
{
    if (node->parent == NULL || (node->attributes & FILE_ATTRIBUTE_READONLY)) {
        return STATUS_CANNOT_DELETE;
    }
    if (node->first != NULL) {
        return STATUS_DIRECTORY_NOT_EMPTY;
    }
    node->deleting = true;
    sim__disk_notify_deleted(node);
    if (node->opens == NULL) {
        remove_name(node);
    }
    return STATUS_SUCCESS;
}

void sim__disk_close(struct disk_file *opened)
{
    struct disk_node *node = opened->node;
    struct disk_file **link = &node->opens;

    while (*link != opened) {
        sim__assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = opened->next;
    if (opened->deletes && node->first == NULL) {
        node->deleting = true;
    }
    if (node->deleting && node->opens == NULL) {
        remove_name(node);
    }
}

void sim__disk_release(struct disk_file *opened)
{
    struct disk_node *node = opened->node;

    sim__assert(node->users > 0);
    node->users--;
    if (node->users == 0 && node->removed) {
        sim__disk_forget(node);
    }
    sim__give(opened, sizeof *opened);
}
