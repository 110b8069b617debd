/**
 * @file port_associate.c
 * @brief Facts about tying files to ports.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-06, PORT-07, PORT-08, PORT-09, PORT-10, PORT-11, PORT-12,
 *           PORT-13, PORT-14.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

/** What a status block says before anybody has written to it. */
enum { UNTOUCHED = 0x1234 };

/** @brief Whether an association is refused as Win32 refuses it. */
static BOOL refused(HANDLE file, HANDLE port, ULONG_PTR key, DWORD error)
{
    SetLastError(ERROR_SUCCESS);
    return CreateIoCompletionPort(file, port, key, 0) == NULL &&
           GetLastError() == error;
}

/** @brief Associate natively; @p block as for the native call. */
static NTSTATUS associate(HANDLE file,
                          HANDLE port,
                          ULONG_PTR key,
                          IO_STATUS_BLOCK *block)
{
    struct fact_native native = fact_native();
    struct fact_association wanted = {port, (PVOID)key};

    CHECK(native.set_file != NULL);
    return native.set_file(file,
                           block,
                           &wanted,
                           sizeof wanted,
                           FACT_FILE_COMPLETION);
}

static BOOL is_signaled(HANDLE handle)
{
    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

/* ---- Which files, and how often ------------------------------------------ */

void fact_port_06(void)
{
    HANDLE port = fact_port(0);
    HANDLE blocking = fact_pipe_alone(FALSE);
    HANDLE overlapped = fact_pipe_alone(TRUE);
    IO_STATUS_BLOCK block;

    /* A file opened without FILE_FLAG_OVERLAPPED is refused, */
    CHECK(refused(blocking, port, 1, ERROR_INVALID_PARAMETER));
    CHECK(CreateIoCompletionPort(overlapped, port, 1, 0) == port);
    /* natively as well, and then nothing is written to the block. */
    block.Status = UNTOUCHED;
    block.Information = UNTOUCHED;
    CHECK(associate(blocking, port, 1, &block) == STATUS_INVALID_PARAMETER);
    CHECK(block.Status == UNTOUCHED && block.Information == UNTOUCHED);
    CHECK(CloseHandle(blocking) && CloseHandle(overlapped));
    CHECK(CloseHandle(port));
}

void fact_port_07(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE other = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    IO_STATUS_BLOCK block;
    char in[4];

    fact_associate(pipe.server, port, 1);
    /* A second time, with the same port and key, another key, another port
     * or a new one: never. */
    CHECK(refused(pipe.server, port, 1, ERROR_INVALID_PARAMETER));
    CHECK(refused(pipe.server, port, 2, ERROR_INVALID_PARAMETER));
    CHECK(refused(pipe.server, other, 2, ERROR_INVALID_PARAMETER));
    CHECK(refused(pipe.server, NULL, 2, ERROR_INVALID_PARAMETER));
    CHECK(associate(pipe.server, other, 2, &block) == STATUS_INVALID_PARAMETER);
    /* None of that changed anything: what comes goes to the first port, with
     * the first key, and a packet does not end the association either. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "a", 1);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 1);
    CHECK(packet.overlapped == &overlapped);
    CHECK(refused(pipe.server, other, 2, ERROR_INVALID_PARAMETER));
    CHECK(fact_packet_none(other));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port) && CloseHandle(other));
}

void fact_port_08(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE self = GetCurrentProcess();
    HANDLE port = fact_port(0);
    HANDLE other = fact_port(0);
    OVERLAPPED overlapped = {0};
    HANDLE twin = NULL;
    struct fact_packet packet;
    char in[4];

    CHECK(DuplicateHandle(self,
                          pipe.server,
                          self,
                          &twin,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    CHECK(twin != pipe.server);
    fact_associate(pipe.server, port, 5);
    /* The duplicate is older than the association, and is associated. */
    CHECK(refused(twin, other, 6, ERROR_INVALID_PARAMETER));
    fact_read_later(twin, in, sizeof in, &overlapped);
    fact_write(pipe.client, "a", 1);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 5);
    CHECK(packet.overlapped == &overlapped);
    /* It stays so when the handle that was used for it is closed. */
    CHECK(CloseHandle(pipe.server));
    pipe.server = twin;
    fact_read_later(twin, in, sizeof in, &overlapped);
    fact_write(pipe.client, "a", 1);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 5);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port) && CloseHandle(other));
}

/* ---- Operations that are under way --------------------------------------- */

void fact_port_09(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[4];

    /* The read is older than the association. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_associate(pipe.server, port, 9);
    CHECK(fact_packet_none(port));
    /* Its end goes to the port all the same. */
    fact_write(pipe.client, "abc", 3);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 9 && packet.bytes == 3);
    CHECK(packet.overlapped == &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** Runs of count_run, all in the thread that waits alertably. */
static int runs;

static VOID CALLBACK count_run(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    CHECK(error == ERROR_SUCCESS && bytes == 2);
    runs++;
}

void fact_port_10(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    char in[4];

    runs = 0;
    /* A read that is to end in a routine, before the association. */
    CHECK(ReadFileEx(pipe.server, in, sizeof in, &overlapped, count_run));
    fact_associate(pipe.server, port, 1);
    fact_write(pipe.client, "ab", 2);
    /* It ends in the routine; the port hears nothing. */
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(runs == 1);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** As native routines look. */
static void NTAPI count_native_run(PVOID context,
                                   IO_STATUS_BLOCK *block,
                                   ULONG reserved)
{
    (void)context;
    (void)block;
    (void)reserved;
    runs++;
}

/** @brief Read natively with a routine. */
static NTSTATUS read_with_routine(HANDLE end, void *buffer, DWORD bytes)
{
    struct fact_native native = fact_native();
    static IO_STATUS_BLOCK block;
    void(NTAPI * routine)(PVOID, IO_STATUS_BLOCK *, ULONG) = count_native_run;
    PVOID address;

    CHECK(native.read_file != NULL && sizeof routine == sizeof address);
    memcpy(&address, &routine, sizeof address);
    return native
        .read_file(end, NULL, address, NULL, &block, buffer, bytes, NULL, NULL);
}

void fact_port_11(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    char bytes[4] = "ab";

    runs = 0;
    /* Without a port a routine may be used. */
    fact_write(pipe.client, "ab", 2);
    CHECK(NT_SUCCESS(read_with_routine(pipe.server, bytes, 2)));
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION && runs == 1);
    /* With one the call is refused, although there is something to read. */
    fact_associate(pipe.server, port, 1);
    fact_write(pipe.client, "ab", 2);
    CHECK(read_with_routine(pipe.server, bytes, 2) == STATUS_INVALID_PARAMETER);
    CHECK(!ReadFileEx(pipe.server, bytes, 2, &overlapped, count_run));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!WriteFileEx(pipe.server, bytes, 2, &overlapped, count_run));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    /* No routine runs, and no packet comes. */
    CHECK(SleepEx(0, TRUE) == 0 && runs == 1);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_port_12(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED reads[2] = {{0}, {0}};
    char in[4];

    /* While a read pends its file is not signaled. */
    fact_read_later(pipe.server, in, 1, &reads[0]);
    fact_read_later(pipe.client, in + 1, 1, &reads[1]);
    CHECK(!is_signaled(pipe.server) && !is_signaled(pipe.client));
    /* The association signals it, although the read still pends, */
    fact_associate(pipe.server, port, 1);
    CHECK(is_signaled(pipe.server));
    CHECK(!HasOverlappedIoCompleted(&reads[0]));
    /* but not a file that was told never to be signaled. */
    CHECK(SetFileCompletionNotificationModes(pipe.client,
                                             FILE_SKIP_SET_EVENT_ON_HANDLE));
    fact_associate(pipe.client, port, 2);
    CHECK(!is_signaled(pipe.client));
    /* Both reads come to an end. */
    CHECK(CancelIoEx(pipe.server, NULL) && CancelIoEx(pipe.client, NULL));
    CHECK(fact_packet_take(port).error == ERROR_OPERATION_ABORTED);
    CHECK(fact_packet_take(port).error == ERROR_OPERATION_ABORTED);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Keys and types ------------------------------------------------------ */

void fact_port_13(void)
{
    const ULONG_PTR largest = ~(ULONG_PTR)0;
    struct fact_pipe first = fact_pipe(FALSE);
    struct fact_pipe second = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    HANDLE port = fact_port(0);
    struct {
        HANDLE reader;
        HANDLE writer;
        ULONG_PTR key;
    } files[] = {
        {first.server, first.client, 0},
        {first.client, first.server, largest},
        {second.server, second.client, largest},
        {second.client, second.server, 1},
    };
    char in[4];

    /* 0 is a key, two files may share one, and none has to be an address. */
    for (size_t at = 0; at < 4; at++) {
        fact_associate(files[at].reader, port, files[at].key);
    }
    /* Every packet of a file brings the file's key, bit by bit. */
    for (size_t at = 0; at < 8; at++) {
        fact_read_later(files[at % 4].reader, in, sizeof in, &overlapped);
        fact_write(files[at % 4].writer, "a", 1);
        CHECK(fact_packet_take(port).key == files[at % 4].key);
    }
    fact_pipe_close(&first);
    fact_pipe_close(&second);
    CHECK(CloseHandle(port));
}

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

void fact_port_14(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE self = GetCurrentProcess();
    HANDLE port = fact_port(0);
    HANDLE others[6] = {
        CreateEventW(NULL, TRUE, TRUE, NULL),
        CreateSemaphoreW(NULL, 1, 1, NULL),
        CreateWaitableTimerW(NULL, TRUE, NULL),
        fact_start(do_nothing, NULL),
    };

    /* The pseudo handle of the process is the very value that means no
     * file, so it takes a real one. */
    CHECK(DuplicateHandle(self,
                          self,
                          self,
                          &others[4],
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    others[5] = fact_port(0);
    /* Whatever is no file cannot be associated, although it can be waited
     * for. */
    for (size_t at = 0; at < 6; at++) {
        CHECK(others[at] != NULL);
        CHECK(refused(others[at], port, 1, ERROR_INVALID_HANDLE));
    }
    /* Both ends of a pipe can. */
    fact_associate(pipe.server, port, 1);
    fact_associate(pipe.client, port, 1);
    CHECK(WaitForSingleObject(others[3], FACT_LIMIT_MS) == WAIT_OBJECT_0);
    for (size_t at = 0; at < 6; at++) {
        CHECK(CloseHandle(others[at]));
    }
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
