/**
 * @file test_afd_poll.c
 * @brief The driver's own poll, which pends and queues a packet.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-56, SOCK-57.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winternl.h>

#include "schedules.h"
#include "socket_pair.h"

enum {
    IOCTL = 0x12024,
    RECEIVE = 0x001,
    SEND = 0x004,
    DISCONNECT = 0x008,
    ABORT = 0x010,
    LOCAL_CLOSE = 0x020,
    ACCEPT = 0x080
};

/** What a poll asks and answers, for two sockets. */
struct afd_poll {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE socket;
        ULONG events;
        NTSTATUS status;
    } sockets[2];
};

/** A connection, and a port that hears of the client's end. */
struct stage {
    struct socket_pair pair;
    HANDLE port;
    OVERLAPPED overlapped;
    struct afd_poll asked;
    struct afd_poll told;
};

static void stage_open(struct stage *stage)
{
    *stage = (struct stage){.asked.timeout.QuadPart = INT64_MAX};
    net_up();
    stage->pair = sockets_open();
    stage->port = socket_port(stage->pair.client);
}

static void stage_close(struct stage *stage)
{
    if (stage->pair.client != INVALID_SOCKET) {
        close_socket(stage->pair.client);
    }
    if (stage->pair.server != INVALID_SOCKET) {
        close_socket(stage->pair.server);
    }
    sim_assert(CloseHandle(stage->port));
    net_down();
}

/** @brief Ask about one more socket. */
static void add(struct stage *stage, SOCKET socket, ULONG events)
{
    ULONG at = stage->asked.count++;

    stage->asked.sockets[at].socket = (HANDLE)socket;
    stage->asked.sockets[at].events = events;
}

/** @brief Poll through the client's end. */
static NTSTATUS start(struct stage *stage)
{
    return NtDeviceIoControlFile((HANDLE)stage->pair.client,
                                 NULL,
                                 NULL,
                                 &stage->overlapped,
                                 (IO_STATUS_BLOCK *)(void *)&stage->overlapped,
                                 IOCTL,
                                 &stage->asked,
                                 sizeof stage->asked,
                                 &stage->told,
                                 sizeof stage->told);
}

/** @brief Take the packet, of that error, and forget the question. */
static void finish(struct stage *stage, DWORD error)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    BOOL success = GetQueuedCompletionStatus(stage->port,
                                             &bytes,
                                             &key,
                                             &overlapped,
                                             INFINITE);

    sim_assert(overlapped == &stage->overlapped && key == PAIR_KEY);
    sim_assert(success == (error == 0));
    sim_assert(success || GetLastError() == error);
    stage->asked.count = 0;
}

/* ---- What ends it -------------------------------------------------------- */

/** @brief See one socket in the answer, with those events. */
static void check_told(const struct stage *stage, SOCKET socket, ULONG events)
{
    sim_assert(stage->told.count == 1);
    sim_assert(stage->told.sockets[0].socket == (HANDLE)socket);
    sim_assert(stage->told.sockets[0].events == events);
    sim_assert(stage->told.sockets[0].status == STATUS_SUCCESS);
}

static void event_scenario(void *arg)
{
    struct stage stage;
    u_short number;
    SOCKET listener;
    SOCKET caller;

    (void)arg;
    stage_open(&stage);
    listener = listen_here(&number);
    caller = stream_socket();
    /* Of two sockets the one that something happened to is told. */
    add(&stage, stage.pair.server, RECEIVE | DISCONNECT);
    add(&stage, listener, ACCEPT | RECEIVE);
    sim_assert(start(&stage) == STATUS_PENDING);
    sim_assert(send(stage.pair.client, "a", 1, 0) == 1);
    finish(&stage, 0);
    check_told(&stage, stage.pair.server, RECEIVE);
    add(&stage, listener, ACCEPT | RECEIVE);
    sim_assert(start(&stage) == STATUS_PENDING);
    sim_assert(connect_here(caller, number) == 0);
    finish(&stage, 0);
    check_told(&stage, listener, ACCEPT);
    close_socket(caller);
    close_socket(listener);
    stage_close(&stage);
}

static void events_end_a_poll(void **state)
{
    (void)state;
    schedules_pass(event_scenario);
}

static void close_scenario(void *arg)
{
    const struct linger hard = {.l_onoff = 1};
    struct stage stage;
    SOCKET other;

    (void)arg;
    stage_open(&stage);
    /* A socket that is asked about is closed, whatever was asked. */
    other = stream_socket();
    add(&stage, other, RECEIVE);
    sim_assert(start(&stage) == STATUS_PENDING);
    close_socket(other);
    finish(&stage, 0);
    check_told(&stage, other, LOCAL_CLOSE);
    /* The other end of one is, with a reset. */
    add(&stage, stage.pair.client, ABORT);
    sim_assert(start(&stage) == STATUS_PENDING);
    sim_assert(setsockopt(stage.pair.server,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&hard,
                          sizeof hard) == 0);
    close_socket(stage.pair.server);
    stage.pair.server = INVALID_SOCKET;
    finish(&stage, 0);
    check_told(&stage, stage.pair.client, ABORT);
    stage_close(&stage);
}

static void closing_ends_a_poll(void **state)
{
    (void)state;
    schedules_pass(close_scenario);
}

static void other_end_scenario(void *arg)
{
    struct stage stage;
    ULONGLONG begin;

    (void)arg;
    stage_open(&stage);
    /* Its time is over. */
    stage.asked.timeout.QuadPart = -50 * 10000;
    add(&stage, stage.pair.server, RECEIVE);
    begin = GetTickCount64();
    sim_assert(start(&stage) == STATUS_PENDING);
    finish(&stage, 0);
    sim_assert((NTSTATUS)stage.overlapped.Internal == STATUS_TIMEOUT);
    sim_assert(stage.told.count == 0);
    sim_assert(GetTickCount64() - begin >= 30);
    /* It is cancelled. */
    stage.asked.timeout.QuadPart = INT64_MAX;
    add(&stage, stage.pair.server, RECEIVE);
    sim_assert(start(&stage) == STATUS_PENDING);
    sim_assert(CancelIoEx((HANDLE)stage.pair.client, &stage.overlapped));
    finish(&stage, ERROR_OPERATION_ABORTED);
    /* The socket that it goes through is closed: SOCK-56, also when it asks
     * about that very socket. */
    add(&stage, stage.pair.client, RECEIVE);
    add(&stage, stage.pair.server, RECEIVE);
    sim_assert(start(&stage) == STATUS_PENDING);
    close_socket(stage.pair.client);
    stage.pair.client = INVALID_SOCKET;
    finish(&stage, 0);
    sim_assert((NTSTATUS)stage.overlapped.Internal == STATUS_TIMEOUT);
    stage_close(&stage);
}

static void time_cancel_and_close_end_a_poll(void **state)
{
    (void)state;
    schedules_pass(other_end_scenario);
}

/* ---- What is refused ----------------------------------------------------- */

static void refusal_scenario(void *arg)
{
    struct stage stage;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    (void)arg;
    stage_open(&stage);
    sim_assert(start(&stage) == STATUS_INVALID_PARAMETER); /* No socket. */
    stage.asked.count = 3;                                 /* Too many. */
    sim_assert(start(&stage) == STATUS_INVALID_PARAMETER);
    stage.asked.count = 0;
    add(&stage, (SOCKET)event, RECEIVE);
    sim_assert(start(&stage) == STATUS_OBJECT_TYPE_MISMATCH);
    stage.asked.sockets[0].socket = stage.port;
    sim_assert(!NT_SUCCESS(start(&stage)));
    stage.asked.sockets[0].socket = NULL;
    sim_assert(start(&stage) == STATUS_INVALID_HANDLE);
    stage.asked.sockets[0].socket = (HANDLE)stage.pair.client;
    stage.asked.exclusive = 1;
    sim_assert(start(&stage) == STATUS_NOT_SUPPORTED);
    /* What is the case already is told at once: SOCK-57. */
    stage.asked.exclusive = 0;
    stage.asked.sockets[0].events = SEND | RECEIVE;
    sim_assert(start(&stage) == STATUS_SUCCESS);
    finish(&stage, 0);
    check_told(&stage, stage.pair.client, SEND);
    sim_assert(CloseHandle(event));
    stage_close(&stage);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    schedules_rules("-17,-18,-19"); /* It uses handles that are wrong. */
    schedules_pass(refusal_scenario);
    schedules_rules(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_end_a_poll),
        cmocka_unit_test(closing_ends_a_poll),
        cmocka_unit_test(time_cancel_and_close_end_a_poll),
        cmocka_unit_test(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
