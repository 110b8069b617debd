/**
 * @file test_queues.c
 * @brief Layer 1: posts, held operations, wake-ups, batches.
 *
 * Uses:     op.h, takes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-29, PORT-35, PORT-39, PORT-49, PORT-53, PORT-76.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "takes.h"

static void posted(void *arg)
{
    struct op_port port;
    struct op_post first;
    struct op_post second;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    OP_INIT(&first, NULL, &port);
    OP_INIT(&second, NULL, NULL);
    sim_assert(first.op.owner == OP_APP && first.op.kind == OP_POST);
    /* Both come back, in order, each with its value. */
    sim_assert(op_post(&first.op, &port, 7) == OP_PENDING);
    sim_assert(op_post(&second.op, &port, 0) == OP_PENDING);
    sim_assert(first.op.owner == OP_QUE);
    take(&port, &first.op);
    sim_assert(first.op.status == OP_OK && first.op.bytes == 7);
    sim_assert(first.op.context == &port);
    take(&port, &second.op);
    sim_assert(second.op.status == OP_OK && second.op.bytes == 0);
    /* What came back may be posted again. */
    sim_assert(op_post(&first.op, &port, 8) == OP_PENDING);
    take(&port, &first.op);
    sim_assert(first.op.bytes == 8);
    take_nothing(&port);
    op_port_close(&port);
}

static void post_comes_back_with_its_value(void **state)
{
    (void)state;
    passes(posted);
}

static void post_until_refused(void *arg)
{
    struct op_port port;
    struct op_post post;
    struct op_post held;

    (void)arg;
    if (op_port_open(&port, 1) != OP_OK) {
        return;
    }
    OP_INIT(&post, NULL, NULL);
    OP_INIT(&held, NULL, NULL);
    op_hold(&held.op);
    /* Refused, it is the application's again and may be posted again.
     * BOUND: faults are rare enough for one of 1,000 to succeed. */
    for (int turn = 0; turn < 1000; turn++) {
        if (op_post(&post.op, &port, 1) == OP_PENDING) {
            take(&port, &post.op);
            break;
        }
        sim_mark("refused");
        sim_assert(post.op.owner == OP_APP);
        sim_assert(post.op.status == OP_NO_RESOURCES);
        sim_assert(post.op.error == ERROR_NO_SYSTEM_RESOURCES);
    }
    /* Refused while held, it is still held. */
    if (op_post(&held.op, &port, 1) == OP_PENDING) {
        take(&port, &held.op);
    } else {
        sim_mark("refused while held");
        sim_assert(held.op.owner == OP_QUE && held.op.is_held);
        op_release(&held.op, OP_ABORTED);
    }
    op_port_close(&port);
}

static void post_refused_changes_no_owner(void **state)
{
    (void)state;
    passes_faults(post_until_refused);
    if (sim_is_simulated()) {
        assert_true(sim_marked("refused") > 0);
        assert_true(sim_marked("refused while held") > 0);
    }
}

static void held(void *arg)
{
    struct op_port port;
    struct op_timer early;
    struct op_timer late;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    OP_INIT(&early, NULL, NULL);
    OP_INIT(&late, NULL, NULL);
    early.due = 10;
    late.due = 20;
    op_hold(&early.op);
    op_hold(&late.op);
    sim_assert(early.op.owner == OP_QUE && early.op.is_held);
    take_nothing(&port);
    /* One ends through the port, the other on the spot. */
    sim_assert(op_post(&early.op, &port, 0) == OP_PENDING);
    op_release(&late.op, OP_ABORTED);
    sim_assert(late.op.owner == OP_APP && late.op.status == OP_ABORTED);
    take(&port, &early.op);
    sim_assert(early.op.status == OP_OK && early.due == 10);
    /* There is nothing that the kernel could be asked. */
    sim_assert(op_cancel(&early.op) == OP_CANCEL_NOTHING);
    op_port_close(&port);
}

static void held_operations_end_by_post_or_release(void **state)
{
    (void)state;
    passes(held);
}

static void CALLBACK do_nothing(ULONG_PTR unused)
{
    (void)unused;
}

static void batches(void *arg)
{
    struct op_port port;
    struct op_post posts[5];
    struct op_batch batch = {.timeout_ms = 0, .count = 77};

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    sim_assert(op_take_many(&port, &batch) == OP_NOTHING && batch.count == 0);
    for (size_t i = 0; i < 5; i++) {
        OP_INIT(&posts[i], NULL, NULL);
        sim_assert(op_post(&posts[i].op, &port, (DWORD)i) == OP_PENDING);
    }
    sim_assert(op_port_wake(&port) == OP_OK);
    /* Two are asked for, two come; then the rest, the wake-up last. */
    batch.count_max = 2;
    sim_assert(op_take_many(&port, &batch) == OP_TAKEN && batch.count == 2);
    sim_assert(batch.ops[0] == &posts[0].op && batch.ops[0]->bytes == 0);
    sim_assert(batch.ops[1] == &posts[1].op && batch.ops[1]->bytes == 1);
    batch.count_max = 0;
    sim_assert(op_take_many(&port, &batch) == OP_TAKEN && batch.count == 4);
    sim_assert(batch.ops[2] == &posts[4].op && batch.ops[2]->bytes == 4);
    sim_assert(batch.ops[2]->owner == OP_APP);
    sim_assert(batch.ops[3] == NULL);
    /* An APC ends a wait that allows it. */
    sim_assert(QueueUserAPC(do_nothing, GetCurrentThread(), 0));
    batch.timeout_ms = INFINITE;
    batch.alertable = true;
    sim_assert(op_take_many(&port, &batch) == OP_APC && batch.count == 0);
    op_port_close(&port);
}

static void batch_holds_what_was_there(void **state)
{
    (void)state;
    passes(batches);
}

static struct op_port shared;

static DWORD WINAPI take_until_closed(void *arg)
{
    struct op *op = (struct op *)arg;
    enum op_outcome outcome = op_take(&shared, INFINITE, &op);

    /* A wake-up has no operation. */
    if (outcome == OP_TAKEN) {
        sim_assert(op == NULL);
        outcome = op_take(&shared, INFINITE, &op);
    }
    return (DWORD)outcome;
}

static void wake_and_close(void *arg)
{
    struct op_port mine;
    HANDLE thread;
    DWORD outcome;

    (void)arg;
    sim_assert(op_port_open(&shared, 1) == OP_OK);
    mine = shared;
    thread = CreateThread(NULL, 0, take_until_closed, NULL, 0, NULL);
    sim_assert(thread != NULL);
    sim_assert(op_port_wake(&mine) == OP_OK);
    sim_settle();
    op_port_close(&mine);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &outcome));
    sim_assert(outcome == OP_CLOSED);
    sim_assert(CloseHandle(thread));
}

static void waiters_are_woken_and_told_of_the_close(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Wine does not tell waiters of the close. */
    }
    passes(wake_and_close);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(post_comes_back_with_its_value),
        cmocka_unit_test(post_refused_changes_no_owner),
        cmocka_unit_test(held_operations_end_by_post_or_release),
        cmocka_unit_test(batch_holds_what_was_there),
        cmocka_unit_test(waiters_are_woken_and_told_of_the_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
