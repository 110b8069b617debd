/**
 * @file select.c
 * @brief select: which of these sockets can do something.
 *
 * Windows' fd_set is a list with a count, not a row of bits.  The three lists
 * are looked at once; when none of their sockets is ready, the thread waits in
 * a poll, which is over with the first one that is.
 *
 * Uses:     winsock.h, ../net/ready.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-06.
 * Read next: ws_poll.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../net/ready.h"
#include "winsock.h"

enum { SETS = 3 };

/** What brings a socket into each set: readfds, writefds, exceptfds. */
static const unsigned wanted[SETS] = {
    READY_READ | READY_HANG_UP | READY_ERROR,
    READY_WRITE,
    READY_FAILED | READY_OUT_OF_BAND,
};

static uint32_t count_of(const fd_set *set)
{
    return set == NULL ? 0 : set->fd_count;
}

/** @brief A program's set may be longer than ours: LIMIT-11. */
static SOCKET *list_of(fd_set *set)
{
    return set->fd_array;
}

/** @brief Look at every socket of every set.
 *  @param ready  Gets the number of those that are ready now. */
static NTSTATUS look(fd_set *const *sets, struct watch *watches, int *ready)
{
    *ready = 0;
    for (int at = 0; at < SETS; at++) {
        for (uint32_t entry = 0; entry < count_of(sets[at]); entry++) {
            NTSTATUS status =
                sim__socket_find(list_of(sets[at])[entry], &watches->socket);

            if (!NT_SUCCESS(status)) {
                return status;
            }
            watches->wants = wanted[at] | READY_CLOSED;
            watches->found = sim__ready_now(watches->socket) & watches->wants;
            *ready += watches->found != 0;
            watches++;
        }
    }
    return STATUS_SUCCESS;
}

/** @brief Leave the sockets in the sets that were found ready.
 *  @return how many. */
static int keep(fd_set *const *sets, const struct watch *watches)
{
    int ready = 0;

    for (int at = 0; at < SETS; at++) {
        uint32_t count = count_of(sets[at]);
        uint32_t kept = 0;

        for (uint32_t entry = 0; entry < count; entry++) {
            if (watches++->found != 0) {
                list_of(sets[at])[kept++] = list_of(sets[at])[entry];
            }
        }
        if (sets[at] != NULL) {
            sets[at]->fd_count = kept;
        }
        ready += (int)kept;
    }
    return ready;
}

/** @brief Whether a socket was closed while its thread waited. */
static bool any_closed(const struct watch *watches, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        if (watches[at].found & READY_CLOSED) {
            return true;
        }
    }
    return false;
}

/** @brief Wait until a socket is ready; none is. */
static NTSTATUS wait(struct watch *watches,
                     uint32_t count,
                     const struct timeval *timeout)
{
    uint64_t due = 0;
    NTSTATUS status;

    if (timeout != NULL) {
        int64_t interval = -((int64_t)timeout->tv_sec * 10000000 +
                             (int64_t)timeout->tv_usec * 10);

        if (interval == 0) {
            return STATUS_SUCCESS;
        }
        due = sim__time_due(&interval);
    }
    status = sim__poll_wait(watches, "select", due);
    if (status == STATUS_IO_TIMEOUT) {
        return STATUS_SUCCESS;
    }
    return any_closed(watches, count) ? STATUS_WINSOCK(WSAENOTSOCK) : status;
}

/** @brief The whole call, after the checks that need no socket. */
static NTSTATUS select_sockets(fd_set *const *sets,
                               const struct timeval *timeout,
                               int *ready)
{
    uint32_t count = count_of(sets[0]) + count_of(sets[1]) + count_of(sets[2]);
    struct watch *watches = sim__poll_take(count);
    NTSTATUS status = look(sets, watches, ready);

    if (NT_SUCCESS(status) && *ready == 0) {
        status = wait(watches, count, timeout);
    }
    if (NT_SUCCESS(status)) {
        *ready = keep(sets, watches);
    }
    sim__poll_give(watches);
    return status;
}

static NTSTATUS check(fd_set *const *sets, const struct timeval *timeout)
{
    NTSTATUS status = sim__wsa_started();

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (count_of(sets[0]) + count_of(sets[1]) + count_of(sets[2]) == 0 ||
        (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_usec < 0))) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (sim__fault("select", STATUS_WINSOCK(WSAEFAULT))) {
        return STATUS_WINSOCK(WSAEFAULT); /* As its page has it. */
    }
    return STATUS_SUCCESS;
}

int WSAAPI select(int ignored,
                  fd_set *readable,
                  fd_set *writable,
                  fd_set *exceptional,
                  const struct timeval *timeout)
{
    fd_set *sets[SETS] = {readable, writable, exceptional};
    int ready = 0;
    NTSTATUS status;

    (void)ignored; /* Berkeley's number of bits. */
    sim__before();
    status = check(sets, timeout);
    if (NT_SUCCESS(status)) {
        status = select_sockets(sets, timeout, &ready);
    }
    trace(call, .text = "select", .value = {ready});
    sim__after();
    return NT_SUCCESS(status) ? ready : sim__wsa_result(status);
}

int WSAAPI __WSAFDIsSet(SOCKET socket, fd_set *set)
{
    for (uint32_t at = 0; at < count_of(set); at++) {
        if (list_of(set)[at] == socket) {
            return TRUE;
        }
    }
    return FALSE;
}
