/**
 * @file test_foreign.c
 * @brief Layer 2: operations that it does not know; threads at once.
 *
 * A program may need a call of Windows that has no request here.  It makes the
 * call itself, on a handle of the loop's, with an OVERLAPPED of its own whose
 * event it waits for; the event's low bit keeps the packet from the port.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-23, PORT-63.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"
#include "passes.h"

static const char name[] = "\\\\.\\pipe\\dryport-foreign";

static struct net_loop loop;

/* ---- An OVERLAPPED of one's own ---------------------------------------------- */

/** A foreign operation: reading, as if there were no net_read_start(). */
struct foreign {
    struct net_stream ends[2];
    struct net_wait wait;
    OVERLAPPED overlapped;
    HANDLE event;
    char bytes[8];
    DWORD count; /* Result: bytes. */
    DWORD error; /* Result: 0, or why not. */
    unsigned called;
};

static void foreign_done(struct net_wait *wait)
{
    struct foreign *foreign = wait->op.context;

    sim_assert(wait->op.status == OP_OK);
    foreign->called++;
    foreign->error = 0;
    if (!GetOverlappedResult(foreign->ends[0].handle.file,
                             &foreign->overlapped,
                             &foreign->count,
                             FALSE)) {
        foreign->error = GetLastError();
    }
}

static void foreign_start(struct foreign *foreign)
{
    memset(foreign, 0, sizeof *foreign);
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    sim_assert(net_pipe_open(&foreign->ends[0], &loop, NULL, name, 0) == OP_OK);
    sim_assert(net_pipe_connect(&foreign->ends[1], &loop, NULL, name, 0) ==
               OP_OK);
    foreign->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    sim_assert(foreign->event != NULL);
    /* FACT PORT-23 hEvent low bit suppresses the packet. */
    foreign->overlapped.hEvent = (char *)foreign->event + 1;
    foreign->wait.on_done = foreign_done;
    foreign->wait.op.context = foreign;
    sim_assert(!ReadFile(foreign->ends[0].handle.file,
                         foreign->bytes,
                         sizeof foreign->bytes,
                         NULL,
                         &foreign->overlapped));
    sim_assert(GetLastError() == ERROR_IO_PENDING);
    net_wait_start(&loop, NULL, &foreign->wait, foreign->event);
}

static void foreign_close(struct foreign *foreign)
{
    sim_assert(foreign->called == 1);
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
    sim_assert(CloseHandle(foreign->event));
}

static void ignore(struct net_write *write)
{
    sim_assert(write->op.status == OP_OK);
}

static void read_foreign(void *arg)
{
    struct foreign foreign;
    char text[] = "hello";
    WSABUF piece = {.buf = text, .len = 5};
    struct net_write write = {.on_done = ignore,
                              .pieces = &piece,
                              .piece_count = 1};

    (void)arg;
    foreign_start(&foreign);
    net_write_start(&foreign.ends[1], &write);
    (void)net_loop_run(&loop);
    sim_assert(foreign.error == 0 && foreign.count == 5);
    sim_assert(memcmp(foreign.bytes, "hello", 5) == 0);
    foreign_close(&foreign);
}

static void foreign_operation_ends_in_a_handler(void **state)
{
    (void)state;
    passes(read_foreign);
}

static void cancel_foreign(void *arg)
{
    struct foreign foreign;

    (void)arg;
    foreign_start(&foreign);
    sim_assert(CancelIoEx(foreign.ends[0].handle.file, &foreign.overlapped));
    (void)net_loop_run(&loop);
    sim_assert(foreign.error == ERROR_OPERATION_ABORTED);
    foreign_close(&foreign);
}

static void foreign_operation_can_be_cancelled(void **state)
{
    (void)state;
    passes(cancel_foreign);
}

/* ---- How many threads at once -------------------------------------------------- */

enum { POSTS = 4 };

static struct net_post posts[POSTS];
static volatile LONG inside;
static volatile LONG called;

static void busy(struct net_post *post)
{
    LONG count = InterlockedIncrement(&inside);

    (void)post;
    if (count == 2) {
        sim_mark("two at once");
    }
    /* FACT PORT-63 over-concurrency is possible and temporary: when a thread
     * that was blocked comes back, which none here does.  Wine bounds nothing.
     */
    if (sim_is_simulated()) {
        sim_assert(count <= (LONG)loop.how.concurrency);
    }
    (void)InterlockedDecrement(&inside);
    (void)InterlockedIncrement(&called);
}

static DWORD WINAPI run_loop(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}

static void run_two(DWORD concurrency)
{
    HANDLE other;

    inside = 0;
    called = 0;
    sim_assert(
        net_loop_open(&loop,
                      &(struct net_loop_options){.concurrency = concurrency,
                                                 .batch_max = 1}) == OP_OK);
    memset(posts, 0, sizeof posts);
    for (size_t i = 0; i < POSTS; i++) {
        posts[i].on_done = busy;
        net_loop_post(&loop, &posts[i]);
    }
    other = CreateThread(NULL, 0, run_loop, NULL, 0, NULL);
    sim_assert(other != NULL);
    (void)net_loop_run(&loop);
    sim_assert(WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(other));
    sim_assert(called == POSTS);
    net_loop_close(&loop);
}

static void run_one_of_two(void *arg)
{
    (void)arg;
    run_two(1);
}

static void run_both(void *arg)
{
    (void)arg;
    run_two(2);
}

static void concurrency_bounds_threads_that_run(void **state)
{
    (void)state;
    passes(run_one_of_two);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("two at once") == 0);
#endif
    passes(run_both);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("two at once") > 0);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_operation_ends_in_a_handler),
        cmocka_unit_test(foreign_operation_can_be_cancelled),
        cmocka_unit_test(concurrency_bounds_threads_that_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
