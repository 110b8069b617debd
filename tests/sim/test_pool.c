/**
 * @file test_pool.c
 * @brief The thread pool: operations and functions that it runs.
 *
 * Uses:     schedules.h, pipe_pair.h, checks.h, sim_network.h.
 * Used by:  ctest.
 * Facts:    PORT-16, PORT-101, PORT-102.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"
#include "pipe_pair.h"
#include "schedules.h"
#include "sim_network.h"

/** What callbacks have seen. */
static struct {
    LONG count;
    ULONG error;
    ULONG_PTR bytes;
    void *overlapped;
    DWORD thread;
    HANDLE event;
} seen;

static void forget(void)
{
    ZeroMemory(&seen, sizeof seen);
}

/* ---- Operations ---------------------------------------------------------- */

static void CALLBACK io_ended(PTP_CALLBACK_INSTANCE instance,
                              PVOID context,
                              PVOID overlapped,
                              ULONG error,
                              ULONG_PTR bytes,
                              PTP_IO io)
{
    (void)io;
    sim_assert(instance != NULL && context == &seen);
    seen.error = error;
    seen.bytes = bytes;
    seen.overlapped = overlapped;
    seen.thread = GetCurrentThreadId();
    InterlockedIncrement(&seen.count);
}

static void write_text(HANDLE end, const char *text, DWORD bytes)
{
    OVERLAPPED overlapped = {0};

    sim_assert(WriteFile(end, text, bytes, NULL, &overlapped));
}

static void io_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    PTP_IO io = CreateThreadpoolIo(pair.server, io_ended, &seen, NULL);
    OVERLAPPED read = {0};
    char in[8];

    (void)arg;
    forget();
    sim_assert(io != NULL);
    {
        /* PORT-07: the file has its port. */
        sim_assert(CreateThreadpoolIo(pair.server, io_ended, &seen, NULL) ==
                   NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    }
    {
        /* An operation that pends. */
        StartThreadpoolIo(io);
        sim_assert(failed(ReadFile(pair.server, in, 8, NULL, &read),
                          ERROR_IO_PENDING));
        write_text(pair.client, "abc", 3);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        sim_assert(seen.count == 1 && seen.error == 0 && seen.bytes == 3);
        sim_assert(seen.overlapped == &read);
        sim_assert(seen.thread != GetCurrentThreadId());
    }
    {
        /* PORT-102: one that succeeds at once has its callback, too. */
        write_text(pair.client, "defg", 4);
        StartThreadpoolIo(io);
        sim_assert(ReadFile(pair.server, in, 8, NULL, &read));
        WaitForThreadpoolIoCallbacks(io, FALSE);
        sim_assert(seen.count == 2 && seen.bytes == 4);
    }
    {
        /* PORT-101: one that fails at once has none. */
        sim_assert(CloseHandle(pair.client));
        StartThreadpoolIo(io);
        sim_assert(failed(ReadFile(pair.server, in, 8, NULL, &read),
                          ERROR_BROKEN_PIPE));
        CancelThreadpoolIo(io);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        sim_assert(seen.count == 2);
    }
    sim_assert(CloseHandle(pair.server));
    CloseThreadpoolIo(io);
}

static void cancel_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    PTP_IO io = CreateThreadpoolIo(pair.server, io_ended, &seen, NULL);
    OVERLAPPED read = {0};
    DWORD bytes;
    char in[8];

    (void)arg;
    forget();
    StartThreadpoolIo(io);
    sim_assert(
        failed(ReadFile(pair.server, in, 8, NULL, &read), ERROR_IO_PENDING));
    /* PORT-102: the operation goes on. */
    WaitForThreadpoolIoCallbacks(io, TRUE);
    sim_assert(seen.count == 0 && !HasOverlappedIoCompleted(&read));
    sim_assert(CancelIoEx(pair.server, NULL));
    sim_settle();
    sim_assert(seen.count == 0 || seen.error == ERROR_OPERATION_ABORTED);
    sim_mark(seen.count == 0 ? "dropped" : "run");
    sim_assert(failed(GetOverlappedResult(pair.server, &read, &bytes, FALSE),
                      ERROR_OPERATION_ABORTED));
    WaitForThreadpoolIoCallbacks(io, FALSE);
    sim_assert(CloseHandle(pair.client));
    sim_assert(CloseHandle(pair.server));
    CloseThreadpoolIo(io);
}

static void ends_of_operations_reach_the_pool(void **state)
{
    static const char *const marks[] = {"dropped", "run", NULL};

    (void)state;
    schedules_pass(io_scenario);
    schedules_reach(cancel_scenario, marks);
}

static void CALLBACK bound_ended(DWORD error,
                                 DWORD bytes,
                                 LPOVERLAPPED overlapped)
{
    seen.error = error;
    seen.bytes = bytes;
    seen.overlapped = overlapped;
    sim_assert(SetEvent(seen.event));
}

static void bind_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED read = {0};
    char in[8];

    (void)arg;
    forget();
    seen.event = check_event(FALSE, FALSE);
    sim_assert(failed(BindIoCompletionCallback(NULL, bound_ended, 0),
                      ERROR_INVALID_HANDLE));
    sim_assert(failed(BindIoCompletionCallback(pair.server, bound_ended, 12),
                      ERROR_INVALID_PARAMETER));
    sim_assert(BindIoCompletionCallback(pair.server, bound_ended, 0));
    sim_assert(failed(BindIoCompletionCallback(pair.server, bound_ended, 0),
                      ERROR_INVALID_PARAMETER));
    sim_assert(
        failed(ReadFile(pair.server, in, 8, NULL, &read), ERROR_IO_PENDING));
    write_text(pair.client, "abc", 3);
    sim_assert(WaitForSingleObject(seen.event, INFINITE) == WAIT_OBJECT_0);
    sim_assert(seen.error == 0 && seen.bytes == 3 && seen.overlapped == &read);
    sim_assert(
        failed(ReadFile(pair.server, in, 8, NULL, &read), ERROR_IO_PENDING));
    sim_assert(CloseHandle(pair.client));
    sim_assert(WaitForSingleObject(seen.event, INFINITE) == WAIT_OBJECT_0);
    sim_assert(seen.error == ERROR_BROKEN_PIPE && seen.bytes == 0);
    sim_assert(CloseHandle(pair.server));
    sim_assert(CloseHandle(seen.event));
}

static void the_old_way_works(void **state)
{
    (void)state;
    schedules_pass(bind_scenario);
}

/* ---- Functions ----------------------------------------------------------- */

static void CALLBACK count_up(PTP_CALLBACK_INSTANCE instance,
                              PVOID context,
                              PTP_WORK work)
{
    (void)instance;
    (void)work;
    InterlockedIncrement(context);
}

/** @brief Waits for its partner, which runs in another thread of the pool. */
static DWORD WINAPI meet(void *events)
{
    HANDLE *pair = events;

    sim_assert(SetEvent(pair[0]));
    sim_assert(WaitForSingleObject(pair[1], INFINITE) == WAIT_OBJECT_0);
    InterlockedIncrement(&seen.count);
    return 0;
}

static void CALLBACK set_event(PTP_CALLBACK_INSTANCE instance, PVOID event)
{
    (void)instance;
    sim_assert(SetEvent(event));
}

static void work_scenario(void *arg)
{
    PTP_WORK work = CreateThreadpoolWork(count_up, &seen.count, NULL);

    (void)arg;
    forget();
    for (int at = 0; at < 3; at++) {
        SubmitThreadpoolWork(work);
    }
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    sim_assert(seen.count == 3);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, TRUE);
    sim_assert(seen.count == 3 || seen.count == 4);
    sim_mark(seen.count == 3 ? "dropped" : "run");
    CloseThreadpoolWork(work);
}

static void items_scenario(void *arg)
{
    HANDLE events[] = {check_event(FALSE, FALSE), check_event(FALSE, FALSE)};
    HANDLE reversed[] = {events[1], events[0]};
    HANDLE done = check_event(FALSE, FALSE);

    (void)arg;
    forget();
    /* Callbacks may wait for one another: the pool grows. */
    sim_assert(QueueUserWorkItem(meet, events, WT_EXECUTEDEFAULT));
    sim_assert(QueueUserWorkItem(meet, reversed, WT_EXECUTELONGFUNCTION));
    sim_assert(TrySubmitThreadpoolCallback(set_event, done, NULL));
    sim_assert(WaitForSingleObject(done, INFINITE) == WAIT_OBJECT_0);
    sim_settle();
    sim_assert(seen.count == 2);
    check_close(events[0]);
    check_close(events[1]);
    check_close(done);
}

static void functions_run_in_the_pool(void **state)
{
    static const char *const marks[] = {"dropped", "run", NULL};

    (void)state;
    schedules_reach(work_scenario, marks);
    schedules_pass(items_scenario);
}

/* ---- The end of the process ---------------------------------------------- */

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    InterlockedIncrement(&seen.count);
    return 0;
}

static void exit_scenario(void *arg)
{
    (void)arg;
    forget();
    sim_assert(QueueUserWorkItem(do_nothing, NULL, 0));
    ExitThread(0); /* The pool does its work, and then the process ends. */
}

static DWORD WINAPI sleep_for_ever(void *arg)
{
    (void)arg;
    Sleep(INFINITE);
    return 0;
}

static void leave_scenario(void *arg)
{
    (void)arg;
    /* Nobody can wait for such a callback, so nobody has to. */
    sim_assert(QueueUserWorkItem(sleep_for_ever, NULL, 0));
}

static void stay_scenario(void *arg)
{
    (void)arg;
    sim_assert(QueueUserWorkItem(sleep_for_ever, NULL, 0));
    ExitThread(0);
}

static void deadlock_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);

    (void)arg;
    forget();
    sim_assert(QueueUserWorkItem(do_nothing, NULL, 0));
    (void)WaitForSingleObject(event, INFINITE);
}

static DWORD WINAPI serve_two(void *arg)
{
    (void)arg;
    sim_assert(QueueUserWorkItem(sleep_for_ever, NULL, 0));
    sim_assert(QueueUserWorkItem(do_nothing, NULL, 0));
    Sleep(INFINITE);
    return 0;
}

static DWORD WINAPI serve_one(void *arg)
{
    (void)arg;
    sim_assert(QueueUserWorkItem(do_nothing, NULL, 0));
    return 0;
}

/** @brief A pool goes down with its host, and the next one is new. */
static void crash_scenario(void *arg)
{
    uint32_t host = sim_host_add();
    HANDLE thread;

    (void)arg;
    forget();
    thread = sim_host_start(host, serve_two, NULL);
    sim_settle();
    sim_assert(seen.count == 1);
    sim_host_crash(host);
    sim_assert(CloseHandle(thread));
    sim_host_restart(host);
    thread_end(sim_host_start(host, serve_one, NULL));
    sim_settle();
    sim_assert(seen.count == 2);
}

static void the_process_does_not_wait_for_the_pool(void **state)
{
    (void)state;
    schedules_pass(exit_scenario);
    schedules_pass(crash_scenario);
    schedules_pass(leave_scenario);
    schedules_fail(stay_scenario, SIM_DEADLOCK, "B waits in Sleep");
    schedules_fail(deadlock_scenario, SIM_DEADLOCK, "A waits in");
}

/* ---- Misuse -------------------------------------------------------------- */

static void unannounced_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED read = {0};
    char in[8];

    (void)arg;
    (void)CreateThreadpoolIo(pair.server, io_ended, &seen, NULL);
    (void)ReadFile(pair.server, in, 8, NULL, &read);
    write_text(pair.client, "abc", 3);
    sim_settle();
}

static void overcancelled_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);

    (void)arg;
    CancelThreadpoolIo(CreateThreadpoolIo(pair.server, io_ended, &seen, NULL));
}

static DWORD WINAPI exit_thread(void *arg)
{
    (void)arg;
    ExitThread(0);
}

static void exit_in_callback_scenario(void *arg)
{
    (void)arg;
    sim_assert(QueueUserWorkItem(exit_thread, NULL, 0));
    sim_settle();
}

static void misuse_is_found(void **state)
{
    (void)state;
    schedules_fail(unannounced_scenario, SIM_CONTRACT, "StartThreadpoolIo");
    schedules_fail(overcancelled_scenario, SIM_CONTRACT, "CancelThreadpoolIo");
    schedules_fail(exit_in_callback_scenario, SIM_CONTRACT, "return from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_of_operations_reach_the_pool),
        cmocka_unit_test(the_old_way_works),
        cmocka_unit_test(functions_run_in_the_pool),
        cmocka_unit_test(the_process_does_not_wait_for_the_pool),
        cmocka_unit_test(misuse_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
