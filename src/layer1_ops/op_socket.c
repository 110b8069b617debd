/**
 * @file op_socket.c
 * @brief Layer 1: receiving, sending, and waiting to receive.
 *
 * Each function is one call of Winsock.  They pass no variable for the byte
 * count: Windows would write it during the call only, and where the call
 * pends it is the packet that has it.
 *
 * Uses:     op_private.h.
 * Used by:  op.c.
 * Facts:    OVL-29, OVL-30, OVL-32, SOCK-16, SOCK-17, SOCK-101.
 * Read next: op_connect.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

/** @brief 0 for a call that returned 0, else why it did not. */
static DWORD answer(int result)
{
    return result == 0 ? 0 : (DWORD)WSAGetLastError();
}

/* Winsock only reads the array, though its type does not say so. */
static LPWSABUF pieces(const struct op_buffers *buffers)
{
    IOCP_ASSERT(buffers->array != NULL && buffers->count > 0);
    /* FACT OVL-29 WSABUF arrays may be on the stack: Winsock copies them. */
    return (LPWSABUF)(uintptr_t)buffers->array;
}

/** @brief Whether 0 bytes would be the end of a stream. */
static bool wants_bytes(const struct op_buffers *buffers,
                        const struct op_handle *handle)
{
    if (handle->is_messages) {
        return false; /* An empty datagram is a datagram. */
    }
    for (DWORD i = 0; i < buffers->count; i++) {
        if (buffers->array[i].len > 0) {
            return true;
        }
    }
    /* FACT SOCK-17 readiness probe: 0 bytes of 0 are no end. */
    return false;
}

DWORD op__recv_start(struct op *op, struct op_handle *handle)
{
    struct op_recv *recv = (struct op_recv *)(void *)op;
    LPWSABUF array = pieces(&recv->buffers);
    DWORD flags = recv->buffers.flags;

    op->wants_bytes = wants_bytes(&recv->buffers, handle);
    /* FACT OVL-32 the byte-count parameter may be NULL with an OVERLAPPED. */
    return answer(WSARecv(op__socket(handle),
                          array,
                          recv->buffers.count,
                          NULL,
                          &flags,
                          &op->overlapped,
                          NULL));
}

DWORD op__send_start(struct op *op, struct op_handle *handle)
{
    struct op_send *send = (struct op_send *)(void *)op;

    return answer(WSASend(op__socket(handle),
                          pieces(&send->buffers),
                          send->buffers.count,
                          NULL,
                          send->buffers.flags,
                          &op->overlapped,
                          NULL));
}

DWORD op__recvfrom_start(struct op *op, struct op_handle *handle)
{
    struct op_recvfrom *recvfrom = (struct op_recvfrom *)(void *)op;
    LPWSABUF array = pieces(&recvfrom->buffers);
    DWORD flags = recvfrom->buffers.flags;

    op->wants_bytes = wants_bytes(&recvfrom->buffers, handle);
    /* FACT OVL-30 WSARecvFrom keeps pointers to the address and its size, so
     * both are in the operation. */
    recvfrom->from_bytes = (INT)sizeof recvfrom->from;
    return answer(WSARecvFrom(op__socket(handle),
                              array,
                              recvfrom->buffers.count,
                              NULL,
                              &flags,
                              (struct sockaddr *)&recvfrom->from,
                              &recvfrom->from_bytes,
                              &op->overlapped,
                              NULL));
}

DWORD op__sendto_start(struct op *op, struct op_handle *handle)
{
    struct op_sendto *sendto = (struct op_sendto *)(void *)op;

    return answer(WSASendTo(op__socket(handle),
                            pieces(&sendto->buffers),
                            sendto->buffers.count,
                            NULL,
                            sendto->buffers.flags,
                            sendto->to,
                            sendto->to_bytes,
                            &op->overlapped,
                            NULL));
}

//! [readable]
DWORD op__readable_start(struct op *op, struct op_handle *handle)
{
    WSABUF nothing = {0, NULL};
    DWORD flags = 0;

    if (!handle->is_socket) {
        return op__peek_file(op, handle);
    }
    if (handle->is_messages) {
        /* FACT SOCK-101 a zero-byte receive on a datagram socket eats the
         * datagram; peeking leaves it. */
        flags = MSG_PEEK;
    }
    /* FACT SOCK-16 zero-byte receive: finishes when there is something, and
     * takes nothing. */
    return answer(WSARecv(op__socket(handle),
                          &nothing,
                          1,
                          NULL,
                          &flags,
                          &op->overlapped,
                          NULL));
}

void op__readable_finish(struct op *op)
{
    /* A message is longer than no bytes: that is what we waited for. */
    if (op->status == OP_TRUNCATED) {
        op->status = OP_OK;
    }
}
//! [readable]
