/**
 * @file pipe_connect.c
 * @brief Facts about how the two ends of a named pipe find each other.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-01, PIPE-02, PIPE-03, PIPE-04, PIPE-05, PIPE-06.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <wchar.h>

enum { KEY = 5, BUFFER_BYTES = 4096 };

/** A pipe's name, and a port for its servers. */
struct stage {
    WCHAR name[64];
    HANDLE port;
    OVERLAPPED overlapped;
};

/** @brief Make a name that no pipe has now, and a port. */
static void stage_open(struct stage *stage)
{
    *stage = (struct stage){.port = fact_port(0)};
    (void)swprintf(stage->name,
                   sizeof stage->name / sizeof stage->name[0],
                   L"\\\\.\\pipe\\dryport-connect-%u",
                   (unsigned)GetCurrentProcessId());
}

/** @brief Make one instance, with the stage's port. */
static HANDLE server_open(const struct stage *stage, DWORD instances_max)
{
    HANDLE server = CreateNamedPipeW(stage->name,
                                     PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE,
                                     instances_max,
                                     BUFFER_BYTES,
                                     BUFFER_BYTES,
                                     0,
                                     NULL);

    CHECK(server != INVALID_HANDLE_VALUE);
    fact_associate(server, stage->port, KEY);
    return server;
}

static HANDLE try_client(const struct stage *stage)
{
    return CreateFileW(stage->name,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED,
                       NULL);
}

static HANDLE client_open(const struct stage *stage)
{
    HANDLE client = try_client(stage);

    CHECK(client != INVALID_HANDLE_VALUE);
    return client;
}

/** @brief Check that no client can be opened, for that reason. */
static void check_refused(const struct stage *stage, DWORD error)
{
    CHECK(try_client(stage) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == error);
}

/** @brief ConnectNamedPipe, which always says FALSE; returns why. */
static DWORD listen_to(HANDLE server, OVERLAPPED *overlapped)
{
    SetLastError(ERROR_SUCCESS);
    CHECK(!ConnectNamedPipe(server, overlapped));
    return GetLastError();
}

/** @brief Check that what is written to the one end is read at the other. */
static void check_connected(HANDLE server, HANDLE client)
{
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char byte = 0;

    fact_write(server, "s", 1);
    CHECK(ReadFile(client, &byte, 1, &bytes, &overlapped) ||
          GetLastError() == ERROR_IO_PENDING);
    CHECK(GetOverlappedResult(client, &overlapped, &bytes, TRUE));
    CHECK(bytes == 1 && byte == 's');
}

void fact_pipe_01(void)
{
    struct stage stage;
    HANDLE server;
    HANDLE client;
    struct fact_packet packet;

    stage_open(&stage);
    server = server_open(&stage, 1);
    /* There is no client yet: the call pends, */
    CHECK(listen_to(server, &stage.overlapped) == ERROR_IO_PENDING);
    CHECK(fact_packet_none(stage.port));
    /* until one opens the pipe. */
    client = client_open(&stage);
    packet = fact_packet_take(stage.port);
    CHECK(packet.success && packet.bytes == 0 && packet.key == KEY);
    CHECK(packet.overlapped == &stage.overlapped);
    CHECK(fact_packet_none(stage.port));
    check_connected(server, client);
    CHECK(CloseHandle(server) && CloseHandle(client));
    CHECK(CloseHandle(stage.port));
}

void fact_pipe_02(void)
{
    struct stage stage;
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    HANDLE server;
    HANDLE client;

    CHECK(event != NULL);
    stage_open(&stage);
    server = server_open(&stage, 1);
    /* A client is there before the server asks. */
    client = client_open(&stage);
    stage.overlapped.hEvent = event;
    CHECK(listen_to(server, &stage.overlapped) == ERROR_PIPE_CONNECTED);
    /* That is an error, so nothing tells of it, */
    CHECK(fact_packet_none(stage.port));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK((NTSTATUS)stage.overlapped.Internal == STATUS_PENDING);
    /* and yet the pipe is good. */
    check_connected(server, client);
    CHECK(CloseHandle(server) && CloseHandle(client));
    CHECK(CloseHandle(event) && CloseHandle(stage.port));
}

void fact_pipe_03(void)
{
    struct stage stage;
    HANDLE server;
    HANDLE client;

    stage_open(&stage);
    server = server_open(&stage, 1);
    /* A client came and went before the server asks, */
    CHECK(CloseHandle(client_open(&stage)));
    CHECK(listen_to(server, &stage.overlapped) == ERROR_NO_DATA);
    CHECK(listen_to(server, &stage.overlapped) == ERROR_NO_DATA);
    CHECK(fact_packet_none(stage.port));
    /* who has to disconnect before it can listen again. */
    CHECK(DisconnectNamedPipe(server));
    CHECK(listen_to(server, &stage.overlapped) == ERROR_IO_PENDING);
    client = client_open(&stage);
    CHECK(fact_packet_take(stage.port).success);
    check_connected(server, client);
    CHECK(CloseHandle(server) && CloseHandle(client));
    CHECK(CloseHandle(stage.port));
}

void fact_pipe_04(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};

    /* Only the server's end can listen. */
    fact_associate(pipe.client, port, KEY);
    CHECK(listen_to(pipe.client, &overlapped) == ERROR_INVALID_FUNCTION);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(port));
    fact_pipe_close(&pipe);
}

void fact_pipe_05(void)
{
    struct stage stage;
    HANDLE server;
    HANDLE client;

    stage_open(&stage);
    /* There is no such pipe. */
    check_refused(&stage, ERROR_FILE_NOT_FOUND);
    /* A new instance takes a client although nobody listens, */
    server = server_open(&stage, 2);
    client = client_open(&stage);
    check_connected(server, client);
    /* but only one. */
    check_refused(&stage, ERROR_PIPE_BUSY);
    CHECK(CloseHandle(client));
    check_refused(&stage, ERROR_PIPE_BUSY);
    /* Disconnected it takes none, until it listens. */
    CHECK(DisconnectNamedPipe(server));
    check_refused(&stage, ERROR_PIPE_BUSY);
    CHECK(listen_to(server, &stage.overlapped) == ERROR_IO_PENDING);
    client = client_open(&stage);
    CHECK(fact_packet_take(stage.port).success);
    check_connected(server, client);
    /* With its last handle the name is gone. */
    CHECK(CloseHandle(server) && CloseHandle(client));
    check_refused(&stage, ERROR_FILE_NOT_FOUND);
    CHECK(CloseHandle(stage.port));
}

void fact_pipe_06(void)
{
    enum { COUNT = 3 };
    /* In which order they listen, the second time. */
    static const size_t order[COUNT] = {1, 2, 0};
    struct stage stage;
    HANDLE servers[COUNT];
    HANDLE clients[COUNT];
    OVERLAPPED overlapped[COUNT] = {0};

    stage_open(&stage);
    for (size_t at = 0; at < COUNT; at++) {
        servers[at] = server_open(&stage, COUNT);
    }
    /* New instances get clients in the order of their creation. */
    for (size_t at = 0; at < COUNT; at++) {
        clients[at] = client_open(&stage);
        check_connected(servers[at], clients[at]);
    }
    for (size_t at = 0; at < COUNT; at++) {
        CHECK(DisconnectNamedPipe(servers[at]));
        CHECK(CloseHandle(clients[at]));
    }
    /* After that, in the order in which they began to listen. */
    for (size_t at = 0; at < COUNT; at++) {
        CHECK(listen_to(servers[order[at]], &overlapped[order[at]]) ==
              ERROR_IO_PENDING);
    }
    for (size_t at = 0; at < COUNT; at++) {
        clients[at] = client_open(&stage);
        CHECK(fact_packet_take(stage.port).overlapped ==
              &overlapped[order[at]]);
        check_connected(servers[order[at]], clients[at]);
    }
    for (size_t at = 0; at < COUNT; at++) {
        CHECK(CloseHandle(servers[at]) && CloseHandle(clients[at]));
    }
    CHECK(CloseHandle(stage.port));
}
