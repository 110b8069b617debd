/**
 * @file tcp.h
 * @brief Connections: two ends, and what travels between them.
 *
 * The model is one level above packets.  A stream loses nothing and keeps its
 * order; what a real one does about losses shows as delay.  So an end has no
 * sequence numbers to repair, only counts: taken from the program, sent,
 * acknowledged, and how far the other end's window reaches.
 *
 * What travels is a **chunk**: data, or a word such as FIN or RST.  Each end
 * has a queue of chunks on their way to it, with one deadline for the first of
 * them.  Both ends are made together and forgotten together, so neither ever
 * points at something that is gone.
 *
 * Uses:     socket.h, device.h (what TransmitFile needs of this).
 * Used by:  socket.c, tcp.c, way.c, arrive.c, tcp_connect.c, tcp_listen.c,
 *           tcp_accept.c, tcp_send.c, tcp_receive.c, tcp_close.c, crash.c.
 * Facts:    SOCK-19, SOCK-26, SOCK-28, SOCK-38, SOCK-75, SOCK-93.
 * Read next: tcp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_TCP_H
#define SIM_TCP_H

#include "../winsock/device.h"
#include "socket.h"

/** What a chunk is. */
enum tcp_chunk_kind {
    CHUNK_DATA,
    CHUNK_URGENT,    /**< One byte of out-of-band data. */
    CHUNK_FIN,       /**< No more data will come. */
    CHUNK_RESET,     /**< The connection is over. */
    CHUNK_ACK,       /**< A struct tcp_ack: between hosts only. */
    CHUNK_SYN,       /**< Client to server: may I? */
    CHUNK_SYN_ACK,   /**< Server to client: you may. */
    CHUNK_ESTABLISH, /**< Client to server: then we are connected. */
    CHUNK_REFUSE,    /**< Server to client: you may not. */
    CHUNK_NOTICE     /**< From nobody: something is to happen later. */
};

/** A piece of the stream from one end to the other. */
struct tcp_chunk {
    struct tcp_chunk *next;
    uint64_t due;   /* On its way: when it arrives. */
    uint32_t bytes; /* Of data, */
    uint32_t taken; /* of them received. */
    uint32_t room;  /* How many fit. */
    uint8_t kind;   /* An enum tcp_chunk_kind. */
    char data[];
};

/** What CHUNK_ACK says. */
struct tcp_ack {
    uint64_t received; /**< So much has come. */
    uint64_t edge;     /**< So much may be sent, counted from the first. */
    bool fin;          /**< And so has the FIN. */
};

/** What the program sent, as long as not all of it has left. */
struct tcp_piece {
    struct tcp_piece *next;
    struct irp *irp; /* The bytes are still the program's; or NULL: */
    char *data;      /* here is a copy. */
    uint32_t bytes;
    uint32_t at;   /* Sent so far. */
    uint32_t room; /* Bytes at data. */
    bool urgent;   /* The last byte is out-of-band. */
};

/** Out-of-band data at the end that receives; few connections have any. */
struct tcp_urgent {
    bool marked;     /* A mark lies in what was not received yet, */
    bool there;      /* and the byte can be received. */
    char byte;       /* Not with SO_OOBINLINE. */
    uint32_t before; /* Bytes in front of the mark. */
};

/** Where an end is in its life. */
enum tcp_state {
    TCP_UNBORN,     /**< A server's, before it hears of the client. */
    TCP_CONNECTING, /**< A client's, before it is answered. */
    TCP_ARRIVING,   /**< A server's, between SYN and establishment. */
    TCP_OPEN,
    TCP_OVER,    /**< Closed both ways, reset or failed. */
    TCP_VANISHED /**< Its host crashed. */
};

/** One end of a connection. */
struct tcp {
    struct socket *socket; /* NULL: not accepted yet, or closed. */
    struct host *host;     /* NULL: a server's that nobody has. */
    struct tcp *host_next; /* The host's ends. */
    struct tcp *host_before;

    /* What comes. */
    struct deadline arrival;     /* Of the first chunk on its way. */
    struct tcp_chunk *way_first; /* On their way here, in order. */
    struct tcp_chunk *way_last;
    struct tcp_chunk *in_first; /* Arrived and not received. */
    struct tcp_chunk *in_last;
    uint64_t received; /* Bytes that came, ever. */
    uint64_t told;     /* The edge that the other end was told. */
    uint32_t in_bytes;
    struct tcp_urgent *urgent; /* NULL: there never was any. */

    /* What goes. */
    struct tcp_piece *out_first; /* Not sent, or not all of it. */
    struct tcp_piece *out_last;
    uint64_t taken; /* Bytes that the program sent, ever; */
    uint64_t sent;  /* of them on their way or there, */
    uint64_t acked; /* and known to be there. */
    uint64_t edge;  /* So many may be sent. */

    struct socket *listener; /* While it waits to be accepted: whose */
    struct tcp *queue_next;  /* queue it is in, and who is behind. */
    struct tcp_keep *keep;   /* Keep-alive probes that find nobody. */
    uint64_t connected_at;   /* Virtual time. */
    NTSTATUS broken;         /* What calls fail with; or success. */
    uint8_t state;           /* An enum tcp_state. */
    uint8_t side;            /* 0: the client's, 1: the server's. */
    uint8_t tries;           /* Of the first chunk, to get here. */
    bool fin_wanted;         /* After what is still to be sent. */
    bool fin_sent;
    bool fin_acked;
    bool fin_received;
    bool first_closer; /* Its FIN went before the other's came. */
    bool extended;     /* Connecting by ConnectEx. */
};

/** Both ends, and who they are. */
struct tcp_connection {
    struct tcp ends[2];
    struct net_address address[2]; /* IPv4 never in IPv6 clothes. */
};

/** What a listening socket has beyond a socket. */
struct tcp_listener {
    struct tcp *first; /* Connections that nobody has accepted, and those */
    struct tcp *last;  /* that still arrive, oldest first. */
    uint32_t count;
    uint32_t accepting; /* Pending accepts, in the socket's receives. */
    uint32_t backlog;
};

/** A pending accept of either kind, or a glance; irp.device. */
struct tcp_accept {
    struct socket *listener;
    struct socket *accepted; /* AcceptEx's, kept alive; NULL: accept(). */
    struct file **made;
    ULONG data_bytes;
    ULONG local_bytes;
    ULONG remote_bytes;
    struct net_address *glance_local; /* WSAAccept's look at the queue. */
    struct net_address *glance_remote;
    struct tcp *end; /* The connection, when only data is awaited. */
};

/** Bytes to be copied: a program's, or ours. */
struct tcp_source {
    const struct irp *irp; /* Or NULL: */
    const char *data;
    uint32_t at; /* Where in it. */
};

/** @brief The other end. */
static inline struct tcp *sim__tcp_peer(struct tcp *end)
{
    return end->side == 0 ? end + 1 : end - 1;
}

static inline struct tcp_connection *sim__tcp_connection(struct tcp *end)
{
    return (struct tcp_connection *)(void *)(end - end->side);
}

/** @brief Its own address, and the other end's. */
static inline struct net_address *sim__tcp_local(struct tcp *end)
{
    return &sim__tcp_connection(end)->address[end->side];
}

static inline struct net_address *sim__tcp_remote(struct tcp *end)
{
    return &sim__tcp_connection(end)->address[1 - end->side];
}

/** @brief Whether both ends are on one host. */
static inline bool sim__tcp_near(struct tcp *end)
{
    return end->host == sim__tcp_peer(end)->host;
}

/** @brief Whether something on its way to an end is due. */
static inline bool sim__tcp_due(const struct tcp *end)
{
    return end->way_first != NULL && end->way_first->due <= sim__world.now;
}

/* ---- tcp.c --------------------------------------------------------------- */

/** @brief Make both ends of a connection, the client's of a host. */
struct tcp *sim__tcp_create(struct host *client);

/** @brief An end begins to live on a host. */
void sim__tcp_settle(struct tcp *end, struct host *host);

/** @brief Forget a connection that nobody uses any more; to be called last
 *  by whoever may have ended one. */
void sim__tcp_forget(struct tcp *end);

/** @brief The end is over, or vanishes: nothing comes or goes any more. */
void sim__tcp_end(struct tcp *end, enum tcp_state state);

/** @brief The connection fails for this end, whatever it is doing. */
void sim__tcp_break(struct tcp *end, NTSTATUS status);

/** @brief Both FINs are through: the end has nothing more to do. */
void sim__tcp_check_over(struct tcp *end);

/** @brief Give chunks, or pieces, back. */
void sim__tcp_drop_chunks(struct tcp_chunk **first, struct tcp_chunk **last);
void sim__tcp_drop_pieces(struct tcp *end);

/* ---- way.c --------------------------------------------------------------- */

/** @brief A chunk with room for data, not cleared. */
struct tcp_chunk *sim__tcp_chunk_take(enum tcp_chunk_kind kind, uint32_t room);
void sim__tcp_chunk_give(struct tcp_chunk *chunk);

/** @brief Send a chunk to the other end; it arrives later, or in the next
 *  sim__tcp_run(). */
void sim__tcp_launch(struct tcp *from, struct tcp_chunk *chunk);

/** @brief The same with the time of its arrival. */
void sim__tcp_launch_at(struct tcp *from,
                        struct tcp_chunk *chunk,
                        uint64_t due);

/** @brief Send a word. */
void sim__tcp_say(struct tcp *from, enum tcp_chunk_kind kind);

/** @brief Say that to an end itself, so many 100 ns later. */
void sim__tcp_notice(struct tcp *end, NTSTATUS status, uint64_t delay);

/** @brief Let all arrive that is due, at both ends, and all that follows. */
void sim__tcp_run_due(struct tcp *end);

static inline void sim__tcp_run(struct tcp *end)
{
    if (sim__tcp_due(end) || sim__tcp_due(sim__tcp_peer(end))) {
        sim__tcp_run_due(end);
    }
}

/* ---- arrive.c ------------------------------------------------------------ */

/** @brief A chunk is here; its memory is given back or kept. */
void sim__tcp_arrive(struct tcp *end, struct tcp_chunk *chunk);

/** @brief Tell the other end, on another host, how far it got. */
void sim__tcp_say_ack(struct tcp *end);

/** @brief A chunk cannot get here: its sender gives up.  The chunk stays the
 *  caller's. */
void sim__tcp_unreachable(struct tcp *end, const struct tcp_chunk *chunk);

/* ---- tcp_connect.c ------------------------------------------------------- */

NTSTATUS sim__tcp_connect(struct irp *irp);
void sim__tcp_connect_end(struct tcp *end, NTSTATUS status);
void sim__tcp_connect_cancel(struct irp *irp);

/** @brief A socket and an end belong together from now on. */
void sim__tcp_attach(struct socket *socket, struct tcp *end);

/** @brief The socket is connected: state and addresses. */
void sim__tcp_name(struct socket *socket);

/** @brief SYN, SYN_ACK, REFUSE, ESTABLISH have come. */
void sim__tcp_syn(struct tcp *end);
void sim__tcp_answered(struct tcp *end);
void sim__tcp_established(struct tcp *end);

/* ---- tcp_listen.c -------------------------------------------------------- */

/** @brief A connection wants in; false when it is refused. */
bool sim__tcp_queue_enter(struct socket *listener, struct tcp *end);

/** @brief It is accepted, or will never be. */
void sim__tcp_queue_leave(struct tcp *end);

/** @brief A connection that was never accepted ends without a word. */
void sim__tcp_drop_unaccepted(struct tcp *end);

/** @brief The first one that could be accepted, or NULL; it stays. */
struct tcp *sim__tcp_queue_first(const struct socket *listener);

/** @brief Reset all that wait; the listener is closed. */
void sim__tcp_listen_close(struct socket *listener);

/** @brief Give connections to pending accepts. */
void sim__tcp_listen_serve(struct socket *listener);

/* ---- tcp_accept.c -------------------------------------------------------- */

NTSTATUS sim__tcp_accept(struct irp *irp);
NTSTATUS sim__tcp_glance(struct irp *irp);

/** @brief Serve a pending accept or glance with the first connection. */
void sim__tcp_accept_serve(struct irp *irp, struct tcp *end);

/** @brief Data, the end of it or a reset came to an AcceptEx that waits. */
void sim__tcp_accept_data(struct tcp *end, NTSTATUS status);

/** @brief End a pending accept: its listener's, or its accept socket's, end. */
void sim__tcp_accept_cancel(struct irp *irp, NTSTATUS status);

/* ---- tcp_send.c ---------------------------------------------------------- */

NTSTATUS sim__tcp_flush(struct irp *irp);

/** @brief Send what the other end's window lets pass. */
void sim__tcp_pump(struct tcp *end);

/** @brief More is acknowledged: end the sends that waited for it. */
void sim__tcp_acked(struct tcp *end);

/** @brief Keep a copy of bytes to be sent: ConnectEx's. */
void sim__tcp_keep_bytes(struct tcp *end, const struct irp *irp);

/** @brief End a pending send, or all that a socket has. */
void sim__tcp_send_cancel(struct irp *irp, NTSTATUS status);
void sim__tcp_send_end(struct socket *socket, NTSTATUS status);

/** @brief Bytes that the program sent and nobody has acknowledged. */
static inline uint64_t sim__tcp_queued(const struct tcp *end)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    return end->taken - end->acked;
}

/* ---- tcp_receive.c ------------------------------------------------------- */

NTSTATUS sim__tcp_read(struct irp *irp);

/** @brief End a pending receive; what it took goes back into the stream. */
void sim__tcp_receive_cancel(struct irp *irp, NTSTATUS status);

/** @brief All pending receives end: the stream has. */
void sim__tcp_receive_end(struct tcp *end);

/** @brief Take up to @p limit bytes into a request, behind what it has. */
void sim__tcp_take(struct tcp *end, struct irp *irp, ULONG limit);

/** @brief Bytes came: give them to pending receives.
 *  @return how many were taken; the rest is to be kept. */
uint32_t sim__tcp_feed(struct tcp *end,
                       struct tcp_source *source,
                       uint32_t bytes);

/** @brief Keep bytes, or what is left of a chunk, until they are received. */
void sim__tcp_keep(struct tcp *end, struct tcp_source *source, uint32_t bytes);
void sim__tcp_keep_chunk(struct tcp *end, struct tcp_chunk *chunk);

/** @brief How far the other end may send. */
uint64_t sim__tcp_edge(const struct tcp *end);

/** @brief The program has taken bytes, or wants to: the window may open. */
void sim__tcp_window(struct tcp *end);

/** @brief Copy bytes from a source, and move it on. */
void sim__tcp_copy(struct tcp_source *source, char *to, uint32_t bytes);

/** @brief An out-of-band byte has come. */
void sim__tcp_urgent(struct tcp *end, char byte);

/* ---- tcp_close.c --------------------------------------------------------- */

NTSTATUS sim__tcp_shutdown(struct socket *socket, int how);
NTSTATUS sim__tcp_disconnect_start(struct irp *irp);

/** @brief Whether a pending DisconnectEx has what it waits for. */
bool sim__tcp_is_disconnected(struct tcp *end, struct irp *irp);

/** @brief End it; it is in no list any more. */
void sim__tcp_disconnect_end(struct irp *irp);

/** @brief The time that a socket had to wait for its reuse is over. */
void sim__tcp_waited(struct tcp *end);

/** @brief The last handle is closed. */
void sim__tcp_closed(struct socket *socket);

/** @brief Reset a connection: an end gives it up. */
void sim__tcp_reset(struct tcp *end);

/** @brief No connection, and none to come: calls fail like this. */
NTSTATUS sim__tcp_usable(const struct socket *socket);

#endif
