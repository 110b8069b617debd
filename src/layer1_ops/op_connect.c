/**
 * @file op_connect.c
 * @brief Layer 1: accepting, connecting and disconnecting.
 *
 * The three calls behind this file are looked up at run time, and two of them
 * leave a socket that is connected and does not know it yet.  Telling it is
 * the last step of the operation, so that nobody can forget it.
 *
 * Uses:     op_private.h.
 * Used by:  op.c.
 * Facts:    SOCK-62, SOCK-69, SOCK-72, SOCK-73, SOCK-80, SOCK-88, SOCK-114.
 * Read next: op_file.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

/** @brief 0 for a call that succeeded, else why it did not. */
static DWORD answer(BOOL succeeded)
{
    return succeeded ? 0 : (DWORD)WSAGetLastError();
}

/**
 * @brief Let a socket know that it is connected.
 * @param op      Finished now; its handle is what it was submitted on.
 * @param socket  The socket that was connected.
 * @param option  SO_UPDATE_...
 * @param source  What the option takes, NULL for nothing.
 */
static void update_context(struct op *op,
                           SOCKET socket,
                           int option,
                           const SOCKET *source)
{
    if (op->handle->closed) {
        op->status = OP_ABORTED;
        op->error = ERROR_OPERATION_ABORTED;
        return;
    }
    if (setsockopt(socket,
                   SOL_SOCKET,
                   option,
                   (const char *)source,
                   source == NULL ? 0 : (int)sizeof *source) != 0) {
        op->error = (DWORD)WSAGetLastError();
        /* Another thread may have closed the handle since we looked. */
        op->status =
            op->handle->closed ? OP_ABORTED : op_status_of_error(op->error);
    }
}

//! [accept]
DWORD op__accept_start(struct op *op, struct op_handle *handle)
{
    struct op_accept *accept = (struct op_accept *)(void *)op;
    const struct op_provider *provider = handle->provider;
    DWORD bytes;

    IOCP_ASSERT(accept->accepted != NULL && accept->accepted->is_socket);
    IOCP_ASSERT(accept->data != NULL || accept->data_bytes == 0);
    if (provider == NULL || provider->accept_ex == NULL) {
        return WSAEOPNOTSUPP;
    }
    /* FACT SOCK-69 the operation belongs to the listening socket: its port,
     * its key, and its handle to cancel by.
     * FACT SOCK-73 lpdwBytesReceived is written during the call only. */
    return answer(provider->accept_ex(op__socket(handle),
                                      op__socket(accept->accepted),
                                      accept->data != NULL ? accept->data
                                                           : accept->addresses,
                                      accept->data_bytes,
                                      OP_ADDRESS_BYTES,
                                      OP_ADDRESS_BYTES,
                                      &bytes,
                                      &op->overlapped));
}

void op__accept_finish(struct op *op)
{
    struct op_accept *accept = (struct op_accept *)(void *)op;
    SOCKET listener = op__socket(op->handle);

    if (op->status == OP_OK) {
        /* FACT SOCK-72 SO_UPDATE_ACCEPT_CONTEXT: before it the socket can send
         * and receive, and little else. */
        update_context(op,
                       op__socket(accept->accepted),
                       SO_UPDATE_ACCEPT_CONTEXT,
                       &listener);
    }
}
//! [accept]

const struct sockaddr *op_accept_peer(struct op_accept *accept, INT *bytes_out)
{
    const struct op_provider *provider;
    struct sockaddr *local = NULL;
    struct sockaddr *remote = NULL;
    INT local_bytes = 0;

    IOCP_ASSERT(accept != NULL && bytes_out != NULL);
    IOCP_ASSERT(accept->op.owner == OP_APP && accept->op.handle != NULL);
    provider = accept->op.handle->provider;
    if (provider == NULL || provider->get_addresses == NULL) {
        return NULL;
    }
    /* FACT SOCK-62 buffer layout: the format inside is private. */
    provider->get_addresses(accept->data != NULL ? accept->data
                                                 : accept->addresses,
                            accept->data_bytes,
                            OP_ADDRESS_BYTES,
                            OP_ADDRESS_BYTES,
                            &local,
                            &local_bytes,
                            &remote,
                            bytes_out);
    return remote;
}

DWORD op__connect_start(struct op *op, struct op_handle *handle)
{
    struct op_connect *connect = (struct op_connect *)(void *)op;
    const struct op_provider *provider = handle->provider;
    DWORD bytes;

    IOCP_ASSERT(connect->to != NULL && connect->to_bytes > 0);
    IOCP_ASSERT(connect->data != NULL || connect->data_bytes == 0);
    if (provider == NULL || provider->connect_ex == NULL) {
        return WSAEOPNOTSUPP;
    }
    /* FACT SOCK-80 ConnectEx needs a bound socket: else WSAEINVAL. */
    return answer(provider->connect_ex(op__socket(handle),
                                       connect->to,
                                       connect->to_bytes,
                                       (void *)(uintptr_t)connect->data,
                                       connect->data_bytes,
                                       &bytes,
                                       &op->overlapped));
}

void op__connect_finish(struct op *op)
{
    if (op->status == OP_OK) {
        /* FACT SOCK-88 SO_UPDATE_CONNECT_CONTEXT: before it the socket does
         * not know its peer. */
        update_context(op,
                       op__socket(op->handle),
                       SO_UPDATE_CONNECT_CONTEXT,
                       NULL);
    }
}

DWORD op__disconnect_start(struct op *op, struct op_handle *handle)
{
    struct op_disconnect *disconnect = (struct op_disconnect *)(void *)op;
    const struct op_provider *provider = handle->provider;

    if (provider == NULL || provider->disconnect_ex == NULL) {
        return WSAEOPNOTSUPP;
    }
    return answer(provider->disconnect_ex(op__socket(handle),
                                          &op->overlapped,
                                          disconnect->flags,
                                          0));
}
