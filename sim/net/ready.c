/**
 * @file ready.c
 * @brief WSAEventSelect's record of what happened to a socket.
 *
 * Something that happened is recorded once and the event is set.  The same
 * thing is not recorded again until the program makes the call that deals
 * with it; if it is still the case then, it is recorded at once.  So a program
 * that makes one call for each record misses nothing and is never flooded.
 *
 * Uses:     ready.h, wait.h.
 * Used by:  TCP and UDP, sim/winsock/event_select.c.
 * Facts:    SOCK-55, SOCK-120.
 * Read next: poll.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "ready.h"

#include <winsock2.h>

#include "../kernel/wait.h"

struct ready *sim__ready_of(struct socket *socket)
{
    if (socket->ready == NULL) {
        socket->ready = sim__take(sizeof *socket->ready);
        *socket->ready = (struct ready){.first = NULL};
    }
    return socket->ready;
}

void sim__ready_forget(struct socket *socket)
{
    struct ready *ready = socket->ready;

    if (ready != NULL && ready->first == NULL && ready->event == NULL) {
        socket->ready = NULL;
        sim__give(ready, sizeof *ready);
    }
}

bool sim__ready_selected(const struct socket *socket)
{
    return socket->ready != NULL && socket->ready->event != NULL;
}

unsigned sim__ready_now(const struct socket *socket)
{
    unsigned now = sim__socket_ready(socket);

    /* An empty datagram can be read, so bytes are not what counts there. */
    if ((now & READY_READ) &&
        (!(now & READY_HANG_UP) || sim__socket_available(socket) != 0)) {
        now |= READY_DATA;
    }
    return now;
}

/* ---- The record ---------------------------------------------------------- */

static void record(struct ready *ready, unsigned events)
{
    unsigned fresh = events & ready->mask & ~ready->off;

    if (fresh != 0) {
        ready->recorded |= fresh;
        ready->off |= fresh;
        sim__signal(ready->event);
    }
}

/** @brief Events that are the case now, whenever they began to be. */
static unsigned present(const struct socket *socket, unsigned now)
{
    unsigned events = 0;

    if (socket->state == SOCKET_LISTENING) {
        return now & READY_READ ? FD_ACCEPT : 0;
    }
    if (now & READY_DATA) {
        events |= FD_READ; /* The end of the data is an FD_CLOSE. */
    }
    if (now & READY_OUT_OF_BAND) {
        events |= FD_OOB;
    }
    return events;
}

/** @brief FD_CLOSE happened; Microsoft's page says that it comes when all data
 *  was read, and also that a program should look for data then. */
static void record_close(struct socket *socket, NTSTATUS status)
{
    struct ready *ready = socket->ready;

    ready->closed = status;
    if (NT_SUCCESS(status) && sim__socket_available(socket) != 0 &&
        sim__choose(CHOOSE_OTHER, 2) == 0) {
        ready->close_waits = true;
        return;
    }
    ready->close_waits = false;
    record(ready, FD_CLOSE);
}

void sim__ready_changed(struct socket *socket, unsigned events, NTSTATUS status)
{
    struct ready *ready = socket->ready;

    if (ready->event != NULL) {
        if (events & FD_CONNECT) {
            ready->connected = status;
            ready->off &= ~(unsigned)FD_CLOSE; /* A new connection. */
        }
        record(ready, events & ~(unsigned)FD_CLOSE);
        if (events & FD_CLOSE) {
            record_close(socket, status);
        }
    }
    if (ready->first != NULL) {
        sim__poll_changed(socket, sim__ready_now(socket));
    }
}

void sim__ready_asked(struct socket *socket, unsigned events)
{
    struct ready *ready = socket->ready;

    if (ready->event == NULL) {
        return;
    }
    ready->off &= ~events;
    record(ready, present(socket, sim__ready_now(socket)) & events);
    if (ready->close_waits && sim__socket_available(socket) == 0) {
        ready->close_waits = false;
        record(ready, FD_CLOSE);
    }
}

/* ---- The selection ------------------------------------------------------- */

/** @brief What has already happened is recorded at once. */
static void record_past(struct socket *socket)
{
    unsigned now = sim__ready_now(socket);
    bool connected = socket->state == SOCKET_CONNECTED;

    record(socket->ready, present(socket, now));
    if ((now & READY_WRITE) && (connected || socket->protocol == NET_UDP)) {
        record(socket->ready, FD_WRITE);
    }
    if (socket->protocol == NET_TCP && connected && socket->connector) {
        record(socket->ready, FD_CONNECT);
    }
    if (now & READY_ERROR) {
        record_close(socket, STATUS_CONNECTION_RESET);
    } else if ((now & READY_HANG_UP) && connected) {
        record_close(socket, STATUS_SUCCESS);
    }
}

void sim__ready_select(struct socket *socket,
                       struct object *event,
                       unsigned mask)
{
    struct ready *ready = sim__ready_of(socket);
    struct object *old = ready->event;

    /* The record of a selection before this one is cleared. */
    ready->mask = mask;
    ready->recorded = 0;
    ready->off = 0;
    ready->close_waits = false;
    ready->connected = STATUS_SUCCESS;
    ready->closed = STATUS_SUCCESS;
    ready->event = mask == 0 ? NULL : event;
    if (ready->event != NULL) {
        sim__object_keep(ready->event);
        record_past(socket);
    }
    if (old != NULL) {
        sim__object_drop(old);
    }
    sim__ready_forget(socket);
}

struct ready_record sim__ready_take(struct socket *socket)
{
    struct ready *ready = socket->ready;
    struct ready_record taken = {.events = 0};

    if (ready != NULL) {
        taken = (struct ready_record){ready->recorded,
                                      ready->connected,
                                      ready->closed};
        ready->recorded = 0;
    }
    return taken;
}

void sim__ready_inherit(struct socket *accepted, const struct socket *listener)
{
    if (sim__ready_selected(listener)) {
        sim__ready_select(accepted,
                          listener->ready->event,
                          listener->ready->mask);
    }
}

void sim__ready_closed(struct socket *socket)
{
    if (socket->ready != NULL) {
        /* FACT SOCK-55 FD_CLOSE is not posted after a local close. */
        sim__ready_select(socket, NULL, 0);
    }
    if (socket->ready != NULL) {
        sim__poll_changed(socket, READY_CLOSED);
    }
}
