/**
 * @file port_modes.c
 * @brief Facts about the notification modes of a file.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-85, PORT-86, PORT-87, PORT-88, PORT-89, PORT-90, PORT-91,
 *           PORT-94.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <wchar.h>

/** The key of the one file that these facts associate. */
enum { KEY = 3 };

/** The three bits by shorter names; not every header has the third. */
enum {
    SKIP_PORT = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS,
    SKIP_FILE = FILE_SKIP_SET_EVENT_ON_HANDLE,
    SKIP_EVENT = 4, /* FILE_SKIP_SET_USER_EVENT_ON_FAST_IO */
    ALL_MODES = SKIP_PORT | SKIP_FILE | SKIP_EVENT
};

/** @brief What NtQueryInformationFile says about the modes. */
static ULONG modes_of(HANDLE file)
{
    struct fact_native native = fact_native();
    IO_STATUS_BLOCK block;
    ULONG modes = 0;

    CHECK(native.query_file != NULL);
    CHECK(native.query_file(file,
                            &block,
                            &modes,
                            sizeof modes,
                            FACT_FILE_MODES) == STATUS_SUCCESS);
    return modes;
}

/** @brief Set modes by the native call, from so many bytes. */
static NTSTATUS set_modes(HANDLE file, ULONG modes, ULONG bytes)
{
    struct fact_native native = fact_native();
    IO_STATUS_BLOCK block;

    CHECK(native.set_file != NULL);
    return native.set_file(file, &block, &modes, bytes, FACT_FILE_MODES);
}

/** @brief A port that hears of a file that skips successes. */
static HANDLE skipping_port(HANDLE file)
{
    HANDLE port = fact_port(0);

    fact_associate(file, port, KEY);
    CHECK(SetFileCompletionNotificationModes(file, SKIP_PORT));
    return port;
}

static BOOL is_signaled(HANDLE handle)
{
    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

/** @brief Write and read so that the read is over when its call returns. */
static void read_at_once(const struct fact_pipe *pipe, OVERLAPPED *overlapped)
{
    char in[4];

    fact_write(pipe->client, "a", 1);
    CHECK(ReadFile(pipe->server, in, sizeof in, NULL, overlapped));
}

/* ---- Setting them -------------------------------------------------------- */

void fact_port_85(void)
{
    const UCHAR bits[3] = {SKIP_EVENT, SKIP_PORT, SKIP_FILE};
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    ULONG expected = 0;

    /* No mode is on at first. */
    fact_associate(pipe.server, port, KEY);
    CHECK(modes_of(pipe.server) == 0);
    /* Each one set comes to those that are there, */
    for (size_t at = 0; at < 3; at++) {
        CHECK(SetFileCompletionNotificationModes(pipe.server, bits[at]));
        expected |= bits[at];
        CHECK(modes_of(pipe.server) == expected);
    }
    /* and none goes: setting nothing succeeds and changes nothing, */
    CHECK(SetFileCompletionNotificationModes(pipe.server, 0));
    CHECK(modes_of(pipe.server) == ALL_MODES);
    /* natively as well. */
    CHECK(set_modes(pipe.server, 0, sizeof(ULONG)) == STATUS_SUCCESS);
    CHECK(set_modes(pipe.server, SKIP_FILE, sizeof(ULONG)) == STATUS_SUCCESS);
    CHECK(modes_of(pipe.server) == ALL_MODES);
    /* They are not only stored: successes are still skipped. */
    read_at_once(&pipe, &overlapped);
    CHECK(fact_packet_none(port));
    /* Modes are the file's own; the other end of the pipe has none. */
    CHECK(modes_of(pipe.client) == 0);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_port_86(void)
{
    const ULONG unknown = 0xdeadbee8;
    HANDLE blocking = fact_pipe_alone(FALSE);
    HANDLE file = fact_pipe_alone(TRUE);

    /* Bits without a meaning are accepted and forgotten, */
    CHECK(set_modes(file, unknown, sizeof unknown) == STATUS_SUCCESS);
    CHECK(modes_of(file) == 0);
    /* also when there are bits with one among them. */
    CHECK(set_modes(file, unknown | SKIP_FILE, sizeof unknown) ==
          STATUS_SUCCESS);
    CHECK(modes_of(file) == SKIP_FILE);
    /* A buffer too short for the bits is refused and nothing is set. */
    CHECK(set_modes(file, SKIP_PORT, sizeof unknown - 1) ==
          STATUS_INFO_LENGTH_MISMATCH);
    CHECK(modes_of(file) == SKIP_FILE);
    /* A file that is not overlapped has no modes. */
    CHECK(set_modes(blocking, SKIP_PORT, sizeof unknown) ==
          STATUS_INVALID_PARAMETER);
    CHECK(!SetFileCompletionNotificationModes(blocking, SKIP_PORT));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CloseHandle(blocking) && CloseHandle(file));
}

void fact_port_87(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[4];

    /* Without a mode, and with the two others, a read that is over at once
     * sets the caller's event. */
    CHECK(event != NULL);
    read_at_once(&pipe, &overlapped);
    CHECK(is_signaled(event));
    CHECK(
        SetFileCompletionNotificationModes(pipe.server, SKIP_PORT | SKIP_FILE));
    read_at_once(&pipe, &overlapped);
    CHECK(is_signaled(event));
    /* Mode 4 is accepted on its own, here by the other end. */
    CHECK(SetFileCompletionNotificationModes(pipe.client, SKIP_EVENT));
    CHECK(modes_of(pipe.client) == SKIP_EVENT);
    /* Then such a read may leave the event alone: which reads are fast
     * enough for that is the kernel's affair. */
    CHECK(SetFileCompletionNotificationModes(pipe.server, SKIP_EVENT));
    read_at_once(&pipe, &overlapped);
    sim_mark(is_signaled(event) ? "event set" : "event skipped");
    /* One that pends sets it in any case. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(!is_signaled(event));
    fact_write(pipe.client, "a", 1);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}

/* ---- Skipping packets ---------------------------------------------------- */

/** @brief Write one byte, in a thread of its own. */
static DWORD WINAPI write_one(void *client)
{
    fact_write(client, "a", 1);
    return 0;
}

void fact_port_88(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = skipping_port(pipe.server);
    HANDLE writer = fact_start(write_one, pipe.client);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[4];

    /* A read and a write at the same time.  Whatever happened first, what
     * the call says decides whether there is a packet, */
    if (ReadFile(pipe.server, in, sizeof in, NULL, &overlapped)) {
        sim_mark("over at once");
    } else {
        /* and if it says pending there is one, however soon the end was. */
        CHECK(GetLastError() == ERROR_IO_PENDING);
        sim_mark("pending");
        packet = fact_packet_take(port);
        CHECK(packet.success && packet.bytes == 1);
        CHECK(packet.overlapped == &overlapped);
    }
    (void)fact_join(writer);
    CHECK(fact_packet_none(port));
    /* A success within the call: no packet, */
    read_at_once(&pipe, &overlapped);
    CHECK(fact_packet_none(port));
    /* an end by cancelling: a packet. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(packet.overlapped == &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** @brief Open the other end of a named pipe. */
static HANDLE open_client(const WCHAR *name)
{
    HANDLE client = CreateFileW(name,
                                GENERIC_READ | GENERIC_WRITE,
                                0,
                                NULL,
                                OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED,
                                NULL);

    CHECK(client != INVALID_HANDLE_VALUE);
    return client;
}

void fact_port_89(void)
{
    WCHAR name[64];
    HANDLE server;
    HANDLE client;
    HANDLE port;
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;

    (void)swprintf(name,
                   sizeof name / sizeof name[0],
                   L"\\\\.\\pipe\\dryport-fact-skip-%u",
                   (unsigned)GetCurrentProcessId());
    server = CreateNamedPipeW(name,
                              PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                              PIPE_TYPE_BYTE,
                              1,
                              0,
                              0,
                              0,
                              NULL);
    CHECK(server != INVALID_HANDLE_VALUE);
    port = skipping_port(server);
    /* Waiting for a client never succeeds within its call, so skipping never
     * spares its packet. */
    CHECK(!ConnectNamedPipe(server, &overlapped));
    CHECK(GetLastError() == ERROR_IO_PENDING);
    client = open_client(name);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.overlapped == &overlapped);
    CHECK(DisconnectNamedPipe(server) && CloseHandle(client));
    CHECK(fact_packet_none(port));
    /* With the next client it is the same. */
    CHECK(!ConnectNamedPipe(server, &overlapped));
    CHECK(GetLastError() == ERROR_IO_PENDING);
    client = open_client(name);
    CHECK(fact_packet_take(port).overlapped == &overlapped);
    /* Even where there is nothing left to wait for, it does not say success,
     * but that the client is there: an error, so there is no packet. */
    CHECK(!ConnectNamedPipe(server, &overlapped));
    CHECK(GetLastError() == ERROR_PIPE_CONNECTED);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(client) && CloseHandle(server) && CloseHandle(port));
}

/** @brief Start a read of the first byte of three that are there. */
static DWORD read_too_little(const struct fact_pipe *pipe,
                             OVERLAPPED *overlapped)
{
    char in[1];

    fact_write(pipe->client, "abc", 3);
    CHECK(!ReadFile(pipe->server, in, sizeof in, NULL, overlapped));
    return GetLastError();
}

void fact_port_90(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    HANDLE port = skipping_port(pipe.server);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    DWORD error;
    char in[4];

    /* A message longer than the read ends it within the call by a warning;
     * how the caller sees that is PORT-91. */
    error = read_too_little(&pipe, &overlapped);
    CHECK(error == ERROR_IO_PENDING || error == ERROR_MORE_DATA);
    /* That is no success, so the packet is not skipped, */
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_MORE_DATA);
    CHECK(packet.bytes == 1 && packet.overlapped == &overlapped);
    /* as it is when the rest of the message is read. */
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_port_91(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    HANDLE port = skipping_port(pipe.server);
    OVERLAPPED overlapped = {0};
    struct fact_completion packet;

    /* The message is there and too long, and the call says pending. */
    CHECK(read_too_little(&pipe, &overlapped) == ERROR_IO_PENDING);
    /* The packet tells the truth. */
    packet = fact_packet_remove(port);
    CHECK(packet.context == &overlapped);
    CHECK(packet.block.Status == STATUS_BUFFER_OVERFLOW);
    CHECK(packet.block.Information == 1);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Skipping the file's signal ------------------------------------------ */

void fact_port_94(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED evented = {.hEvent = event};
    OVERLAPPED plain = {0};
    char in[4];

    /* A read with an event leaves the file without a signal: OVL-13. */
    CHECK(event != NULL);
    read_at_once(&pipe, &evented);
    CHECK(!is_signaled(pipe.server));
    CHECK(SetFileCompletionNotificationModes(pipe.server, SKIP_FILE));
    /* From now on nothing signals it: not a read that is over at once, */
    read_at_once(&pipe, &plain);
    CHECK(!is_signaled(pipe.server));
    /* nor one that pends, */
    fact_read_later(pipe.server, in, sizeof in, &plain);
    fact_write(pipe.client, "a", 1);
    sim_settle();
    CHECK(HasOverlappedIoCompleted(&plain));
    CHECK(!is_signaled(pipe.server));
    /* nor an association, see PORT-12. */
    fact_associate(pipe.server, port, KEY);
    CHECK(!is_signaled(pipe.server));
    /* An event in hEvent is set as ever. */
    fact_read_later(pipe.server, in, sizeof in, &evented);
    CHECK(!is_signaled(event));
    fact_write(pipe.client, "a", 1);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(!is_signaled(pipe.server));
    CHECK(fact_packet_take(port).overlapped == &evented);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(port));
}
