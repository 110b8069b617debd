/**
 * @file pipe_data.c
 * @brief Facts about reading from named pipes and writing to them.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-07, PIPE-08, PIPE-09, PIPE-10, PIPE-11, PIPE-12.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, ROOM = 16 };

/** A pipe whose server end has a port; data goes from client to server. */
struct stage {
    struct fact_pipe pipe;
    HANDLE port;
};

static struct stage stage_open(BOOL message)
{
    const struct stage stage = {
        .pipe = fact_pipe(message),
        .port = fact_port(0),
    };

    fact_associate(stage.pipe.server, stage.port, KEY);
    return stage;
}

static void stage_close(struct stage *stage)
{
    fact_pipe_close(&stage->pipe);
    while (!fact_packet_none(stage->port)) {
        (void)fact_packet_take(stage->port); /* Of what was pending. */
    }
    CHECK(CloseHandle(stage->port));
}

/** One read of the server's. */
struct read {
    OVERLAPPED overlapped;
    char bytes[ROOM];
};

/** @brief Start a read that pends. */
static void read_later(const struct stage *stage, struct read *read, DWORD room)
{
    memset(read, 0, sizeof *read);
    fact_read_later(stage->pipe.server, read->bytes, room, &read->overlapped);
}

/** @brief Start a read of what is there, or of nothing. */
static void read_any(const struct stage *stage, struct read *read, DWORD room)
{
    memset(read, 0, sizeof *read);
    CHECK(ReadFile(stage->pipe.server,
                   read->bytes,
                   room,
                   NULL,
                   &read->overlapped) ||
          GetLastError() == ERROR_IO_PENDING);
}

/** @brief Check what came of a read.
 *  @param error  ERROR_SUCCESS, or the packet's. */
static void check_read(const struct stage *stage,
                       const struct read *read,
                       const char *text,
                       DWORD error)
{
    struct fact_packet packet = fact_packet_take(stage->port);

    CHECK(packet.overlapped == &read->overlapped && packet.key == KEY);
    CHECK(packet.success == (error == ERROR_SUCCESS));
    CHECK(packet.error == error);
    CHECK(packet.bytes == strlen(text));
    CHECK(memcmp(read->bytes, text, packet.bytes) == 0);
}

static void put(const struct stage *stage, const char *text)
{
    fact_write(stage->pipe.client, text, (DWORD)strlen(text));
}

void fact_pipe_07(void)
{
    struct stage bytes = stage_open(FALSE);
    struct stage messages = stage_open(TRUE);
    struct read read;

    /* The pipe is empty: a read pends, and then gets what is written. */
    read_later(&bytes, &read, ROOM);
    CHECK(fact_packet_none(bytes.port));
    put(&bytes, "ab");
    check_read(&bytes, &read, "ab", ERROR_SUCCESS);
    read_later(&messages, &read, ROOM);
    CHECK(fact_packet_none(messages.port));
    put(&messages, "ab");
    check_read(&messages, &read, "ab", ERROR_SUCCESS);
    /* Two writes are there.  Of bytes a read gets all, up to its size, */
    put(&bytes, "cde");
    put(&bytes, "fgh");
    read_any(&bytes, &read, 4);
    check_read(&bytes, &read, "cdef", ERROR_SUCCESS);
    put(&bytes, "i");
    read_any(&bytes, &read, ROOM);
    check_read(&bytes, &read, "ghi", ERROR_SUCCESS);
    /* of messages exactly one. */
    put(&messages, "cde");
    put(&messages, "f");
    read_any(&messages, &read, ROOM);
    check_read(&messages, &read, "cde", ERROR_SUCCESS);
    read_any(&messages, &read, ROOM);
    check_read(&messages, &read, "f", ERROR_SUCCESS);
    /* Now both are empty again. */
    read_later(&bytes, &read, ROOM);
    CHECK(fact_packet_none(bytes.port));
    stage_close(&bytes);
    read_later(&messages, &read, ROOM);
    CHECK(fact_packet_none(messages.port));
    stage_close(&messages);
}

void fact_pipe_08(void)
{
    struct stage stage = stage_open(TRUE);
    struct read read;

    /* A message is longer than the read that waits for it: the packet says
     * that there is more. */
    read_later(&stage, &read, 2);
    put(&stage, "abcdefg");
    check_read(&stage, &read, "ab", ERROR_MORE_DATA);
    /* The remainder is there for the next read, which says that it pends. */
    read_later(&stage, &read, 3);
    check_read(&stage, &read, "cde", ERROR_MORE_DATA);
    read_any(&stage, &read, 2);
    check_read(&stage, &read, "fg", ERROR_SUCCESS);
    read_later(&stage, &read, 2);
    CHECK(fact_packet_none(stage.port));
    stage_close(&stage);
}

void fact_pipe_09(void)
{
    struct stage bytes = stage_open(FALSE);
    struct stage messages = stage_open(TRUE);
    struct read read;

    /* A read of nothing pends until something is written, and takes nothing
     * of it. */
    read_later(&bytes, &read, 0);
    CHECK(fact_packet_none(bytes.port));
    put(&bytes, "ab");
    check_read(&bytes, &read, "", ERROR_SUCCESS);
    read_any(&bytes, &read, ROOM);
    check_read(&bytes, &read, "ab", ERROR_SUCCESS);
    /* Of a message it says that there is more. */
    read_later(&messages, &read, 0);
    CHECK(fact_packet_none(messages.port));
    put(&messages, "ab");
    check_read(&messages, &read, "", ERROR_MORE_DATA);
    read_any(&messages, &read, ROOM);
    check_read(&messages, &read, "ab", ERROR_SUCCESS);
    stage_close(&messages);
    stage_close(&bytes);
}

/** @brief Write nothing, which succeeds at once. */
static void write_nothing(const struct stage *stage)
{
    OVERLAPPED overlapped = {0};
    DWORD written = 1;

    CHECK(WriteFile(stage->pipe.client, "", 0, &written, &overlapped));
    CHECK(written == 0);
}

void fact_pipe_10(void)
{
    struct stage bytes = stage_open(FALSE);
    struct stage messages = stage_open(TRUE);
    struct read first;
    struct read second;

    /* Nothing is a message like any other: it ends one read. */
    read_later(&messages, &first, ROOM);
    read_later(&messages, &second, ROOM);
    write_nothing(&messages);
    check_read(&messages, &first, "", ERROR_SUCCESS);
    CHECK(fact_packet_none(messages.port));
    put(&messages, "a");
    check_read(&messages, &second, "a", ERROR_SUCCESS);
    /* In a pipe of bytes it is nothing. */
    read_later(&bytes, &first, ROOM);
    write_nothing(&bytes);
    CHECK(fact_packet_none(bytes.port));
    put(&bytes, "a");
    check_read(&bytes, &first, "a", ERROR_SUCCESS);
    stage_close(&messages);
    stage_close(&bytes);
}

/* ---- Writes -------------------------------------------------------------- */

enum { CHUNK = 4096, CHUNKS = 4 };

void fact_pipe_11(void)
{
    struct stage stage = stage_open(FALSE);
    OVERLAPPED overlapped[2] = {0};
    struct fact_packet packet;
    DWORD written;

    /* Nobody reads, but the pipe has room: a write is over at once, and its
     * packet is queued all the same. */
    for (size_t at = 0; at < 2; at++) {
        CHECK(
            WriteFile(stage.pipe.server, "abc", 3, &written, &overlapped[at]));
        CHECK(written == 3);
        CHECK(fact_depth(stage.port) == 1);
        packet = fact_packet_take(stage.port);
        CHECK(packet.success && packet.key == KEY && packet.bytes == 3);
        CHECK(packet.overlapped == &overlapped[at]);
    }
    stage_close(&stage);
}

/** @brief Read a chunk of what the server has written. */
static void check_chunk(const struct stage *stage, char fill)
{
    static char chunk[CHUNK];
    OVERLAPPED overlapped = {0};
    DWORD bytes = 0;

    memset(chunk, 0, sizeof chunk);
    CHECK(ReadFile(stage->pipe.client, chunk, CHUNK, &bytes, &overlapped));
    CHECK(bytes == CHUNK);
    for (size_t at = 0; at < CHUNK; at++) {
        CHECK(chunk[at] == fill);
    }
}

void fact_pipe_12(void)
{
    static char data[CHUNKS * CHUNK];
    static char taken[CHUNKS * CHUNK];
    struct stage stage = stage_open(FALSE);
    OVERLAPPED overlapped = {0};
    OVERLAPPED reading = {0};
    struct fact_packet packet;
    DWORD bytes;

    for (size_t at = 0; at < sizeof data; at++) {
        data[at] = (char)('a' + at / CHUNK);
    }
    /* The pipe has room for one chunk, the write is four: it pends. */
    CHECK(!WriteFile(stage.pipe.server, data, sizeof data, NULL, &overlapped));
    CHECK(GetLastError() == ERROR_IO_PENDING);
    CHECK(fact_packet_none(stage.port));
    /* What it writes can be read meanwhile. */
    check_chunk(&stage, 'a');
    CHECK(fact_packet_none(stage.port));
    check_chunk(&stage, 'b');
    CHECK(fact_packet_none(stage.port));
    /* When the rest fits, the write is over, before it is read. */
    check_chunk(&stage, 'c');
    packet = fact_packet_take(stage.port);
    CHECK(packet.success && packet.bytes == sizeof data);
    CHECK(packet.overlapped == &overlapped);
    check_chunk(&stage, 'd');
    /* A read that waits takes what has no room in the pipe: the same write is
     * over at once. */
    fact_read_later(stage.pipe.client, taken, sizeof taken, &reading);
    CHECK(WriteFile(stage.pipe.server, data, sizeof data, &bytes, &overlapped));
    CHECK(bytes == sizeof data);
    CHECK(fact_packet_take(stage.port).bytes == sizeof data);
    CHECK(GetOverlappedResult(stage.pipe.client, &reading, &bytes, TRUE));
    CHECK(bytes == sizeof data && memcmp(taken, data, sizeof data) == 0);
    stage_close(&stage);
}
