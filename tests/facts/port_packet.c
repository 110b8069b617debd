/**
 * @file port_packet.c
 * @brief Facts about which operations queue a packet, and what it holds.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-18, PORT-19, PORT-20, PORT-21, PORT-22, PORT-23, PORT-24,
 *           PORT-25.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** The key of the one file that these facts associate. */
enum { KEY = 3 };

/** @brief A pipe and a port that hears of its server end. */
static HANDLE port_of(const struct fact_pipe *pipe)
{
    HANDLE port = fact_port(0);

    fact_associate(pipe->server, port, KEY);
    return port;
}

/** @brief Take a packet that must be of this operation. */
static struct fact_packet take_of(HANDLE port, const OVERLAPPED *overlapped)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(packet.key == KEY && packet.overlapped == overlapped);
    return packet;
}

/* ---- The rule ------------------------------------------------------------ */

/** @brief Operations that pend: however they end, there is a packet. */
static void check_pending(const struct fact_pipe *pipe, HANDLE port)
{
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[8];

    /* Ended by a success. */
    fact_read_later(pipe->server, in, sizeof in, &overlapped);
    CHECK(fact_packet_none(port));
    fact_write(pipe->client, "ab", 2);
    packet = take_of(port, &overlapped);
    CHECK(packet.success && packet.bytes == 2);
    /* Ended by an error. */
    fact_read_later(pipe->server, in, sizeof in, &overlapped);
    CHECK(CancelIoEx(pipe->server, &overlapped));
    packet = take_of(port, &overlapped);
    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(fact_packet_none(port));
}

/** @brief The same with the low bit of hEvent set: no packet, ever. */
static void check_low_bit(const struct fact_pipe *pipe, HANDLE port)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)};
    char in[8];

    CHECK(event != NULL);
    fact_read_later(pipe->server, in, sizeof in, &overlapped);
    fact_write(pipe->client, "ab", 2);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(event));
}

void fact_port_18(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    HANDLE port = port_of(&pipe);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[8];

    check_pending(&pipe, port);
    check_low_bit(&pipe, port);
    /* Ended within its call by a success: a packet. */
    fact_write(pipe.client, "abc", 3);
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    packet = take_of(port, &overlapped);
    CHECK(packet.success && packet.bytes == 3);
    /* By a warning, because the message is too long: a packet, which says
     * that there is more. */
    fact_write(pipe.client, "abc", 3);
    CHECK(!ReadFile(pipe.server, in, 2, NULL, &overlapped));
    packet = take_of(port, &overlapped);
    CHECK(!packet.success && packet.error == ERROR_MORE_DATA);
    CHECK(packet.bytes == 2);
    CHECK(ReadFile(pipe.server, in, 2, NULL, &overlapped));
    CHECK(take_of(port, &overlapped).bytes == 1);
    /* The skip mode takes away the packet of a success within the call, */
    CHECK(SetFileCompletionNotificationModes(
        pipe.server,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    fact_write(pipe.client, "abc", 3);
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(fact_packet_none(port));
    /* and no other. */
    check_pending(&pipe, port);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** @brief Start a read that the call itself refuses. */
static void read_refused(HANDLE end)
{
    OVERLAPPED overlapped = {0};
    char in[4];

    CHECK(!ReadFile(end, in, sizeof in, NULL, &overlapped));
    CHECK(GetLastError() != ERROR_IO_PENDING);
    CHECK(GetLastError() != ERROR_MORE_DATA);
}

void fact_port_19(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = port_of(&pipe);
    HANDLE lonely = fact_pipe_alone(TRUE);
    OVERLAPPED overlapped = {0};

    /* A read fails within its call when there is no client yet, */
    fact_associate(lonely, port, KEY);
    read_refused(lonely);
    CHECK(fact_packet_none(port));
    /* and when the client has gone; so does a write. */
    CHECK(CloseHandle(pipe.client));
    pipe.client = NULL;
    read_refused(pipe.server);
    CHECK(!WriteFile(pipe.server, "a", 1, NULL, &overlapped));
    CHECK(GetLastError() != ERROR_IO_PENDING);
    CHECK(fact_packet_none(port));
    /* The modes change nothing about that. */
    CHECK(SetFileCompletionNotificationModes(
        lonely,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    read_refused(lonely);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(lonely) && CloseHandle(port));
}

void fact_port_20(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = port_of(&pipe);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    DWORD bytes = 0;
    char in[4];

    /* There is something to read, so the read is over when it returns. */
    fact_write(pipe.client, "abc", 3);
    CHECK(ReadFile(pipe.server, in, sizeof in, &bytes, &overlapped));
    CHECK(bytes == 3);
    /* The packet comes nevertheless, with the same news, and once. */
    packet = take_of(port, &overlapped);
    CHECK(packet.success && packet.bytes == 3);
    CHECK(fact_packet_none(port));
    /* There is room, so it is the same with a write. */
    CHECK(WriteFile(pipe.server, "ab", 2, &bytes, &overlapped));
    CHECK(bytes == 2);
    packet = take_of(port, &overlapped);
    CHECK(packet.success && packet.bytes == 2);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** A worker takes the packet and says so. */
struct handler {
    HANDLE port;
    volatile LONG handled;
};

static DWORD WINAPI handle_one(void *arg)
{
    struct handler *handler = arg;
    struct fact_packet packet = fact_packet_take(handler->port);

    /* Everything of the operation is there, whether its call has returned
     * or not. */
    CHECK(packet.success && packet.bytes == 1);
    CHECK(HasOverlappedIoCompleted(packet.overlapped));
    (void)InterlockedExchange(&handler->handled, 1);
    return 0;
}

void fact_port_21(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct handler handler = {.port = port_of(&pipe)};
    HANDLE worker = fact_start(handle_one, &handler);
    OVERLAPPED overlapped = {0};

    /* When the call returns, the packet may have been handled or not. */
    if (!WriteFile(pipe.server, "a", 1, NULL, &overlapped)) {
        CHECK(GetLastError() == ERROR_IO_PENDING);
    }
    if (handler.handled) {
        sim_mark("handled before the call returned");
    } else {
        sim_mark("handled later");
    }
    (void)fact_join(worker);
    CHECK(handler.handled == 1);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(handler.port));
}

/* ---- What a packet holds ------------------------------------------------- */

/** @brief Read four bytes with the native call. */
static NTSTATUS read_natively(HANDLE end,
                              HANDLE event,
                              PVOID context,
                              IO_STATUS_BLOCK *block,
                              char in[4])
{
    struct fact_native native = fact_native();

    CHECK(native.read_file != NULL);
    return native
        .read_file(end, event, NULL, context, block, in, 4, NULL, NULL);
}

/** @brief Whether a packet holds these four things. */
static BOOL holds(const struct fact_completion *entry,
                  PVOID context,
                  NTSTATUS status,
                  ULONG_PTR information)
{
    return entry->key == (PVOID)(ULONG_PTR)KEY && entry->context == context &&
           entry->block.Status == status &&
           entry->block.Information == information;
}

void fact_port_22(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct fact_native native = fact_native();
    HANDLE port = port_of(&pipe);
    PVOID context = (PVOID)(ULONG_PTR)0x55; /* Looked at by nobody. */
    struct fact_completion entry;
    IO_STATUS_BLOCK block;
    char in[4];

    /* A read of three bytes: key, context, status and count. */
    CHECK(read_natively(pipe.server, NULL, context, &block, in) ==
          STATUS_PENDING);
    fact_write(pipe.client, "abc", 3);
    entry = fact_packet_remove(port);
    CHECK(holds(&entry, context, STATUS_SUCCESS, 3));
    /* A write of three bytes leaves the very same packet: it does not say
     * what kind of operation it was. */
    CHECK(NT_SUCCESS(native.write_file(pipe.server,
                                       NULL,
                                       NULL,
                                       context,
                                       &block,
                                       in,
                                       3,
                                       NULL,
                                       NULL)));
    entry = fact_packet_remove(port);
    CHECK(holds(&entry, context, STATUS_SUCCESS, 3));
    /* So does a post. */
    CHECK(native.set(port, (PVOID)(ULONG_PTR)KEY, context, 0, 3) ==
          STATUS_SUCCESS);
    entry = fact_packet_remove(port);
    CHECK(holds(&entry, context, STATUS_SUCCESS, 3));
    /* The status is how the operation ended. */
    CHECK(read_natively(pipe.server, NULL, context, &block, in) ==
          STATUS_PENDING);
    CHECK(CancelIoEx(pipe.server, NULL));
    entry = fact_packet_remove(port);
    CHECK(holds(&entry, context, STATUS_CANCELLED, 0));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Events -------------------------------------------------------------- */

/** @brief Whether an event is signaled; takes the signal away. */
static BOOL was_signaled(HANDLE event)
{
    BOOL signaled = WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0;

    CHECK(ResetEvent(event));
    return signaled;
}

void fact_port_23(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = port_of(&pipe);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)};
    DWORD bytes = 0;
    char in[4];

    /* A read that pends: its end signals the event and nothing else. */
    CHECK(event != NULL);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    CHECK(was_signaled(event));
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(bytes == 2);
    CHECK(fact_packet_none(port));
    /* One that ends within its call: the same. */
    fact_write(pipe.client, "abc", 3);
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(was_signaled(event));
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(port));
}

void fact_port_24(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = port_of(&pipe);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    IO_STATUS_BLOCK block;
    char in[4];

    /* A native read without context, first one that pends, */
    CHECK(event != NULL);
    CHECK(read_natively(pipe.server, event, NULL, &block, in) ==
          STATUS_PENDING);
    fact_write(pipe.client, "ab", 2);
    CHECK(was_signaled(event));
    CHECK(block.Status == STATUS_SUCCESS && block.Information == 2);
    CHECK(fact_packet_none(port));
    /* then one that does not: both are over, and the port knows nothing. */
    fact_write(pipe.client, "abc", 3);
    CHECK(read_natively(pipe.server, NULL, NULL, &block, in) == STATUS_SUCCESS);
    CHECK(block.Status == STATUS_SUCCESS && block.Information == 3);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(port));
}

void fact_port_25(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = port_of(&pipe);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[4];

    /* A read that pends signals the event and queues a packet. */
    CHECK(event != NULL);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    fact_write(pipe.client, "ab", 2);
    CHECK(was_signaled(event));
    CHECK(take_of(port, &overlapped).bytes == 2);
    /* One that ends within its call does both as well. */
    fact_write(pipe.client, "abc", 3);
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(was_signaled(event));
    CHECK(take_of(port, &overlapped).bytes == 3);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(port));
}
