/**
 * @file udp.h
 * @brief Datagram sockets: one packet in, one packet out.
 *
 * A datagram is sent in one piece or not at all, and what becomes of it the
 * sender is not told; except that, when nobody listens at the other end, some
 * later receive may say so.
 *
 * Uses:     socket.h.
 * Used by:  udp.c, udp_data.c, socket.c.
 * Facts:    SOCK-48, SOCK-99, SOCK-105, SOCK-107, SOCK-109, SOCK-111.
 * Read next: udp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_UDP_H
#define SIM_UDP_H

#include "socket.h"

/** FACT SOCK-111 the largest datagrams: what SO_MAX_MSG_SIZE reads. */
enum { UDP_BYTES_MAX_V4 = 65507, UDP_BYTES_MAX_V6 = 65527 };

/** A datagram on its way, or waiting to be received. */
struct datagram {
    struct deadline arrival;
    struct datagram *next;   /* In a socket's queue. */
    struct host *host;       /* Where it arrives. */
    struct net_address from; /* Both as on the wire: IPv4 as IPv4. */
    struct net_address to;
    NTSTATUS status; /* Of the receive that takes it: no failure, or the
                      * news that an earlier one found nobody. */
    uint32_t bytes;
    DWORD to_all; /* MSG_BCAST, MSG_MCAST or 0. */
    bool own;     /* Whoever has it last gives its memory back. */
    char data[];  /* Not there while the sender's buffer holds it. */
};

/** What a datagram socket has beyond a socket. */
struct udp {
    struct datagram *first; /* Arrived and not received, oldest first; none */
    struct datagram *last;  /* while receives are pending. */
    uint32_t queued_bytes;  /* Never much above SO_RCVBUF: SOCK-113. */
};

/** @brief Make a socket one for datagrams. */
void sim__udp_create(struct socket *socket);

/** @brief Begin a receive or a send; as file_ops.start. */
NTSTATUS sim__udp_start(struct irp *irp);

/** @brief Give a pending receive up; as file_ops.cancel. */
bool sim__udp_cancel(struct irp *irp);

/** @brief The last handle is closed: SOCK-48. */
void sim__udp_closed(struct socket *socket);

/** @brief shutdown(); works without a peer, too: SOCK-42. */
NTSTATUS sim__udp_shutdown(struct socket *socket, int how);

/** @brief READY_... bits: what would not block. */
unsigned sim__udp_ready(const struct socket *socket);

/** @brief FIONREAD: bytes of the next datagram. */
uint32_t sim__udp_available(const struct socket *socket);

/* ---- Between udp.c and udp_data.c ---------------------------------------- */

/** @brief Hand a datagram that has arrived to a socket, which keeps it if it
 *  has memory of its own.
 *  @param bytes  Who holds its bytes; NULL: itself. */
void sim__udp_hand(struct socket *socket,
                   struct datagram *datagram,
                   const struct irp *bytes);

/** @brief Begin a receive. */
NTSTATUS sim__udp_receive(struct irp *irp);

/** @brief Take a receive off its socket and end it. */
void sim__udp_end_receive(struct irp *irp, NTSTATUS status, ULONG bytes);

/** @brief Give a datagram's memory back. */
void sim__udp_forget(struct datagram *datagram);

/** @brief A copy with bytes of its own, taken from @p bytes. */
struct datagram *sim__udp_copy(const struct datagram *datagram,
                               const struct irp *bytes);

#endif
