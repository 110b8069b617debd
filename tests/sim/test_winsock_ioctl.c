/**
 * @file test_winsock_ioctl.c
 * @brief WSAIoctl and ioctlsocket.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-04, SOCK-106, SOCK-114, SOCK-115, SOCK-117, SOCK-122.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <mstcpip.h>

#include "schedules.h"
#include "socket_pair.h"

/** A call of WSAIoctl. */
struct control {
    SOCKET socket;
    DWORD code;
    void *in;
    DWORD in_bytes;
    void *out;
    DWORD out_bytes;
    DWORD bytes;
    OVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
};

static int control(struct control *call)
{
    return WSAIoctl(call->socket,
                    call->code,
                    call->in,
                    call->in_bytes,
                    call->out,
                    call->out_bytes,
                    &call->bytes,
                    call->overlapped,
                    call->routine);
}

/* ---- Extension functions ------------------------------------------------- */

static int ask(SOCKET socket, GUID id, DWORD in_bytes, DWORD out_bytes)
{
    void *function;
    struct control call = {
        .socket = socket,
        .code = SIO_GET_EXTENSION_FUNCTION_POINTER,
        .in = &id,
        .in_bytes = in_bytes,
        .out = &function,
        .out_bytes = out_bytes,
    };

    return control(&call);
}

static void extension_scenario(void *arg)
{
    const GUID unknown = {1, 2, 3, {4}};
    const GUID later = WSAID_MULTIPLE_RIO;
    const GUID id = WSAID_CONNECTEX;
    SOCKET one;

    (void)arg;
    net_up();
    one = stream_socket();
    {
        /* SOCK-114: the same function each time, with its own kind. */
        struct extensions first = find_extensions(one);
        struct extensions again = find_extensions(one);

        sim_assert(first.connect == again.connect);
        sim_assert(first.accept == AcceptEx);
    }
    sim_assert(wsa_failed(ask(one, unknown, 16, 8), WSAEINVAL));
    sim_assert(wsa_failed(ask(one, later, 16, 8), WSAEINVAL));
    sim_assert(wsa_failed(ask(one, id, 15, 8), WSAEFAULT));
    sim_assert(wsa_failed(ask(one, id, 16, 7), WSAEFAULT));
    {
        HMODULE library = LoadLibraryA("mswsock.dll");

        sim_assert(GetProcAddress(library, "AcceptEx") != NULL);
        sim_assert(GetProcAddress(library, "ConnectEx") == NULL);
        sim_assert(GetProcAddress(LoadLibraryA("ws2_32"), "WSARecv") != NULL);
    }
    close_socket(one);
    net_down();
}

static void extension_functions_are_found(void **state)
{
    (void)state;
    schedules_pass(extension_scenario);
}

/* ---- Plain codes --------------------------------------------------------- */

/** @brief Codes of TCP and UDP, given to a stream. */
static void check_protocol_codes(SOCKET socket)
{
    struct tcp_keepalive keep = {1, 5000, 100};
    struct control call = {
        .socket = socket,
        .code = SIO_KEEPALIVE_VALS,
        .in = &keep,
        .in_bytes = sizeof keep,
    };
    BOOL is_on = FALSE;
    int bytes = sizeof is_on;

    sim_assert(control(&call) == 0);
    sim_assert(
        getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, (char *)&is_on, &bytes) ==
        0);
    sim_assert(is_on == TRUE);
    call.in_bytes = 11;
    sim_assert(wsa_failed(control(&call), WSAEFAULT));
    call.code = 0x98001234;
    sim_assert(wsa_failed(control(&call), WSAEOPNOTSUPP));
    call.code = SIO_UDP_CONNRESET;
    sim_assert(wsa_failed(control(&call), WSAEOPNOTSUPP));
    call.code = SIO_LOOPBACK_FAST_PATH; /* SOCK-122. */
    sim_assert(control(&call) == 0);
}

static void plain_scenario(void *arg)
{
    struct socket_pair pair;
    u_long value = 1;
    char byte;

    (void)arg;
    net_up();
    pair = sockets_open();
    {
        /* SOCK-04: FIONBIO, for calls without OVERLAPPED. */
        sim_assert(ioctlsocket(pair.server, FIONBIO, &value) == 0);
        sim_assert(wsa_failed(recv(pair.server, &byte, 1, 0), WSAEWOULDBLOCK));
        sim_assert(
            wsa_failed(ioctlsocket(pair.server, FIONBIO, NULL), WSAEFAULT));
        value = 0;
        sim_assert(ioctlsocket(pair.server, FIONBIO, &value) == 0);
    }
    {
        sim_assert(send(pair.client, "abc", 3, 0) == 3);
        sim_assert(recv(pair.server, &byte, 1, 0) == 1);
        Sleep(60000);
        sim_assert(ioctlsocket(pair.server, FIONREAD, &value) == 0);
        sim_assert(value == 2);
        sim_assert(ioctlsocket(pair.server, SIOCATMARK, &value) == 0);
        sim_assert(value == 1);
        sim_assert(wsa_failed(ioctlsocket(pair.server, FIOASYNC, &value),
                              WSAEOPNOTSUPP));
        sim_assert(wsa_failed(ioctlsocket(pair.server, 0x1234, &value),
                              WSAEOPNOTSUPP));
    }
    check_protocol_codes(pair.client);
    sockets_close(&pair);
    net_down();
}

static void plain_codes_are_carried_out(void **state)
{
    (void)state;
    schedules_pass(plain_scenario);
}

/* ---- Answers ------------------------------------------------------------- */

/** @brief Codes whose answers are addresses. */
static void check_addresses(struct control *call)
{
    struct sockaddr_in name = loopback(80);
    SOCKET_ADDRESS_LIST *list;
    char memory[128];

    {
        call->code = SIO_ADDRESS_LIST_QUERY;
        call->out = memory;
        call->out_bytes = 8;
        sim_assert(wsa_failed(control(call), WSAEFAULT) && call->bytes > 8);
        call->out_bytes = sizeof memory;
        sim_assert(control(call) == 0);
        list = (SOCKET_ADDRESS_LIST *)(void *)memory;
        sim_assert(list->iAddressCount == 1);
        sim_assert(list->Address[0].lpSockaddr->sa_family == AF_INET);
    }
    {
        call->code = SIO_ROUTING_INTERFACE_QUERY;
        /* cppcheck-suppress autoVariables */
        call->in = &name;
        call->in_bytes = sizeof name;
        sim_assert(control(call) == 0 && call->bytes == sizeof name);
        memcpy(&name, memory, sizeof name);
        sim_assert(name.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    }
}

static void answer_scenario(void *arg)
{
    SOCKET base = 0;
    INTERFACE_INFO interfaces[8];
    struct control call = {.code = SIO_BASE_HANDLE};

    (void)arg;
    net_up();
    call.socket = stream_socket();
    {
        call.out = &base;
        call.out_bytes = sizeof base;
        sim_assert(control(&call) == 0 && base == call.socket);
        sim_assert(call.bytes == sizeof base);
        sim_assert(wsa_failed(WSAIoctl(call.socket,
                                       call.code,
                                       NULL,
                                       0,
                                       &base,
                                       sizeof base,
                                       NULL,
                                       NULL,
                                       NULL),
                              WSAEFAULT));
    }
    {
        /* SOCK-115: synchronously, too short an answer. */
        call.code = (DWORD)SIO_GET_INTERFACE_LIST;
        call.out = interfaces;
        call.out_bytes = 4;
        sim_assert(wsa_failed(control(&call), WSAEFAULT));
        call.out_bytes = sizeof interfaces;
        sim_assert(control(&call) == 0);
        sim_assert(call.bytes == 2 * sizeof interfaces[0]);
        sim_assert(interfaces[0].iiAddress.AddressIn.sin_family == AF_INET);
        sim_assert(interfaces[1].iiFlags & IFF_LOOPBACK);
    }
    check_addresses(&call);
    close_socket(call.socket);
    net_down();
}

static void codes_that_answer_need_room(void **state)
{
    (void)state;
    schedules_pass(answer_scenario);
}

/* ---- With an OVERLAPPED -------------------------------------------------- */

static DWORD routine_error;

static void CALLBACK routine(DWORD error,
                             DWORD bytes,
                             LPWSAOVERLAPPED overlapped,
                             DWORD flags)
{
    (void)bytes;
    (void)overlapped;
    (void)flags;
    routine_error = error;
}

static void overlapped_scenario(void *arg)
{
    INTERFACE_INFO interfaces[8];
    OVERLAPPED overlapped = {0};
    struct control call = {
        .code = (DWORD)SIO_GET_INTERFACE_LIST,
        .out = interfaces,
        .out_bytes = sizeof interfaces,
        .overlapped = &overlapped,
    };
    HANDLE port;

    (void)arg;
    net_up();
    call.socket = stream_socket();
    port = socket_port(call.socket);
    {
        /* SOCK-115: it pends, and a small buffer fails late. */
        sim_assert(wsa_failed(control(&call), WSA_IO_PENDING));
        sim_assert(packet_is(port,
                             &overlapped,
                             ERROR_SUCCESS,
                             2 * sizeof interfaces[0]));
        call.out_bytes = 4;
        sim_assert(wsa_failed(control(&call), WSA_IO_PENDING));
        sim_assert(packet_is(port, &overlapped, ERROR_INSUFFICIENT_BUFFER, 0));
    }
    {
        /* SOCK-117: it pends until it is cancelled, or closed. */
        call.code = SIO_ADDRESS_LIST_CHANGE;
        sim_assert(wsa_failed(control(&call), WSA_IO_PENDING));
        sim_assert(packet_none(port));
        sim_assert(CancelIoEx((HANDLE)call.socket, &overlapped));
        sim_assert(packet_is(port, &overlapped, ERROR_OPERATION_ABORTED, 0));
        sim_assert(wsa_failed(control(&call), WSA_IO_PENDING));
        close_socket(call.socket);
        sim_assert(packet_is(port, &overlapped, ERROR_OPERATION_ABORTED, 0));
    }
    {
        u_long on = 1;

        call.socket = stream_socket();
        sim_assert(ioctlsocket(call.socket, FIONBIO, &on) == 0);
        call.overlapped = NULL;
        sim_assert(wsa_failed(control(&call), WSAEWOULDBLOCK));
    }
    {
        /* SOCK-115: the routine's error is Winsock's. */
        call.code = (DWORD)SIO_GET_INTERFACE_LIST;
        call.overlapped = &overlapped;
        call.routine = routine;
        routine_error = 0;
        sim_assert(wsa_failed(control(&call), WSA_IO_PENDING));
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(routine_error == WSAEFAULT);
    }
    close_socket(call.socket);
    sim_assert(CloseHandle(port));
    net_down();
}

static void codes_with_an_overlapped_become_operations(void **state)
{
    (void)state;
    schedules_pass(overlapped_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(extension_functions_are_found),
        cmocka_unit_test(plain_codes_are_carried_out),
        cmocka_unit_test(codes_that_answer_need_room),
        cmocka_unit_test(codes_with_an_overlapped_become_operations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
