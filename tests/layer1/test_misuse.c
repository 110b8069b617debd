/**
 * @file test_misuse.c
 * @brief Layer 1: whoever does not own an operation is stopped.
 *
 * Uses:     op.h, pipes.h, cmocka.
 * Used by:  ctest.
 * Facts:    OVL-25.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipes.h"

/** What the assertion about the owner says. */
static const char wrong_owner[] = "moves[op->owner][to]";

static void stops(sim_scenario_fn *scenario, const char *words)
{
    const char *sentence = breaks(scenario);

    if (sim_is_simulated() && strstr(sentence, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", sentence, words);
    }
}

static void post_twice(void *arg)
{
    struct op_port port;
    struct op_post post;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    OP_INIT(&post, NULL, NULL);
    (void)op_post(&post.op, &port, 0);
    (void)op_post(&post.op, &port, 0);
}

static void post_uninitialised(void *arg)
{
    static struct op_post post;
    struct op_port port;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    (void)op_post(&post.op, &port, 0);
}

static void hold_posted(void *arg)
{
    struct op_port port;
    struct op_post post;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    OP_INIT(&post, NULL, NULL);
    (void)op_post(&post.op, &port, 0);
    op_hold(&post.op);
}

static void release_unheld(void *arg)
{
    struct op_post post;

    (void)arg;
    OP_INIT(&post, NULL, NULL);
    op_release(&post.op, OP_OK);
}

static void submit_post(void *arg)
{
    static struct op_handle handle;
    struct op_post post;

    (void)arg;
    OP_INIT(&post, NULL, NULL);
    (void)op_submit(&post.op, &handle);
}

static void name_of_nothing(void *arg)
{
    (void)arg;
    (void)op_status_name(OP_STATUS_COUNT);
}

static void read_twice(void *arg)
{
    struct pipe pipe;
    struct op_read read;
    char buffer[READ_BYTES];

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    init_read(&read, buffer);
    sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
    (void)op_submit(&read.op, &pipe.server);
}

static void lent_operations_are_not_lent_again(void **state)
{
    (void)state;
    stops(post_twice, wrong_owner);
    stops(hold_posted, wrong_owner);
    stops(read_twice, wrong_owner);
}

static void uninitialised_operations_are_refused(void **state)
{
    (void)state;
    stops(post_uninitialised, wrong_owner);
}

static void other_mistakes_are_named(void **state)
{
    (void)state;
    stops(release_unheld, "op->is_held");
    stops(submit_post, "kind->start != NULL");
    stops(name_of_nothing, "OP_STATUS_COUNT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lent_operations_are_not_lent_again),
        cmocka_unit_test(uninitialised_operations_are_refused),
        cmocka_unit_test(other_mistakes_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
