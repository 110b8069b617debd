/**
 * @file test_event_select.c
 * @brief WSAEventSelect: what is recorded, and when it is recorded again.
 *
 * Uses:     schedules.h, datagrams.h, checks.h.
 * Used by:  ctest.
 * Facts:    SOCK-55, SOCK-120.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "checks.h"
#include "datagrams.h"
#include "schedules.h"

/** @brief Send to a socket's own port, and wait until it is there. */
static void feed(SOCKET socket, const char *text)
{
    sim_assert(datagram_send(socket, port_of(socket), text) == 0);
    datagrams_settle();
}

/** @brief Take the record, and reset the event. */
static LONG taken(SOCKET socket, WSAEVENT event)
{
    WSANETWORKEVENTS record = {.iErrorCode = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7}};

    sim_assert(WSAEnumNetworkEvents(socket, event, &record) == 0);
    for (int bit = 0; bit < FD_MAX_EVENTS; bit++) {
        /* Its page: only what happened is written. */
        sim_assert(record.iErrorCode[bit] ==
                   (record.lNetworkEvents >> bit & 1 ? 0 : 7));
    }
    return record.lNetworkEvents;
}

static bool set(WSAEVENT event)
{
    return WSAWaitForMultipleEvents(1, &event, TRUE, 0, FALSE) ==
           WSA_WAIT_EVENT_0;
}

static WSAEVENT event_open(void)
{
    WSAEVENT event = WSACreateEvent();

    sim_assert(event != WSA_INVALID_EVENT);
    return event;
}

/* ---- Recording ----------------------------------------------------------- */

static void read_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;
    char in[8];

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    sim_assert(WSAEventSelect(socket, event, FD_READ) == 0);
    sim_assert(!set(event) && taken(socket, event) == 0);
    {
        /* Something came: recorded once, however much comes. */
        feed(socket, "one");
        sim_assert(set(event) && taken(socket, event) == FD_READ);
        feed(socket, "two");
        feed(socket, "three");
        sim_assert(!set(event) && taken(socket, event) == 0);
    }
    {
        /* A receive re-enables it; what is left is told at once. */
        sim_assert(datagram_receive(socket, in, 8) == 3);
        sim_assert(set(event) && taken(socket, event) == FD_READ);
        /* Even one that fails. */
        sim_assert(datagram_receive(socket, in, 1) == -WSAEMSGSIZE);
        sim_assert(set(event) && taken(socket, event) == FD_READ);
        sim_assert(datagram_receive(socket, in, 8) == 5);
        sim_assert(!set(event));
    }
    {
        /* Without a receive since, nothing re-enabled it: one does now. */
        sim_assert(datagram_receive(socket, in, 8) == -WSAEWOULDBLOCK);
        feed(socket, "four");
        sim_assert(set(event));
        /* The record can be read without the event. */
        sim_assert(taken(socket, NULL) == FD_READ && set(event));
        sim_assert(WSAResetEvent(event) && !set(event));
    }
    sim_assert(closesocket(socket) == 0 && WSACloseEvent(event));
    datagrams_end();
}

static void past_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    {
        /* What has already happened is recorded when somebody asks. */
        feed(socket, "before");
        sim_assert(
            WSAEventSelect(socket, event, FD_READ | FD_WRITE | FD_CLOSE) == 0);
        sim_assert(set(event) && taken(socket, event) == (FD_READ | FD_WRITE));
        sim_assert(!set(event) && taken(socket, event) == 0);
    }
    {
        /* A new selection begins with an empty record, and asks again. */
        sim_assert(WSAEventSelect(socket, event, FD_WRITE) == 0);
        sim_assert(taken(socket, event) == FD_WRITE);
        /* Sending does not make it come again: it did not have to wait. */
        feed(socket, "x");
        sim_assert(taken(socket, event) == 0);
    }
    sim_assert(closesocket(socket) == 0 && WSACloseEvent(event));
    datagrams_end();
}

static void modes_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;
    u_long off = 0;
    char in[8];

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    {
        /* It makes the socket non-blocking, and keeps it so. */
        sim_assert(WSAEventSelect(socket, event, FD_READ) == 0);
        sim_assert(refused(recv(socket, in, 8, 0), WSAEWOULDBLOCK));
        sim_assert(
            refused(ioctlsocket(socket, (LONG)FIONBIO, &off), WSAEINVAL));
    }
    {
        /* Ending the selection allows to undo it, and does not do so. */
        sim_assert(WSAEventSelect(socket, NULL, 0) == 0);
        sim_assert(refused(recv(socket, in, 8, 0), WSAEWOULDBLOCK));
        feed(socket, "unseen");
        sim_assert(!set(event) && taken(socket, event) == 0);
        sim_assert(ioctlsocket(socket, (LONG)FIONBIO, &off) == 0);
        sim_assert(recv(socket, in, 8, 0) == 6);
    }
    sim_assert(closesocket(socket) == 0 && WSACloseEvent(event));
    datagrams_end();
}

static void overlapped_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;
    OVERLAPPED overlapped = {0};
    char in[8];

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    sim_assert(WSAEventSelect(socket, event, FD_READ) == 0);
    /* SOCK-120: a receive that waits takes it, and nobody is told. */
    sim_assert(receive_begin(socket, in, 8, &overlapped) == WSA_IO_PENDING);
    feed(socket, "mine");
    sim_assert(HasOverlappedIoCompleted(&overlapped));
    sim_assert(!set(event) && taken(socket, event) == 0);
    feed(socket, "yours");
    sim_assert(set(event) && taken(socket, event) == FD_READ);
    sim_assert(closesocket(socket) == 0 && WSACloseEvent(event));
    datagrams_end();
}

static void closed_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;

    (void)arg;
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    sim_assert(WSAEventSelect(socket, event, FD_ALL_EVENTS) == 0);
    sim_assert(taken(socket, event) == FD_WRITE);
    /* SOCK-55: after a local close nothing is told, and nothing is left. */
    sim_assert(closesocket(socket) == 0);
    sim_assert(!set(event));
    sim_assert(WSACloseEvent(event));
    {
        /* The event may go first: the socket holds on to it. */
        socket = datagram_at(0);
        event = event_open();
        sim_assert(WSAEventSelect(socket, event, FD_READ) == 0);
        sim_assert(WSACloseEvent(event));
        feed(socket, "x");
        sim_assert(taken(socket, NULL) == FD_READ);
        sim_assert(closesocket(socket) == 0);
    }
    datagrams_end();
}

static void each_thing_is_recorded_once(void **state)
{
    (void)state;
    schedules_pass(read_scenario);
    schedules_pass(past_scenario);
    schedules_pass(modes_scenario);
    schedules_pass(overlapped_scenario);
    schedules_pass(closed_scenario);
}

/* ---- Refusals ------------------------------------------------------------ */

static void wrong_scenario(void *arg)
{
    SOCKET socket;
    WSAEVENT event;
    WSANETWORKEVENTS record;

    (void)arg;
    sim_assert(WSACreateEvent() == WSA_INVALID_EVENT &&
               WSAGetLastError() == WSANOTINITIALISED);
    datagrams_begin();
    socket = datagram_at(0);
    event = event_open();
    {
        sim_assert(refused(WSAEventSelect((SOCKET)event, event, FD_READ),
                           WSAENOTSOCK));
        sim_assert(refused(WSAEventSelect(socket, NULL, FD_READ), WSAEINVAL));
        sim_assert(refused(WSAEventSelect(socket, (WSAEVENT)socket, FD_READ),
                           WSAEINVAL));
        sim_assert(refused(WSAEventSelect(socket, event, 1 << 10), WSAEINVAL));
    }
    {
        sim_assert(
            refused(WSAEnumNetworkEvents(socket, event, NULL), WSAEFAULT));
        sim_assert(
            refused(WSAEnumNetworkEvents(socket, (WSAEVENT)socket, &record),
                    WSAEINVAL));
        sim_assert(refused(WSAEnumNetworkEvents(INVALID_SOCKET, event, &record),
                           WSAENOTSOCK));
    }
    {
        /* Winsock's names for events. */
        sim_assert(WSASetEvent(event) && set(event));
        sim_assert(set(event)); /* Reset by hand only. */
        sim_assert(WSAResetEvent(event) && !set(event));
        sim_assert(WSAWaitForMultipleEvents(1, &event, TRUE, 0, FALSE) ==
                   WSA_WAIT_TIMEOUT);
        sim_assert(WSAWaitForMultipleEvents(0, &event, TRUE, 0, FALSE) ==
                   WSA_WAIT_FAILED);
        sim_assert(closesocket(socket) == 0 && WSACloseEvent(event));
        sim_assert(!WSACloseEvent(event) &&
                   WSAGetLastError() == WSA_INVALID_HANDLE);
    }
    datagrams_end();
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    schedules_rules("-17,-18,-19"); /* It uses handles that are closed. */
    schedules_pass(wrong_scenario);
    schedules_rules(NULL);
}

/* ---- Two threads --------------------------------------------------------- */

static struct {
    SOCKET socket;
    WSAEVENT event;
    int got;
} shared;

enum { MESSAGES = 4 };

/** @brief The loop of every program that uses it: miss none, and end. */
static DWORD WINAPI consume(void *arg)
{
    char in[8];

    (void)arg;
    while (shared.got < MESSAGES) {
        sim_assert(WSAWaitForMultipleEvents(1,
                                            &shared.event,
                                            TRUE,
                                            WSA_INFINITE,
                                            FALSE) == WSA_WAIT_EVENT_0);
        if (taken(shared.socket, shared.event) & FD_READ) {
            /* One call for each record is enough. */
            int count = recv(shared.socket, in, 8, 0);

            sim_assert(count == 1 || refused(count, WSAEWOULDBLOCK));
            shared.got += count == 1;
        }
    }
    return 0;
}

static void race_scenario(void *arg)
{
    SOCKET sender;
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    shared.event = event_open();
    shared.got = 0;
    sender = datagram_at(0);
    sim_assert(WSAEventSelect(shared.socket, shared.event, FD_READ) == 0);
    thread = check_thread(consume, NULL);
    for (int at = 0; at < MESSAGES; at++) {
        sim_assert(datagram_send(sender, port_of(shared.socket), "x") == 0);
    }
    check_join(thread);
    sim_assert(closesocket(sender) == 0 && closesocket(shared.socket) == 0);
    sim_assert(WSACloseEvent(shared.event));
    datagrams_end();
}

static void one_receive_for_each_record_misses_nothing(void **state)
{
    (void)state;
    schedules_pass(race_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thing_is_recorded_once),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(one_receive_for_each_record_misses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
