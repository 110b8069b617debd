/**
 * @file accept_ex.c
 * @brief AcceptEx and GetAcceptExSockaddrs.
 *
 * The operation is the listener's: its OVERLAPPED is told through the
 * listener's port.  The socket for the connection is made by the program
 * beforehand and must be good for nothing else meanwhile.
 *
 * Uses:     winsock.h, accept_area.h, watch.h.
 * Used by:  layer 1, programs.
 * Facts:    SOCK-59, SOCK-60, SOCK-61, SOCK-62, SOCK-63, SOCK-69, SOCK-73.
 * Read next: connect_ex.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../net/accept_area.h"
#include "../watch/watch.h"
#include "winsock.h"

/** A call of AcceptEx. */
struct acceptance {
    SOCKET listener;
    SOCKET accepted;
    void *buffer;
    struct socket_accept sizes; /* accepted is still to be found. */
    LPOVERLAPPED overlapped;
};

/** @brief FACT SOCK-60 the accept socket must be fresh, and FACT SOCK-61 not
 *  waiting for a connection already. */
static bool fresh(const struct socket *socket, const struct socket *listener)
{
    return socket->protocol == NET_TCP && socket->state == SOCKET_OPEN &&
           !socket->bound && !socket->accepting && !socket->accept_raw &&
           !socket->connect_raw && socket->family == listener->family;
}

/** @brief FACT SOCK-59 argument checks. */
static NTSTATUS check(const struct acceptance *call,
                      struct socket **listener_out,
                      struct socket **accepted_out)
{
    NTSTATUS status = sim__socket_find(call->listener, listener_out);

    /* Each of the failures leaves Internal at pending. */
    call->overlapped->Internal = STATUS_PENDING;
    if (NT_SUCCESS(status)) {
        status = sim__socket_find(call->accepted, accepted_out);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if ((*listener_out)->state != SOCKET_LISTENING ||
        !fresh(*accepted_out, *listener_out)) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (call->buffer == NULL || call->sizes.remote_bytes == 0) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    return STATUS_SUCCESS;
}

/** @brief FACT SOCK-63 local length 0 is allowed. */
static void watch_areas(const struct acceptance *call,
                        const struct socket *listener)
{
    ULONG needed =
        (ULONG)sim__address_bytes((enum net_family)listener->family) +
        ACCEPT_AREA_EXTRA;

    if (call->sizes.local_bytes != 0) {
        sim__watch_accept_area(listener->file,
                               "dwLocalAddressLength",
                               call->sizes.local_bytes,
                               needed);
    }
    sim__watch_accept_area(listener->file,
                           "dwRemoteAddressLength",
                           call->sizes.remote_bytes,
                           needed);
}

static NTSTATUS accept_extended(struct acceptance *call, ULONG_PTR *bytes_out)
{
    struct wsa_report report = {.overlapped = call->overlapped};
    struct request request = {
        .kind = IRP_ACCEPT,
        .call = "AcceptEx",
        .buffer = call->buffer,
        .length = call->sizes.data_bytes + call->sizes.local_bytes +
                  call->sizes.remote_bytes,
        .detail = &call->sizes,
    };
    struct socket *listener;
    struct socket *accepted;
    NTSTATUS status = check(call, &listener, &accepted);

    if (NT_SUCCESS(status)) {
        watch_areas(call, listener);
        call->sizes.accepted = accepted->file;
        /* FACT SOCK-69 whose port gets the packet: the listener's. */
        status = sim__wsa_io(&request, call->listener, listener, &report);
    }
    *bytes_out = request.information;
    return status;
}

BOOL PASCAL AcceptEx(SOCKET listener,
                     SOCKET accepted,
                     PVOID buffer,
                     DWORD receive_bytes,
                     DWORD local_bytes,
                     DWORD remote_bytes,
                     LPDWORD bytes_out,
                     LPOVERLAPPED overlapped)
{
    struct acceptance call = {
        .listener = listener,
        .accepted = accepted,
        .buffer = buffer,
        .sizes = {.data_bytes = receive_bytes,
                  .local_bytes = local_bytes,
                  .remote_bytes = remote_bytes},
        .overlapped = overlapped,
    };
    ULONG_PTR bytes = 0;
    NTSTATUS status;

    if (overlapped == NULL) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    sim__before();
    status = accept_extended(&call, &bytes);
    sim__after();
    if (NT_SUCCESS(status) && status != STATUS_PENDING && bytes_out != NULL) {
        /* FACT SOCK-73 set only if AcceptEx finishes synchronously. */
        *bytes_out = (DWORD)bytes;
    }
    return sim__wsa_bool(status);
}

/** @brief Find the address in an area. */
static void read_area(char *area, struct sockaddr **name_out, int *bytes_out)
{
    memcpy(bytes_out, area, sizeof *bytes_out);
    *name_out = (struct sockaddr *)(void *)(area + ACCEPT_AREA_HEAD);
}

void PASCAL GetAcceptExSockaddrs(PVOID buffer,
                                 DWORD receive_bytes,
                                 DWORD local_bytes,
                                 DWORD remote_bytes,
                                 struct sockaddr **local,
                                 LPINT local_out_bytes,
                                 struct sockaddr **remote,
                                 LPINT remote_out_bytes)
{
    const char *call = "GetAcceptExSockaddrs";
    char *area = (char *)buffer + receive_bytes;

    (void)remote_bytes; /* What AcceptEx was given; it knows that it fits. */
    sim__require(buffer, call, "lpOutputBuffer");
    if (local_bytes != 0) {
        /* FACT SOCK-63 with local length 0 the two stay unwritten. */
        sim__require(local, call, "LocalSockaddr");
        sim__require(local_out_bytes, call, "LocalSockaddrLength");
        read_area(area, local, local_out_bytes);
    }
    sim__require(remote, call, "RemoteSockaddr");
    sim__require(remote_out_bytes, call, "RemoteSockaddrLength");
    read_area(area + local_bytes, remote, remote_out_bytes);
}
