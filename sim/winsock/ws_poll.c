/**
 * @file ws_poll.c
 * @brief WSAPoll: the same question, with an answer for each socket.
 *
 * It takes as many sockets as the program likes and says more about each than
 * select does: that a peer hung up is told apart from data.
 *
 * Uses:     winsock.h, ../net/ready.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-06, SOCK-20.
 * Read next: event_select.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../net/ready.h"
#include "winsock.h"

/** What a program may ask for: Microsoft's provider has no POLLPRI. */
enum { ASKABLE = POLLRDNORM | POLLRDBAND | POLLWRNORM };

/** @brief A socket number below 0 keeps its entry out. */
static bool left_out(const WSAPOLLFD *entry)
{
    return (INT_PTR)entry->fd < 0;
}

/** @brief What ends the wait for an entry; failures always do. */
static unsigned wants(const WSAPOLLFD *entry)
{
    unsigned bits = READY_HANG_UP | READY_ERROR | READY_FAILED | READY_CLOSED;

    bits |= entry->events & POLLRDNORM ? READY_DATA : 0u;
    bits |= entry->events & POLLRDBAND ? READY_OUT_OF_BAND : 0u;
    bits |= entry->events & POLLWRNORM ? READY_WRITE : 0u;
    return bits;
}

/** @brief The answer for an entry. */
static SHORT answer(const WSAPOLLFD *entry, unsigned found)
{
    int events = 0;

    events |= found & READY_DATA ? POLLRDNORM : 0;
    events |= found & READY_OUT_OF_BAND ? POLLRDBAND : 0;
    events |= found & READY_WRITE ? POLLWRNORM : 0;
    events |= found & READY_HANG_UP ? POLLHUP : 0;
    if (found & (READY_ERROR | READY_FAILED)) {
        /* FACT SOCK-20 after a reset: POLLERR, POLLHUP and POLLWRNORM. */
        events |= POLLERR | POLLHUP | (entry->events & POLLWRNORM);
    }
    events |= found & READY_CLOSED ? POLLNVAL : 0;
    return (SHORT)events;
}

/** @brief Look at every entry; those without a socket are answered here.
 *  @param ready  Gets the number of entries that have an answer. */
static NTSTATUS look(WSAPOLLFD *entries,
                     uint32_t count,
                     struct watch *watches,
                     int *ready)
{
    bool any = false;

    *ready = 0;
    for (uint32_t at = 0; at < count; at++) {
        struct watch *watch = &watches[at];

        if (entries[at].events & ~ASKABLE) {
            return STATUS_WINSOCK(WSAEINVAL);
        }
        if (left_out(&entries[at])) {
            continue;
        }
        if (NT_SUCCESS(sim__socket_find(entries[at].fd, &watch->socket))) {
            watch->wants = wants(&entries[at]);
            watch->found = sim__ready_now(watch->socket) & watch->wants;
            any = true;
        } else {
            watch->socket = NULL;
            watch->found = READY_CLOSED;
        }
        *ready += watch->found != 0;
    }
    return any ? STATUS_SUCCESS : STATUS_WINSOCK(WSAEINVAL);
}

static NTSTATUS wait(struct watch *watches, INT milliseconds)
{
    uint64_t due = 0;
    NTSTATUS status;

    if (milliseconds > 0) {
        int64_t interval = -(int64_t)milliseconds * 10000;

        due = sim__time_due(&interval);
    }
    status = sim__poll_wait(watches, "WSAPoll", due);
    return status == STATUS_IO_TIMEOUT ? STATUS_SUCCESS : status;
}

static NTSTATUS poll_sockets(WSAPOLLFD *entries,
                             uint32_t count,
                             INT milliseconds,
                             int *ready)
{
    struct watch *watches = sim__poll_take(count);
    NTSTATUS status = look(entries, count, watches, ready);

    if (NT_SUCCESS(status) && *ready == 0 && milliseconds != 0) {
        status = wait(watches, milliseconds);
    }
    if (NT_SUCCESS(status)) {
        *ready = 0;
        for (uint32_t at = 0; at < count; at++) {
            entries[at].revents = answer(&entries[at], watches[at].found);
            *ready += entries[at].revents != 0;
        }
    }
    sim__poll_give(watches);
    return status;
}

static NTSTATUS check(const WSAPOLLFD *entries, ULONG count)
{
    NTSTATUS status = sim__wsa_started();

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (count == 0) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (entries == NULL) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    return sim__fault("WSAPoll", STATUS_INSUFFICIENT_RESOURCES)
               ? STATUS_INSUFFICIENT_RESOURCES
               : STATUS_SUCCESS;
}

int WSAAPI WSAPoll(LPWSAPOLLFD entries, ULONG count, INT milliseconds)
{
    int ready = 0;
    NTSTATUS status;

    sim__before();
    status = check(entries, count);
    if (NT_SUCCESS(status)) {
        status = poll_sockets(entries, (uint32_t)count, milliseconds, &ready);
    }
    trace(call, .text = "WSAPoll", .value = {ready});
    sim__after();
    return NT_SUCCESS(status) ? ready : sim__wsa_result(status);
}
