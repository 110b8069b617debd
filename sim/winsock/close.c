/**
 * @file close.c
 * @brief shutdown and closesocket.
 *
 * Closing a socket is closing its handle, but for one thing: a socket may be
 * asked to linger until what it sent is safe.
 *
 * Uses:     winsock.h, watch.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-42, SOCK-43, SOCK-46, SOCK-72, SOCK-88.
 * Read next: listen.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../watch/watch.h"
#include "winsock.h"

static int shut(SOCKET number, int how, const char *call)
{
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status) && (how < SD_RECEIVE || how > SD_BOTH)) {
        status = STATUS_WINSOCK(WSAEINVAL); /* FACT SOCK-42 shutdown errors. */
    }
    if (NT_SUCCESS(status) && (socket->accept_raw || socket->connect_raw)) {
        /* FACT SOCK-72 and FACT SOCK-88 before the context update Winsock
         * does not know of the connection. */
        sim__watch_raw(socket->file, socket->accept_raw, call);
        status = STATUS_WINSOCK(WSAENOTCONN);
    }
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = call,
              .object = &socket->file->object,
              .value = {how});
        status = sim__socket_shutdown(socket, how);
    }
    sim__after();
    return sim__wsa_result(status);
}

int WSAAPI shutdown(SOCKET number, int how)
{
    return shut(number, how, "shutdown");
}

/** @brief FACT SOCK-43 no packets from any of these.  TCP has no data to send
 *  with its farewell (WSASendDisconnect page). */
static int shut_with_data(SOCKET number,
                          const WSABUF *data,
                          int how,
                          const char *call)
{
    if (data != NULL && data->len != 0) {
        return sim__wsa_fail(WSAENOPROTOOPT);
    }
    return shut(number, how, call);
}

/* The data is only read, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
int WSAAPI WSASendDisconnect(SOCKET number, LPWSABUF data)
{
    return shut_with_data(number, data, SD_SEND, "WSASendDisconnect");
}

int WSAAPI WSARecvDisconnect(SOCKET number, LPWSABUF data)
{
    return shut_with_data(number, data, SD_RECEIVE, "WSARecvDisconnect");
}
/* NOLINTEND(readability-non-const-parameter) */

NTSTATUS sim__wsa_close(HANDLE handle)
{
    const struct handle *row = sim__handle_row(handle);

    if (row != NULL && !(row->flags & HANDLE_FLAG_PROTECT_FROM_CLOSE)) {
        trace(close,
              .object = row->object,
              .value = {(int64_t)row->object->handles - 1});
    }
    return sim__handle_close(handle);
}

int WSAAPI closesocket(SOCKET number)
{
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status) && socket->file->object.handles == 1) {
        /* FACT SOCK-46 timed linger: it may block, and on a non-blocking
         * socket fail and leave the socket open. */
        status = sim__socket_linger(socket);
    }
    if (NT_SUCCESS(status)) {
        /* Another thread may have closed it meanwhile. */
        status = sim__socket_find(number, &socket);
    }
    if (NT_SUCCESS(status)) {
        status = sim__wsa_close((HANDLE)number);
    }
    sim__after();
    return sim__wsa_result(status);
}
