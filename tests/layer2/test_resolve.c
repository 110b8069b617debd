/**
 * @file test_resolve.c
 * @brief Layer 2: from names to addresses.
 *
 * Uses:     net.h, passes.h, cmocka, sim_network.h.
 * Used by:  ctest.
 * Facts:    CANCEL-04.
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
#ifndef DRYPORT_REAL
#    include "sim_network.h"
#endif

static struct net_loop loop;
static unsigned called;

static void count_resolve(struct net_resolve *resolve)
{
    sim_assert((resolve->op.status == OP_OK) == (resolve->address_count > 0));
    called++;
}

static void open_loop(void)
{
    called = 0;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
}

static void close_loop(void)
{
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

/** @brief Resolve, and wait for it. */
static op_status resolve_now(struct net_resolve *resolve, const char *host)
{
    unsigned before = called;

    resolve->on_done = count_resolve;
    net_resolve_start(&loop, NULL, resolve, host, 80);
    sim_assert(called == before); /* Never inside the call. */
    sim_assert(net_loop_run(&loop) == 1 && called == before + 1);
    net_loop_restart(&loop);
    return resolve->op.status;
}

static bool is_text(const struct net_address *address, const char *text)
{
    char written[NET_ADDRESS_TEXT_BYTES];

    return strcmp(net_address_write(address, written), text) == 0;
}

static bool is_among(const struct net_resolve *resolve, const char *text)
{
    for (size_t i = 0; i < resolve->address_count; i++) {
        if (is_text(&resolve->addresses[i], text)) {
            return true;
        }
    }
    return false;
}

/* ---- Answers ----------------------------------------------------------------- */

static void numbers(void *arg)
{
    struct net_resolve resolve = {.op = {0}};

    (void)arg;
    open_loop();
    sim_assert(resolve_now(&resolve, "10.1.2.3") == OP_OK);
    sim_assert(resolve.address_count == 1);
    sim_assert(is_text(&resolve.addresses[0], "10.1.2.3:80"));
    sim_assert(resolve_now(&resolve, "fd00::7") == OP_OK);
    sim_assert(resolve.address_count == 1);
    sim_assert(is_text(&resolve.addresses[0], "[fd00::7]:80"));
    /* Nobody was asked. */
    sim_assert(resolve.name[0] == 0 && resolve.query == NULL);
    close_loop();
}

static void addresses_as_text_need_no_question(void **state)
{
    (void)state;
    passes(numbers);
}

static void names(void *arg)
{
    static char long_name[NET_NAME_BYTES + 1];
    struct net_resolve resolve = {.op = {0}};

    (void)arg;
    open_loop();
    sim_assert(resolve_now(&resolve, "localhost") == OP_OK);
    sim_assert(is_among(&resolve, "127.0.0.1:80"));
    sim_assert(resolve_now(&resolve, "no.such.host.invalid") == OP_NOT_FOUND);
    sim_assert(resolve.op.error == WSAHOST_NOT_FOUND);
    sim_assert(resolve_now(&resolve, "\xff") == OP_INVALID);
    memset(long_name, 'x', NET_NAME_BYTES);
    sim_assert(resolve_now(&resolve, long_name) == OP_INVALID);
    close_loop();
}

static void names_are_found_or_not(void **state)
{
    (void)state;
    passes(names);
}

#ifndef DRYPORT_REAL
static void several(void *arg)
{
    struct net_resolve resolves[3] = {{.op = {0}}};
    uint32_t host = sim_host_add();
    struct net_strand strand;

    (void)arg;
    sim_assert(host == 2);
    open_loop();
    net_strand_init(&strand, &loop);
    for (size_t i = 0; i < 3; i++) {
        resolves[i].on_done = count_resolve;
        net_resolve_start(&loop, &strand, &resolves[i], "host2", 7);
    }
    sim_assert(net_loop_run(&loop) == 3 && called == 3);
    for (size_t i = 0; i < 3; i++) {
        sim_assert(resolves[i].op.status == OP_OK);
        sim_assert(resolves[i].address_count == 2);
        sim_assert(is_among(&resolves[i], "[fd00::2]:7"));
        sim_assert(is_among(&resolves[i], "10.0.0.2:7"));
    }
    close_loop();
}

static void other_hosts_are_found(void **state)
{
    (void)state;
    passes(several);
}
#endif

/* ---- Ends -------------------------------------------------------------------- */

static void cancel(struct net_post *post)
{
    net_cancel(post->op.context);
    net_cancel(post->op.context); /* Once more changes nothing. */
}

static bool is_end(op_status status, op_status asked)
{
    sim_mark(status == asked ? "asked" : "answered");
    return status == OP_NOT_FOUND || status == asked;
}

static void ends(void *arg)
{
    static struct net_resolve resolve;
    struct net_post post = {.on_done = cancel, .op.context = &resolve.op};

    (void)arg;
    memset(&resolve, 0, sizeof resolve);
    open_loop();
    resolve.on_done = count_resolve;
    net_resolve_start(&loop, NULL, &resolve, "nobody", 7);
    net_loop_post(&loop, &post);
    sim_assert(net_loop_run(&loop) == 2 && called == 1);
    sim_assert(is_end(resolve.op.status, OP_ABORTED));
    net_loop_restart(&loop);
    resolve.op.deadline_us = net_loop_now(&loop) + 500;
    sim_assert(is_end(resolve_now(&resolve, "nobody"), OP_TIMEOUT));
    net_resolve_start(&loop, NULL, &resolve, "nobody", 7);
    sim_assert(net_loop_drain(&loop) == 1 && called == 3);
    sim_assert(is_end(resolve.op.status, OP_ABORTED));
    sim_mark(resolve.op.status == OP_ABORTED ? "drained" : "");
    net_loop_close(&loop);
}

static void question_ends_when_asked(void **state)
{
    (void)state;
    passes(ends);
    if (sim_is_simulated()) {
        assert_true(sim_marked("asked") > 0 && sim_marked("answered") > 0);
        assert_true(sim_marked("drained") > 0);
    }
}

/** @brief A deadline comes while the answer does, in another thread. */
static void race(void *arg)
{
    static struct net_resolve resolve;
    static struct net_resolve gone;

    (void)arg;
    memset(&resolve, 0, sizeof resolve);
    memset(&gone, 0x5a, sizeof gone);
    open_loop();
    resolve.on_done = count_resolve;
    net_resolve_start(&loop, NULL, &resolve, "nobody", 7);
    net_cancel(&resolve.op);
    sim_assert(net_loop_run(&loop) == 1 && called == 1);
    sim_assert(is_end(resolve.op.status, OP_ABORTED));
    /* Nobody may touch it any more. */
    memset(&resolve, 0x5a, sizeof resolve);
    sim_settle();
    sim_assert(memcmp(&resolve, &gone, sizeof gone) == 0);
    close_loop();
}

static DWORD WINAPI run_loop(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}

/** @brief As if it freed its memory. */
static void forget(struct net_resolve *resolve)
{
    (void)is_end(resolve->op.status, OP_TIMEOUT);
    memset(resolve, 0x5a, sizeof *resolve);
    called++;
}

/** @brief It ends, in another thread, before the call that began it does. */
static void gone_before_return(void *arg)
{
    static struct net_resolve resolve;
    static struct net_resolve gone;
    HANDLE thread;

    (void)arg;
    memset(&resolve, 0, sizeof resolve);
    memset(&gone, 0x5a, sizeof gone);
    open_loop();
    net_loop_work_begin(&loop);
    thread = CreateThread(NULL, 0, run_loop, NULL, 0, NULL);
    resolve.on_done = forget;
    resolve.op.deadline_us = 1;
    net_resolve_start(&loop, NULL, &resolve, "nobody", 7);
    net_loop_work_end(&loop);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_settle();
    sim_assert(called == 1 && memcmp(&resolve, &gone, sizeof gone) == 0);
    sim_assert(CloseHandle(thread));
    close_loop();
}

static void nobody_is_left_when_it_is_over(void **state)
{
    (void)state;
    passes_all(race, "dfs:2", 100);
    if (sim_is_simulated()) {
        assert_true(sim_marked("asked") > 0 && sim_marked("answered") > 0);
    }
    passes_all(gone_before_return, "dfs:2", 1000);
}

/* ---- Want -------------------------------------------------------------------- */

static void in_want(void *arg)
{
    struct net_resolve resolve = {.on_done = count_resolve};

    (void)arg;
    called = 0;
    if (net_loop_open(&loop, NULL) != OP_OK) {
        return;
    }
    net_resolve_start(&loop, NULL, &resolve, "host1", 7);
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
    resolve.op.deadline_us = net_loop_now(&loop) + 100;
    net_resolve_start(&loop, NULL, &resolve, "nobody", 7);
    (void)net_loop_run(&loop);
    sim_assert(called == 2);
    close_loop();
}

static void want_is_told_once(void **state)
{
    (void)state;
    passes_each_fault(in_want, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_as_text_need_no_question),
        cmocka_unit_test(names_are_found_or_not),
#ifndef DRYPORT_REAL
        cmocka_unit_test(other_hosts_are_found),
#endif
        cmocka_unit_test(question_ends_when_asked),
        cmocka_unit_test(nobody_is_left_when_it_is_over),
        cmocka_unit_test(want_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
