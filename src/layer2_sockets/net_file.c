/**
 * @file net_file.c
 * @brief Layer 2: files at offsets.
 *
 * A file that is read by operations has no position, so that any number of
 * them may be under way.  Windows may move less than was asked for; here a
 * read or write is whole, or says why it is not.
 *
 * Uses:     net_stream_private.h, net_file.h.
 * Used by:  programs.
 * Facts:    FILE-03, OVL-01.
 * Read next: net_wait.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_file.h"
#include "net_stream_private.h"

/** Most bytes of one operation: a multiple of every disk's blocks. */
#define STEP_BYTES_MAX ((size_t)1 << 30)

/* ---- Files --------------------------------------------------------------- */

static void file_shut(struct net_open *opened)
{
    net_file_close(NET__OF(opened, struct net_file, opened));
}

op_status net_file_open(struct net_file *file,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        const char *path,
                        enum net_file_mode mode)
{
    static const DWORD how_to[] = {[NET_FILE_READ] = OPEN_EXISTING,
                                   [NET_FILE_WRITE] = OPEN_ALWAYS,
                                   [NET_FILE_NEW] = CREATE_ALWAYS};
    WCHAR wide[NET_PATH_MAX];
    struct net_file made = {.loop = loop, .strand = strand};
    struct op_open how = {0};
    op_status status;

    IOCP_ASSERT(file != NULL && loop != NULL && path != NULL);
    IOCP_ASSERT((unsigned)mode <= NET_FILE_NEW);
    if (!net__wide(path, wide, NET_PATH_MAX)) {
        return OP_INVALID;
    }
    how.file = CreateFileW(wide,
                           mode == NET_FILE_READ ? GENERIC_READ
                                                 : GENERIC_READ | GENERIC_WRITE,
                           FILE_SHARE_READ | FILE_SHARE_WRITE,
                           NULL,
                           how_to[mode],
                           FILE_FLAG_OVERLAPPED,
                           NULL);
    if (how.file == INVALID_HANDLE_VALUE) {
        return op_status_of_error(GetLastError());
    }
    status = op_handle_open(&made.handle, &loop->port, &how);
    if (status != OP_OK) {
        (void)CloseHandle(how.file);
        return status;
    }
    *file = made;
    net__open_add(loop, &file->opened, file_shut);
    return OP_OK;
}

op_status net_file_size(const struct net_file *file, uint64_t *bytes_out)
{
    LARGE_INTEGER bytes;

    IOCP_ASSERT(file != NULL && bytes_out != NULL);
    if (!GetFileSizeEx(file->handle.file, &bytes)) {
        return op_status_of_error(GetLastError());
    }
    *bytes_out = (uint64_t)bytes.QuadPart;
    return OP_OK;
}

void net_file_close(struct net_file *file)
{
    IOCP_ASSERT(file != NULL && file->handle.file != NULL);
    net__open_remove(file->loop, &file->opened);
    net__handle_close(file->loop, &file->handle);
}

bool net_file_idle(const struct net_file *file)
{
    IOCP_ASSERT(file != NULL);
    return file->handle.file == NULL && file->request_count == 0;
}

/* ---- Reading and writing ------------------------------------------------- */

/** @brief How much is left, for one operation. */
static DWORD next_bytes(const struct net_file_op *file_op)
{
    size_t left = file_op->buffer_bytes - file_op->op.bytes;

    return (DWORD)(left < STEP_BYTES_MAX ? left : STEP_BYTES_MAX);
}

/** @brief Set up the operation for what is left. */
static void set_next(struct net_file_op *file_op)
{
    uint64_t offset = file_op->offset + file_op->op.bytes;
    char *at = file_op->buffer + file_op->op.bytes;

    if (file_op->op.inner->kind == OP_READ) {
        file_op->inner.read.buffer = at;
        file_op->inner.read.buffer_bytes = next_bytes(file_op);
        file_op->inner.read.offset = offset;
    } else {
        file_op->inner.write.buffer = at;
        file_op->inner.write.buffer_bytes = next_bytes(file_op);
        file_op->inner.write.offset = offset;
    }
}

//! [step]
static void file_op_step(struct net_op *op)
{
    struct net_file_op *file_op = NET__OF(op, struct net_file_op, op);
    op_status status;

    /* BOUND: each round but the last has moved something. */
    do {
        status = op->inner->status;
        op->bytes += op->inner->bytes;
        if (status != OP_OK || op->bytes == file_op->buffer_bytes) {
            break;
        }
        if (op->inner->bytes == 0) {
            status = OP_FAILED; /* So that it ends, whatever this disk is. */
            break;
        }
        if (net__op_is_asked(op)) {
            status = OP_ABORTED;
            break;
        }
        set_next(file_op);
        if (!net__op_resubmit(op, &file_op->file->handle)) {
            return;
        }
    } while (true);
    net__op_finish(op, status, op->bytes);
}
//! [step]

static void file_op_handler(struct net_op *op)
{
    struct net_file_op *file_op = NET__OF(op, struct net_file_op, op);

    file_op->file->request_count--;
    file_op->on_done(file_op);
}

/** @brief Begin; the operation's kind is set. */
static void start(struct net_file *file,
                  struct net_file_op *file_op,
                  struct op *inner)
{
    IOCP_ASSERT(file_op->buffer != NULL || file_op->buffer_bytes == 0);
    file_op->file = file;
    file->request_count++;
    net__op_begin(&file_op->op,
                  &(struct net__begin){.loop = file->loop,
                                       .strand = file->strand,
                                       .inner = inner,
                                       .step = file_op_step,
                                       .handler = file_op_handler});
    set_next(file_op);
    net__op_submit(&file_op->op, &file->handle);
}

void net_file_read_start(struct net_file *file, struct net_file_op *file_op)
{
    IOCP_ASSERT(file != NULL && file_op != NULL);
    IOCP_ASSERT(file_op->on_done != NULL && !file_op->op.is_started);
    OP_INIT(&file_op->inner.read, net__arrived, &file_op->op);
    start(file, file_op, &file_op->inner.read.op);
}

void net_file_write_start(struct net_file *file, struct net_file_op *file_op)
{
    IOCP_ASSERT(file != NULL && file_op != NULL);
    IOCP_ASSERT(file_op->on_done != NULL && !file_op->op.is_started);
    OP_INIT(&file_op->inner.write, net__arrived, &file_op->op);
    start(file, file_op, &file_op->inner.write.op);
}
