/**
 * @file receive.c
 * @brief The calls that receive.
 *
 * Uses:     transfer.h.
 * Used by:  layer 1, programs.
 * Facts:    SOCK-09, SOCK-16, SOCK-18, SOCK-22, SOCK-23, SOCK-24, SOCK-25,
 *           SOCK-104, SOCK-112, OVL-30.
 * Read next: message.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "transfer.h"

/** Where the address of who sent goes. */
struct sender {
    struct sockaddr *name; /* Or NULL. */
    int *bytes;
};

static NTSTATUS check_flags(const struct transfer *transfer,
                            const struct socket *socket)
{
    const DWORD known = MSG_PEEK | MSG_OOB | MSG_WAITALL | MSG_PARTIAL |
                        MSG_PUSH_IMMEDIATE; /* FACT SOCK-25. */
    DWORD flags = transfer->flags;

    if (flags & ~known) {
        return STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    if ((flags & MSG_OOB) && socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    if ((flags & MSG_WAITALL) &&
        (socket->protocol != NET_TCP || socket->options.no_wait ||
         (flags & (MSG_PEEK | MSG_OOB | MSG_PARTIAL)))) {
        /* FACT SOCK-23 MSG_WAITALL is not for datagrams, not for
         * non-blocking sockets, with an OVERLAPPED or without, and (WSARecv
         * page) not together with these flags. */
        return STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    return STATUS_SUCCESS;
}

/** @brief The first part of a receive: all that Winsock refuses. */
static NTSTATUS check(const struct transfer *transfer,
                      const struct socket *socket,
                      const struct sender *from)
{
    NTSTATUS status = sim__transfer_check(transfer);

    if (NT_SUCCESS(status)) {
        status = check_flags(transfer, socket);
    }
    if (NT_SUCCESS(status) && socket->protocol != NET_TCP) {
        /* FACT SOCK-104 too small an address buffer: nothing is taken. */
        status = sim__wsa_check_name(from->name, from->bytes, socket, true);
    }
    return status;
}

int sim__receive(struct transfer *transfer,
                 struct socket_receive *detail,
                 struct sockaddr *from,
                 int *from_bytes)
{
    const struct sender sender = {.name = from, .bytes = from_bytes};
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(transfer->number, &socket);
    if (NT_SUCCESS(status)) {
        status = check(transfer, socket, &sender);
    }
    if (NT_SUCCESS(status)) {
        detail->flags = transfer->flags;
        if (socket->protocol != NET_TCP) {
            /* FACT OVL-30 WSARecvFrom keeps pointers.
             * FACT SOCK-112 TCP does not write the address. */
            detail->from = from;
            detail->from_bytes = from_bytes;
        }
        status = sim__transfer_run(transfer,
                                   socket,
                                   IRP_READ,
                                   detail,
                                   socket->options.receive_ms);
    }
    transfer->status = status;
    sim__after();
    return sim__transfer_result(transfer);
}

/** @brief WSARecv and WSARecvFrom: flags go in and out. */
static int receive_flagged(struct transfer *transfer,
                           DWORD *flags,
                           struct sockaddr *from,
                           int *from_bytes)
{
    struct socket_receive detail = {0};
    DWORD flags_out = 0;
    int result;

    if (flags == NULL) {
        return sim__wsa_fail(WSAEFAULT);
    }
    transfer->flags = *flags;
    detail.flags_out = &flags_out;
    result = sim__receive(transfer, &detail, from, from_bytes);
    if (!NT_ERROR(transfer->status) && transfer->status != STATUS_PENDING) {
        /* FACT SOCK-22 MSG_PARTIAL on output: here when the call ended at
         * once, else WSAGetOverlappedResult tells. */
        *flags = flags_out;
    }
    return result;
}

int WSAAPI WSARecv(SOCKET number,
                   LPWSABUF buffers,
                   DWORD count,
                   LPDWORD bytes_out,
                   LPDWORD flags,
                   LPWSAOVERLAPPED overlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSARecv",
        .number = number,
        .buffers = buffers,
        .count = count,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
    };

    return receive_flagged(&transfer, flags, NULL, NULL);
}

int WSAAPI WSARecvFrom(SOCKET number,
                       LPWSABUF buffers,
                       DWORD count,
                       LPDWORD bytes_out,
                       LPDWORD flags,
                       struct sockaddr *from,
                       LPINT from_bytes,
                       LPWSAOVERLAPPED overlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSARecvFrom",
        .number = number,
        .buffers = buffers,
        .count = count,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
    };

    return receive_flagged(&transfer, flags, from, from_bytes);
}

/** @brief recv and recvfrom: one buffer, no OVERLAPPED.  Inlined, because the
 *  frame is theirs. */
static SIM_INLINE int receive_one(const char *call,
                                  SOCKET number,
                                  const WSABUF *buffer,
                                  int flags,
                                  struct sockaddr *from,
                                  int *from_bytes)
{
    struct socket_receive detail = {0};
    DWORD bytes = 0;
    DWORD flags_out = 0;
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = call,
        .number = number,
        .buffers = buffer,
        .count = 1,
        .bytes_out = &bytes,
        .flags = (DWORD)flags,
    };

    detail.flags_out = &flags_out;
    if (sim__receive(&transfer, &detail, from, from_bytes) != 0) {
        return SOCKET_ERROR;
    }
    return (int)bytes;
}

int WSAAPI recv(SOCKET number, char *buffer, int bytes, int flags)
{
    const WSABUF piece = {
        .len = (ULONG)bytes,
        .buf = bytes < 0 ? NULL : buffer,
    };

    return receive_one("recv", number, &piece, flags, NULL, NULL);
}

int WSAAPI recvfrom(SOCKET number,
                    char *buffer,
                    int bytes,
                    int flags,
                    struct sockaddr *from,
                    int *from_bytes)
{
    const WSABUF piece = {
        .len = (ULONG)bytes,
        .buf = bytes < 0 ? NULL : buffer,
    };

    return receive_one("recvfrom", number, &piece, flags, from, from_bytes);
}
