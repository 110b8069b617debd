/**
 * @file ready.h
 * @brief Who wants to know when a socket can do something.
 *
 * There are two ways of asking.  A **poll** (select, WSAPoll) asks about many
 * sockets, waits for the first answer and is over.  A **selection**
 * (WSAEventSelect) asks about one socket for good and is told by an event.
 * A socket that nobody asks about has none of this, and pays one test.
 *
 * Uses:     socket.h.
 * Used by:  ready.c, poll.c, sim/winsock/select.c and event_select.c.
 * Facts:    SOCK-55, SOCK-120.
 * Read next: ready.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_READY_H
#define SIM_READY_H

#include "socket.h"

struct poll;

/** One socket of a poll, in the socket's list while the poll waits. */
struct watch {
    struct watch *next;
    struct watch *before;
    struct poll *poll;
    struct socket *socket; /* NULL: this one does not take part. */
    unsigned wants;        /* READY_... bits that end the poll. */
    unsigned found;        /* Those that did. */
};

/** Who watches a socket. */
struct ready {
    /* Polls that wait. */
    struct watch *first;
    struct watch *last;

    /* The selection. */
    struct object *event; /* Referenced; NULL: there is none. */
    unsigned mask;        /* FD_... bits it wants to hear of, */
    unsigned recorded;    /* that happened, */
    unsigned off;         /* and that are not recorded again until a call
                           * re-enables them. */
    bool close_waits;     /* FD_CLOSE comes when all data was read. */
    NTSTATUS connected;   /* How FD_CONNECT and FD_CLOSE ended. */
    NTSTATUS closed;
};

/** @brief Begin, change or (with no bits) end the selection of a socket.
 *  @param event  NULL when @p mask is 0. */
void sim__ready_select(struct socket *socket,
                       struct object *event,
                       unsigned mask);

/** @brief Whether WSAEventSelect holds the socket: FIONBIO cannot be undone. */
bool sim__ready_selected(const struct socket *socket);

/** @brief What a selection has recorded; the record is empty after. */
struct ready_record {
    unsigned events;
    NTSTATUS connected;
    NTSTATUS closed;
};
struct ready_record sim__ready_take(struct socket *socket);

/* ---- poll.c -------------------------------------------------------------- */

/** @brief Room for a poll of so many sockets; all of them left out so far. */
struct watch *sim__poll_take(uint32_t count);

/** @brief Give it back. */
void sim__poll_give(struct watch *watches);

/**
 * @brief Wait until a socket is ready; none is when this is called.
 *
 * The answer is in watch.found.  Sockets that become ready after the first
 * one, before the thread runs again, are not looked at.
 *
 * @param due  Virtual time of the time-out; 0: never.
 * @return STATUS_SUCCESS, or STATUS_IO_TIMEOUT.
 */
NTSTATUS sim__poll_wait(struct watch *watches, const char *call, uint64_t due);

/** What is called when a poll has ended; it gives the watches back and
 *  completes the request. */
typedef void sim__poll_over_fn(struct irp *irp, NTSTATUS status);

/** @brief Let a request of the program's own wait for a poll. */
void sim__poll_begin(struct watch *watches,
                     struct irp *irp,
                     sim__poll_over_fn *over);

/** @brief End such a poll before a socket is ready. */
void sim__poll_end(struct watch *watches, NTSTATUS status);

/** @brief A socket changed: end the polls that waited for that. */
void sim__poll_changed(struct socket *socket, unsigned now);

/** @brief sim__socket_ready(), and READY_DATA. */
unsigned sim__ready_now(const struct socket *socket);

/** @brief The struct ready of a socket, made when there is none. */
struct ready *sim__ready_of(struct socket *socket);

/** @brief Nobody may be watching any more: forget it then. */
void sim__ready_forget(struct socket *socket);

#endif
