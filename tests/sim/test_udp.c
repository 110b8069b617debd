/**
 * @file test_udp.c
 * @brief Datagrams: what a receive takes, and what becomes of the rest.
 *
 * Uses:     schedules.h, datagrams.h.
 * Used by:  ctest.
 * Facts:    SOCK-23, SOCK-24, SOCK-37, SOCK-48, SOCK-99..SOCK-104, SOCK-113.
 * Read next: test_udp_send.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "datagrams.h"
#include "schedules.h"

/** A receiver at a port of its own with a completion port, and a sender. */
struct post {
    SOCKET in;
    SOCKET out;
    u_short at;
    HANDLE port;
};

static struct post post_open(void)
{
    struct post post;

    datagrams_begin();
    post.in = datagram_at(0);
    post.out = datagram_at(0);
    post.at = port_of(post.in);
    post.port = CreateIoCompletionPort((HANDLE)post.in, NULL, DATAGRAM_KEY, 0);
    sim_assert(post.port != NULL);
    return post;
}

static void post_close(const struct post *post)
{
    sim_assert(closesocket(post->in) == 0 && closesocket(post->out) == 0);
    sim_assert(CloseHandle(post->port));
    datagrams_end();
}

/** @brief Send, and wait until it is there. */
static void post_send(const struct post *post, const char *text)
{
    sim_assert(datagram_send(post->out, post->at, text) == 0);
    datagrams_settle();
}

/** @brief Whether the next packet says this; error 0: success. */
static bool packet(const struct post *post,
                   const OVERLAPPED *overlapped,
                   DWORD error,
                   DWORD bytes)
{
    LPOVERLAPPED taken = NULL;
    ULONG_PTR key = 0;
    DWORD count = 0;
    BOOL ok = GetQueuedCompletionStatus(post->port, &count, &key, &taken, 0);

    return taken == overlapped && key == DATAGRAM_KEY && count == bytes &&
           (ok ? error == 0 : GetLastError() == error);
}

static bool no_packet(const struct post *post)
{
    LPOVERLAPPED taken = NULL;
    ULONG_PTR key;
    DWORD count;

    return !GetQueuedCompletionStatus(post->port, &count, &key, &taken, 0) &&
           taken == NULL && GetLastError() == WAIT_TIMEOUT;
}

/* ---- One datagram, one receive ------------------------------------------- */

static void whole_scenario(void *arg)
{
    struct post post = post_open();
    struct sockaddr_storage from;
    struct sockaddr_storage sender = place_of(post.out);
    int from_bytes = sizeof from;
    char in[16];

    (void)arg;
    {
        /* SOCK-102: each receive takes exactly one, in order of arrival. */
        post_send(&post, "one");
        post_send(&post, "seven");
        sim_assert(datagram_receive(post.in, in, sizeof in) == 3);
        sim_assert(memcmp(in, "one", 3) == 0);
        memset(&from, 0, sizeof from);
        sim_assert(recvfrom(post.in,
                            in,
                            sizeof in,
                            0,
                            (struct sockaddr *)&from,
                            &from_bytes) == 5);
        sim_assert(memcmp(in, "seven", 5) == 0);
        sim_assert(from_bytes == (int)sizeof(struct sockaddr_in));
        sim_assert(same_place(&from, &sender));
    }
    {
        /* SOCK-37, SOCK-102: an empty one is one, too, and no end. */
        post_send(&post, "");
        post_send(&post, "after");
        sim_assert(datagram_receive(post.in, in, sizeof in) == 0);
        sim_assert(datagram_receive(post.in, in, sizeof in) == 5);
    }
    {
        /* Pieces are filled in order. */
        WSABUF pieces[3] = {{2, in}, {0, NULL}, {8, in + 8}};
        DWORD flags = 0;
        DWORD bytes = 0;

        post_send(&post, "abcdef");
        sim_assert(WSARecv(post.in, pieces, 3, &bytes, &flags, NULL, NULL) ==
                   0);
        sim_assert(bytes == 6 && flags == 0);
        sim_assert(memcmp(in, "ab", 2) == 0 && memcmp(in + 8, "cdef", 4) == 0);
    }
    sim_assert(no_packet(&post)); /* None of these was overlapped. */
    post_close(&post);
}

static void waiting_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    OVERLAPPED third = {0};
    char in[3][8];

    (void)arg;
    /* SOCK-102: several pending receives take them in posting order. */
    sim_assert(receive_begin(post.in, in[0], 8, &first) == WSA_IO_PENDING);
    sim_assert(receive_begin(post.in, in[1], 8, &second) == WSA_IO_PENDING);
    sim_assert(receive_begin(post.in, in[2], 8, &third) == WSA_IO_PENDING);
    post_send(&post, "a");
    sim_assert(CancelIoEx((HANDLE)post.in, &second));
    post_send(&post, "ccc");
    sim_assert(packet(&post, &first, 0, 1) && in[0][0] == 'a');
    sim_assert(packet(&post, &second, ERROR_OPERATION_ABORTED, 0));
    sim_assert(packet(&post, &third, 0, 3) && in[2][0] == 'c');
    sim_assert(no_packet(&post));
    post_close(&post);
}

static void closing_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    char in[8];

    (void)arg;
    /* SOCK-48: closing ends them as cancelled, each once. */
    sim_assert(receive_begin(post.in, in, 8, &first) == WSA_IO_PENDING);
    sim_assert(receive_begin(post.in, in, 8, &second) == WSA_IO_PENDING);
    sim_assert(closesocket(post.in) == 0);
    sim_assert(packet(&post, &first, ERROR_OPERATION_ABORTED, 0));
    sim_assert(packet(&post, &second, ERROR_OPERATION_ABORTED, 0));
    sim_assert(no_packet(&post));
    sim_assert(first.Internal == (ULONG)STATUS_CANCELLED);
    {
        /* What is sent there now reaches nobody and harms nobody. */
        sim_assert(datagram_send(post.out, post.at, "late") == 0);
        datagrams_settle();
        post.in = datagram_at(0);
    }
    post_close(&post);
}

static void a_receive_takes_one_datagram(void **state)
{
    (void)state;
    schedules_pass(whole_scenario);
    schedules_pass(waiting_scenario);
    schedules_pass(closing_scenario);
}

/* ---- Too large ----------------------------------------------------------- */

static void cut_scenario(void *arg)
{
    struct post post = post_open();
    WSABUF buffer;
    OVERLAPPED overlapped = {0};
    DWORD flags = 0;
    DWORD bytes = 0;
    char in[8];

    (void)arg;
    buffer = (WSABUF){.len = 4, .buf = in};
    {
        /* SOCK-99: the buffer is filled, the rest is lost. */
        memset(in, '-', sizeof in);
        post_send(&post, "abcdef");
        sim_assert(datagram_receive(post.in, in, 4) == -WSAEMSGSIZE);
        sim_assert(memcmp(in, "abcd----", 8) == 0);
        datagram_no_wait(post.in);
        sim_assert(datagram_receive(post.in, in, 4) == -WSAEWOULDBLOCK);
    }
    {
        /* SOCK-103: MSG_PARTIAL tells, too. */
        post_send(&post, "abcdef");
        sim_assert(
            refused(WSARecv(post.in, &buffer, 1, &bytes, &flags, NULL, NULL),
                    WSAEMSGSIZE));
        sim_assert(flags == MSG_PARTIAL);
        flags = 0;
    }
    {
        /* SOCK-100: the one error that a packet follows. */
        post_send(&post, "abcdef");
        sim_assert(receive_begin(post.in, in, 4, &overlapped) == WSAEMSGSIZE);
        sim_assert(packet(&post, &overlapped, ERROR_MORE_DATA, 4));
        sim_assert(no_packet(&post));
        sim_assert(overlapped.Internal == (ULONG)STATUS_BUFFER_OVERFLOW);
        sim_assert(!WSAGetOverlappedResult(post.in,
                                           &overlapped,
                                           &bytes,
                                           FALSE,
                                           &flags));
        sim_assert(WSAGetLastError() == WSAEMSGSIZE && bytes == 4);
        sim_assert(flags == MSG_PARTIAL);
    }
    post_close(&post);
}

static void cut_later_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED overlapped = {0};
    char in[8];

    (void)arg;
    {
        /* SOCK-99: the same when the receive was there first. */
        sim_assert(receive_begin(post.in, in, 4, &overlapped) ==
                   WSA_IO_PENDING);
        post_send(&post, "ghijkl");
        sim_assert(packet(&post, &overlapped, ERROR_MORE_DATA, 4));
        sim_assert(memcmp(in, "ghij", 4) == 0);
    }
    {
        /* PORT-90: success is not told by packet any more, a warning is. */
        sim_assert(SetFileCompletionNotificationModes(
            (HANDLE)post.in,
            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
        post_send(&post, "abcd");
        post_send(&post, "abcde");
        sim_assert(receive_begin(post.in, in, 4, &overlapped) == 0);
        sim_assert(no_packet(&post));
        sim_assert(receive_begin(post.in, in, 4, &overlapped) == WSAEMSGSIZE);
        sim_assert(packet(&post, &overlapped, ERROR_MORE_DATA, 4));
    }
    post_close(&post);
}

static void empty_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED overlapped = {0};
    char in[8];

    (void)arg;
    {
        /* SOCK-101: a receive of no bytes eats a datagram. */
        post_send(&post, "eaten");
        sim_assert(receive_begin(post.in, NULL, 0, &overlapped) == WSAEMSGSIZE);
        sim_assert(packet(&post, &overlapped, ERROR_MORE_DATA, 0));
        datagram_no_wait(post.in);
        sim_assert(datagram_receive(post.in, in, 8) == -WSAEWOULDBLOCK);
    }
    {
        /* An empty datagram fits into no bytes. */
        sim_assert(receive_begin(post.in, NULL, 0, &overlapped) ==
                   WSA_IO_PENDING);
        post_send(&post, "");
        sim_assert(packet(&post, &overlapped, 0, 0));
    }
    post_close(&post);
}

static void a_datagram_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    schedules_pass(cut_scenario);
    schedules_pass(cut_later_scenario);
    schedules_pass(empty_scenario);
}

/* ---- Looking without taking ---------------------------------------------- */

/** @brief Begin an overlapped look; 0, or the code. */
static int peek_begin(SOCKET socket,
                      void *in,
                      ULONG room,
                      LPOVERLAPPED overlapped)
{
    WSABUF buffer = {.len = room, .buf = in};
    DWORD flags = MSG_PEEK;
    DWORD bytes = 0;

    return WSARecv(socket, &buffer, 1, &bytes, &flags, overlapped, NULL) == 0
               ? 0
               : WSAGetLastError();
}

static void peek_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED look = {0};
    OVERLAPPED take = {0};
    char in[8];
    char seen[8];

    (void)arg;
    {
        /* SOCK-24: MSG_PEEK copies and leaves it there. */
        post_send(&post, "abc");
        sim_assert(recv(post.in, in, 8, MSG_PEEK) == 3);
        sim_assert(recv(post.in, in, 8, MSG_PEEK) == 3);
        sim_assert(refused(recv(post.in, in, 2, MSG_PEEK), WSAEMSGSIZE));
        sim_assert(datagram_receive(post.in, in, 8) == 3);
    }
    {
        /* SOCK-101: how to wait for one without losing it. */
        sim_assert(peek_begin(post.in, NULL, 0, &look) == WSA_IO_PENDING);
        post_send(&post, "kept");
        sim_assert(packet(&post, &look, ERROR_MORE_DATA, 0));
        sim_assert(datagram_receive(post.in, in, 8) == 4);
    }
    {
        /* A look and a receive that wait behind it share one. */
        sim_assert(peek_begin(post.in, seen, 8, &look) == WSA_IO_PENDING);
        sim_assert(receive_begin(post.in, in, 8, &take) == WSA_IO_PENDING);
        post_send(&post, "both");
        sim_assert(packet(&post, &look, 0, 4));
        sim_assert(packet(&post, &take, 0, 4));
        sim_assert(memcmp(in, seen, 4) == 0);
        datagram_no_wait(post.in);
        sim_assert(datagram_receive(post.in, in, 8) == -WSAEWOULDBLOCK);
    }
    post_close(&post);
}

static void a_look_leaves_the_datagram(void **state)
{
    (void)state;
    schedules_pass(peek_scenario);
}

/* ---- Refusals ------------------------------------------------------------ */

static void small_from_scenario(void *arg)
{
    struct post post = post_open();
    struct sockaddr_in from;
    int from_bytes = sizeof from - 1;
    char in[8];

    (void)arg;
    /* SOCK-104: too small an address buffer, and the datagram stays. */
    post_send(&post, "abc");
    sim_assert(refused(
        recvfrom(post.in, in, 8, 0, (struct sockaddr *)&from, &from_bytes),
        WSAEFAULT));
    from_bytes = sizeof from;
    sim_assert(
        recvfrom(post.in, in, 8, 0, (struct sockaddr *)&from, &from_bytes) ==
        3);
    sim_assert(from_bytes == (int)sizeof from);
    post_close(&post);
}

static void all_scenario(void *arg)
{
    struct post post = post_open();
    char in[8];

    (void)arg;
    /* SOCK-23: MSG_WAITALL is for streams. */
    post_send(&post, "abc");
    sim_assert(refused(recv(post.in, in, 8, MSG_WAITALL), WSAEOPNOTSUPP));
    sim_assert(refused(recv(post.in, in, 8, MSG_OOB), WSAEOPNOTSUPP));
    sim_assert(datagram_receive(post.in, in, 8) == 3);
    post_close(&post);
}

static void late_scenario(void *arg)
{
    struct post post = post_open();
    DWORD limit_ms = 50;
    char in[8];

    (void)arg;
    /* SO_RCVTIMEO: a receive that blocks too long. */
    option_on(post.in, SOL_SOCKET, SO_RCVTIMEO, limit_ms);
    sim_assert(refused(recv(post.in, in, 8, 0), WSAETIMEDOUT));
    post_send(&post, "abc");
    sim_assert(recv(post.in, in, 8, 0) == 3);
    post_close(&post);
}

static void a_receive_is_refused_and_nothing_is_lost(void **state)
{
    (void)state;
    schedules_pass(small_from_scenario);
    schedules_pass(all_scenario);
    schedules_pass(late_scenario);
}

/* ---- Full ---------------------------------------------------------------- */

enum { QUEUE = 100, PIECE = 40 };

static void full_scenario(void *arg)
{
    struct post post = post_open();
    char bytes[PIECE] = {0};
    u_long waiting = 0;

    (void)arg;
    /* SOCK-113: what comes while the queue is full is dropped silently. */
    option_on(post.in, SOL_SOCKET, SO_RCVBUF, QUEUE);
    for (int at = 0; at < 10; at++) {
        bytes[0] = (char)at;
        sim_assert(
            datagram_send_to(post.out, "127.0.0.1", post.at, bytes, PIECE) ==
            0);
        datagrams_settle();
    }
    datagram_no_wait(post.in);
    /* The third fills it, and is itself kept. */
    for (int at = 0; at < 3; at++) {
        sim_assert(ioctlsocket(post.in, FIONREAD, &waiting) == 0);
        sim_assert(waiting == PIECE);
        sim_assert(datagram_receive(post.in, bytes, PIECE) == PIECE);
        sim_assert(bytes[0] == (char)at);
    }
    sim_assert(datagram_receive(post.in, bytes, PIECE) == -WSAEWOULDBLOCK);
    {
        /* There is room again. */
        post_send(&post, "next");
        sim_assert(datagram_receive(post.in, bytes, PIECE) == 4);
    }
    post_close(&post);
}

static void no_room_scenario(void *arg)
{
    struct post post = post_open();
    OVERLAPPED overlapped = {0};
    char in[8];

    (void)arg;
    /* With no buffer at all only a receive that waits gets anything. */
    option_on(post.in, SOL_SOCKET, SO_RCVBUF, 0);
    post_send(&post, "lost");
    sim_assert(receive_begin(post.in, in, 8, &overlapped) == WSA_IO_PENDING);
    post_send(&post, "caught");
    sim_assert(packet(&post, &overlapped, 0, 6));
    post_close(&post);
}

static void a_full_queue_drops_what_comes(void **state)
{
    (void)state;
    schedules_pass(full_scenario);
    schedules_pass(no_room_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receive_takes_one_datagram),
        cmocka_unit_test(a_datagram_that_does_not_fit_is_cut),
        cmocka_unit_test(a_look_leaves_the_datagram),
        cmocka_unit_test(a_receive_is_refused_and_nothing_is_lost),
        cmocka_unit_test(a_full_queue_drops_what_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
