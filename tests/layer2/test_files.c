/**
 * @file test_files.c
 * @brief Layer 2: files at offsets, their end, their disk's end.
 *
 * Uses:     net.h, passes.h, cmocka, sim_disk.h.
 * Used by:  ctest.
 * Facts:    FILE-03, OVL-01.
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
#    include "sim_disk.h"
#endif

enum { COUNT = 4, BLOCK_BYTES = 4 };

/* With letters that are no ASCII: of one, two, three and four bytes. */
static const char name[] = "layer2-\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2.tmp";

static struct net_loop loop;
static struct net_file file;
static struct net_file_op ops[COUNT];
static char blocks[COUNT][BLOCK_BYTES];
static unsigned called;

static void open_file(void)
{
    memset(ops, 0, sizeof ops);
    memset(blocks, 0, sizeof blocks);
    called = 0;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    sim_assert(net_file_open(&file, &loop, NULL, name, NET_FILE_NEW) == OP_OK);
}

static void close_file(void)
{
    if (!net_file_idle(&file)) {
        net_file_close(&file);
    }
    (void)net_loop_drain(&loop);
    sim_assert(net_file_idle(&file));
    net_loop_close(&loop);
    sim_assert(DeleteFileW(L"layer2-\u00e9\u20ac\xd83d\xdea2.tmp"));
}

static void run_all(void)
{
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
}

static void count_op(struct net_file_op *file_op)
{
    sim_assert(file_op->buffer != NULL);
    called++;
}

/** @brief Set up operation i on its block. */
static struct net_file_op *use(size_t i, uint64_t offset)
{
    ops[i].on_done = count_op;
    ops[i].buffer = blocks[i];
    ops[i].buffer_bytes = BLOCK_BYTES;
    ops[i].offset = offset;
    return &ops[i];
}

static void write_text(const char *text, uint64_t offset)
{
    struct net_file_op write = {.on_done = count_op};

    write.buffer = (char *)(uintptr_t)text;
    write.buffer_bytes = strlen(text);
    write.offset = offset;
    net_file_write_start(&file, &write);
    run_all();
    sim_assert(write.op.status == OP_OK && write.op.bytes == strlen(text));
}

/* ---- Places -------------------------------------------------------------- */

static void in_any_order(void *arg)
{
    uint64_t bytes;

    (void)arg;
    open_file();
    for (size_t i = 0; i < COUNT; i++) {
        memset(blocks[i], 'a' + (int)i, BLOCK_BYTES);
        net_file_write_start(&file, use(i, (COUNT - 1 - i) * BLOCK_BYTES));
    }
    sim_assert(called == 0); /* Never inside the call. */
    run_all();
    sim_assert(called == COUNT);
    sim_assert(net_file_size(&file, &bytes) == OP_OK);
    sim_assert(bytes == (uint64_t)COUNT * BLOCK_BYTES);
    memset(blocks, 0, sizeof blocks);
    for (size_t i = 0; i < COUNT; i++) {
        net_file_read_start(&file, use(i, i * BLOCK_BYTES));
    }
    run_all();
    sim_assert(called == 2 * COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        sim_assert(ops[i].op.status == OP_OK);
        sim_assert(ops[i].op.bytes == BLOCK_BYTES);
        sim_assert(blocks[i][0] == 'a' + (int)(COUNT - 1 - i));
    }
    close_file();
}

static void operations_have_their_own_places(void **state)
{
    (void)state;
    passes(in_any_order);
}

static void end_of_file(void *arg)
{
    (void)arg;
    open_file();
    write_text("sixsix", 0);
    net_file_read_start(&file, use(0, 4)); /* Across the end: a part. */
    net_file_read_start(&file, use(1, 6)); /* At the end, */
    net_file_read_start(&file, use(2, UINT64_C(1) << 40)); /* and behind. */
    use(3, 6)->buffer_bytes = 0;
    net_file_read_start(&file, &ops[3]); /* Nothing is always there. */
    run_all();
    sim_assert(ops[0].op.status == OP_EOF && ops[0].op.bytes == 2);
    sim_assert(memcmp(blocks[0], "ix", 2) == 0);
    sim_assert(ops[1].op.status == OP_EOF && ops[1].op.bytes == 0);
    sim_assert(ops[2].op.status == OP_EOF && ops[2].op.bytes == 0);
    sim_assert(ops[3].op.status == OP_OK && ops[3].op.bytes == 0);
    close_file();
}

static void end_of_file_is_told_with_what_was_before(void **state)
{
    (void)state;
    passes(end_of_file);
}

/* ---- Opening --------------------------------------------------------------- */

static void modes(void *arg)
{
    struct net_file other;
    uint64_t bytes;

    (void)arg;
    open_file();
    write_text("text", 0);
    /* Others may read and write it meanwhile. */
    sim_assert(net_file_open(&other, &loop, NULL, name, NET_FILE_READ) ==
               OP_OK);
    sim_assert(net_file_size(&other, &bytes) == OP_OK && bytes == 4);
    net_file_write_start(&other, use(0, 0));
    run_all();
    sim_assert(ops[0].op.status == OP_DENIED);
    net_file_close(&other);
    sim_assert(net_file_open(&other, &loop, NULL, name, NET_FILE_WRITE) ==
               OP_OK);
    sim_assert(net_file_size(&other, &bytes) == OP_OK && bytes == 4);
    net_file_close(&other);
    sim_assert(net_file_open(&other, &loop, NULL, name, NET_FILE_NEW) == OP_OK);
    sim_assert(net_file_size(&other, &bytes) == OP_OK && bytes == 0);
    net_file_close(&other);
    close_file();
}

static void bad_names(void *arg)
{
    static char long_name[2 * NET_PATH_MAX];
    /* Cut short, too long a way to write '/', half a pair, and too great. */
    static const char *const no_text[] = {"\xc3",
                                          "\xc3z",
                                          "\xbf\x80",
                                          "\xc0\xaf",
                                          "\xed\xa0\x80",
                                          "\xf4\x90\x80\x80",
                                          "\xf9\x80\x80\x80"};
    struct net_file other;

    (void)arg;
    open_file();
    sim_assert(net_file_open(&other, &loop, NULL, "none.tmp", NET_FILE_READ) ==
               OP_NOT_FOUND);
    for (size_t i = 0; i < sizeof no_text / sizeof no_text[0]; i++) {
        sim_assert(
            net_file_open(&other, &loop, NULL, no_text[i], NET_FILE_NEW) ==
            OP_INVALID);
    }
    memset(long_name, 'x', sizeof long_name - 1);
    sim_assert(net_file_open(&other, &loop, NULL, long_name, NET_FILE_NEW) ==
               OP_INVALID);
    close_file();
}

static void files_open_as_asked(void **state)
{
    (void)state;
    passes(modes);
    passes(bad_names);
}

/* ---- Ends ------------------------------------------------------------------ */

#ifndef DRYPORT_REAL
static void disk_full(void *arg)
{
    static char much[8192];

    (void)arg;
    sim_disk_set_capacity(4096);
    open_file();
    use(0, 0)->buffer = much;
    ops[0].buffer_bytes = sizeof much;
    net_file_write_start(&file, &ops[0]);
    run_all();
    sim_assert(called == 1 && ops[0].op.status == OP_DISK_FULL);
    write_text("text", 0); /* What has room has room. */
    close_file();
}

static void full_disk_is_told(void **state)
{
    (void)state;
    passes(disk_full);
}
#endif

/** @brief Asked to end, each ends once: done, or not. */
static void asked(void *arg)
{
    (void)arg;
    open_file();
    write_text("sixsixsixsix", 0);
    called = 0;
    for (size_t i = 0; i < COUNT; i++) {
        struct net_file_op *file_op = use(i, i);

        file_op->op.deadline_us = i == 0 ? 1 : 0;
        net_file_read_start(&file, file_op);
        if (i == 1) {
            net_cancel(&file_op->op);
        }
    }
    net_file_close(&file); /* For the others. */
    sim_assert(!net_file_idle(&file));
    run_all();
    sim_assert(called == COUNT && net_file_idle(&file));
    for (size_t i = 0; i < COUNT; i++) {
        op_status status = ops[i].op.status;

        sim_assert(status == OP_OK ||
                   status == (i == 0 ? OP_TIMEOUT : OP_ABORTED) ||
                   status == OP_ABORTED);
        sim_mark(status == OP_OK ? "done" : "ended");
    }
    close_file();
}

static void drained(void *arg)
{
    (void)arg;
    open_file();
    net_file_write_start(&file, use(0, 0));
    sim_assert(net_loop_drain(&loop) == 1);
    sim_assert(ops[0].op.status == OP_OK || ops[0].op.status == OP_ABORTED);
    sim_assert(net_file_idle(&file));
    close_file();
}

static void operations_end_when_asked(void **state)
{
    (void)state;
    passes(asked);
    if (sim_is_simulated()) {
        assert_true(sim_marked("done") > 0 && sim_marked("ended") > 0);
    }
    passes(drained);
}

/* ---- Want ------------------------------------------------------------------ */

static void in_want(void *arg)
{
    (void)arg;
    memset(ops, 0, sizeof ops);
    called = 0;
    if (net_loop_open(&loop, NULL) != OP_OK) {
        return;
    }
    if (net_file_open(&file, &loop, NULL, name, NET_FILE_NEW) == OP_OK) {
        net_file_write_start(&file, use(0, 0));
        run_all();
        net_file_read_start(&file, use(1, 0));
        run_all();
        sim_assert(called == 2);
        net_file_close(&file);
    }
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

static void want_is_told_once(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* It leaves its file. */
    }
    passes_each_fault(in_want, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_have_their_own_places),
        cmocka_unit_test(end_of_file_is_told_with_what_was_before),
        cmocka_unit_test(files_open_as_asked),
#ifndef DRYPORT_REAL
        cmocka_unit_test(full_disk_is_told),
#endif
        cmocka_unit_test(operations_end_when_asked),
        cmocka_unit_test(want_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
