/**
 * @file disk_api.c
 * @brief The Win32 calls about an open file of the disk: its size, its
 *        position, what it is.
 *
 * These are no operations: they act within the call, on an overlapped handle
 * too, and no packet tells of them.
 *
 * Uses:     api.h, ../disk/disk.h.
 * Used by:  layer 2, programs.
 * Facts:    FILE-09.
 * Read next: disk_io_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../disk/disk.h"
#include "api.h"

/** All numbers of files' volumes: there is one. */
enum { VOLUME_SERIAL = 0x0D15C001 };

NTSTATUS sim__disk_handle(HANDLE handle,
                          uint32_t access,
                          struct disk_file **out)
{
    struct object *file;
    NTSTATUS status = sim__handle_find(handle, OBJECT_FILE, access, &file);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *out = sim__disk_file((struct file *)file);
    return *out == NULL ? STATUS_INVALID_DEVICE_REQUEST : STATUS_SUCCESS;
}

/** @brief Say that a call acts on a file. */
static void trace_call(const char *call,
                       const struct disk_file *opened,
                       int64_t number)
{
    trace(call,
          .text = call,
          .object = &opened->file->object,
          .value = {number});
}

/* ---- Sizes --------------------------------------------------------------- */

static NTSTATUS get_size(HANDLE handle, const char *call, uint64_t *out)
{
    struct disk_file *opened;
    NTSTATUS status;

    sim__before();
    status = sim__disk_handle(handle, FILE_READ_ATTRIBUTES, &opened);
    if (NT_SUCCESS(status)) {
        *out = opened->node->size;
        trace_call(call, opened, (int64_t)*out);
    }
    sim__after();
    return status;
}

BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size_out)
{
    uint64_t size;
    NTSTATUS status;

    sim__require(size_out, "GetFileSizeEx", "lpFileSize");
    status = get_size(file, "GetFileSizeEx", &size);
    if (NT_SUCCESS(status)) {
        size_out->QuadPart = (LONGLONG)size;
    }
    return sim__result(status);
}

DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high_out)
{
    uint64_t size = 0;

    if (!sim__result(get_size(file, "GetFileSize", &size))) {
        return INVALID_FILE_SIZE;
    }
    if (high_out != NULL) {
        *high_out = (DWORD)(size >> 32);
    }
    if ((DWORD)size == INVALID_FILE_SIZE) {
        sim__set_error(NO_ERROR); /* A size that looks like a failure. */
    }
    return (DWORD)size;
}

BOOL WINAPI SetEndOfFile(HANDLE file)
{
    struct disk_file *opened;
    NTSTATUS status;

    sim__before();
    status = sim__disk_handle(file, FILE_WRITE_DATA, &opened);
    if (NT_SUCCESS(status)) {
        trace_call("SetEndOfFile", opened, opened->position);
        status = sim__disk_resize(opened->node, (uint64_t)opened->position);
    }
    if (NT_SUCCESS(status)) {
        opened->node->written = sim__disk_time();
        sim__disk_changed(opened->node,
                          FILE_NOTIFY_CHANGE_SIZE |
                              FILE_NOTIFY_CHANGE_LAST_WRITE,
                          FILE_ACTION_MODIFIED);
    }
    sim__after();
    return sim__result(status);
}

/* ---- Positions ----------------------------------------------------------- */

/** @brief Where a distance leads from a beginning; an error, or 0. */
static DWORD seek(const struct disk_file *opened,
                  int64_t distance,
                  DWORD method,
                  int64_t *out)
{
    int64_t from = 0;

    switch (method) {
    case FILE_BEGIN:
        break;
    case FILE_CURRENT:
        from = opened->position;
        break;
    case FILE_END:
        from = (int64_t)opened->node->size;
        break;
    default:
        return ERROR_INVALID_PARAMETER;
    }
    if (distance > 0 && distance > INT64_MAX - from) {
        return ERROR_INVALID_PARAMETER;
    }
    if (from + distance < 0) {
        return ERROR_NEGATIVE_SEEK;
    }
    *out = from + distance;
    return ERROR_SUCCESS;
}

/** @brief Move a file's pointer; an error, or 0.
 *  @param short_only  The new position must fit in 32 bits. */
static DWORD set_position(HANDLE handle,
                          int64_t *position,
                          DWORD method,
                          bool short_only)
{
    struct disk_file *opened;
    DWORD error;
    NTSTATUS status;

    sim__before();
    status = sim__disk_handle(handle, 0, &opened);
    if (!NT_SUCCESS(status)) {
        return RtlNtStatusToDosError(status);
    }
    error = seek(opened, *position, method, position);
    if (error == ERROR_SUCCESS && short_only && *position > UINT32_MAX) {
        error = ERROR_INVALID_PARAMETER;
    }
    if (error == ERROR_SUCCESS) {
        opened->position = *position;
        trace_call("SetFilePointer", opened, *position);
    }
    sim__after();
    return error;
}

BOOL WINAPI SetFilePointerEx(HANDLE file,
                             LARGE_INTEGER distance,
                             PLARGE_INTEGER position_out,
                             DWORD method)
{
    int64_t position = distance.QuadPart;
    DWORD error = set_position(file, &position, method, false);

    if (error != ERROR_SUCCESS) {
        return sim__fail(error);
    }
    if (position_out != NULL) {
        position_out->QuadPart = position;
    }
    return TRUE;
}

DWORD WINAPI SetFilePointer(HANDLE file,
                            LONG distance,
                            PLONG distance_high,
                            DWORD method)
{
    int64_t position = distance;
    DWORD error;

    if (distance_high != NULL) {
        position = (int64_t)((uint64_t)(uint32_t)*distance_high << 32 |
                             (uint32_t)distance);
    }
    error = set_position(file, &position, method, distance_high == NULL);
    if (error != ERROR_SUCCESS) {
        sim__set_error(error);
        return INVALID_SET_FILE_POINTER;
    }
    if (distance_high != NULL) {
        *distance_high = (LONG)(position >> 32);
    }
    if ((DWORD)position == INVALID_SET_FILE_POINTER) {
        sim__set_error(NO_ERROR); /* A position that looks like a failure. */
    }
    return (DWORD)position;
}

/* ---- What it is ---------------------------------------------------------- */

DWORD WINAPI GetFileType(HANDLE handle)
{
    struct object *file;
    NTSTATUS status = sim__handle_find(handle, OBJECT_FILE, 0, &file);

    if (!NT_SUCCESS(status)) {
        sim__set_error(ERROR_INVALID_HANDLE);
        return FILE_TYPE_UNKNOWN;
    }
    /* Sockets say that they are pipes, too. */
    return sim__disk_file((struct file *)file) != NULL ? FILE_TYPE_DISK
                                                       : FILE_TYPE_PIPE;
}

FILETIME sim__file_time(int64_t time)
{
    const FILETIME out = {
        .dwLowDateTime = (DWORD)time,
        .dwHighDateTime = (DWORD)(time >> 32),
    };

    return out;
}

DWORD sim__file_attributes(const struct disk_node *node)
{
    return node->attributes != 0 ? node->attributes : FILE_ATTRIBUTE_NORMAL;
}

BOOL WINAPI
GetFileInformationByHandle(HANDLE file,
                           LPBY_HANDLE_FILE_INFORMATION information_out)
{
    struct disk_file *opened;
    NTSTATUS status;

    sim__require(information_out,
                 "GetFileInformationByHandle",
                 "lpFileInformation");
    sim__before();
    status = sim__disk_handle(file, FILE_READ_ATTRIBUTES, &opened);
    if (NT_SUCCESS(status)) {
        const struct disk_node *node = opened->node;

        *information_out = (BY_HANDLE_FILE_INFORMATION){
            .dwFileAttributes = sim__file_attributes(node),
            .ftCreationTime = sim__file_time(node->created),
            .ftLastAccessTime = sim__file_time(node->accessed),
            .ftLastWriteTime = sim__file_time(node->written),
            .dwVolumeSerialNumber = VOLUME_SERIAL,
            .nFileSizeHigh = (DWORD)(node->size >> 32),
            .nFileSizeLow = (DWORD)node->size,
            .nNumberOfLinks = node->removed ? 0 : 1,
            .nFileIndexLow = node->number,
        };
        trace_call("GetFileInformationByHandle", opened, 0);
    }
    sim__after();
    return sim__result(status);
}
