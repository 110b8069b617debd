/**
 * @file net_datagram.h
 * @brief Layer 2: datagrams, and names.
 *
 * Uses:     net_stream.h (addresses).
 * Used by:  net.h.
 * Facts:    none.
 * Read next: net_file.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include "net_stream.h"

#include <ws2tcpip.h>

/** @addtogroup net
 * @{ */

/** A UDP socket.  The caller provides the memory, until net_udp_idle(). */
struct net_udp {
    struct op_handle handle;   /**< For the layer, all of it. */
    struct net_loop *loop;     /**< Whose threads call its handlers. */
    struct net_strand *strand; /**< Where its handlers run, or NULL. */
    struct net_open opened;    /**< In the loop's list. */
    unsigned request_count;    /**< Requests whose handler is to come. */
};

/**
 * @brief Make a UDP socket.
 *
 * @param udp      Written on success.
 * @param loop     Open.
 * @param strand   Where its handlers run, or NULL.
 * @param address  Where to receive; its family and port 0: any port.
 * @return OP_OK, OP_IN_USE, or why not.  Until it is connected it does not
 *         hear that nobody receives what it sends.
 * @owns{the caller; net_udp_close() closes}
 */
op_status net_udp_open(struct net_udp *udp,
                       struct net_loop *loop,
                       struct net_strand *strand,
                       const struct net_address *address);

/** @brief Talk to one peer only: others' datagrams are dropped, and that
 *  nobody receives there is told as OP_CONNECTION_REFUSED.
 *  @param udp      Open.
 *  @param address  The peer.
 *  @return OP_OK, or why not. */
op_status net_udp_connect(struct net_udp *udp,
                          const struct net_address *address);

/** @brief The address of this end.
 *  @param udp          Open.
 *  @param address_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_udp_local(const struct net_udp *udp,
                        struct net_address *address_out);

/** A datagram under way, in either direction. */
struct net_datagram {
    struct net_op op; /**< First. */
    union {
        struct op_recvfrom recvfrom; /**< Receiving. */
        struct op_sendto sendto;     /**< Sending. */
        struct op_send send;         /**< Sending, connected. */
    } inner;                         /**< For the layer. */
    WSABUF piece;                    /**< For the layer. */
    struct net_udp *udp;             /**< For the layer. */
    char *buffer;                    /**< Set by the caller; lent. */
    size_t buffer_bytes;             /**< Set by the caller: its size, or how
                                      * much to send; may be 0. */
    struct net_address address;      /**< Result: who sent it; or set by the
                                      * caller: whom to send it to. */
    void (*on_done)(struct net_datagram *datagram); /**< Set by the caller. */
};

/** @brief Receive one datagram; OP_TRUNCATED when it was longer.
 *
 *  OP_CONNECTION_REFUSED and OP_UNREACHABLE speak of what was sent before, and
 *  the next receive may succeed.
 *
 *  @param udp       Open; any number of receives and sends may be under way.
 *  @param datagram  With buffer and on_done set.
 *  @owns{the socket, until the handler is called} */
void net_udp_receive(struct net_udp *udp, struct net_datagram *datagram);

/** @brief Send one datagram, whole or not at all (OP_TOO_LONG).
 *  @param udp       Open.
 *  @param datagram  Set up; address.bytes 0: to the connected peer.
 *  @owns{the socket, until the handler is called} */
void net_udp_send(struct net_udp *udp, struct net_datagram *datagram);

/** @brief Close.  What is under way ends with OP_ABORTED.
 *  @param udp  Open. */
void net_udp_close(struct net_udp *udp);

/** @brief Whether it is closed and all its handlers were called.
 *  @param udp  Opened once.
 *  @return Whether it is. */
bool net_udp_idle(const struct net_udp *udp);

/* ---- Names --------------------------------------------------------------- */

/** Most addresses that a name is resolved to; more are left out. */
#define NET_RESOLVED_MAX 8
/** Most bytes of a name, its end included. */
#define NET_NAME_BYTES   256

/** A name being resolved. */
struct net_resolve {
    struct net_op op;           /**< First. */
    struct op_post inner;       /**< For the layer, as all to port. */
    struct op_post asking;      /**< Asks for the end. */
    struct net_open opened;     /**< In the loop's list. */
    OVERLAPPED overlapped;      /**< Of the resolver's call. */
    HANDLE query;               /**< What it gave us, to ask for the end. */
    PADDRINFOEXW found;         /**< What it found. */
    DWORD error;                /**< Or why it found nothing. */
    volatile LONG parties;      /**< Who has still to do with it. */
    volatile LONG is_sent;      /**< That call has returned. */
    volatile LONG is_asking;    /**< asking is on its way, or was. */
    WCHAR name[NET_NAME_BYTES]; /**< What is looked up. */
    uint16_t port;              /**< For the addresses. */
    struct net_address addresses[NET_RESOLVED_MAX]; /**< Result. */
    size_t address_count;                           /**< Result: how many. */
    void (*on_done)(struct net_resolve *resolve);   /**< Set by the caller. */
};

/**
 * @brief Find the addresses of a host.
 *
 * It ends with OP_OK and at least one address, best first; OP_NOT_FOUND;
 * OP_INVALID for what is not UTF-8 or too long; OP_WOULD_BLOCK when nobody who
 * knows could be asked now.  An address as text is answered without
 * asking.  A request for its end is heard at once, but where Windows has no
 * GetAddrInfoExCancel (before version 8) only with the answer.
 *
 * @param loop     Open.
 * @param strand   Where the handler runs, or NULL.
 * @param resolve  With on_done set.
 * @param host     Name in UTF-8, or an address as text; copied.
 * @param port     Put into the addresses.
 * @owns{the loop, until the handler is called}
 */
void net_resolve_start(struct net_loop *loop,
                       struct net_strand *strand,
                       struct net_resolve *resolve,
                       const char *host,
                       uint16_t port);

/** @} */

#endif
