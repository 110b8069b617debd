/**
 * @file op_private.h
 * @brief Layer 1: what its files share.
 *
 * All kinds of operations live the same life and differ in two moments: which
 * call of Windows starts them, and what is left to do when that has succeeded.
 * A row for each kind holds the two, so that the life itself is written once,
 * in op.c.
 *
 * Uses:     op.h.
 * Used by:  every file of this layer.
 * Facts:    none.
 * Read next: op.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef OP_PRIVATE_H
#define OP_PRIVATE_H

#include "op.h"

/** How one kind differs from the others. */
struct op__kind {
    /** Call Windows.  Returns 0, ERROR_IO_PENDING, or why it refused.  After
     * the call neither the operation nor the handle may be touched: both may
     * be gone.  NULL: this kind is not for op_submit(). */
    DWORD (*start)(struct op *op, struct op_handle *handle);

    /** The last step, with the result known and the application owner again;
     * may change the result.  NULL: there is none. */
    void (*finish)(struct op *op);

    bool receives; /**< Truncation is a warning: a packet follows. */
    bool sends;    /**< Too long is an error; a broken pipe is no end. */
};

DWORD op__recv_start(struct op *op, struct op_handle *handle);
DWORD op__send_start(struct op *op, struct op_handle *handle);
DWORD op__recvfrom_start(struct op *op, struct op_handle *handle);
DWORD op__sendto_start(struct op *op, struct op_handle *handle);
DWORD op__readable_start(struct op *op, struct op_handle *handle);
void op__readable_finish(struct op *op);
DWORD op__accept_start(struct op *op, struct op_handle *handle);
void op__accept_finish(struct op *op);
DWORD op__connect_start(struct op *op, struct op_handle *handle);
void op__connect_finish(struct op *op);
DWORD op__disconnect_start(struct op *op, struct op_handle *handle);
DWORD op__read_start(struct op *op, struct op_handle *handle);
DWORD op__write_start(struct op *op, struct op_handle *handle);
DWORD op__peek_file(struct op *op, struct op_handle *handle);
DWORD op__connect_pipe_start(struct op *op, struct op_handle *handle);
void op__connect_pipe_finish(struct op *op);

/**
 * @brief Find the row of a code.
 * @param error       Of Win32 or Winsock.
 * @param status_out  Written when there is a row.
 * @return Whether there is one.
 */
bool op__status_find(DWORD error, op_status *status_out);

/** @brief The socket that a handle is. */
static inline SOCKET op__socket(const struct op_handle *handle)
{
    return (SOCKET)handle->file;
}

#endif
