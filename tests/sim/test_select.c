/**
 * @file test_select.c
 * @brief select and WSAPoll: asking many sockets at once, and waiting.
 *
 * Uses:     schedules.h, datagrams.h, checks.h.
 * Used by:  ctest.
 * Facts:    SOCK-06, SOCK-10, LIMIT-11.
 * Read next: test_event_select.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "checks.h"
#include "datagrams.h"
#include "schedules.h"

/** @brief A set with one socket. */
static fd_set set_of(SOCKET socket)
{
    fd_set set;

    FD_ZERO(&set);
    FD_SET(socket, &set);
    return set;
}

/** @brief Ask whether a socket can be read, waiting so long at most. */
static int readable(SOCKET socket, LONG milliseconds)
{
    fd_set set = set_of(socket);
    struct timeval limit = {.tv_sec = milliseconds / 1000,
                            .tv_usec = milliseconds % 1000 * 1000};

    return select(0, &set, NULL, NULL, &limit);
}

/** @brief Send to a socket's own port, and wait until it is there. */
static void feed(SOCKET socket, const char *text)
{
    sim_assert(datagram_send(socket, port_of(socket), text) == 0);
    datagrams_settle();
}

/* ---- Asking -------------------------------------------------------------- */

static void ask_scenario(void *arg)
{
    SOCKET one;
    SOCKET two;
    fd_set read;
    fd_set write;
    fd_set except;
    struct timeval now = {0, 0};

    (void)arg;
    datagrams_begin();
    one = datagram_at(0);
    two = datagram_at(0);
    {
        /* A datagram socket can always send; nothing is there to read. */
        FD_ZERO(&read);
        FD_ZERO(&write);
        FD_ZERO(&except);
        FD_SET(one, &read);
        FD_SET(two, &read);
        FD_SET(two, &read); /* Once is enough. */
        FD_SET(one, &write);
        FD_SET(one, &except);
        sim_assert(read.fd_count == 2);
        sim_assert(select(0, &read, &write, &except, &now) == 1);
        sim_assert(read.fd_count == 0 && except.fd_count == 0);
        sim_assert(write.fd_count == 1 && FD_ISSET(one, &write));
    }
    {
        /* Those that are ready stay in their sets, and are counted. */
        feed(two, "here");
        FD_SET(one, &read);
        FD_SET(two, &read);
        sim_assert(select(0, &read, &write, NULL, NULL) == 2);
        sim_assert(read.fd_count == 1 && FD_ISSET(two, &read));
        sim_assert(!FD_ISSET(one, &read) && FD_ISSET(one, &write));
        FD_CLR(two, &read);
        sim_assert(read.fd_count == 0);
    }
    {
        /* Asking takes nothing. */
        char in[8];

        sim_assert(readable(two, 0) == 1 && readable(two, 0) == 1);
        sim_assert(datagram_receive(two, in, 8) == 4);
        sim_assert(readable(two, 0) == 0);
    }
    sim_assert(closesocket(one) == 0 && closesocket(two) == 0);
    datagrams_end();
}

static void wrong_scenario(void *arg)
{
    SOCKET socket;
    fd_set set;
    fd_set empty;
    struct timeval negative = {-1, 0};
    struct timeval now = {0, 0};

    (void)arg;
    FD_ZERO(&empty);
    set = set_of((SOCKET)1234);
    /* SOCK-10: first of all WSAStartup. */
    sim_assert(refused(select(0, &set, NULL, NULL, &now), WSANOTINITIALISED));
    datagrams_begin();
    socket = datagram_at(0);
    {
        /* Nothing to ask about. */
        sim_assert(refused(select(0, NULL, NULL, NULL, &now), WSAEINVAL));
        sim_assert(refused(select(0, &empty, &empty, NULL, NULL), WSAEINVAL));
    }
    {
        /* Something that is no socket; the sets stay as they were. */
        FD_SET(socket, &set);
        sim_assert(refused(select(0, &set, NULL, NULL, &now), WSAENOTSOCK));
        sim_assert(set.fd_count == 2 && FD_ISSET((SOCKET)1234, &set));
    }
    {
        /* A time before now. */
        set = set_of(socket);
        sim_assert(refused(select(0, &set, NULL, NULL, &negative), WSAEINVAL));
    }
    {
        /* LIMIT-11: a list of 64, unless the program says otherwise. */
        sim_assert(FD_SETSIZE == 64);
        FD_ZERO(&set);
        for (SOCKET number = 4; number <= 4 * 65; number += 4) {
            FD_SET(number, &set);
        }
        sim_assert(set.fd_count == 64 && !FD_ISSET((SOCKET)(4 * 65), &set));
    }
    sim_assert(closesocket(socket) == 0);
    datagrams_end();
}

/** A longer list, as a program makes it with an FD_SETSIZE of its own. */
struct long_set {
    u_int fd_count;
    SOCKET fd_array[200];
};

static void long_scenario(void *arg)
{
    struct long_set set = {.fd_count = 200};
    struct timeval now = {0, 0};

    (void)arg;
    datagrams_begin();
    for (int at = 0; at < 200; at++) {
        set.fd_array[at] = datagram_at(0);
    }
    feed(set.fd_array[199], "last");
    {
        SOCKET last = set.fd_array[199];
        struct long_set copy = set;

        sim_assert(select(0, (fd_set *)(void *)&copy, NULL, NULL, &now) == 1);
        sim_assert(copy.fd_count == 1 && copy.fd_array[0] == last);
    }
    for (int at = 0; at < 200; at++) {
        sim_assert(closesocket(set.fd_array[at]) == 0);
    }
    datagrams_end();
}

static void select_says_who_is_ready(void **state)
{
    (void)state;
    schedules_pass(ask_scenario);
    schedules_pass(wrong_scenario);
    schedules_pass(long_scenario);
}

/* ---- Waiting ------------------------------------------------------------- */

/** What two threads share. */
static struct {
    SOCKET socket;
    int answer;
    int error;
} shared;

static DWORD WINAPI wait_for_data(void *arg)
{
    fd_set set = set_of(shared.socket);

    (void)arg;
    shared.answer = select(0, &set, NULL, NULL, NULL);
    shared.error = shared.answer < 0 ? WSAGetLastError() : 0;
    sim_assert(shared.answer < 0 || FD_ISSET(shared.socket, &set));
    return 0;
}

static void timeout_scenario(void *arg)
{
    ULONGLONG before;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    before = GetTickCount64();
    sim_assert(readable(shared.socket, 250) == 0);
    sim_assert(GetTickCount64() - before == 250);
    {
        /* It lasts no longer than it must. */
        feed(shared.socket, "x");
        before = GetTickCount64();
        sim_assert(readable(shared.socket, 250) == 1);
        sim_assert(GetTickCount64() == before);
    }
    sim_assert(closesocket(shared.socket) == 0);
    datagrams_end();
}

static void wake_scenario(void *arg)
{
    SOCKET other;
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    shared.answer = 99;
    other = datagram_at(0);
    thread = check_thread(wait_for_data, NULL);
    sim_settle();
    {
        /* Another socket's datagram does not concern it. */
        feed(other, "not you");
        sim_assert(shared.answer == 99);
    }
    {
        /* Its own does. */
        sim_assert(datagram_send(other, port_of(shared.socket), "you") == 0);
        check_join(thread);
        sim_assert(shared.answer == 1);
    }
    {
        /* A receive that waits takes it before select hears of it. */
        OVERLAPPED overlapped = {0};
        char in[8];

        sim_assert(datagram_receive(shared.socket, in, 8) == 3);
        sim_assert(receive_begin(shared.socket, in, 8, &overlapped) ==
                   WSA_IO_PENDING);
        feed(shared.socket, "taken");
        sim_assert(overlapped.InternalHigh == 5);
        sim_assert(readable(shared.socket, 10) == 0);
    }
    sim_assert(closesocket(other) == 0 && closesocket(shared.socket) == 0);
    datagrams_end();
}

static DWORD WINAPI wait_for_trouble(void *arg)
{
    fd_set set = set_of(shared.socket);

    (void)arg;
    shared.answer = select(0, NULL, NULL, &set, NULL);
    return 0;
}

static void trouble_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    shared.answer = 99;
    thread = check_thread(wait_for_trouble, NULL);
    sim_settle();
    /* Data is not what it asked about. */
    feed(shared.socket, "x");
    sim_assert(shared.answer == 99);
    sim_assert(closesocket(shared.socket) == 0);
    check_join(thread);
    sim_assert(shared.answer == SOCKET_ERROR);
    datagrams_end();
}

static void closed_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    thread = check_thread(wait_for_data, NULL);
    sim_settle();
    /* A socket that is closed meanwhile is none any more. */
    sim_assert(closesocket(shared.socket) == 0);
    check_join(thread);
    sim_assert(shared.answer == SOCKET_ERROR && shared.error == WSAENOTSOCK);
    datagrams_end();
}

static DWORD WINAPI wait_too(void *answer)
{
    fd_set set = set_of(shared.socket);

    *(int *)answer = select(0, &set, NULL, NULL, NULL);
    return 0;
}

static void several_scenario(void *arg)
{
    HANDLE threads[3];
    int answers[3] = {0};

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    for (int at = 0; at < 3; at++) {
        threads[at] = check_thread(wait_too, &answers[at]);
    }
    sim_settle();
    /* All who ask are told; that one of them will find nothing is theirs. */
    feed(shared.socket, "x");
    for (int at = 0; at < 3; at++) {
        check_join(threads[at]);
        sim_assert(answers[at] == 1);
    }
    sim_assert(closesocket(shared.socket) == 0);
    datagrams_end();
}

static void WINAPI count_apc(ULONG_PTR counter)
{
    ++*(int *)counter;
}

static void alertable_scenario(void *arg)
{
    HANDLE thread;
    int ran = 0;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    shared.answer = 99;
    thread = check_thread(wait_for_data, NULL);
    sim_settle();
    /* SOCK-06: an APC runs within, and the wait goes on. */
    sim_assert(QueueUserAPC(count_apc, thread, (ULONG_PTR)&ran));
    sim_settle();
    sim_assert(ran == 1 && shared.answer == 99);
    feed(shared.socket, "x");
    check_join(thread);
    sim_assert(shared.answer == 1);
    sim_assert(closesocket(shared.socket) == 0);
    datagrams_end();
}

static void terminated_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    thread = check_thread(wait_for_data, NULL);
    sim_settle();
    /* Its socket must not tell a thread that is gone. */
    sim_assert(TerminateThread(thread, 1));
    check_join(thread);
    feed(shared.socket, "x");
    sim_assert(readable(shared.socket, 0) == 1);
    sim_assert(closesocket(shared.socket) == 0);
    datagrams_end();
}

static void select_waits_for_the_first(void **state)
{
    (void)state;
    schedules_pass_exactly(timeout_scenario);
    schedules_pass(wake_scenario);
    schedules_pass(trouble_scenario);
    schedules_pass(closed_scenario);
    schedules_pass(several_scenario);
    schedules_pass(alertable_scenario);
    schedules_pass(terminated_scenario);
}

/* ---- WSAPoll ------------------------------------------------------------- */

static void poll_scenario(void *arg)
{
    WSAPOLLFD entries[4];
    SOCKET one;
    SOCKET two;

    (void)arg;
    datagrams_begin();
    one = datagram_at(0);
    two = datagram_at(0);
    feed(two, "x");
    {
        /* Each entry has an answer of its own. */
        entries[0] = (WSAPOLLFD){.fd = one, .events = POLLIN};
        entries[1] = (WSAPOLLFD){.fd = two, .events = POLLIN | POLLOUT};
        entries[2] = (WSAPOLLFD){.fd = one, .events = POLLOUT};
        entries[3] = (WSAPOLLFD){.fd = two, .events = 0};
        sim_assert(WSAPoll(entries, 4, -1) == 2);
        sim_assert(entries[0].revents == 0);
        sim_assert(entries[1].revents == (POLLRDNORM | POLLWRNORM));
        sim_assert(entries[2].revents == POLLWRNORM);
        sim_assert(entries[3].revents == 0);
    }
    {
        /* A number below 0 is skipped; one that is no socket is told. */
        entries[0] = (WSAPOLLFD){.fd = (SOCKET)-5, .events = POLLIN};
        entries[0].revents = POLLERR;
        entries[1] = (WSAPOLLFD){.fd = (SOCKET)4321, .events = POLLIN};
        entries[2] = (WSAPOLLFD){.fd = one, .events = POLLIN};
        sim_assert(WSAPoll(entries, 3, -1) == 1);
        sim_assert(entries[0].revents == 0);
        sim_assert(entries[1].revents == POLLNVAL);
        sim_assert(entries[2].revents == 0);
    }
    {
        /* Its page: no valid socket at all, or a flag that it does not have. */
        sim_assert(refused(WSAPoll(entries, 2, 0), WSAEINVAL));
        sim_assert(refused(WSAPoll(entries, 0, 0), WSAEINVAL));
        sim_assert(refused(WSAPoll(NULL, 1, 0), WSAEFAULT));
        entries[2].events = POLLPRI;
        sim_assert(refused(WSAPoll(&entries[2], 1, 0), WSAEINVAL));
    }
    sim_assert(closesocket(one) == 0 && closesocket(two) == 0);
    datagrams_end();
}

static DWORD WINAPI poll_thread(void *arg)
{
    WSAPOLLFD entry = {.fd = shared.socket, .events = POLLIN};

    (void)arg;
    shared.answer = WSAPoll(&entry, 1, -1);
    shared.error = entry.revents;
    return 0;
}

static void poll_waits_scenario(void *arg)
{
    WSAPOLLFD entry;
    ULONGLONG before = GetTickCount64();
    HANDLE thread;

    (void)arg;
    datagrams_begin();
    shared.socket = datagram_at(0);
    entry = (WSAPOLLFD){.fd = shared.socket, .events = POLLIN};
    sim_assert(WSAPoll(&entry, 1, 40) == 0 && entry.revents == 0);
    sim_assert(GetTickCount64() - before == 40);
    {
        thread = check_thread(poll_thread, NULL);
        sim_settle();
        feed(shared.socket, "x");
        check_join(thread);
        sim_assert(shared.answer == 1 && shared.error == POLLRDNORM);
    }
    {
        char in[4];

        sim_assert(datagram_receive(shared.socket, in, 4) == 1);
        thread = check_thread(poll_thread, NULL);
        sim_settle();
        sim_assert(closesocket(shared.socket) == 0);
        check_join(thread);
        sim_assert(shared.answer == 1 && shared.error == POLLNVAL);
    }
    datagrams_end();
}

static void poll_answers_for_each(void **state)
{
    (void)state;
    schedules_pass(poll_scenario);
    schedules_pass_exactly(poll_waits_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_says_who_is_ready),
        cmocka_unit_test(select_waits_for_the_first),
        cmocka_unit_test(poll_answers_for_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
