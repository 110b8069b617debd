/**
 * @file socket.h
 * @brief Sockets: what Winsock's handles stand for.
 *
 * A socket is a device like a pipe's end: a file object, requests that start
 * and end.  What it adds is state that calls look at before anything starts:
 * bound or not, connected or not, which options.  How bytes travel is the
 * affair of two protocols behind it, TCP and UDP.
 *
 * Functions answer in NTSTATUS, as the driver does; sim/winsock turns that
 * into Winsock's codes (FACT SOCK-123).  What Winsock refuses without asking
 * the driver has no NTSTATUS: STATUS_WINSOCK(WSAEALREADY) stands for it.
 *
 * Uses:     irp.h, network.h.
 * Used by:  sim/net, sim/winsock.
 * Facts:    SOCK-72, SOCK-88, SOCK-123.
 * Read next: accept_area.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_SOCKET_H
#define SIM_SOCKET_H

#include "../kernel/irp.h"
#include "network.h"

/** An error of Winsock's own as a status; 0xE.. is the customers' range. */
#define STATUS_WINSOCK(code) ((NTSTATUS)(0xE0570000u | (unsigned)(code)))
#define IS_STATUS_WINSOCK(status) \
    (((unsigned)(status)&0xFFFF0000u) == 0xE0570000u)

struct tcp;          /* A connection's end: tcp.h. */
struct tcp_listener; /* tcp.h. */
struct udp;          /* udp.h. */
struct ready;        /* Who wants to know of changes: ready.h. */
struct rare;         /* Options that few programs set: rare.h. */
struct port_place;   /* Where sockets are bound: ports.c. */

/** Where a stream socket is in its life. */
enum socket_state {
    SOCKET_OPEN, /**< Neither connected nor listening. */
    SOCKET_LISTENING,
    SOCKET_CONNECTING, /**< connect() or ConnectEx is under way. */
    SOCKET_CONNECTED,  /**< Also UDP with a default destination. */
    SOCKET_ENDED       /**< Disconnected, reset or failed: not reusable. */
};

/** What setsockopt and ioctlsocket set; plain values, read by the model. */
struct socket_options {
    uint32_t receive_bytes;       /* SO_RCVBUF. */
    uint32_t send_bytes;          /* SO_SNDBUF. */
    uint32_t receive_ms;          /* SO_RCVTIMEO; 0: for ever. */
    uint32_t send_ms;             /* SO_SNDTIMEO. */
    bool linger;                  /* SO_LINGER: l_onoff */
    uint16_t linger_s;            /* and l_linger. */
    bool no_wait;                 /* FIONBIO. */
    bool reuse;                   /* SO_REUSEADDR. */
    bool exclusive;               /* SO_EXCLUSIVEADDRUSE. */
    bool keep_alive;              /* SO_KEEPALIVE, */
    uint32_t keep_alive_ms;       /* SIO_KEEPALIVE_VALS: first probe after, */
    uint32_t keep_alive_every_ms; /* and then every. */
    bool broadcast;               /* SO_BROADCAST. */
    bool no_delay;                /* TCP_NODELAY. */
    bool v6_only;                 /* IPV6_V6ONLY; on at first. */
    bool oob_inline;              /* SO_OOBINLINE. */
    bool conditional_accept;      /* SO_CONDITIONAL_ACCEPT. */
    bool port_unreachable_off;    /* SIO_UDP_CONNRESET FALSE: SOCK-106. */
};

struct socket {
    struct file *file;
    struct host *host; /* Where it was made. */
    uint8_t family;    /* An enum net_family. */
    uint8_t protocol;  /* An enum net_protocol. */
    uint8_t state;     /* An enum socket_state. */
    bool bound;
    bool receive_shut; /* shutdown(SD_RECEIVE). */
    bool send_shut;    /* shutdown(SD_SEND), DisconnectEx. */
    bool accept_raw;   /* AcceptEx without SO_UPDATE_ACCEPT_CONTEXT: SOCK-72. */
    bool connect_raw;  /* ConnectEx without ..._CONNECT_CONTEXT: SOCK-88. */
    bool accepting;    /* The accept socket of a pending AcceptEx: SOCK-61. */
    bool connector;    /* Connected by connect() or ConnectEx of its own. */
    int error;         /* SO_ERROR; a WSA code, cleared when read. */
    uint64_t connected_at; /* SO_CONNECT_TIME: virtual time. */
    struct net_address local;
    struct net_address remote;
    struct socket_options options;

    struct tcp *tcp; /* Its connection, or NULL. */
    struct tcp_listener *listener;
    struct udp *udp;
    struct ready *ready; /* select, WSAPoll, WSAEventSelect; or NULL. */
    struct rare *rare;   /* NULL: all at their defaults. */

    /* ports.c's. */
    struct port_place *place;  /* NULL: not bound. */
    struct socket *place_next; /* Others bound there, in order. */
    struct socket *place_last; /* Of the first one there only. */
    bool place_shared;         /* Accepted: the place is the listener's. */

    struct irp *accept; /* The AcceptEx that this one is to serve. */

    struct irp_list receives; /* Pending, in order of issue: SOCK-14. */
    struct irp_list sends;    /* Pending, in order of issue: SOCK-35. */
};

/** irp.detail of IRP_READ; NULL for ReadFile: no flags, no address. */
struct socket_receive {
    DWORD flags;      /**< MSG_PEEK, MSG_WAITALL, MSG_OOB, ... */
    DWORD *flags_out; /**< Or NULL: written when the call ends at once; when
                       * it pends, flags go to OVERLAPPED.Offset: SOCK-22. */
    void *from;       /**< Program's sockaddr, or NULL: written at the end. */
    int *from_bytes;  /**< Its length, in and out. */
    void *message;    /**< WSARecvMsg's WSAMSG, or NULL: sim__message_end(). */
};

/** irp.detail of IRP_PEEK, of a listener: wait for a connection and leave it
 * in the queue. */
struct socket_glance {
    struct net_address *local;  /**< Written at the end. */
    struct net_address *remote; /**< Of the one at the head. */
};

/** irp.detail of IRP_WRITE; NULL for WriteFile. */
struct socket_send {
    DWORD flags;                  /**< MSG_OOB, MSG_DONTROUTE, ... */
    const struct net_address *to; /**< Or NULL: to whom it is connected. */
};

/** irp.detail of IRP_ACCEPT; the request is the listener's: SOCK-69. */
struct socket_accept {
    struct file *accepted; /**< AcceptEx: the fresh socket; NULL: accept(). */
    struct file **made;    /**< accept(): the new socket, written at the end. */
    ULONG data_bytes;      /**< AcceptEx: sizes of the parts of the buffer, */
    ULONG local_bytes;     /**< which is irp.buffer. */
    ULONG remote_bytes;
};

/** irp.detail of IRP_CONNECT; data to send is irp.buffer: SOCK-83. */
struct socket_connect {
    struct net_address to;
    bool extended; /**< ConnectEx, else connect() or WSAConnect. */
};

/** irp.detail of IRP_DISCONNECT. */
struct socket_disconnect {
    bool reuse;      /**< TF_REUSE_SOCKET. */
    bool overlapped; /**< Pends always: SOCK-95; else ends at once: SOCK-96. */
};

/** irp.detail of IRP_TRANSMIT; in transmit.c. */
struct socket_transmit {
    struct file *source; /**< Or NULL: head and tail only. */
    int64_t offset;
    uint32_t bytes; /**< 0: to the end of the file. */
    const void *head;
    uint32_t head_bytes;
    const void *tail;
    uint32_t tail_bytes;
    DWORD flags; /**< TF_DISCONNECT, TF_REUSE_SOCKET, ... */
};

/** Bits of sim__socket_ready(). */
enum {
    READY_READ = 1,   /* recv or accept would not block. */
    READY_WRITE = 2,  /* send would not block; connected. */
    READY_FAILED = 4, /* A connect under way has failed. */
    READY_HANG_UP = 8,
    READY_ERROR = 16, /* Reset. */
    READY_OUT_OF_BAND = 32,
    READY_CLOSED = 64, /* Its last handle; said by ready.c alone, as is */
    READY_DATA = 128   /* READY_READ for another reason than the end. */
};

/** @brief Make a socket without handles; states as socket() leaves it. */
NTSTATUS sim__socket_create(enum net_family family,
                            enum net_protocol protocol,
                            bool overlapped,
                            struct file **out);

/** @brief The socket behind a file, or NULL when it is no socket. */
struct socket *sim__socket_of(const struct file *file);

/** @brief bind(); @p address is of the socket's family. */
NTSTATUS sim__socket_bind(struct socket *socket,
                          const struct net_address *address);

/** @brief listen(): SOCK-78, SOCK-79. */
NTSTATUS sim__socket_listen(struct socket *socket, int backlog);

/** @brief shutdown(): SOCK-40, SOCK-41, SOCK-42.  @p how is SD_.... */
NTSTATUS sim__socket_shutdown(struct socket *socket, int how);

/** @brief Before closesocket() closes the handle: block while it lingers.
 *  @return STATUS_DEVICE_NOT_READY when it must stay open: SOCK-46. */
NTSTATUS sim__socket_linger(struct socket *socket);

/** @brief SO_UPDATE_ACCEPT_CONTEXT: SOCK-72, SOCK-77. */
NTSTATUS sim__socket_update_accept(struct socket *socket,
                                   const struct socket *listener);

/** @brief SO_UPDATE_CONNECT_CONTEXT: SOCK-88. */
NTSTATUS sim__socket_update_connect(struct socket *socket);

/** @brief connect() with AF_UNSPEC, and connect() of UDP: SOCK-109.
 *  @param to  NULL dissolves the association. */
NTSTATUS sim__udp_connect(struct socket *socket, const struct net_address *to);

/** @brief WSAAccept's CF_REJECT: reset the connection at the head of the
 *  queue, if it is still that of @p remote. */
void sim__listener_reject(struct socket *listener,
                          const struct net_address *remote);

/** @brief Buffer sizes, keep-alive or TCP_NODELAY were set. */
void sim__socket_options_changed(struct socket *socket);

/** @brief SIOCATMARK: no out-of-band data is marked further on. */
bool sim__socket_at_mark(const struct socket *socket);

/** @brief FIONREAD: bytes a receive would find. */
uint32_t sim__socket_available(const struct socket *socket);

/** @brief What a socket could do now without blocking: READY_... bits. */
unsigned sim__socket_ready(const struct socket *socket);

/* ---- ready.c ------------------------------------------------------------- */

/** @brief Tell who watches a socket that something happened to it.
 *
 * Called by the protocols, often when nobody watches: one test then.
 *
 * @param events  Winsock's FD_READ, FD_WRITE, FD_ACCEPT, FD_CONNECT,
 *                FD_CLOSE, FD_OOB bits of what happened.
 * @param status  For FD_CONNECT and FD_CLOSE: how it ended. */
void sim__ready_changed(struct socket *socket,
                        unsigned events,
                        NTSTATUS status);

static inline void sim__socket_changed(struct socket *socket,
                                       unsigned events,
                                       NTSTATUS status)
{
    if (SIM_UNLIKELY(socket->ready != NULL)) {
        sim__ready_changed(socket, events, status);
    }
}

/** @brief A call that re-enables network events has had its effect.
 *
 * FD_READ and FD_OOB: any receive; FD_ACCEPT: any accept; FD_WRITE: a send
 * that failed with WSAEWOULDBLOCK, and no other; FD_CONNECT: a connect that
 * begins. */
void sim__ready_asked(struct socket *socket, unsigned events);

static inline void sim__socket_asked(struct socket *socket, unsigned events)
{
    if (SIM_UNLIKELY(socket->ready != NULL)) {
        sim__ready_asked(socket, events);
    }
}

/** @brief The last handle is closed: whoever watches hears so, and no more. */
void sim__ready_closed(struct socket *socket);

/** @brief accept(): the new socket is watched as its listener is. */
void sim__ready_inherit(struct socket *accepted, const struct socket *listener);

#endif
