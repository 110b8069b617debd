/**
 * @file statics.c
 * @brief A program whose static variables must be fresh in every run.
 *
 * What it is given on its command line must be, too.  It uses threads, a port,
 * a lock and atomic operations, so that its traces can be compared.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <windows.h>

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS  3
#define MESSAGES 5

#define KEY_QUIT  0
#define KEY_COUNT 7

static volatile LONG times_started;
static int answer = 41;
static char table[5000];
static const char *where = "start";
static void *volatile owner;

static HANDLE port;
static CRITICAL_SECTION lock;

static unsigned __stdcall work(void *unused)
{
    (void)unused;
    for (;;) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key = 0;
        DWORD bytes = 0;

        if (!GetQueuedCompletionStatus(port,
                                       &bytes,
                                       &key,
                                       &overlapped,
                                       INFINITE)) {
            return 1;
        }
        if (key == KEY_QUIT) {
            return 0;
        }
        EnterCriticalSection(&lock);
        table[key]++;
        LeaveCriticalSection(&lock);
        InterlockedExchangeAdd(&times_started, 2);
        InterlockedExchangeAdd(&times_started, -2);
        if (InterlockedCompareExchangePointer((PVOID volatile *)&owner,
                                              &port,
                                              NULL) == NULL) {
            InterlockedExchangePointer((PVOID volatile *)&owner, NULL);
        }
    }
}

static void say_goodbye(void)
{
    printf("at exit: %d\n", table[KEY_COUNT]);
}

static BOOL is_fresh(void)
{
    return InterlockedIncrement(&times_started) == 1 && ++answer == 42 &&
           strcmp(where, "start") == 0 && table[KEY_COUNT] == 0;
}

int main(int argc, char **argv)
{
    HANDLE threads[WORKERS];

    if (!is_fresh()) {
        printf("statics are not fresh\n");
        return 3;
    }
    where = "later";
    if (argc < 2 || strcmp(argv[1], "word") != 0) {
        printf("arguments are not fresh\n");
        return 4;
    }
    argv[1][0] = 'W';
    argv[1] = NULL;
    atexit(say_goodbye);
    InitializeCriticalSection(&lock);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    for (int at = 0; at < WORKERS; at++) {
        threads[at] = (HANDLE)_beginthreadex(NULL, 0, work, NULL, 0, NULL);
    }
    for (int at = 0; at < MESSAGES; at++) {
        PostQueuedCompletionStatus(port, 1, KEY_COUNT, NULL);
    }
    for (int at = 0; at < WORKERS; at++) {
        PostQueuedCompletionStatus(port, 1, KEY_QUIT, NULL);
    }
    WaitForMultipleObjects(WORKERS, threads, TRUE, INFINITE);
    for (int at = 0; at < WORKERS; at++) {
        CloseHandle(threads[at]);
    }
    CloseHandle(port);
    DeleteCriticalSection(&lock);
    printf("half of five is %.1f\n", 0.5 * MESSAGES);
    return table[KEY_COUNT] == MESSAGES ? 0 : 1;
}
