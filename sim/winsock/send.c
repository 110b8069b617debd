/**
 * @file send.c
 * @brief The calls that send.
 *
 * Four names for one thing: with or without OVERLAPPED, with or without an
 * address.
 *
 * Uses:     transfer.h.
 * Used by:  layer 1, programs.
 * Facts:    SOCK-110, SOCK-112.
 * Read next: receive.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "transfer.h"

/** @brief The address of a datagram; NULL: to whom it is connected. */
static NTSTATUS read_target(const struct socket *socket,
                            const struct sockaddr *to,
                            int to_bytes,
                            struct net_address *storage,
                            const struct net_address **out)
{
    NTSTATUS status;

    *out = NULL;
    if (to == NULL || socket->protocol == NET_TCP) {
        /* FACT SOCK-112 TCP ignores addresses. */
        return STATUS_SUCCESS;
    }
    status = sim__wsa_read_name(to, to_bytes, socket, storage);
    if (NT_SUCCESS(status)) {
        *out = storage; /* FACT SOCK-110 port 0 is no error here. */
    }
    return status;
}

static NTSTATUS send_checked(struct transfer *transfer,
                             const struct socket *socket,
                             const struct sockaddr *to,
                             int to_bytes)
{
    const DWORD known = MSG_OOB | MSG_DONTROUTE | MSG_PARTIAL;
    struct net_address address;
    struct socket_send detail = {.flags = transfer->flags};
    NTSTATUS status = sim__transfer_check(transfer);

    if (NT_SUCCESS(status) && (transfer->flags & ~known)) {
        status = STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    if (NT_SUCCESS(status) && (transfer->flags & MSG_OOB) &&
        socket->protocol != NET_TCP) {
        status = STATUS_WINSOCK(WSAEOPNOTSUPP); /* Streams only. */
    }
    if (NT_SUCCESS(status)) {
        status = read_target(socket, to, to_bytes, &address, &detail.to);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return sim__transfer_run(transfer,
                             socket,
                             IRP_WRITE,
                             &detail,
                             socket->options.send_ms);
}

int sim__send(struct transfer *transfer, const struct sockaddr *to, int bytes)
{
    struct socket *socket;

    sim__before();
    transfer->status = sim__socket_find(transfer->number, &socket);
    if (NT_SUCCESS(transfer->status)) {
        transfer->status = send_checked(transfer, socket, to, bytes);
    }
    sim__after();
    return sim__transfer_result(transfer);
}

int WSAAPI WSASend(SOCKET number,
                   LPWSABUF buffers,
                   DWORD count,
                   LPDWORD bytes_out,
                   DWORD flags,
                   LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSASend",
        .number = number,
        .buffers = buffers,
        .count = count,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
        .flags = flags,
    };

    return sim__send(&transfer, NULL, 0);
}

int WSAAPI WSASendTo(SOCKET number,
                     LPWSABUF buffers,
                     DWORD count,
                     LPDWORD bytes_out,
                     DWORD flags,
                     const struct sockaddr *to,
                     int to_bytes,
                     LPWSAOVERLAPPED overlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSASendTo",
        .number = number,
        .buffers = buffers,
        .count = count,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
        .flags = flags,
    };

    return sim__send(&transfer, to, to_bytes);
}

/** @brief send and sendto: one buffer, no OVERLAPPED.  Inlined, because the
 *  frame is theirs. */
static SIM_INLINE int send_one(const char *call,
                               SOCKET number,
                               const WSABUF *buffer,
                               int flags,
                               const struct sockaddr *to,
                               int to_bytes)
{
    DWORD bytes = 0;
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = call,
        .number = number,
        .buffers = buffer,
        .count = 1,
        .bytes_out = &bytes,
        .flags = (DWORD)flags,
    };

    return sim__send(&transfer, to, to_bytes) == 0 ? (int)bytes : SOCKET_ERROR;
}

/** @brief One buffer as a WSABUF, which has no const; sending only reads. */
static WSABUF unconst(const char *buffer, int bytes)
{
    WSABUF same = {.len = (ULONG)bytes};

    memcpy(&same.buf, &buffer, sizeof buffer);
    if (bytes < 0) {
        same.buf = NULL; /* Longer than any memory: WSAEFAULT. */
    }
    return same;
}

int WSAAPI send(SOCKET number, const char *buffer, int bytes, int flags)
{
    const WSABUF piece = unconst(buffer, bytes);

    return send_one("send", number, &piece, flags, NULL, 0);
}

int WSAAPI sendto(SOCKET number,
                  const char *buffer,
                  int bytes,
                  int flags,
                  const struct sockaddr *to,
                  int to_bytes)
{
    const WSABUF piece = unconst(buffer, bytes);

    return send_one("sendto", number, &piece, flags, to, to_bytes);
}
