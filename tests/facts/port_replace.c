/**
 * @file port_replace.c
 * @brief Facts about a file that changes its port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-95, PORT-96.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** @brief Class 61: let a file have another port, or none. */
static NTSTATUS replace(HANDLE file, HANDLE port, ULONG_PTR key)
{
    struct fact_native native = fact_native();
    struct fact_association wanted = {port, (PVOID)key};
    IO_STATUS_BLOCK block;

    CHECK(native.set_file != NULL);
    return native.set_file(file,
                           &block,
                           &wanted,
                           sizeof wanted,
                           FACT_FILE_REPLACE);
}

/** @brief Whether this Windows has class 61; if not, the test says so. */
static BOOL can_replace(void)
{
    HANDLE file = fact_pipe_alone(TRUE);
    HANDLE port = fact_port(0);
    NTSTATUS status = replace(file, port, 1);

    CHECK(CloseHandle(file) && CloseHandle(port));
    if (status == STATUS_NOT_IMPLEMENTED ||
        status == STATUS_INVALID_INFO_CLASS) {
        fact_cannot("FileReplaceCompletionInformation");
        return FALSE;
    }
    return TRUE;
}

/** @brief Let a read end; its packet must be the port's, with this key. */
static void check_told(const struct fact_pipe *pipe, HANDLE port, ULONG_PTR key)
{
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[4];

    fact_read_later(pipe->server, in, sizeof in, &overlapped);
    fact_write(pipe->client, "a", 1);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == key);
    CHECK(packet.overlapped == &overlapped);
    CHECK(fact_packet_none(port));
}

/** @brief Let a read end that no port may hear of. */
static void check_untold(const struct fact_pipe *pipe)
{
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char in[4];

    fact_read_later(pipe->server, in, sizeof in, &overlapped);
    fact_write(pipe->client, "a", 1);
    CHECK(GetOverlappedResult(pipe->server, &overlapped, &bytes, TRUE));
}

void fact_port_95(void)
{
    struct fact_pipe pipe;
    HANDLE first;
    HANDLE second;

    if (!can_replace()) {
        return;
    }
    pipe = fact_pipe(FALSE);
    first = fact_port(0);
    second = fact_port(0);
    fact_associate(pipe.server, first, 1);
    check_told(&pipe, first, 1);
    /* Another port and another key take the place of the first ones. */
    CHECK(replace(pipe.server, second, 2) == STATUS_SUCCESS);
    check_told(&pipe, second, 2);
    CHECK(fact_packet_none(first));
    /* The port can stay and only the key change. */
    CHECK(replace(pipe.server, second, 3) == STATUS_SUCCESS);
    check_told(&pipe, second, 3);
    /* No port at all removes the association: nobody is told any more. */
    CHECK(replace(pipe.server, NULL, 0) == STATUS_SUCCESS);
    check_untold(&pipe);
    CHECK(fact_packet_none(first) && fact_packet_none(second));
    /* The file is as if it had never had a port: one can be associated. */
    fact_associate(pipe.server, first, 4);
    check_told(&pipe, first, 4);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(first) && CloseHandle(second));
}

void fact_port_96(void)
{
    struct fact_pipe pipe;
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    HANDLE first;
    HANDLE second;
    char in[4];

    if (!can_replace()) {
        return;
    }
    pipe = fact_pipe(FALSE);
    first = fact_port(0);
    second = fact_port(0);
    fact_associate(pipe.server, first, 1);
    /* While a read pends the port can neither be changed nor removed; no
     * source names the status. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(!NT_SUCCESS(replace(pipe.server, second, 2)));
    CHECK(!NT_SUCCESS(replace(pipe.server, NULL, 0)));
    /* So the read ends at the first port. */
    CHECK(CancelIoEx(pipe.server, NULL));
    packet = fact_packet_take(first);
    CHECK(packet.key == 1 && packet.overlapped == &overlapped);
    /* Cancelled and drained, the file may change. */
    CHECK(replace(pipe.server, second, 2) == STATUS_SUCCESS);
    check_told(&pipe, second, 2);
    CHECK(fact_packet_none(first));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(first) && CloseHandle(second));
}
