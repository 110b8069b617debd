/**
 * @file ending.c
 * @brief A program that ends in one of many ways.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <windows.h>

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HANDLE event;

static BOOL asks(const char *way, const char *wanted)
{
    return strcmp(way, wanted) == 0;
}

/* The second thread. */
static unsigned __stdcall work(void *way)
{
    if (asks(way, "thread-exit-0")) {
        exit(0);
    }
    if (asks(way, "thread-exit-7")) {
        exit(7);
    }
    if (asks(way, "crash")) {
        /* cppcheck-suppress nullPointer */
        *(volatile int *)NULL = 1;
    }
    WaitForSingleObject(event, INFINITE);
    return 0;
}

/* Set an event by a function that was looked up. */
static void set_by_name(void)
{
    typedef BOOL(WINAPI * set_fn)(HANDLE);
    HMODULE module = GetModuleHandleA("kernel32.dll");
    set_fn set = (set_fn)(void (*)(void))GetProcAddress(module, "SetEvent");

    set(event);
    if (WaitForSingleObject(event, 0) != WAIT_OBJECT_0) {
        exit(9);
    }
}

int main(int argc, char **argv)
{
    char *way = argv[argc - 1];
    HANDLE thread;

    printf("about to end: %s\n", way);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (asks(way, "abort")) {
        abort();
    }
    if (asks(way, "exit-process")) {
        ExitProcess(3);
    }
    if (asks(way, "leak")) {
        return 0;
    }
    if (asks(way, "deadlock")) {
        WaitForSingleObject(event, INFINITE);
    }
    if (asks(way, "by-name")) {
        set_by_name();
    }
    thread = (HANDLE)_beginthreadex(NULL, 0, work, way, 0, NULL);
    if (asks(way, "unfinished")) {
        return 0;
    }
    SetEvent(event);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(event);
    return 0;
}
