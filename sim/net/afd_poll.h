/**
 * @file afd_poll.h
 * @brief Polls of the driver's own, which a program may start.
 *
 * select and WSAPoll block.  The driver below them can do better: its poll is
 * a request like a receive, which pends on a socket and queues a packet.
 * Libraries that offer epoll on Windows are built on that.
 *
 * Uses:     ready.h.
 * Used by:  afd_poll.c, socket.c, sim/winsock/afd_api.c.
 * Facts:    SOCK-56, SOCK-57.
 * Read next: afd_poll.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_AFD_POLL_H
#define SIM_AFD_POLL_H

#include "ready.h"

/** What is asked and answered about a socket; as the program sees it. */
enum {
    AFD_POLL_RECEIVE = 0x001,
    AFD_POLL_RECEIVE_EXPEDITED = 0x002,
    AFD_POLL_SEND = 0x004,
    AFD_POLL_DISCONNECT = 0x008,
    AFD_POLL_ABORT = 0x010,
    AFD_POLL_LOCAL_CLOSE = 0x020,
    AFD_POLL_ACCEPT = 0x080,
    AFD_POLL_CONNECT_FAIL = 0x100
};

/** One socket in the program's buffers. */
struct afd_poll_entry {
    HANDLE socket;
    ULONG events;
    NTSTATUS status;
};

/** What is in front of the sockets. */
struct afd_poll_head {
    LARGE_INTEGER timeout; /* As for a native wait. */
    ULONG count;
    ULONG exclusive;
};

/** irp.detail of IRP_POLL on a socket. */
struct afd_poll_question {
    const struct afd_poll_head *head;
    const struct afd_poll_entry *entries; /**< The program's; copied. */
    struct socket *const *sockets;        /**< Behind the entries' handles. */
};

/** @brief file_ops.start of a socket for such a request. */
NTSTATUS sim__afd_poll_start(struct irp *irp);

/** @brief file_ops.cancel likewise. */
void sim__afd_poll_cancel(struct irp *irp);

/** @brief The last handle of a socket was closed: end its polls. */
void sim__afd_poll_closed(struct file *file);

#endif
