/**
 * @file port_post.c
 * @brief Facts about packets that a program posts, and about the depth.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-27, PORT-28, PORT-29, PORT-30, PORT-31, PORT-32.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

void fact_port_27(void)
{
    const ULONG_PTR largest = ~(ULONG_PTR)0;
    HANDLE port = fact_port(0);
    struct fact_packet packet;
    struct fact_completion entry;
    OVERLAPPED real;
    OVERLAPPED before;
    struct {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *overlapped;
    } posts[] = {
        {0, 0, NULL},
        {~(DWORD)0, largest, (OVERLAPPED *)largest},
        {5, 1, (OVERLAPPED *)1},
        {6, (ULONG_PTR)port, &real},
    };

    /* Whatever is posted comes out, whether it makes sense or not. */
    memset(&real, 0xAB, sizeof real);
    before = real;
    for (size_t at = 0; at < 4; at++) {
        CHECK(PostQueuedCompletionStatus(port,
                                         posts[at].bytes,
                                         posts[at].key,
                                         posts[at].overlapped));
    }
    for (size_t at = 0; at < 4; at++) {
        packet = fact_packet_take(port);
        CHECK(packet.success && packet.bytes == posts[at].bytes);
        CHECK(packet.key == posts[at].key);
        CHECK(packet.overlapped == posts[at].overlapped);
    }
    /* The OVERLAPPED that was a real one is as it was. */
    CHECK(memcmp(&real, &before, sizeof real) == 0);
    /* The status of the packet is a success. */
    CHECK(PostQueuedCompletionStatus(port, 7, 8, NULL));
    entry = fact_packet_remove(port);
    CHECK(entry.block.Status == STATUS_SUCCESS);
    CHECK(entry.block.Information == 7);
    CHECK(CloseHandle(port));
}

void fact_port_28(void)
{
    const ULONG_PTR most = ~(ULONG_PTR)5;
    const NTSTATUS statuses[] = {STATUS_SUCCESS,
                                 789,
                                 STATUS_BUFFER_OVERFLOW,
                                 STATUS_CANCELLED,
                                 -1};
    struct fact_native native = fact_native();
    HANDLE port = fact_port(0);
    struct fact_completion entry;
    struct fact_packet packet;

    /* Any status can be posted, and a count as wide as a pointer. */
    for (size_t at = 0; at < 5; at++) {
        CHECK(native.set(port,
                         (PVOID)(ULONG_PTR)at,
                         (PVOID)(ULONG_PTR)77,
                         statuses[at],
                         most - at) == STATUS_SUCCESS);
    }
    /* It comes out unchanged. */
    for (size_t at = 0; at < 5; at++) {
        entry = fact_packet_remove(port);
        CHECK(entry.key == (PVOID)(ULONG_PTR)at);
        CHECK(entry.context == (PVOID)(ULONG_PTR)77);
        CHECK(entry.block.Status == statuses[at]);
        CHECK(entry.block.Information == most - at);
    }
    /* The Win32 call makes of the status what it makes of any. */
    CHECK(native.set(port, NULL, &entry, STATUS_CANCELLED, 3) ==
          STATUS_SUCCESS);
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(packet.overlapped == (OVERLAPPED *)(PVOID)&entry);
    CHECK(packet.bytes == 3);
    CHECK(CloseHandle(port));
}

/* ---- Memory is short ----------------------------------------------------- */

enum { POSTS = 8 };

/** @brief Post, and say whether there was memory for it. */
static BOOL post(HANDLE port, ULONG_PTR key)
{
    if (PostQueuedCompletionStatus(port, 0, key, NULL)) {
        sim_mark("a post succeeds");
        return TRUE;
    }
    CHECK(GetLastError() == ERROR_NO_SYSTEM_RESOURCES);
    sim_mark("a post fails");
    return FALSE;
}

/** @brief The same natively. */
static BOOL post_natively(HANDLE port, ULONG_PTR key)
{
    struct fact_native native = fact_native();
    NTSTATUS status = native.set(port, (PVOID)key, NULL, STATUS_SUCCESS, 0);

    if (status == STATUS_SUCCESS) {
        return TRUE;
    }
    CHECK(status == STATUS_INSUFFICIENT_RESOURCES);
    sim_mark("a native post fails");
    return FALSE;
}

void fact_port_29(void)
{
    HANDLE port;
    BOOL posted[POSTS];
    LONG count = 0;

    if (!sim_is_simulated()) {
        fact_cannot("a way to run out of memory at will");
        return;
    }
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (port == NULL) {
        return; /* That failed for the same reason. */
    }
    /* Each post succeeds or fails by itself. */
    for (ULONG_PTR key = 0; key < POSTS; key++) {
        posted[key] = key % 2 == 0 ? post(port, key) : post_natively(port, key);
        count += posted[key];
    }
    /* A post that failed has left nothing, one that succeeded is there. */
    CHECK(fact_depth(port) == count);
    for (ULONG_PTR key = 0; key < POSTS; key++) {
        CHECK(!posted[key] || fact_packet_take(port).key == key);
    }
    CHECK(CloseHandle(port));
}

/** Who reads and who writes; NULL where there was no memory. */
struct parties {
    HANDLE port;
    HANDLE reader;
    HANDLE writer;
};

/** @brief Open what there is memory for; returns whether that was all. */
static BOOL parties_open(struct parties *parties)
{
    static const WCHAR name[] = L"\\\\.\\pipe\\dryport-fact-30";
    HANDLE server;
    HANDLE client;

    memset(parties, 0, sizeof *parties);
    server = CreateNamedPipeW(name,
                              PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                              PIPE_TYPE_BYTE,
                              1,
                              64,
                              64,
                              0,
                              NULL);
    if (server == INVALID_HANDLE_VALUE) {
        return FALSE;
    }
    parties->reader = server;
    client = CreateFileW(name,
                         GENERIC_READ | GENERIC_WRITE,
                         0,
                         NULL,
                         OPEN_EXISTING,
                         FILE_FLAG_OVERLAPPED,
                         NULL);
    if (client == INVALID_HANDLE_VALUE) {
        return FALSE;
    }
    parties->writer = client;
    parties->port = CreateIoCompletionPort(server, NULL, 1, 0);
    return parties->port != NULL &&
           CreateIoCompletionPort(client, parties->port, 2, 0) != NULL;
}

static void parties_close(const struct parties *parties)
{
    CHECK(parties->reader == NULL || CloseHandle(parties->reader));
    CHECK(parties->writer == NULL || CloseHandle(parties->writer));
    CHECK(parties->port == NULL || CloseHandle(parties->port));
}

/** @brief Read and write; for what is accepted there is a packet. */
static void check_packets(const struct parties *parties)
{
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    char in[4];

    if (ReadFile(parties->reader, in, sizeof in, NULL, &read) ||
        GetLastError() != ERROR_IO_PENDING) {
        return; /* Refused: nothing will come. */
    }
    if (!WriteFile(parties->writer, "a", 1, NULL, &write)) {
        /* Only the read is on its way; it is ended. */
        CHECK(GetLastError() == ERROR_NO_SYSTEM_RESOURCES);
        CHECK(CancelIoEx(parties->reader, &read));
        CHECK(fact_packet_take(parties->port).overlapped == &read);
        return;
    }
    sim_mark("both are accepted");
    CHECK(fact_depth(parties->port) == 2);
    CHECK(fact_packet_take(parties->port).overlapped == &read);
    CHECK(fact_packet_take(parties->port).overlapped == &write);
}

void fact_port_30(void)
{
    struct parties parties;

    if (!sim_is_simulated()) {
        fact_cannot("a way to run out of memory at will");
        return;
    }
    /* Any call may fail now.  But an operation that was accepted brings its
     * packet: the memory for it is the operation's own. */
    if (parties_open(&parties)) {
        check_packets(&parties);
    }
    parties_close(&parties);
}

/** What is reserved; the numbers are those of the native call. */
enum { RESERVE_FOR_APC = 0, RESERVE_FOR_PORT = 1 };

void fact_port_31(void)
{
    struct fact_native native = fact_native();
    HANDLE port = fact_port(0);
    HANDLE wrong = NULL;
    HANDLE right = NULL;
    PVOID context = (PVOID)(ULONG_PTR)3;
    struct fact_completion entry;

    if (native.set_ex == NULL || native.allocate_reserve == NULL) {
        CHECK(CloseHandle(port));
        fact_cannot("NtSetIoCompletionEx");
        return;
    }
    CHECK(native.allocate_reserve(&wrong, NULL, RESERVE_FOR_APC) ==
          STATUS_SUCCESS);
    CHECK(native.allocate_reserve(&right, NULL, RESERVE_FOR_PORT) ==
          STATUS_SUCCESS);
    /* It takes a port, and a reserve of the right kind. */
    CHECK(native.set_ex(NULL, right, NULL, context, 0, 0) ==
          STATUS_INVALID_HANDLE);
    CHECK(native.set_ex(port, NULL, NULL, context, 0, 0) ==
          STATUS_INVALID_HANDLE);
    CHECK(native.set_ex(port, wrong, NULL, context, 0, 0) ==
          STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(fact_packet_none(port));
    /* Then it posts like any other call, and again once its packet has been
     * removed. */
    for (ULONG_PTR round = 1; round <= 2; round++) {
        CHECK(native.set_ex(port,
                            right,
                            (PVOID)round,
                            context,
                            STATUS_CANCELLED,
                            round + 7) == STATUS_SUCCESS);
        entry = fact_packet_remove(port);
        CHECK(entry.key == (PVOID)round && entry.context == context);
        CHECK(entry.block.Status == STATUS_CANCELLED);
        CHECK(entry.block.Information == round + 7);
    }
    CHECK(CloseHandle(wrong) && CloseHandle(right) && CloseHandle(port));
}

/* ---- The depth ----------------------------------------------------------- */

void fact_port_32(void)
{
    struct fact_native native = fact_native();
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    OVERLAPPED_ENTRY entries[2];
    ULONG removed;
    ULONG needed = 0;
    LONG depth = -1;
    char in[4];

    /* The depth of a new port is 0. */
    CHECK(native.query != NULL);
    CHECK(native.query(port, 0, &depth, sizeof depth, &needed) ==
          STATUS_SUCCESS);
    CHECK(depth == 0 && needed == sizeof depth);
    /* It grows with every packet that is queued, by a post or by I/O, but
     * not with an operation that pends. */
    for (LONG count = 1; count <= 3; count++) {
        CHECK(PostQueuedCompletionStatus(port, 0, 0, NULL));
        CHECK(fact_depth(port) == count);
    }
    fact_associate(pipe.server, port, 1);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(fact_depth(port) == 3);
    fact_write(pipe.client, "a", 1);
    fact_packet_await(port, 4);
    /* It shrinks with every packet that is removed, one by one or not. */
    (void)fact_packet_take(port);
    CHECK(fact_depth(port) == 3);
    CHECK(GetQueuedCompletionStatusEx(port, entries, 2, &removed, 0, FALSE));
    CHECK(removed == 2 && fact_depth(port) == 1);
    (void)fact_packet_take(port);
    CHECK(fact_depth(port) == 0);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
