/**
 * @file test_pipe_more.c
 * @brief Pipes: looking, asking, anonymous ones, and who blocks in them.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PIPE-13, PIPE-19, PIPE-21, PIPE-24, CANCEL-12, CANCEL-13,
 *           CANCEL-18.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

#include <string.h>

static void put(HANDLE end, const char *text)
{
    OVERLAPPED overlapped = {0};

    sim_assert(WriteFile(end, text, (DWORD)strlen(text), NULL, &overlapped));
}

/* ---- Looking ------------------------------------------------------------- */

/** What PeekNamedPipe says. */
struct seen {
    DWORD read;
    DWORD available;
    DWORD left;
    char in[16];
};

static struct seen peek(HANDLE end, DWORD room)
{
    struct seen seen = {.read = 99};

    sim_assert(PeekNamedPipe(end,
                             seen.in,
                             room,
                             &seen.read,
                             &seen.available,
                             &seen.left));
    return seen;
}

static void peek_bytes_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    struct seen seen;

    (void)arg;
    seen = peek(pair.server, 8);
    sim_assert(seen.read == 0 && seen.available == 0 && seen.left == 0);
    put(pair.client, "abc");
    put(pair.client, "def");
    {
        /* Writes run together, and nothing is taken. */
        seen = peek(pair.server, 4);
        sim_assert(seen.read == 4 && memcmp(seen.in, "abcd", 4) == 0);
        sim_assert(seen.available == 6 && seen.left == 0);
        seen = peek(pair.server, 16);
        sim_assert(seen.read == 6 && memcmp(seen.in, "abcdef", 6) == 0);
    }
    {
        /* Without a buffer it only counts. */
        DWORD available = 0;

        sim_assert(PeekNamedPipe(pair.server, NULL, 0, NULL, &available, NULL));
        sim_assert(available == 6);
    }
    {
        /* What is left of a closed pipe can be seen, and then nothing. */
        char in[6];
        OVERLAPPED overlapped = {0};

        sim_assert(CloseHandle(pair.client));
        seen = peek(pair.server, 2);
        sim_assert(seen.read == 2 && seen.available == 6);
        sim_assert(ReadFile(pair.server, in, 6, NULL, &overlapped));
        sim_assert(failed(PeekNamedPipe(pair.server, in, 6, NULL, NULL, NULL),
                          ERROR_BROKEN_PIPE));
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(failed(PeekNamedPipe(pair.server, in, 6, NULL, NULL, NULL),
                          ERROR_BAD_PIPE));
    }
    sim_assert(CloseHandle(pair.server));
}

static void peek_messages_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    struct seen seen;

    (void)arg;
    put(pair.client, "abc");
    put(pair.client, "de");
    seen = peek(pair.server, 2);
    sim_assert(seen.read == 2 && seen.available == 5 && seen.left == 1);
    seen = peek(pair.server, 16);
    sim_assert(seen.read == 3 && seen.left == 0);
    {
        /* Natively what does not fit is a warning. */
        DWORD out[5];
        IO_STATUS_BLOCK block;

        sim_assert(NtFsControlFile(pair.server,
                                   NULL,
                                   NULL,
                                   NULL,
                                   &block,
                                   FSCTL_PIPE_PEEK,
                                   NULL,
                                   0,
                                   out,
                                   18) == STATUS_PENDING);
        sim_assert(block.Status == STATUS_BUFFER_OVERFLOW);
        sim_assert(block.Information == 18 && out[2] == 2 && out[3] == 3);
    }
    sim_assert(failed(PeekNamedPipe(NULL, NULL, 0, NULL, NULL, NULL),
                      ERROR_INVALID_HANDLE));
    pair_close(&pair);
}

static void peeking_takes_nothing(void **state)
{
    (void)state;
    schedules_pass(peek_bytes_scenario);
    schedules_pass(peek_messages_scenario);
}

/* ---- Asking -------------------------------------------------------------- */

static BOOL transact(HANDLE end,
                     const char *text,
                     char *in,
                     DWORD room,
                     OVERLAPPED *over)
{
    char out[16];

    (void)strncpy(out, text, sizeof out);
    return TransactNamedPipe(end,
                             out,
                             (DWORD)strlen(text),
                             in,
                             room,
                             NULL,
                             over);
}

static void transact_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    HANDLE port = pair_port(pair.client);
    OVERLAPPED asked = {0};
    OVERLAPPED read = {0};
    char answer[4];
    char in[16];

    (void)arg;
    {
        /* PIPE-21: it pends until the answer is there. */
        sim_assert(failed(transact(pair.client, "who?", answer, 4, &asked),
                          ERROR_IO_PENDING));
        sim_assert(ReadFile(pair.server, in, 16, NULL, &read));
        sim_assert(memcmp(in, "who?", 4) == 0);
        put(pair.server, "me");
        sim_assert(packet_is(port, &asked, 0, 2));
        sim_assert(memcmp(answer, "me", 2) == 0);
    }
    {
        /* An answer longer than the buffer. */
        sim_assert(failed(transact(pair.client, "who?", answer, 4, &asked),
                          ERROR_IO_PENDING));
        put(pair.server, "nobody");
        sim_assert(packet_is(port, &asked, ERROR_MORE_DATA, 4));
        /* Which is unread data, too. */
        sim_assert(failed(transact(pair.client, "who?", answer, 4, &asked),
                          ERROR_PIPE_BUSY));
    }
    {
        /* More than the pipe holds goes out all the same, and then writes
         * must wait. */
        char big[PAIR_QUOTA + 8];
        OVERLAPPED write = {0};

        sim_assert(ReadFile(pair.client, in, 16, NULL, &read));
        sim_assert(packet_is(port, &read, 0, 2));
        memset(big, 'x', sizeof big);
        sim_assert(failed(TransactNamedPipe(pair.client,
                                            big,
                                            sizeof big,
                                            answer,
                                            4,
                                            NULL,
                                            &asked),
                          ERROR_IO_PENDING));
        sim_assert(failed(WriteFile(pair.client, "y", 1, NULL, &write),
                          ERROR_IO_PENDING));
        sim_assert(CancelIoEx(pair.client, NULL));
        sim_assert(packet_take(port).error == ERROR_OPERATION_ABORTED);
        sim_assert(packet_take(port).error == ERROR_OPERATION_ABORTED);
    }
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

static void transact_misuse_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED asked = {0};
    char answer[4];

    (void)arg;
    /* PIPE-21: only messages. */
    sim_assert(failed(transact(pair.client, "who?", answer, 4, &asked),
                      ERROR_BAD_PIPE));
    sim_assert(CloseHandle(pair.server));
    sim_assert(failed(transact(pair.client, "who?", answer, 4, &asked),
                      ERROR_PIPE_NOT_CONNECTED));
    sim_assert(CloseHandle(pair.client));
}

/** @brief A server that answers one question. */
static DWORD WINAPI answer_one(void *server)
{
    char in[16];
    DWORD bytes;

    sim_assert(ConnectNamedPipe(server, NULL) ||
               GetLastError() == ERROR_PIPE_CONNECTED);
    sim_assert(ReadFile(server, in, sizeof in, &bytes, NULL));
    in[0] = '!';
    sim_assert(WriteFile(server, in, bytes, &bytes, NULL));
    /* It may be gone already, with its answer. */
    (void)FlushFileBuffers(server);
    sim_assert(DisconnectNamedPipe(server));
    return 0;
}

static void call_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    HANDLE thread = thread_start(answer_one, server);
    char out[] = "hello";
    char in[8];
    DWORD bytes = 0;

    (void)arg;
    sim_assert(CallNamedPipeW(PAIR_NAME,
                              out,
                              5,
                              in,
                              sizeof in,
                              &bytes,
                              NMPWAIT_WAIT_FOREVER));
    sim_assert(bytes == 5 && memcmp(in, "!ello", 5) == 0);
    thread_end(thread);
    sim_assert(CloseHandle(server));
    sim_assert(failed(CallNamedPipeA("\\\\.\\pipe\\pair",
                                     out,
                                     5,
                                     in,
                                     sizeof in,
                                     &bytes,
                                     NMPWAIT_NOWAIT),
                      ERROR_FILE_NOT_FOUND));
}

static void a_question_brings_its_answer(void **state)
{
    (void)state;
    schedules_pass(transact_scenario);
    schedules_pass(transact_misuse_scenario);
    schedules_pass(call_scenario);
}

/* ---- Two ends at once ---------------------------------------------------- */

static DWORD WINAPI write_slowly(void *end)
{
    DWORD bytes;

    sim_assert(WriteFile(end, "abcdefgh", 8, &bytes, NULL) && bytes == 8);
    sim_assert(CloseHandle(end));
    return 0;
}

static void anonymous_scenario(void *arg)
{
    HANDLE read;
    HANDLE write;
    HANDLE thread;
    char in[16];
    DWORD total = 0;
    DWORD bytes;

    (void)arg;
    sim_assert(CreatePipe(&read, &write, NULL, 4));
    sim_assert(
        failed(WriteFile(read, in, 1, &bytes, NULL), ERROR_ACCESS_DENIED));
    sim_assert(
        failed(ReadFile(write, in, 1, &bytes, NULL), ERROR_ACCESS_DENIED));
    /* PIPE-24: no port hears of it. */
    sim_assert(CreateIoCompletionPort(read, NULL, 0, 0) == NULL);
    thread = thread_start(write_slowly, write);
    /* BOUND: until the end is closed, after eight bytes. */
    while (ReadFile(read, in + total, 3, &bytes, NULL)) {
        total += bytes;
    }
    sim_assert(GetLastError() == ERROR_BROKEN_PIPE);
    sim_assert(total == 8 && memcmp(in, "abcdefgh", 8) == 0);
    thread_end(thread);
    sim_assert(CloseHandle(read));
}

static void state_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    DWORD flags = 0;
    DWORD in_bytes = 0;
    DWORD instances = 0;
    DWORD state = 0;
    DWORD count = 0;

    (void)arg;
    sim_assert(
        GetNamedPipeInfo(pair.server, &flags, NULL, &in_bytes, &instances));
    sim_assert(flags == (PIPE_SERVER_END | PIPE_TYPE_MESSAGE));
    sim_assert(in_bytes == PAIR_QUOTA);
    sim_assert(instances == PIPE_UNLIMITED_INSTANCES);
    sim_assert(GetNamedPipeHandleStateW(pair.client,
                                        &state,
                                        &count,
                                        NULL,
                                        NULL,
                                        NULL,
                                        0));
    sim_assert(state == PIPE_READMODE_MESSAGE && count == 1);
    sim_assert(failed(GetNamedPipeHandleStateA(pair.client,
                                               NULL,
                                               NULL,
                                               &count,
                                               NULL,
                                               NULL,
                                               0),
                      ERROR_INVALID_PARAMETER));
    pair_close(&pair);
}

static void anonymous_pipes_and_states(void **state)
{
    (void)state;
    schedules_pass(anonymous_scenario);
    schedules_pass(state_scenario);
}

/* ---- Blocked threads ----------------------------------------------------- */

static DWORD WINAPI read_blocked(void *end)
{
    char in[4];
    DWORD bytes;

    return ReadFile(end, in, 4, &bytes, NULL) ? 0 : GetLastError();
}

static void cancel_synchronous_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE client = pair_connect(0);
    HANDLE thread = thread_start(read_blocked, server);
    DWORD code;

    (void)arg;
    sim_settle();
    /* CANCEL-12. */
    sim_assert(CancelSynchronousIo(thread));
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code));
    sim_assert(code == ERROR_OPERATION_ABORTED);
    sim_assert(failed(CancelSynchronousIo(thread), ERROR_NOT_FOUND));
    sim_assert(failed(CancelSynchronousIo(server), ERROR_INVALID_HANDLE));
    sim_assert(CloseHandle(thread));
    sim_assert(CloseHandle(client));
    sim_assert(CloseHandle(server));
}

/** @brief The second of two readers is not blocked in an operation yet, but
 *  behind the first. */
static void cancel_turn_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE client = pair_connect(0);
    HANDLE first = thread_start(read_blocked, server);
    HANDLE second;
    DWORD code;
    DWORD bytes;

    (void)arg;
    sim_settle();
    second = thread_start(read_blocked, server);
    sim_settle();
    sim_assert(failed(CancelSynchronousIo(second), ERROR_NOT_FOUND));
    /* CANCEL-13: CancelIoEx reaches the first, and the second has its turn. */
    sim_assert(CancelIoEx(server, NULL));
    sim_assert(WaitForSingleObject(first, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(first, &code));
    sim_assert(code == ERROR_OPERATION_ABORTED);
    sim_assert(WriteFile(client, "abcd", 4, &bytes, NULL));
    sim_assert(WaitForSingleObject(second, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(second, &code));
    sim_assert(code == 0);
    sim_assert(CloseHandle(first) && CloseHandle(second));
    sim_assert(CloseHandle(client) && CloseHandle(server));
}

static void blocked_threads_can_be_freed(void **state)
{
    (void)state;
    schedules_pass(cancel_synchronous_scenario);
    schedules_pass(cancel_turn_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peeking_takes_nothing),
        cmocka_unit_test(a_question_brings_its_answer),
        cmocka_unit_test(anonymous_pipes_and_states),
        cmocka_unit_test(blocked_threads_can_be_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
