/**
 * @file connect_ex.c
 * @brief ConnectEx and DisconnectEx.
 *
 * Connecting and disconnecting as operations, so that a program that lives by
 * its port needs no thread that waits.
 *
 * Uses:     winsock.h, watch.h.
 * Used by:  layer 1 and programs, by WSAIoctl.
 * Facts:    OVL-05, SOCK-61, SOCK-80, SOCK-81, SOCK-82, SOCK-83, SOCK-94,
 *           SOCK-95, SOCK-96.
 * Read next: transmit.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../watch/watch.h"
#include "winsock.h"

/** @brief What the state of a socket says to ConnectEx. */
static NTSTATUS cannot_connect(const struct socket *socket)
{
    if (socket->state == SOCKET_CONNECTED || socket->state == SOCKET_ENDED) {
        return STATUS_WINSOCK(WSAEISCONN);
    }
    /* FACT SOCK-80 ConnectEx needs a bound socket, no listening one.
     * FACT SOCK-81 connect in progress: WSAEINVAL, whatever is documented.
     * FACT SOCK-61 while AcceptEx is pending on it. */
    if (socket->protocol != NET_TCP || socket->state != SOCKET_OPEN ||
        socket->accepting) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (!socket->bound) {
        sim__watch_unbound(socket->file);
        return STATUS_WINSOCK(WSAEINVAL);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS connect_extended(SOCKET number,
                                 const struct sockaddr *name,
                                 int name_bytes,
                                 struct request *request,
                                 LPOVERLAPPED overlapped)
{
    const struct wsa_report report = {.overlapped = overlapped};
    struct socket_connect detail = {.extended = true};
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    overlapped->Internal = STATUS_PENDING; /* FACT OVL-05. */
    status = cannot_connect(socket);
    if (NT_SUCCESS(status)) {
        status = sim__wsa_target(name, name_bytes, socket, &detail.to);
    }
    if (NT_SUCCESS(status) && request->length != 0 && request->buffer == NULL) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* Looked at during start only. */
    /* cppcheck-suppress autoVariables */
    request->detail = &detail;
    return sim__wsa_io(request, number, socket, &report);
}

BOOL PASCAL sim_ConnectEx(SOCKET number,
                          const struct sockaddr *name,
                          int name_bytes,
                          PVOID buffer,
                          DWORD send_bytes,
                          LPDWORD bytes_out,
                          LPOVERLAPPED overlapped)
{
    struct request request = {
        .kind = IRP_CONNECT,
        .call = "ConnectEx",
        .buffer = buffer, /* FACT SOCK-83 ConnectEx send buffer. */
        .length = buffer != NULL ? send_bytes : 0,
    };
    NTSTATUS status;

    if (overlapped == NULL) {
        /* FACT SOCK-81 ConnectEx argument errors. */
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    sim__before();
    status = connect_extended(number, name, name_bytes, &request, overlapped);
    sim__after();
    /* FACT SOCK-82 ConnectEx always pends, so the count is never known here,
     * except on a socket that cannot pend. */
    if (NT_SUCCESS(status) && status != STATUS_PENDING && bytes_out != NULL) {
        *bytes_out = (DWORD)request.information;
    }
    return sim__wsa_bool(status);
}

static NTSTATUS disconnect_extended(SOCKET number,
                                    LPOVERLAPPED overlapped,
                                    DWORD flags,
                                    DWORD reserved)
{
    const struct wsa_report report = {.overlapped = overlapped};
    struct socket_disconnect detail = {.reuse = (flags & TF_REUSE_SOCKET) != 0};
    struct request request = {
        .kind = IRP_DISCONNECT,
        .call = "DisconnectEx",
        .detail = &detail,
    };
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    /* FACT SOCK-94 errors: an unconnected socket is for the device to see. */
    if (NT_SUCCESS(status) &&
        (reserved != 0 || (flags & ~(DWORD)TF_REUSE_SOCKET))) {
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status) && socket->protocol != NET_TCP) {
        status = STATUS_WINSOCK(WSAENOTCONN);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* FACT SOCK-95 overlapped it always pends, FACT SOCK-96 otherwise it ends
     * at once. */
    detail.overlapped = sim__wsa_overlapped(socket, overlapped);
    return sim__wsa_io(&request, number, socket, &report);
}

BOOL PASCAL sim_DisconnectEx(SOCKET number,
                             LPOVERLAPPED overlapped,
                             DWORD flags,
                             DWORD reserved)
{
    NTSTATUS status;

    sim__before();
    status = disconnect_extended(number, overlapped, flags, reserved);
    sim__after();
    return sim__wsa_bool(status);
}
