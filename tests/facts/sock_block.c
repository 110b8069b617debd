/**
 * @file sock_block.c
 * @brief Facts about calls that block, and what sets overlapped ones apart.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-03, SOCK-04, SOCK-05, SOCK-06, SOCK-07, SOCK-08.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/* ---- A thread that receives ---------------------------------------------- */

/** A thread that receives once, by WSARecv, and ends. */
struct receiver {
    SOCKET socket;
    OVERLAPPED *overlapped; /* Or NULL. */
    HANDLE thread;
    volatile LONG started;
    volatile LONG over;
    int result;
    int error;
    DWORD bytes;
    char in[4];
};

static DWORD WINAPI receive(void *arg)
{
    struct receiver *receiver = arg;
    WSABUF one = {.len = sizeof receiver->in, .buf = receiver->in};
    DWORD flags = 0;

    (void)InterlockedExchange(&receiver->started, 1);
    receiver->result = WSARecv(receiver->socket,
                               &one,
                               1,
                               &receiver->bytes,
                               &flags,
                               receiver->overlapped,
                               NULL);
    receiver->error = WSAGetLastError();
    (void)InterlockedExchange(&receiver->over, 1);
    return 0;
}

/** @brief Start the thread and see it block. */
static void receiver_start(struct receiver *receiver,
                           SOCKET socket,
                           OVERLAPPED *overlapped)
{
    memset(receiver, 0, sizeof *receiver);
    receiver->socket = socket;
    receiver->overlapped = overlapped;
    receiver->thread = fact_start(receive, receiver);
    fact_settle(&receiver->started);
    CHECK(receiver->over == 0);
}

/** @brief Send it a byte and see it return. */
static void receiver_end(struct receiver *receiver, SOCKET peer)
{
    fact_send(peer, "a", 1);
    (void)fact_join(receiver->thread);
    CHECK(receiver->result == 0);
    CHECK(receiver->bytes == 1 && receiver->in[0] == 'a');
}

/* ---- SOCK-03, SOCK-04, SOCK-05 -------------------------------------------- */

/** @brief See a receive pend, and end when a byte comes. */
static void check_pends(SOCKET socket, SOCKET peer)
{
    OVERLAPPED overlapped = {0};
    char in[4];

    fact_recv_later(socket, in, sizeof in, &overlapped);
    fact_send(peer, "a", 1);
    CHECK(fact_wait(socket, &overlapped) == 1 && in[0] == 'a');
}

void fact_sock_03(void)
{
    struct fact_pair plain = fact_pair(0);
    struct fact_pair other = fact_pair(WSA_FLAG_OVERLAPPED);
    struct receiver receiver;
    struct sockaddr_in address;
    OVERLAPPED overlapped = {0};
    SOCKET listener = fact_listener(&address);
    SOCKET made = socket(AF_INET, SOCK_STREAM, 0);
    SOCKET accepted;

    /* Without the flag an OVERLAPPED changes nothing: the call blocks. */
    receiver_start(&receiver, plain.here, &overlapped);
    receiver_end(&receiver, plain.peer);
    /* With the flag it pends; */
    check_pends(other.here, other.peer);
    /* and so it does on what socket() makes, which takes no flags. */
    CHECK(made != INVALID_SOCKET);
    fact_connect(made, &address);
    accepted = fact_accept(listener);
    check_pends(made, accepted);
    fact_close(&accepted);
    fact_close(&made);
    fact_close(&listener);
    fact_pair_close(&other);
    fact_pair_close(&plain);
}

void fact_sock_04(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    WSABUF one = {.len = 1, .buf = (char[1]){0}};
    DWORD flags = 0;
    DWORD bytes;
    char in[4];

    fact_set_nonblocking(pair.here);
    CHECK_REFUSED(WSARecv(pair.here, &one, 1, &bytes, &flags, NULL, NULL),
                  WSAEWOULDBLOCK);
    CHECK(fact_packet_none(pair.port));
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'a');
    fact_pair_close(&pair);
}

void fact_sock_05(void)
{
    struct fact_pair pair = fact_pair_at_port();
    struct receiver receiver;
    WSABUF out = {.len = 3, .buf = (char[3]){'a', 'b', 'c'}};
    DWORD bytes = 0;

    receiver_start(&receiver, pair.here, NULL);
    receiver_end(&receiver, pair.peer);
    CHECK(WSASend(pair.here, &out, 1, &bytes, 0, NULL, NULL) == 0);
    CHECK(bytes == 3);
    fact_recv_text(pair.peer, "abc");
    CHECK(send(pair.here, "d", 1, 0) == 1);
    fact_recv_text(pair.peer, "d");
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/* ---- SOCK-06 ------------------------------------------------------------- */

static volatile LONG apc_thread;

static VOID CALLBACK note_thread(ULONG_PTR unused)
{
    (void)unused;
    (void)InterlockedExchange(&apc_thread, (LONG)GetCurrentThreadId());
}

void fact_sock_06(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    struct receiver receiver;
    char in;

    (void)InterlockedExchange(&apc_thread, 0);
    /* A call that waits runs an APC, and waits on. */
    receiver_start(&receiver, pair.here, NULL);
    CHECK(QueueUserAPC(note_thread, receiver.thread, 0));
    fact_await(&apc_thread, 1);
    CHECK((DWORD)apc_thread == GetThreadId(receiver.thread));
    sim_settle();
    CHECK(receiver.over == 0);
    receiver_end(&receiver, pair.peer);
    /* One that need not wait does not run it. */
    (void)InterlockedExchange(&apc_thread, 0);
    fact_send(pair.peer, "b", 1);
    fact_await_bytes(pair.here, 1);
    CHECK(QueueUserAPC(note_thread, GetCurrentThread(), 0));
    CHECK(recv(pair.here, &in, 1, 0) == 1 && in == 'b');
    CHECK(apc_thread == 0);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK((DWORD)apc_thread == GetCurrentThreadId());
    fact_pair_close(&pair);
}

/* ---- SOCK-07 ------------------------------------------------------------- */

enum { SHORT_MS = 60, LONG_MS = 200 };

/** @brief See that nothing comes out of the port for a while. */
static void check_still_pending(HANDLE port)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, LONG_MS));
    CHECK(GetLastError() == WAIT_TIMEOUT && overlapped == NULL);
}

void fact_sock_07(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char in[4];

    fact_set_option(pair.here, SO_RCVTIMEO, SHORT_MS);
    fact_set_option(pair.here, SO_SNDTIMEO, SHORT_MS);
    CHECK_REFUSED(recv(pair.here, in, sizeof in, 0), WSAETIMEDOUT);
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    check_still_pending(pair.port);
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    fact_pair_close(&pair);
}

/* ---- SOCK-08 ------------------------------------------------------------- */

/** What the routine heard; only the test's own thread runs it. */
static struct {
    int runs;
    DWORD thread;
    DWORD error;
    DWORD bytes;
    DWORD flags;
    const OVERLAPPED *overlapped;
} heard;

static void CALLBACK hear(DWORD error,
                          DWORD bytes,
                          LPWSAOVERLAPPED overlapped,
                          DWORD flags)
{
    heard.runs++;
    heard.thread = GetCurrentThreadId();
    heard.error = error;
    heard.bytes = bytes;
    heard.flags = flags;
    heard.overlapped = overlapped;
}

/** @brief Start a receive that ends in the routine. */
static int recv_with_routine(SOCKET socket, char *in, OVERLAPPED *overlapped)
{
    WSABUF one = {.len = 4, .buf = in};
    DWORD flags = 0;

    heard.runs = 0;
    heard.flags = 77;
    return WSARecv(socket, &one, 1, NULL, &flags, overlapped, hear);
}

/** @brief See the routine run in the next alertable wait, and no sooner; the
 *  event in hEvent is not touched. */
static void check_heard(const OVERLAPPED *overlapped, DWORD error, DWORD bytes)
{
    CHECK(heard.runs == 0);
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(heard.runs == 1 && heard.thread == GetCurrentThreadId());
    CHECK(heard.overlapped == overlapped && heard.error == error);
    CHECK(heard.bytes == bytes && heard.flags == 0);
    CHECK(WaitForSingleObject(overlapped->hEvent, 0) == WAIT_TIMEOUT);
}

void fact_sock_08(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[4];

    CHECK(event != NULL);
    /* It pends; a wait that is not alertable does not run the routine. */
    CHECK_REFUSED(recv_with_routine(pair.here, in, &overlapped),
                  WSA_IO_PENDING);
    fact_send(pair.peer, "a", 1);
    sim_settle();
    CHECK(WaitForSingleObject(event, 1) == WAIT_TIMEOUT);
    check_heard(&overlapped, ERROR_SUCCESS, 1);
    /* It is over at once: the routine runs all the same. */
    fact_send(pair.peer, "bc", 2);
    fact_await_bytes(pair.here, 2);
    CHECK(recv_with_routine(pair.here, in, &overlapped) == 0);
    check_heard(&overlapped, ERROR_SUCCESS, 2);
    /* An error comes as Winsock calls it, not as a port would. */
    CHECK_REFUSED(recv_with_routine(pair.here, in, &overlapped),
                  WSA_IO_PENDING);
    fact_close_hard(&pair.peer);
    check_heard(&overlapped, WSAECONNRESET, 0);
    CHECK(CloseHandle(event));
    fact_pair_close(&pair);
}
