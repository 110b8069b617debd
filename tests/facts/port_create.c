/**
 * @file port_create.c
 * @brief Facts about making ports.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-01, PORT-02, PORT-03, PORT-04, PORT-05, PORT-15.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <wchar.h>

/** No handle has this value. */
#define NEVER_A_HANDLE ((HANDLE)(ULONG_PTR)0x7FFFFFF0)

/* ---- How many threads a port lets run ------------------------------------ */

/** Most processors that a port is tried with, and how long a crowd is
 *  watched, in milliseconds and in turns. */
enum { CROWD_MAX = 256, WATCH_MS = 200, WATCH_TURNS = 50 };

/** Threads that take one packet each and then keep on running. */
struct crowd {
    HANDLE port;
    volatile LONG running;
    volatile LONG released;
};

/** @brief Wait for a number without blocking: a blocked thread would not
 *  count as running. */
static void spin_until(const volatile LONG *value, LONG wanted)
{
    ULONGLONG end = GetTickCount64() + FACT_LIMIT_MS;

    while (*value < wanted) {
        CHECK(GetTickCount64() < end);
        (void)SwitchToThread();
    }
}

/** @brief Let others run for a while, again without blocking. */
static void watch(void)
{
    ULONGLONG end = GetTickCount64() + WATCH_MS;

    for (int turn = 0; turn < WATCH_TURNS || GetTickCount64() < end; turn++) {
        (void)SwitchToThread();
    }
}

static DWORD WINAPI take_and_run_on(void *arg)
{
    struct crowd *crowd = arg;

    (void)fact_packet_take(crowd->port);
    (void)InterlockedIncrement(&crowd->running);
    spin_until(&crowd->released, 1);
    return 0;
}

/** @brief Check that a port lets exactly so many threads run.  The caller has
 *  not waited on it: it would count. */
static void check_limit(HANDLE port, LONG limit)
{
    struct crowd crowd = {.port = port};
    HANDLE threads[CROWD_MAX + 1];

    /* There is one thread more, and a packet for each of them. */
    CHECK(limit <= CROWD_MAX);
    for (LONG at = 0; at <= limit; at++) {
        threads[at] = fact_start(take_and_run_on, &crowd);
        CHECK(PostQueuedCompletionStatus(port, 0, 0, NULL));
    }
    /* As many as the limit get theirs; the last one waits, although its
     * packet is there. */
    spin_until(&crowd.running, limit);
    watch();
    CHECK(crowd.running == limit);
    /* When a thread stops running, the last one has its turn. */
    crowd.released = 1;
    for (LONG at = 0; at <= limit; at++) {
        (void)fact_join(threads[at]);
    }
    CHECK(crowd.running == limit + 1);
}

static LONG processors(void)
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    return (LONG)system.dwNumberOfProcessors;
}

/* ---- CreateIoCompletionPort ---------------------------------------------- */

void fact_port_01(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 77, 2);
    HANDLE two = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    HANDLE all = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    struct fact_packet packet;

    /* A port comes to be without a file. */
    CHECK(port != NULL && two != NULL && all != NULL);
    CHECK(fact_packet_none(port));
    /* It has no key of its own: a packet brings its own. */
    CHECK(PostQueuedCompletionStatus(port, 3, 5, NULL));
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 5 && packet.bytes == 3);
    /* The last argument is how many threads may run, */
    check_limit(two, 2);
    /* and 0 is as many as there are processors. */
    check_limit(all, processors());
    CHECK(CloseHandle(port) && CloseHandle(two) && CloseHandle(all));
}

void fact_port_02(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE blocking = fact_pipe_alone(FALSE);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[4];
    /* One call makes the port and ties the file to it. */
    HANDLE port = CreateIoCompletionPort(pipe.server, NULL, 7, 0);

    CHECK(port != NULL && port != pipe.server);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 7);
    CHECK(packet.overlapped == &overlapped && packet.bytes == 2);
    /* When the file cannot be tied, there is no port either.  A port that was
     * left over would be found as a leak at the end of the run. */
    SetLastError(ERROR_SUCCESS);
    CHECK(CreateIoCompletionPort(blocking, NULL, 7, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CreateIoCompletionPort(pipe.server, NULL, 7, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(blocking) && CloseHandle(port));
}

void fact_port_03(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE narrow = fact_port(1);
    OVERLAPPED overlapped = {0};
    char in[4];

    /* What comes back is the port's own handle, not another one to it. */
    CHECK(CreateIoCompletionPort(pipe.server, port, 7, 5) == port);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    CHECK(fact_packet_take(port).overlapped == &overlapped);
    /* The number given then changes nothing: a port that lets one thread run
     * still does so. */
    CHECK(CreateIoCompletionPort(pipe.client, narrow, 8, 5) == narrow);
    check_limit(narrow, 1);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port) && CloseHandle(narrow));
}

void fact_port_04(void)
{
    HANDLE port = fact_port(0);

    /* No file, but a port that exists: there is nothing to do. */
    SetLastError(ERROR_SUCCESS);
    CHECK(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 1, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    /* The port is none the worse for it. */
    CHECK(PostQueuedCompletionStatus(port, 0, 3, NULL));
    CHECK(fact_packet_take(port).key == 3);
    CHECK(CloseHandle(port));
}

void fact_port_05(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);

    /* A file that does not exist, for a port that does, */
    SetLastError(ERROR_SUCCESS);
    CHECK(CreateIoCompletionPort(NEVER_A_HANDLE, port, 1, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    /* and for a new port. */
    SetLastError(ERROR_SUCCESS);
    CHECK(CreateIoCompletionPort(NEVER_A_HANDLE, NULL, 1, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    /* A port that does not exist: NULL again, and never the -1 with which
     * CreateFile fails. */
    CHECK(CreateIoCompletionPort(pipe.server, NEVER_A_HANDLE, 1, 0) == NULL);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Native creation ----------------------------------------------------- */

/** The rights of a port, by the numbers of the native calls. */
enum { QUERY_STATE = 1, MODIFY_STATE = 2 };

/** A name that Win32 and the native calls spell differently. */
struct name {
    WCHAR text[64]; /* As the native calls spell it. */
    UNICODE_STRING string;
    OBJECT_ATTRIBUTES attributes;
};

/** @brief Make a name in the global folder; @p word tells names apart. */
static void name_make(struct name *name, const WCHAR *word)
{
    (void)swprintf(name->text,
                   sizeof name->text / sizeof name->text[0],
                   L"\\BaseNamedObjects\\dryport-fact-%u-%ls",
                   (unsigned)GetCurrentProcessId(),
                   word);
    name->string.Buffer = name->text;
    name->string.Length = (USHORT)(wcslen(name->text) * sizeof(WCHAR));
    name->string.MaximumLength = name->string.Length;
    name->attributes = (OBJECT_ATTRIBUTES){
        .Length = sizeof name->attributes,
        .ObjectName = &name->string,
        .Attributes = OBJ_OPENIF,
    };
}

/** @brief Make an event whose Win32 name is that native name. */
static HANDLE make_event(const struct name *name)
{
    WCHAR text[64];
    HANDLE event;

    (void)swprintf(text,
                   sizeof text / sizeof text[0],
                   L"Global\\%ls",
                   wcsrchr(name->text, L'\\') + 1);
    event = CreateEventW(NULL, TRUE, FALSE, text);
    CHECK(event != NULL);
    return event;
}

/** @brief Named ports: one name, one port. */
static void check_names(const struct fact_native *native)
{
    const ACCESS_MASK all = QUERY_STATE | MODIFY_STATE;
    struct name ours;
    struct name taken;
    HANDLE first = NULL;
    HANDLE second = NULL;
    HANDLE third = NULL;
    HANDLE event = NULL;

    name_make(&ours, L"port");
    name_make(&taken, L"event");
    event = make_event(&taken);
    /* A name that belongs to something else is of the wrong type. */
    CHECK(native->open_port(&first, all, &taken.attributes) ==
          STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(native->create_port(&first, all, &taken.attributes, 0) ==
          STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(CloseHandle(event));
    /* The first creation makes the port; to open it finds it, */
    CHECK(native->create_port(&first, all, &ours.attributes, 0) ==
          STATUS_SUCCESS);
    CHECK(native->open_port(&second, all, &ours.attributes) == STATUS_SUCCESS);
    CHECK(PostQueuedCompletionStatus(first, 0, 3, NULL));
    CHECK(fact_depth(second) == 1);
    /* and so does a second creation, which says that it did. */
    CHECK(native->create_port(&third, all, &ours.attributes, 0) ==
          STATUS_OBJECT_NAME_EXISTS);
    CHECK(third != NULL && fact_depth(third) == 1);
    CHECK(CloseHandle(first) && CloseHandle(second) && CloseHandle(third));
}

/** @brief Each right allows some calls and no others. */
static void check_rights(const struct fact_native *native)
{
    LARGE_INTEGER now = {.QuadPart = 0};
    LONG depth = 99;
    IO_STATUS_BLOCK block;
    HANDLE asking = NULL;
    HANDLE changing = NULL;
    PVOID key;
    PVOID context;
    OVERLAPPED *overlapped;
    ULONG_PTR number;
    DWORD bytes;

    CHECK(native->create_port(&asking, QUERY_STATE, NULL, 0) == STATUS_SUCCESS);
    CHECK(native->create_port(&changing, MODIFY_STATE, NULL, 0) ==
          STATUS_SUCCESS);
    /* The right to query is not the right to post or to remove. */
    CHECK(native->query(asking, 0, &depth, sizeof depth, NULL) ==
          STATUS_SUCCESS);
    CHECK(depth == 0);
    CHECK(native->set(asking, NULL, NULL, STATUS_SUCCESS, 0) ==
          STATUS_ACCESS_DENIED);
    CHECK(native->remove(asking, &key, &context, &block, &now) ==
          STATUS_ACCESS_DENIED);
    CHECK(!PostQueuedCompletionStatus(asking, 0, 0, NULL));
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(!GetQueuedCompletionStatus(asking, &bytes, &number, &overlapped, 0));
    CHECK(GetLastError() == ERROR_ACCESS_DENIED);
    /* Nor is it the other way round. */
    CHECK(native->set(changing, NULL, NULL, STATUS_SUCCESS, 0) ==
          STATUS_SUCCESS);
    CHECK(native->remove(changing, &key, &context, &block, &now) ==
          STATUS_SUCCESS);
    CHECK(native->query(changing, 0, &depth, sizeof depth, NULL) ==
          STATUS_ACCESS_DENIED);
    CHECK(CloseHandle(asking) && CloseHandle(changing));
}

void fact_port_15(void)
{
    struct fact_native native = fact_native();

    FACT_NEEDS(native.create_port);
    FACT_NEEDS(native.open_port);
    check_rights(&native);
    check_names(&native);
}
