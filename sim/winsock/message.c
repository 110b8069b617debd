/**
 * @file message.c
 * @brief WSASendMsg and WSARecvMsg: datagrams with what belongs to them.
 *
 * One structure holds the address, the buffers and control data.  Of control
 * data there is one kind here: which of its addresses a datagram came to.
 *
 * Uses:     transfer.h, rare.h, device.h.
 * Used by:  layer 1, programs.
 * Facts:    SOCK-22, SOCK-103.
 * Read next: accept_ex.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "device.h"
#include "rare.h"
#include "transfer.h"

/* ---- Sending ------------------------------------------------------------- */

/** @brief Why WSASendMsg refuses a message: both calls are for datagrams, and
 *  nothing here can be said in control data. */
static NTSTATUS check_send(SOCKET number, const WSAMSG *message)
{
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    if (NT_SUCCESS(status) && message == NULL) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (NT_SUCCESS(status) &&
        (socket->protocol == NET_TCP || message->Control.len != 0)) {
        status = STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    return status;
}

/* The message is only read, but the types are Windows'.
 * NOLINTNEXTLINE(readability-non-const-parameter) */
int WSAAPI WSASendMsg(SOCKET number,
                      LPWSAMSG message,
                      DWORD flags,
                      LPDWORD bytes_out,
                      LPWSAOVERLAPPED overlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status = check_send(number, message);
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSASendMsg",
        .number = number,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
        .flags = flags,
    };

    if (!NT_SUCCESS(status)) {
        return sim__wsa_result(status);
    }
    transfer.buffers = message->lpBuffers;
    transfer.count = message->dwBufferCount;
    return sim__send(&transfer, message->name, message->namelen);
}

/* ---- Receiving ----------------------------------------------------------- */

static NTSTATUS check_receive(SOCKET number, const WSAMSG *message)
{
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    if (NT_SUCCESS(status) && message == NULL) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (NT_SUCCESS(status) && socket->protocol == NET_TCP) {
        status = STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    return status;
}

int WSAAPI sim_WSARecvMsg(SOCKET number,
                          LPWSAMSG message,
                          LPDWORD bytes_out,
                          LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status = check_receive(number, message);
    struct socket_receive detail = {.message = message};
    struct transfer transfer = {
        .frame = SIM_CALLER_FRAME(),
        .call = "WSARecvMsg",
        .number = number,
        .bytes_out = bytes_out,
        .overlapped = overlapped,
        .routine = routine,
    };

    if (!NT_SUCCESS(status)) {
        return sim__wsa_result(status);
    }
    transfer.buffers = message->lpBuffers;
    transfer.count = message->dwBufferCount;
    transfer.flags = message->dwFlags;
    return sim__receive(&transfer, &detail, message->name, &message->namelen);
}

/* ---- For the device ------------------------------------------------------ */

void sim__receive_flags(const struct irp *irp, DWORD *flags_out, DWORD flags)
{
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    if (irp->block != NULL) {
        /* FACT SOCK-22 from where WSAGetOverlappedResult takes them. */
        ((LPOVERLAPPED)(void *)irp->block)->Offset = flags;
    }
}

/** @brief Write "came to this address by interface 1" as control data.
 *  @return its bytes, or 0 when there is no room. */
static ULONG put_packet_info(const WSABUF *control,
                             const struct net_address *to)
{
    IN_PKTINFO v4 = {.ipi_ifindex = 1};
    IN6_PKTINFO v6 = {.ipi6_ifindex = 1};
    bool is_v4 = to->family == NET_V4;
    WSACMSGHDR head = {
        .cmsg_len = WSA_CMSG_LEN(is_v4 ? sizeof v4 : sizeof v6),
        .cmsg_level = is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
        /* NOLINTNEXTLINE(bugprone-branch-clone) */
        .cmsg_type = is_v4 ? IP_PKTINFO : IPV6_PKTINFO,
    };

    if (control->buf == NULL || control->len < head.cmsg_len) {
        return 0;
    }
    memcpy(&v4.ipi_addr, to->bytes, sizeof v4.ipi_addr);
    memcpy(&v6.ipi6_addr, to->bytes, sizeof v6.ipi6_addr);
    memcpy(control->buf, &head, sizeof head);
    if (is_v4) {
        memcpy(control->buf + WSA_CMSG_LEN(0), &v4, sizeof v4);
    } else {
        memcpy(control->buf + WSA_CMSG_LEN(0), &v6, sizeof v6);
    }
    return (ULONG)head.cmsg_len;
}

void sim__message_end(void *message,
                      const struct socket *socket,
                      const struct net_address *to,
                      DWORD flags)
{
    WSAMSG *end = message;
    ULONG bytes = 0;

    end->dwFlags = flags;
    if (socket->rare != NULL && socket->rare->packet_info) {
        bytes = put_packet_info(&end->Control, to);
        if (bytes == 0) {
            end->dwFlags |= MSG_CTRUNC; /* FACT SOCK-103 likewise. */
        }
    }
    end->Control.len = bytes;
}
