/**
 * @file file_copy.c
 * @brief Copy a file with eight reads under way at any time.
 *
 * A disk works best when it has more than one request to choose from.  So the
 * file is cut into blocks, and eight of them are on their way at once: a block
 * that was read is written to the same place of the copy, and its memory is
 * used for the next block after that.  One port tells what is done, in
 * whatever order that happens.
 *
 * The program makes its own input, compares the copy with it and deletes both.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_NAME "file_copy.in"
#define TARGET_NAME "file_copy.out"

#define READS       8
#define BLOCK_BYTES 1024
#define FILE_BYTES  (20 * BLOCK_BYTES + 300) /* No whole number of blocks. */

/* The key of a packet says which file it is about. */
#define KEY_SOURCE 1
#define KEY_TARGET 2

/* A piece of the file on its way. */
struct block {
    OVERLAPPED overlapped; /* Holds the place in the file, too. */
    DWORD bytes;
    char buffer[BLOCK_BYTES];
};

/* A copy being made. */
struct copy {
    HANDLE source;
    HANDLE target;
    HANDLE port;
    LONGLONG size;
    LONGLONG next; /* Where the next read begins. */
    LONGLONG done; /* Bytes written. */
    int under_way; /* Blocks being read or written. */
    struct block blocks[READS];
};

static void fail(const char *what)
{
    fprintf(stderr,
            "file_copy: %s failed with error %d\n",
            what,
            (int)GetLastError());
    exit(1);
}

static HANDLE open_file(const char *name,
                        DWORD access,
                        DWORD disposition,
                        DWORD flags)
{
    HANDLE file = CreateFileA(name,
                              access,
                              FILE_SHARE_READ,
                              NULL,
                              disposition,
                              FILE_ATTRIBUTE_NORMAL | flags,
                              NULL);

    if (file == INVALID_HANDLE_VALUE) {
        fail(name);
    }
    return file;
}

static void set_place(struct block *block, LONGLONG place)
{
    memset(&block->overlapped, 0, sizeof block->overlapped);
    block->overlapped.Offset = (DWORD)(place & 0xFFFFFFFF);
    block->overlapped.OffsetHigh = (DWORD)(place >> 32);
}

static LONGLONG get_place(const struct block *block)
{
    return (LONGLONG)block->overlapped.OffsetHigh << 32 |
           (LONGLONG)block->overlapped.Offset;
}

/* Begin the next read, if there is anything left to read. */
static void begin_read(struct copy *copy, struct block *block)
{
    LONGLONG left = copy->size - copy->next;

    if (left <= 0) {
        return;
    }
    block->bytes = left < BLOCK_BYTES ? (DWORD)left : BLOCK_BYTES;
    set_place(block, copy->next);
    copy->next += block->bytes;
    copy->under_way++;
    /* Done at once or later: the packet comes either way. */
    if (!ReadFile(copy->source,
                  block->buffer,
                  block->bytes,
                  NULL,
                  &block->overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
        fail("ReadFile");
    }
}

static void begin_write(struct copy *copy, struct block *block)
{
    set_place(block, get_place(block));
    if (!WriteFile(copy->target,
                   block->buffer,
                   block->bytes,
                   NULL,
                   &block->overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
        fail("WriteFile");
    }
}

/* Take one packet and do what follows from it. */
static void step(struct copy *copy)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;
    struct block *block;

    if (!GetQueuedCompletionStatus(copy->port,
                                   &bytes,
                                   &key,
                                   &overlapped,
                                   INFINITE)) {
        fail("an operation");
    }
    block = (struct block *)overlapped;
    if (bytes != block->bytes) {
        fail("a whole block");
    }
    if (key == KEY_SOURCE) {
        begin_write(copy, block);
    } else {
        copy->done += bytes;
        copy->under_way--;
        begin_read(copy, block);
    }
}

static void copy_file(struct copy *copy)
{
    LARGE_INTEGER size;

    copy->source = open_file(SOURCE_NAME,
                             GENERIC_READ,
                             OPEN_EXISTING,
                             FILE_FLAG_OVERLAPPED);
    copy->target = open_file(TARGET_NAME,
                             GENERIC_WRITE,
                             CREATE_ALWAYS,
                             FILE_FLAG_OVERLAPPED);
    if (!GetFileSizeEx(copy->source, &size)) {
        fail("GetFileSizeEx");
    }
    copy->size = size.QuadPart;
    copy->port = CreateIoCompletionPort(copy->source, NULL, KEY_SOURCE, 1);
    if (copy->port == NULL ||
        CreateIoCompletionPort(copy->target, copy->port, KEY_TARGET, 0) ==
            NULL) {
        fail("CreateIoCompletionPort");
    }
    for (int at = 0; at < READS; at++) {
        begin_read(copy, &copy->blocks[at]);
    }
    while (copy->under_way > 0) {
        step(copy);
    }
    CloseHandle(copy->source);
    CloseHandle(copy->target);
    CloseHandle(copy->port);
}

/* ---- Input and judgement ------------------------------------------------- */

static char pattern(int place)
{
    return (char)('A' + place % 61 + place / BLOCK_BYTES % 5);
}

static void make_source(char *buffer)
{
    HANDLE file = open_file(SOURCE_NAME, GENERIC_WRITE, CREATE_ALWAYS, 0);
    DWORD bytes = 0;

    for (int at = 0; at < FILE_BYTES; at++) {
        buffer[at] = pattern(at);
    }
    if (!WriteFile(file, buffer, FILE_BYTES, &bytes, NULL) ||
        bytes != FILE_BYTES) {
        fail("WriteFile");
    }
    CloseHandle(file);
}

static void check_target(char *buffer)
{
    HANDLE file = open_file(TARGET_NAME, GENERIC_READ, OPEN_EXISTING, 0);
    DWORD bytes = 0;

    memset(buffer, 0, FILE_BYTES + 1);
    /* One byte more, to see that there is no more. */
    if (!ReadFile(file, buffer, FILE_BYTES + 1, &bytes, NULL) ||
        bytes != FILE_BYTES) {
        fail("ReadFile");
    }
    for (int at = 0; at < FILE_BYTES; at++) {
        if (buffer[at] != pattern(at)) {
            fail("the copy");
        }
    }
    CloseHandle(file);
}

int main(void)
{
    struct copy *copy = calloc(1, sizeof *copy);
    char *buffer = malloc(FILE_BYTES + 1);

    if (copy == NULL || buffer == NULL) {
        fail("malloc");
    }
    make_source(buffer);
    copy_file(copy);
    check_target(buffer);
    if (!DeleteFileA(SOURCE_NAME) || !DeleteFileA(TARGET_NAME)) {
        fail("DeleteFile");
    }
    printf("file_copy: %d bytes, %d reads at once\n", (int)copy->done, READS);
    free(buffer);
    free(copy);
    return 0;
}
