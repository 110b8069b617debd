/**
 * @file test_winsock_handles.c
 * @brief Sockets as handles: copies of them, and calls of files.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-03, SOCK-51, SOCK-53, SOCK-118, SOCK-119.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/* ---- Two handles --------------------------------------------------------- */

static SOCKET duplicate(SOCKET socket)
{
    WSAPROTOCOL_INFOW info;
    SOCKET copy;

    sim_assert(WSADuplicateSocketW(socket, GetCurrentProcessId(), &info) == 0);
    copy = WSASocketW(FROM_PROTOCOL_INFO,
                      FROM_PROTOCOL_INFO,
                      FROM_PROTOCOL_INFO,
                      &info,
                      0,
                      WSA_FLAG_OVERLAPPED);
    sim_assert(copy != INVALID_SOCKET && copy != socket);
    /* A description serves once. */
    sim_assert(wsa_refused(WSASocketW(AF_INET, SOCK_STREAM, 0, &info, 0, 0),
                           WSAEINVAL));
    return copy;
}

static void duplicate_scenario(void *arg)
{
    WSAPROTOCOL_INFOA info;
    struct socket_pair pair;
    OVERLAPPED overlapped = {0};
    HANDLE port;
    SOCKET copy;
    char in[4];

    (void)arg;
    net_up();
    pair = sockets_open();
    port = socket_port(pair.server);
    copy = duplicate(pair.server);
    sim_assert(CompareObjectHandles((HANDLE)copy, (HANDLE)pair.server));
    {
        /* SOCK-53: closing one of the two ends nothing. */
        sim_assert(wsa_failed(receive_some(pair.server, in, 4, &overlapped),
                              WSA_IO_PENDING));
        close_socket(pair.server);
        sim_assert(packet_none(port));
        sim_assert(send(pair.client, "a", 1, 0) == 1);
        Sleep(60000);
        sim_assert(packet_is(port, &overlapped, 0, 1));
    }
    {
        /* The last one does, as does CloseHandle: SOCK-51. */
        sim_assert(
            wsa_failed(receive_some(copy, in, 4, &overlapped), WSA_IO_PENDING));
        sim_assert(CloseHandle((HANDLE)copy));
        sim_assert(packet_is(port, &overlapped, ERROR_CONNECTION_ABORTED, 0));
    }
    sim_assert(
        wsa_failed(WSADuplicateSocketA(pair.client, 1, &info), WSAEINVAL));
    sim_assert(wsa_failed(
        WSADuplicateSocketW(pair.client, GetCurrentProcessId(), NULL),
        WSAEFAULT));
    close_socket(pair.client);
    sim_assert(CloseHandle(port));
    net_down();
}

static void a_socket_can_have_two_handles(void **state)
{
    (void)state;
    schedules_pass(duplicate_scenario);
}

/* ---- Other ways in ------------------------------------------------------- */

/** @brief SOCK-119: on overlapped sockets the native calls need an offset. */
static void check_native(SOCKET socket)
{
    LARGE_INTEGER offset = {.QuadPart = -1};
    IO_STATUS_BLOCK block;
    char byte = 'x';
    HANDLE file = (HANDLE)socket;

    sim_assert(
        NtReadFile(file, NULL, NULL, NULL, &block, &byte, 1, NULL, NULL) ==
        STATUS_INVALID_PARAMETER);
    sim_assert(
        NtWriteFile(file, NULL, NULL, NULL, &block, &byte, 1, NULL, NULL) ==
        STATUS_INVALID_PARAMETER);
    sim_assert(
        NtReadFile(file, NULL, NULL, NULL, &block, &byte, 1, &offset, NULL) ==
        STATUS_INVALID_PARAMETER);
    offset.QuadPart = 0;
    sim_assert(NT_SUCCESS(
        NtWriteFile(file, NULL, NULL, NULL, &block, &byte, 1, &offset, NULL)));
    Sleep(60000); /* It may pend. */
    sim_assert(block.Information == 1);
}

static void plain_scenario(void *arg)
{
    OVERLAPPED overlapped = {.Internal = 0x1234};
    SOCKET listener;
    SOCKET server;
    SOCKET client;
    HANDLE thread;
    u_short port;
    DWORD bytes;
    char in[4];

    (void)arg;
    net_up();
    listener = listen_here(&port);
    client = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0);
    sim_assert(connect_here(client, port) == 0);
    server = accept(listener, NULL, NULL);
    {
        /* SOCK-03: without the flag an OVERLAPPED is ignored. */
        thread = thread_start(send_when_idle, (void *)server);
        sim_assert(receive_some(client, in, 4, &overlapped) == 0);
        sim_assert(overlapped.Internal == 0x1234);
        thread_end(thread);
    }
    {
        /* SOCK-118: ReadFile and WriteFile. */
        overlapped.Internal = 0;
        sim_assert(WriteFile((HANDLE)client, "cd", 2, &bytes, NULL));
        Sleep(60000);
        sim_assert(ReadFile((HANDLE)server, in, 4, &bytes, &overlapped));
        sim_assert(bytes == 2 && memcmp(in, "cd", 2) == 0);
        sim_assert(failed(ReadFile((HANDLE)server, in, 4, &bytes, NULL),
                          ERROR_INVALID_PARAMETER));
        check_native(server);
    }
    close_socket(listener);
    close_socket(server);
    close_socket(client);
    net_down();
}

static void sockets_are_files(void **state)
{
    (void)state;
    schedules_pass(plain_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_can_have_two_handles),
        cmocka_unit_test(sockets_are_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
