/**
 * @file transfer.h
 * @brief A call that sends or receives.
 *
 * Uses:     winsock.h.
 * Used by:  transfer.c, send.c, receive.c, message.c.
 * Facts:    OVL-32, SOCK-09.
 * Read next: transfer.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_TRANSFER_H
#define SIM_TRANSFER_H

#include "winsock.h"

/** A call that sends or receives, as the program made it. */
struct transfer {
    const void *frame; /**< As request.frame. */
    const char *call;
    SOCKET number;
    const WSABUF *buffers;
    DWORD count;
    DWORD *bytes_out; /**< Or NULL. */
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    DWORD flags;

    /* The answer. */
    DWORD bytes;
    NTSTATUS status;
};

/** @brief What Winsock itself checks of buffers. */
NTSTATUS sim__transfer_check(const struct transfer *transfer);

/**
 * @brief Carry the call out, from the request to *bytes_out's value.
 * @param detail   As irp.detail.
 * @param wait_ms  SO_RCVTIMEO or SO_SNDTIMEO.
 */
NTSTATUS sim__transfer_run(struct transfer *transfer,
                           const struct socket *socket,
                           enum irp_kind kind,
                           const void *detail,
                           uint32_t wait_ms);

/** @brief A whole call that sends.  In send.c.
 *  @param to  Or NULL. */
int sim__send(struct transfer *transfer, const struct sockaddr *to, int bytes);

/** @brief A whole call that receives.  In receive.c.
 *  @param detail  flags_out and message are set.
 *  @param from    Or NULL. */
int sim__receive(struct transfer *transfer,
                 struct socket_receive *detail,
                 struct sockaddr *from,
                 int *from_bytes);

/** @brief After sim__after(): count and last error; 0 or SOCKET_ERROR. */
static inline int sim__transfer_result(const struct transfer *transfer)
{
    if (transfer->bytes_out != NULL && !NT_ERROR(transfer->status) &&
        transfer->status != STATUS_PENDING) {
        /* FACT OVL-32 the byte-count parameter in Winsock: set only when the
         * call ends at once.  The store comes last, when another thread may
         * have handled the packet already: PORT-21. */
        *transfer->bytes_out = transfer->bytes;
    }
    return sim__wsa_result(transfer->status);
}

#endif
