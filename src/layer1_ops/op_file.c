/**
 * @file op_file.c
 * @brief Layer 1: files and pipes.
 *
 * Each function is one call of Windows.  A file has no position of its own
 * when it is read by operations, so each of them carries an offset.
 *
 * Uses:     op_private.h.
 * Used by:  op.c, op_socket.c.
 * Facts:    OVL-01, OVL-31, FILE-09, PIPE-02, PIPE-09.
 * Read next: op_port.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

/** @brief 0 for a call that succeeded, else why it did not. */
static DWORD answer(BOOL succeeded)
{
    return succeeded ? 0 : GetLastError();
}

/** @brief Say where.  FACT OVL-01 fields: 0 where there are no positions. */
static void set_offset(struct op *op, uint64_t offset)
{
    op->overlapped.Offset = (DWORD)offset;
    op->overlapped.OffsetHigh = (DWORD)(offset >> 32);
}

DWORD op__read_start(struct op *op, struct op_handle *handle)
{
    struct op_read *read = (struct op_read *)(void *)op;

    IOCP_ASSERT(read->buffer != NULL || read->buffer_bytes == 0);
    set_offset(op, read->offset);
    /* FACT OVL-31 the byte-count parameter had better be NULL. */
    return answer(ReadFile(handle->file,
                           read->buffer,
                           read->buffer_bytes,
                           NULL,
                           &op->overlapped));
}

DWORD op__write_start(struct op *op, struct op_handle *handle)
{
    struct op_write *write = (struct op_write *)(void *)op;

    IOCP_ASSERT(write->buffer != NULL || write->buffer_bytes == 0);
    set_offset(op, write->offset);
    return answer(WriteFile(handle->file,
                            write->buffer,
                            write->buffer_bytes,
                            NULL,
                            &op->overlapped));
}

DWORD op__peek_file(struct op *op, struct op_handle *handle)
{
    set_offset(op, 0);
    /* FACT PIPE-09 zero-byte read: finishes when something was written, and
     * takes nothing.  No byte is stored, so any address will do. */
    return answer(ReadFile(handle->file, op, 0, NULL, &op->overlapped));
}

DWORD op__connect_pipe_start(struct op *op, struct op_handle *handle)
{
    set_offset(op, 0);
    return answer(ConnectNamedPipe(handle->file, &op->overlapped));
}

void op__connect_pipe_finish(struct op *op)
{
    /* FACT PIPE-02 client already connected: the call fails because what it
     * was to wait for has happened. */
    if (op->error == ERROR_PIPE_CONNECTED) {
        op->status = OP_OK;
    }
}
