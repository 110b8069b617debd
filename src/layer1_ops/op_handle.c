/**
 * @file op_handle.c
 * @brief Layer 1: handles with a port, and what their provider can do.
 *
 * How a handle reports a success at once is fixed when it gets its port, and
 * kept beside it, because every submit has to know.  So is that we closed it:
 * the packets that follow look as if the peer had.
 *
 * Uses:     op_private.h, iocp.h.
 * Used by:  programs, layer 2.
 * Facts:    PORT-85, PORT-92, PORT-93, PORT-94, SOCK-46, SOCK-54, SOCK-114,
 *           CANCEL-02.
 * Read next: op_status.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

/* ---- Providers ----------------------------------------------------------- */

/**
 * @brief Ask for one of the functions that Winsock does not export.
 * @param pointer  NULL, and left so where there is no such function.
 */
static void find_function(SOCKET socket, GUID name, void *pointer, DWORD bytes)
{
    DWORD found;

    /* FACT SOCK-114 getting the extension functions: without one, only what
     * needs it is refused, so a failure here is none. */
    (void)WSAIoctl(socket,
                   SIO_GET_EXTENSION_FUNCTION_POINTER,
                   &name,
                   sizeof name,
                   pointer,
                   bytes,
                   &found,
                   NULL,
                   NULL);
}

op_status op_provider_load(struct op_provider *provider, SOCKET socket)
{
    static const GUID accept_name = WSAID_ACCEPTEX;
    static const GUID connect_name = WSAID_CONNECTEX;
    static const GUID disconnect_name = WSAID_DISCONNECTEX;
    static const GUID addresses_name = WSAID_GETACCEPTEXSOCKADDRS;
    struct op_provider found = {0};
    WSAPROTOCOL_INFOW info;
    int info_bytes = (int)sizeof info;

    IOCP_ASSERT(provider != NULL);
    if (getsockopt(socket,
                   SOL_SOCKET,
                   SO_PROTOCOL_INFOW,
                   (char *)&info,
                   &info_bytes) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    found.family = info.iAddressFamily;
    found.type = info.iSocketType;
    /* FACT PORT-92 skip mode and layered providers: it is safe only where
     * sockets are true handles and nobody sits between. */
    found.skips = (info.dwServiceFlags1 & XP1_IFS_HANDLES) != 0 &&
                  info.ProtocolChain.ChainLen == 1;
#define FIND(name, member) \
    find_function(socket, name, &found.member, sizeof found.member)
    FIND(accept_name, accept_ex);
    FIND(connect_name, connect_ex);
    FIND(disconnect_name, disconnect_ex);
    FIND(addresses_name, get_addresses);
#undef FIND
    *provider = found;
    return OP_OK;
}

/* ---- Handles ------------------------------------------------------------- */

/** @brief Fill in what kind of socket it is. */
static DWORD look_at_socket(struct op_handle *handle)
{
    int type = 0;
    int type_bytes = (int)sizeof type;

    if (handle->provider != NULL) {
        type = handle->provider->type;
    } else if (getsockopt(op__socket(handle),
                          SOL_SOCKET,
                          SO_TYPE,
                          (char *)&type,
                          &type_bytes) != 0) {
        return (DWORD)WSAGetLastError();
    }
    handle->is_messages = type != SOCK_STREAM;
    return 0;
}

/** @brief Whether no packet is wanted for a success at once. */
static bool may_skip(const struct op_handle *handle, unsigned flags)
{
    if ((flags & OP_NO_SKIP) != 0) {
        return false;
    }
    /* FACT PORT-93 skip mode and datagram truncation: whether a packet comes
     * cannot be told then, so messages go without it. */
    if (handle->is_messages) {
        return false;
    }
    return !handle->is_socket ||
           (handle->provider != NULL && handle->provider->skips);
}

op_status op_handle_open(struct op_handle *handle,
                         const struct op_port *port,
                         const struct op_open *how)
{
    struct op_handle opened = {0};
    DWORD error = 0;

    IOCP_ASSERT(handle != NULL && port != NULL && how != NULL);
    IOCP_ASSERT((how->socket != 0) != (how->file != NULL));
    opened.is_socket = how->socket != 0;
    opened.file = opened.is_socket ? (HANDLE)how->socket : how->file;
    opened.port = port;
    opened.provider = how->provider;
    opened.is_messages = (how->flags & OP_MESSAGES) != 0;
    if (opened.file == INVALID_HANDLE_VALUE) {
        return OP_BAD_HANDLE; /* What the call that made it has failed with. */
    }
    if (opened.is_socket) {
        error = look_at_socket(&opened);
    }
    if (error == 0) {
        error = iocp_attach(&port->iocp, opened.file, how->key);
    }
    if (error != 0) {
        return op_status_of_error(error);
    }
    opened.skips = may_skip(&opened, how->flags);
    /* FACT PORT-94 FILE_SKIP_SET_EVENT_ON_HANDLE: nobody waits on the handle
     * itself.  Where Windows refuses the modes we do without. */
    if (iocp_set_modes(opened.file,
                       opened.skips ? IOCP_SKIP_PACKET | IOCP_SKIP_EVENT
                                    : IOCP_SKIP_EVENT) != 0) {
        opened.skips = false;
    }
    *handle = opened;
    return OP_OK;
}

enum op_cancelled op_handle_cancel(struct op_handle *handle)
{
    HANDLE file;

    IOCP_ASSERT(handle != NULL);
    file = handle->file;
    if (file == NULL) {
        return OP_CANCEL_NOTHING; /* The close has ended them. */
    }
    /* FACT CANCEL-02 CancelIoEx without an OVERLAPPED: all of them. */
    return iocp_cancel(file, NULL) == 0 ? OP_CANCEL_ASKED : OP_CANCEL_NOTHING;
}

/** @brief Close what a handle was opened with. */
static DWORD close_file(HANDLE file, bool is_socket)
{
    if (is_socket) {
        return closesocket((SOCKET)file) == 0 ? 0 : (DWORD)WSAGetLastError();
    }
    return CloseHandle(file) ? 0 : GetLastError();
}

//! [close]
op_status op_handle_close(struct op_handle *handle)
{
    HANDLE file;
    LONG was_closed;
    DWORD error;

    IOCP_ASSERT(handle != NULL);
    /* The mark comes first: the packets of the close may be taken, and judged
     * by it, before the call returns. */
    was_closed = InterlockedExchange(&handle->closed, 1);
    IOCP_ASSERT(!was_closed && handle->file != NULL);
    file = handle->file;
    handle->file = NULL;
    error = close_file(file, handle->is_socket);
    if (error == 0) {
        /* FACT SOCK-54 packets may follow the close, or have come already:
         * with the last of them the handle may be gone. */
        return OP_OK;
    }
    /* FACT SOCK-46 timed linger: the socket is still open. */
    handle->file = file;
    handle->closed = 0;
    return op_status_of_error(error);
}
//! [close]

op_status op_handle_detach(struct op_handle *handle)
{
    DWORD error;

    IOCP_ASSERT(handle != NULL && handle->file != NULL);
    /* FACT PORT-85 modes are never cleared: whoever gets the file has them. */
    error = iocp_detach(handle->file);
    if (error == 0) {
        handle->file = NULL;
        handle->closed = 1;
    }
    return op_status_of_error(error);
}
