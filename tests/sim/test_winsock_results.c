/**
 * @file test_winsock_results.c
 * @brief How calls of Winsock tell what came of them.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    OVL-18, OVL-29, OVL-32, OVL-35, SOCK-01, SOCK-05, SOCK-06,
 *           SOCK-07, SOCK-08, SOCK-11, SOCK-12, SOCK-13, CANCEL-15.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/* ---- WSAGetOverlappedResult ---------------------------------------------- */

static void ask_scenario(void *arg)
{
    OVERLAPPED overlapped = {
        .Internal = (ULONG_PTR)STATUS_CANCELLED,
        .InternalHigh = 5,
    };
    DWORD bytes = 0;
    DWORD flags = 0;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    {
        /* OVL-18: the count comes with a failure, too. */
        sim_assert(failed(
            WSAGetOverlappedResult(one, &overlapped, &bytes, FALSE, &flags),
            WSA_OPERATION_ABORTED));
        sim_assert(bytes == 5);
    }
    {
        sim_assert(
            failed(WSAGetOverlappedResult(one, NULL, &bytes, FALSE, &flags),
                   WSA_INVALID_PARAMETER));
        /* OVL-35: an event to wait for. */
        overlapped.Internal = STATUS_PENDING;
        sim_assert(failed(
            WSAGetOverlappedResult(one, &overlapped, &bytes, TRUE, &flags),
            WSA_INVALID_HANDLE));
        sim_assert(failed(
            WSAGetOverlappedResult(one, &overlapped, NULL, FALSE, &flags),
            WSAEFAULT));
        sim_assert(failed(
            WSAGetOverlappedResult(one, &overlapped, &bytes, FALSE, NULL),
            WSAEFAULT));
    }
    close_socket(one);
    net_down();
}

static void asking_wants_its_arguments(void **state)
{
    (void)state;
    schedules_pass(ask_scenario);
}

static void result_scenario(void *arg)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct socket_pair pair;
    DWORD bytes = 77;
    DWORD flags = 77;
    char in[8] = "";

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-01, SOCK-11: it pends until something is there. */
        sim_assert(wsa_failed(receive_some(pair.server, in, 8, &overlapped),
                              WSA_IO_PENDING));
        sim_assert(send(pair.client, "a", 1, 0) == 1);
        sim_assert(WSAGetOverlappedResult(pair.server,
                                          &overlapped,
                                          &bytes,
                                          TRUE,
                                          &flags));
        sim_assert(bytes == 1 && flags == 0 && in[0] == 'a');
        sim_assert(is_signaled(overlapped.hEvent));
    }
    {
        /* SOCK-13: at once when it is there already; the event as well. */
        sim_assert(send(pair.client, "d", 1, 0) == 1);
        Sleep(60000);
        sim_assert(receive_some(pair.server, in, 8, &overlapped) == 0);
        sim_assert(overlapped.InternalHigh == 1 && in[0] == 'd');
        sim_assert(is_signaled(overlapped.hEvent));
    }
    {
        /* CANCEL-15: 995 from both. */
        sim_assert(wsa_failed(receive_some(pair.server, in, 8, &overlapped),
                              WSA_IO_PENDING));
        sim_assert(CancelIo((HANDLE)pair.server));
        sim_assert(failed(WSAGetOverlappedResult(pair.server,
                                                 &overlapped,
                                                 &bytes,
                                                 TRUE,
                                                 &flags),
                          WSA_OPERATION_ABORTED));
    }
    sockets_close(&pair);
    sim_assert(CloseHandle(overlapped.hEvent));
    net_down();
}

static void results_are_asked_for(void **state)
{
    (void)state;
    schedules_pass(result_scenario);
}

static void count_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    char in[4] = "";
    WSABUF buffers[2] = {{.len = 2, .buf = in}, {.len = 1, .buf = in + 2}};
    WSABUF out = {.len = 3, .buf = (char[]){"xyz"}};
    DWORD bytes = 0xDEADBEEF;
    DWORD flags = MSG_WAITALL;

    (void)arg;
    net_up();
    pair = sockets_open();
    /* OVL-32: pending leaves the count untouched. */
    sim_assert(wsa_failed(
        WSARecv(pair.server, buffers, 2, &bytes, &flags, &overlapped, NULL),
        WSA_IO_PENDING));
    sim_assert(bytes == 0xDEADBEEF);
    memset(buffers, 0, sizeof buffers); /* OVL-29: the list was copied. */
    sim_assert(WSASend(pair.client, &out, 1, &bytes, 0, NULL, NULL) == 0);
    sim_assert(bytes == 3);
    Sleep(60000);
    /* SOCK-12: in the order of the list. */
    sim_assert(overlapped.Internal == STATUS_SUCCESS);
    sim_assert(overlapped.InternalHigh == 3 && memcmp(in, "xyz", 3) == 0);
    sockets_close(&pair);
    net_down();
}

static void counts_are_set_at_once_or_not(void **state)
{
    (void)state;
    schedules_pass(count_scenario);
}

/* ---- Waiting ------------------------------------------------------------- */

static struct {
    unsigned calls;
    DWORD error;
    DWORD bytes;
    OVERLAPPED *overlapped;
} told;

static void CALLBACK routine(DWORD error,
                             DWORD bytes,
                             LPWSAOVERLAPPED overlapped,
                             DWORD flags)
{
    (void)flags;
    told.calls++;
    told.error = error;
    told.bytes = bytes;
    told.overlapped = overlapped;
}

static int receive_with_routine(SOCKET socket, char *to, OVERLAPPED *overlapped)
{
    WSABUF buffer = {.len = 4, .buf = to};
    DWORD flags = 0;

    return WSARecv(socket, &buffer, 1, NULL, &flags, overlapped, routine);
}

static void routine_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {.hEvent = (HANDLE)(ULONG_PTR)0x1234};
    HANDLE thread;
    char in[4];
    char more[4];

    (void)arg;
    memset(&told, 0, sizeof told);
    net_up();
    pair = sockets_open();
    {
        /* SOCK-08: in an alertable wait; hEvent is the program's. */
        sim_assert(
            wsa_failed(receive_with_routine(pair.server, in, &overlapped),
                       WSA_IO_PENDING));
        sim_assert(send(pair.client, "a", 1, 0) == 1);
        sim_assert(told.calls == 0);
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(told.calls == 1 && told.error == 0 && told.bytes == 1);
        sim_assert(told.overlapped == &overlapped);
    }
    {
        /* Also for success at once. */
        sim_assert(send(pair.client, "c", 1, 0) == 1);
        Sleep(60000);
        sim_assert(receive_with_routine(pair.server, in, &overlapped) == 0);
        sim_assert(told.calls == 1);
        sim_assert(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(told.calls == 2 && told.bytes == 1);
    }
    {
        /* SOCK-06: blocking calls of Winsock wait alertably. */
        sim_assert(
            wsa_failed(receive_with_routine(pair.server, in, &overlapped),
                       WSA_IO_PENDING));
        sim_assert(CancelIoEx((HANDLE)pair.server, &overlapped));
        thread = thread_start(send_when_idle, (void *)pair.server);
        sim_assert(told.calls == 2);
        sim_assert(recv(pair.client, more, 4, 0) > 0);
        sim_assert(told.calls == 3 && told.error == WSA_OPERATION_ABORTED);
        thread_end(thread);
    }
    sockets_close(&pair);
    net_down();
}

static void routines_run_in_alertable_waits(void **state)
{
    (void)state;
    schedules_pass(routine_scenario);
}

static void timeout_scenario(void *arg)
{
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    DWORD limit = 200;
    ULONGLONG start;
    char in[4];

    (void)arg;
    net_up();
    pair = sockets_open();
    sim_assert(setsockopt(pair.server,
                          SOL_SOCKET,
                          SO_RCVTIMEO,
                          (char *)&limit,
                          sizeof limit) == 0);
    /* SOCK-07: for blocking calls only. */
    sim_assert(wsa_failed(receive_some(pair.server, in, 4, &overlapped),
                          WSA_IO_PENDING));
    start = GetTickCount64();
    sim_assert(wsa_failed(recv(pair.server, in + 1, 1, 0), WSAETIMEDOUT));
    sim_assert(GetTickCount64() - start >= 180);
    sim_assert(GetTickCount64() - start <= 250);
    sim_assert(overlapped.Internal == (ULONG_PTR)STATUS_PENDING);
    sim_assert(send(pair.client, "a", 1, 0) == 1);
    Sleep(60000);
    sim_assert(overlapped.Internal == STATUS_SUCCESS);
    sockets_close(&pair);
    net_down();
}

static void blocking_calls_have_a_time_out(void **state)
{
    (void)state;
    schedules_pass_exactly(timeout_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(asking_wants_its_arguments),
        cmocka_unit_test(results_are_asked_for),
        cmocka_unit_test(counts_are_set_at_once_or_not),
        cmocka_unit_test(routines_run_in_alertable_waits),
        cmocka_unit_test(blocking_calls_have_a_time_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
