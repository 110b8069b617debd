/**
 * @file file_order.c
 * @brief Facts about several operations on one file, and about cancelling
 *        what a disk has begun.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-17, CANCEL-04, CANCEL-14.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, READS = 3, PART = 4 };

static const char text[] = "aaaabbbbcccc";
enum { TEXT_BYTES = 12 };

static struct fact_file open_with_port(HANDLE port)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);

    fact_file_fill(&file, text, TEXT_BYTES);
    fact_associate(file.handle, port, KEY);
    return file;
}

/** @brief Start three reads and check what each brings. */
static void check_reads(HANDLE file, HANDLE port)
{
    OVERLAPPED overlapped[READS] = {{0}};
    char in[READS][PART] = {{0}};

    for (DWORD at = 0; at < READS; at++) {
        overlapped[at].Offset = at * PART;
        CHECK(
            fact_accepted(ReadFile(file, in[at], PART, NULL, &overlapped[at])));
    }
    for (DWORD count = 0; count < READS; count++) {
        struct fact_packet packet = fact_packet_take(port);
        size_t at = (size_t)(packet.overlapped - overlapped);

        CHECK(at < READS && packet.success && packet.bytes == PART);
        CHECK(memcmp(in[at], text + at * PART, PART) == 0);
        if (count == 0) {
            sim_mark(at == 0 ? "read in order" : "read overtakes");
        }
    }
}

void fact_file_17(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    OVERLAPPED overlapped[2] = {{0}};
    HANDLE blocking;
    DWORD bytes;
    char left;

    check_reads(file.handle, port);
    /* Two writes to the same place: one of them is there in the end. */
    CHECK(fact_accepted(WriteFile(file.handle, "1", 1, NULL, &overlapped[0])));
    CHECK(fact_accepted(WriteFile(file.handle, "2", 1, NULL, &overlapped[1])));
    (void)fact_packet_take(port);
    (void)fact_packet_take(port);
    blocking = fact_file_open(&file, GENERIC_READ, 0);
    CHECK(ReadFile(blocking, &left, 1, &bytes, NULL) && bytes == 1);
    CHECK(left == '1' || left == '2');
    sim_mark(left == '2' ? "last write stays" : "first write stays");
    CHECK(CloseHandle(blocking));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

/** @brief Read the text and try to cancel that; what became of it. */
static struct fact_packet read_and_cancel(HANDLE file,
                                          HANDLE port,
                                          char *in,
                                          BOOL *asked_out)
{
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;

    memset(in, 0, TEXT_BYTES);
    CHECK(fact_accepted(ReadFile(file, in, TEXT_BYTES, NULL, &overlapped)));
    *asked_out = CancelIoEx(file, &overlapped);
    CHECK(*asked_out || GetLastError() == ERROR_NOT_FOUND);
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &overlapped && fact_packet_none(port));
    return packet;
}

void fact_cancel_04(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    struct fact_packet packet;
    char in[TEXT_BYTES];
    BOOL asked;

    /* Only the packet tells whether the read was cancelled. */
    packet = read_and_cancel(file.handle, port, in, &asked);
    if (packet.success) {
        CHECK(packet.bytes == TEXT_BYTES);
        sim_mark(asked ? "asked and not cancelled" : "too late");
    } else {
        CHECK(asked && packet.error == ERROR_OPERATION_ABORTED);
        CHECK(packet.bytes == 0);
        sim_mark("asked and cancelled");
    }
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

void fact_cancel_14(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    struct fact_packet packet;
    char in[TEXT_BYTES];
    BOOL asked;

    /* A read that runs to its end although it was to be cancelled has brought
     * all there is. */
    packet = read_and_cancel(file.handle, port, in, &asked);
    if (packet.success) {
        CHECK(memcmp(in, text, TEXT_BYTES) == 0);
        if (asked) {
            sim_mark("ran to its end");
        }
    }
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}
