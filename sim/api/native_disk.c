/**
 * @file native_disk.c
 * @brief What the native calls can ask and say about a file of the disk.
 *
 * The classes that the Win32 calls about sizes and positions are made of.
 *
 * Uses:     api.h, native_disk.h, ../disk/disk.h.
 * Used by:  native_file.c.
 * Facts:    none.
 * Read next: ../winsock/winsock.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "native_disk.h"

#include "../disk/disk.h"
#include "api.h"

/** Class 4. */
struct basic_information {
    LARGE_INTEGER created;
    LARGE_INTEGER accessed;
    LARGE_INTEGER written;
    LARGE_INTEGER changed;
    ULONG attributes;
};

/** Class 5. */
struct standard_information {
    LARGE_INTEGER allocated;
    LARGE_INTEGER size;
    ULONG links;
    BOOLEAN delete_pending;
    BOOLEAN folder;
};

/** Classes 14 and 20. */
struct number_information {
    LARGE_INTEGER number;
};

ULONG sim__native_disk_bytes(FILE_INFORMATION_CLASS kind)
{
    switch ((int)kind) {
    case FileBasicInformation:
        return sizeof(struct basic_information);
    case FileStandardInformation:
        return sizeof(struct standard_information);
    case FileDispositionInformation:
        return sizeof(BOOLEAN);
    case FilePositionInformation:
    case FileEndOfFileInformation:
        return sizeof(struct number_information);
    default:
        return 0;
    }
}

static void query_basic(const struct disk_node *node,
                        struct basic_information *out)
{
    *out = (struct basic_information){
        .created.QuadPart = node->created,
        .accessed.QuadPart = node->accessed,
        .written.QuadPart = node->written,
        .changed.QuadPart = node->written,
        .attributes = sim__file_attributes(node),
    };
}

static void query_standard(const struct disk_node *node,
                           struct standard_information *out)
{
    uint64_t clusters = (node->size + DISK_CLUSTER - 1) / DISK_CLUSTER;

    *out = (struct standard_information){
        .allocated.QuadPart = (LONGLONG)(clusters * DISK_CLUSTER),
        .size.QuadPart = (LONGLONG)node->size,
        .links = node->deleting ? 0 : 1,
        .delete_pending = node->deleting,
        .folder = sim__disk_is_folder(node),
    };
}

NTSTATUS sim__native_disk_query(const struct file *file,
                                FILE_INFORMATION_CLASS kind,
                                void *out)
{
    const struct disk_file *opened = sim__disk_file(file);

    if (opened == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    switch ((int)kind) {
    case FileBasicInformation:
        query_basic(opened->node, out);
        return STATUS_SUCCESS;
    case FileStandardInformation:
        query_standard(opened->node, out);
        return STATUS_SUCCESS;
    case FilePositionInformation:
        ((struct number_information *)out)->number.QuadPart = opened->position;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_INFO_CLASS; /* Can only be set. */
    }
}

/** @brief Class 13: the name goes with the last handle, or not. */
static NTSTATUS set_disposition(struct disk_node *node, bool deletes)
{
    if (!deletes) {
        node->deleting = false;
        return STATUS_SUCCESS;
    }
    return sim__disk_delete(node);
}

/** @brief Class 20: the size. */
static NTSTATUS set_size(struct disk_node *node, int64_t size)
{
    NTSTATUS status;

    if (size < 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = sim__disk_resize(node, (uint64_t)size);
    if (NT_SUCCESS(status)) {
        sim__disk_changed(node, FILE_NOTIFY_CHANGE_SIZE, FILE_ACTION_MODIFIED);
    }
    return status;
}

NTSTATUS sim__native_disk_set(const struct file *file,
                              FILE_INFORMATION_CLASS kind,
                              const void *in)
{
    struct disk_file *opened = sim__disk_file(file);
    int64_t number;

    if (opened == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((int)kind == FileDispositionInformation) {
        return opened->access & DELETE
                   ? set_disposition(opened->node, *(const BOOLEAN *)in != 0)
                   : STATUS_ACCESS_DENIED;
    }
    number = ((const struct number_information *)in)->number.QuadPart;
    switch ((int)kind) {
    case FilePositionInformation:
        if (number < 0) {
            return STATUS_INVALID_PARAMETER;
        }
        opened->position = number;
        return STATUS_SUCCESS;
    case FileEndOfFileInformation:
        return opened->access & FILE_WRITE_DATA ? set_size(opened->node, number)
                                                : STATUS_ACCESS_DENIED;
    default:
        return STATUS_INVALID_INFO_CLASS; /* Can only be asked. */
    }
}
