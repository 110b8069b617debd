/**
 * @file device.h
 * @brief What the sockets' device leaves to Winsock's files.
 *
 * Two kinds of requests are no affair of a protocol: control codes and
 * TransmitFile.  And there are shapes of the program's that only Winsock knows.
 *
 * Uses:     irp.h, address.h.
 * Used by:  sim/net.
 * Facts:    SOCK-22, SOCK-39, SOCK-115.
 * Read next: control.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WINSOCK_DEVICE_H
#define SIM_WINSOCK_DEVICE_H

#include "../kernel/irp.h"
#include "../net/address.h"

struct host;
struct socket;

/** @brief Start an IRP_CONTROL; as file_ops.start. */
NTSTATUS sim__control_start(struct irp *irp);

/** @brief Cancel it; as file_ops.cancel. */
bool sim__control_cancel(struct irp *irp);

/** @brief Start an IRP_TRANSMIT; as file_ops.start. */
NTSTATUS sim__transmit_start(struct irp *irp);

/** @brief What TransmitFile needs from TCP: start to send irp->buffer, and to
 *  disconnect; as file_ops.start would. */
NTSTATUS sim__tcp_send(struct irp *irp);
NTSTATUS sim__tcp_disconnect(struct irp *irp, bool reuse);

/** @brief All of it was sent, or it failed; instead of sim__irp_complete(). */
void sim__transmit_sent(struct irp *irp, NTSTATUS status);

/**
 * @brief Say with which flags a receive ends, before it ends.
 *
 * For requests with socket_receive only: ReadFile has no flags.
 *
 * @param flags_out  socket_receive's; NULL when the request has pended.
 */
void sim__receive_flags(const struct irp *irp, DWORD *flags_out, DWORD flags);

/**
 * @brief End WSARecvMsg: flags, and control data when they are wanted.
 * @param message  socket_receive's; not NULL.
 * @param socket   Who received.
 * @param to       The address that the datagram came to.
 */
void sim__message_end(void *message,
                      const struct socket *socket,
                      const struct net_address *to,
                      DWORD flags);

/** @brief The socket is deleted: give back its rare options, if any. */
void sim__rare_give(struct socket *socket);

/** @brief A host crashes, and its pending questions for names with it.  In
 *  addr_info_ex.c. */
void sim__lookups_crash(const struct host *host);

/** @brief Whether a socket has joined a multicast group. */
bool sim__multicast_joined(const struct socket *socket,
                           const struct net_address *group);

#endif
