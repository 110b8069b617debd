/**
 * @file test_files.c
 * @brief Layer 1 on a disk file: offsets, the end, and detaching.
 *
 * Uses:     op.h, takes.h, cmocka.
 * Used by:  ctest.
 * Facts:    OVL-01, OVL-07, FILE-01, FILE-03, FILE-04, PORT-95.
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

enum { BLOCK_BYTES = 4 };

static HANDLE make_file(void)
{
    HANDLE file = CreateFileW(L"layer1.tmp",
                              GENERIC_READ | GENERIC_WRITE,
                              0,
                              NULL,
                              CREATE_ALWAYS,
                              FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE,
                              NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

static void write_at(struct op_handle *handle, const char *text, uint64_t at)
{
    struct op_write write;

    OP_INIT(&write, NULL, NULL);
    write.buffer = text;
    write.buffer_bytes = (DWORD)strlen(text);
    write.offset = at;
    sim_assert(run(&write.op, handle) != OP_REFUSED);
    sim_assert(write.op.status == OP_OK && write.op.bytes == strlen(text));
}

static void init_read(struct op_read *read, char *buffer, uint64_t at)
{
    OP_INIT(read, NULL, NULL);
    read->buffer = buffer;
    read->buffer_bytes = BLOCK_BYTES;
    read->offset = at;
}

static void in_any_order(void *arg)
{
    struct op_port port;
    struct op_handle file;
    struct op_read reads[3];
    char buffers[3][BLOCK_BYTES];
    int in_flight = 0;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    sim_assert(op_handle_open(&file,
                              &port,
                              &(struct op_open){.file = make_file()}) == OP_OK);
    write_at(&file, "onetwo", 0);
    write_at(&file, "four", 8);
    for (size_t i = 0; i < 3; i++) {
        init_read(&reads[i], buffers[i], 8 - 4 * i);
        if (op_submit(&reads[i].op, &file) == OP_PENDING) {
            in_flight++;
        }
    }
    /* BOUND: each comes back once. */
    for (; in_flight > 0; in_flight--) {
        struct op *op;

        sim_assert(op_take(&port, INFINITE, &op) == OP_TAKEN);
    }
    take_nothing(&port);
    /* Whatever the order, each has its own place in the file. */
    for (size_t i = 0; i < 3; i++) {
        sim_assert(reads[i].op.status == OP_OK);
        sim_assert(reads[i].op.bytes == BLOCK_BYTES);
    }
    sim_assert(memcmp(buffers[0], "four", 4) == 0);
    sim_assert(memcmp(buffers[1], "wo\0\0", 4) == 0);
    sim_assert(memcmp(buffers[2], "onet", 4) == 0);
    close_handle(&file);
    op_port_close(&port);
}

static void reads_have_their_own_places(void **state)
{
    (void)state;
    passes(in_any_order);
}

static void end_of_file(void *arg)
{
    struct op_port port;
    struct op_handle file;
    struct op_read read;
    char buffer[BLOCK_BYTES];

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    sim_assert(op_handle_open(&file,
                              &port,
                              &(struct op_open){.file = make_file()}) == OP_OK);
    write_at(&file, "sixsix", 0);
    /* Across the end there is a part, behind it nothing. */
    init_read(&read, buffer, 4);
    sim_assert(run(&read.op, &file) != OP_REFUSED);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 2);
    init_read(&read, buffer, 6);
    sim_assert(run(&read.op, &file) != OP_REFUSED);
    sim_assert(read.op.status == OP_EOF && read.op.bytes == 0);
    /* Far beyond what 32 bits can say, too. */
    init_read(&read, buffer, UINT64_C(1) << 40);
    sim_assert(run(&read.op, &file) != OP_REFUSED);
    sim_assert(read.op.status == OP_EOF);
    close_handle(&file);
    op_port_close(&port);
}

static void end_of_file_is_a_status(void **state)
{
    (void)state;
    passes(end_of_file);
}

static void given_away(void *arg)
{
    struct op_port ports[2];
    struct op_handle file;
    HANDLE native = make_file();

    (void)arg;
    for (size_t i = 0; i < 2; i++) {
        sim_assert(op_port_open(&ports[i], 1) == OP_OK);
        sim_assert(op_handle_open(&file,
                                  &ports[i],
                                  &(struct op_open){.file = native}) == OP_OK);
        write_at(&file, "text", 0);
        sim_assert(op_handle_detach(&file) == OP_OK);
        sim_assert(file.file == NULL);
    }
    sim_assert(CloseHandle(native));
    op_port_close(&ports[0]);
    op_port_close(&ports[1]);
}

static void detached_handle_can_have_another_port(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Wine 8.0 cannot take a port back. */
    }
    passes(given_away);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_have_their_own_places),
        cmocka_unit_test(end_of_file_is_a_status),
        cmocka_unit_test(detached_handle_can_have_another_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
