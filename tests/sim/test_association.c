/**
 * @file test_association.c
 * @brief What ties a file to a port, and the modes that loosen it.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PORT-06, PORT-07, PORT-08, PORT-09, PORT-10, PORT-11, PORT-12,
 *           PORT-14, PORT-41, PORT-85, PORT-86, PORT-87, PORT-88, PORT-90,
 *           PORT-91, PORT-94, PORT-95, PORT-96.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

static NTSTATUS set_completion(HANDLE file,
                               HANDLE port,
                               ULONG_PTR key,
                               FILE_INFORMATION_CLASS kind)
{
    FILE_COMPLETION_INFORMATION wanted = {.Port = port, .Key = (PVOID)key};
    IO_STATUS_BLOCK block;

    return NtSetInformationFile(file, &block, &wanted, sizeof wanted, kind);
}

static ULONG modes_of(HANDLE file)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION modes = {.Flags = 99};
    IO_STATUS_BLOCK block;

    sim_assert(NtQueryInformationFile(
                   file,
                   &block,
                   &modes,
                   sizeof modes,
                   FileIoCompletionNotificationInformation) == STATUS_SUCCESS);
    sim_assert(block.Information == sizeof modes);
    return modes.Flags;
}

static NTSTATUS set_modes(HANDLE file, ULONG flags)
{
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION modes = {.Flags = flags};
    IO_STATUS_BLOCK block;

    return NtSetInformationFile(file,
                                &block,
                                &modes,
                                sizeof modes,
                                FileIoCompletionNotificationInformation);
}

/* ---- Associating --------------------------------------------------------- */

static void count_apc(PVOID context, PIO_STATUS_BLOCK block, ULONG reserved)
{
    sim_assert(reserved == 0 && block->Status == STATUS_SUCCESS);
    ++*(int *)context;
}

static void associate_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE synchronous = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE duplicate = NULL;
    OVERLAPPED overlapped = {0};
    FILE_COMPLETION_INFORMATION wanted = {.Port = port};
    IO_STATUS_BLOCK block = {.Information = 77};
    char in[4];

    (void)arg;
    {
        /* PORT-06: not without FILE_FLAG_OVERLAPPED; the block is left. */
        sim_assert(CreateIoCompletionPort(synchronous, port, 1, 0) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(NtSetInformationFile(synchronous,
                                        &block,
                                        &wanted,
                                        sizeof wanted,
                                        FileCompletionInformation) ==
                   STATUS_INVALID_PARAMETER);
        sim_assert(block.Information == 77);
        /* PORT-14: an event is no file. */
        sim_assert(CreateIoCompletionPort(event, port, 1, 0) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
    }
    {
        /* PORT-09: what pends already is caught; PORT-12: the file becomes
         * signaled. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &overlapped),
                          ERROR_IO_PENDING));
        sim_assert(!is_signaled(pair.server));
        sim_assert(CreateIoCompletionPort(pair.server, port, PAIR_KEY, 0) ==
                   port);
        sim_assert(is_signaled(pair.server));
        sim_assert(WriteFile(pair.client, "a", 1, NULL, &overlapped));
        sim_assert(packet_is(port, &overlapped, ERROR_SUCCESS, 1));
    }
    {
        /* PORT-07: once and for all; PORT-08: for every handle. */
        sim_assert(CreateIoCompletionPort(pair.server, port, PAIR_KEY, 0) ==
                   NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(DuplicateHandle(GetCurrentProcess(),
                                   pair.server,
                                   GetCurrentProcess(),
                                   &duplicate,
                                   0,
                                   FALSE,
                                   DUPLICATE_SAME_ACCESS));
        sim_assert(WriteFile(duplicate, "ab", 2, NULL, &overlapped));
        sim_assert(packet_is(port, &overlapped, ERROR_SUCCESS, 2));
    }
    sim_assert(CloseHandle(duplicate) && CloseHandle(synchronous));
    pair_close(&pair);
    sim_assert(CloseHandle(event) && CloseHandle(port));
}

static void late_apc_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    OVERLAPPED overlapped = {0};
    IO_STATUS_BLOCK block;
    int calls = 0;
    char in[4];

    (void)arg;
    /* PORT-10: an operation with a routine stays one. */
    sim_assert(NtReadFile(pair.server,
                          NULL,
                          count_apc,
                          &calls,
                          &block,
                          in,
                          4,
                          NULL,
                          NULL) == STATUS_PENDING);
    sim_assert(CreateIoCompletionPort(pair.server, port, 1, 0) == port);
    sim_assert(WriteFile(pair.client, "a", 1, NULL, &overlapped));
    sim_assert(packet_none(port) && calls == 0);
    sim_assert(SleepEx(0, TRUE) == WAIT_IO_COMPLETION && calls == 1);
    /* PORT-11: a new one is refused. */
    sim_assert(NtReadFile(pair.server,
                          NULL,
                          count_apc,
                          &calls,
                          &block,
                          in,
                          4,
                          NULL,
                          NULL) == STATUS_INVALID_PARAMETER);
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

static void replace_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    HANDLE other = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    {
        /* PORT-96: not while I/O is outstanding. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(
            !NT_SUCCESS(set_completion(pair.server,
                                       NULL,
                                       0,
                                       FileReplaceCompletionInformation)));
        sim_assert(CancelIoEx(pair.server, &read));
        sim_assert(packet_is(port, &read, ERROR_OPERATION_ABORTED, 0));
    }
    {
        /* PORT-95: another port, no port, and then class 30 works again. */
        sim_assert(set_completion(pair.server,
                                  other,
                                  PAIR_KEY,
                                  FileReplaceCompletionInformation) ==
                   STATUS_SUCCESS);
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &write));
        sim_assert(packet_none(port));
        sim_assert(packet_is(other, &write, ERROR_SUCCESS, 1));
        sim_assert(set_completion(pair.server,
                                  NULL,
                                  0,
                                  FileReplaceCompletionInformation) ==
                   STATUS_SUCCESS);
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &write));
        sim_assert(packet_none(port) && packet_none(other));
        sim_assert(set_completion(pair.server,
                                  port,
                                  PAIR_KEY,
                                  FileCompletionInformation) == STATUS_SUCCESS);
    }
    pair_close(&pair);
    sim_assert(CloseHandle(port) && CloseHandle(other));
}

static void association_is_for_life(void **state)
{
    (void)state;
    schedules_rules("off"); /* It shares an OVERLAPPED. */
    schedules_pass(associate_scenario);
    schedules_rules(NULL);
    schedules_pass(late_apc_scenario);
    schedules_pass(replace_scenario);
}

/* ---- Notification modes -------------------------------------------------- */

static void modes_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE synchronous = pair_listen(0, PIPE_TYPE_BYTE);
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION modes = {0};
    IO_STATUS_BLOCK block;

    (void)arg;
    /* PORT-85: bits are added, never taken away. */
    sim_assert(modes_of(pair.server) == 0);
    sim_assert(set_modes(pair.server, FILE_SKIP_SET_USER_EVENT_ON_FAST_IO) ==
               STATUS_SUCCESS);
    sim_assert(modes_of(pair.server) == FILE_SKIP_SET_USER_EVENT_ON_FAST_IO);
    sim_assert(
        SetFileCompletionNotificationModes(pair.server,
                                           FILE_SKIP_SET_EVENT_ON_HANDLE));
    sim_assert(SetFileCompletionNotificationModes(pair.server, 0));
    sim_assert(modes_of(pair.server) == (FILE_SKIP_SET_USER_EVENT_ON_FAST_IO |
                                         FILE_SKIP_SET_EVENT_ON_HANDLE));
    /* PORT-86: unknown bits, a short buffer, a synchronous handle. */
    sim_assert(set_modes(pair.client, 0xdeadbee8) == STATUS_SUCCESS);
    sim_assert(modes_of(pair.client) == 0);
    sim_assert(NtSetInformationFile(pair.server,
                                    &block,
                                    &modes,
                                    1,
                                    FileIoCompletionNotificationInformation) ==
               STATUS_INFO_LENGTH_MISMATCH);
    sim_assert(failed(SetFileCompletionNotificationModes(synchronous, 1),
                      ERROR_INVALID_PARAMETER));
    pair_close(&pair);
    sim_assert(CloseHandle(synchronous));
}

static void skip_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    HANDLE port = pair_port(pair.server);
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    sim_assert(SetFileCompletionNotificationModes(
        pair.server,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    {
        /* PORT-88: no packet for what the call itself reported, */
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &write));
        sim_assert(packet_none(port));
        /* but for every call that pended. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(WriteFile(pair.client, "ab", 2, NULL, &write));
        sim_assert(packet_is(port, &read, ERROR_SUCCESS, 2));
    }
    {
        /* PORT-90, PORT-91: a warning at once says pending and queues;
         * PORT-41: and counts as a failure. */
        sim_assert(WriteFile(pair.client, "abcdef", 6, NULL, &write));
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(packet_is(port, &read, ERROR_MORE_DATA, 4));
        sim_assert(read.Internal == (ULONG)STATUS_BUFFER_OVERFLOW);
        sim_assert(ReadFile(pair.server, in, 4, NULL, &read));
        sim_assert(in[0] == 'e' && packet_none(port));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

static void signal_modes_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED plain = {0};
    OVERLAPPED with_event = {.hEvent = event};
    HANDLE port;

    (void)arg;
    {
        /* PORT-94: the file's own signal rests, also when associated. */
        sim_assert(set_modes(pair.server, FILE_SKIP_SET_EVENT_ON_HANDLE) ==
                   STATUS_SUCCESS);
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &plain));
        sim_assert(!is_signaled(pair.server));
        port = pair_port(pair.server);
        sim_assert(!is_signaled(pair.server));
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &with_event));
        sim_assert(is_signaled(event));
    }
    {
        /* PORT-87: on the fast path the event rests too; which path it was
         * is the kernel's affair. */
        sim_assert(
            set_modes(pair.server, FILE_SKIP_SET_USER_EVENT_ON_FAST_IO) ==
            STATUS_SUCCESS);
        sim_assert(WriteFile(pair.server, "a", 1, NULL, &with_event));
        sim_mark(is_signaled(event) ? "slow path" : "fast path");
    }
    pair_close(&pair);
    sim_assert(CloseHandle(event) && CloseHandle(port));
}

static void modes_only_take_away(void **state)
{
    const char *const marks[] = {"slow path", "fast path", NULL};

    (void)state;
    schedules_pass(modes_scenario);
    schedules_pass(skip_scenario);
    schedules_pass(signal_modes_scenario);
    schedules_reach(signal_modes_scenario, marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(association_is_for_life),
        cmocka_unit_test(modes_only_take_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
