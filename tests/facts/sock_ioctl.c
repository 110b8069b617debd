/**
 * @file sock_ioctl.c
 * @brief Facts about WSAIoctl.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-114, SOCK-115, SOCK-116, SOCK-117, SOCK-122.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** @brief WSAIoctl that only asks. */
static int ask(SOCKET socket,
               DWORD code,
               void *out,
               DWORD room,
               DWORD *bytes_out,
               OVERLAPPED *overlapped)
{
    return WSAIoctl(socket,
                    code,
                    NULL,
                    0,
                    out,
                    room,
                    bytes_out,
                    overlapped,
                    NULL);
}

void fact_sock_114(void)
{
    GUID names[3] = {
        {0xb5367df1,
         0xcbac,
         0x11cf,
         {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}},
        {0x25a207b9,
         0xddf3,
         0x4660,
         {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}},
        {0x7fda2e11,
         0x8630,
         0x436f,
         {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}},
    };
    SOCKET socket;

    fact_winsock_begin();
    CHECK(SIO_GET_EXTENSION_FUNCTION_POINTER == 0xC8000006);
    socket = fact_tcp();
    for (int at = 0; at < 3; at++) {
        void *found = NULL;
        DWORD bytes = 0xDD;

        CHECK(WSAIoctl(socket,
                       SIO_GET_EXTENSION_FUNCTION_POINTER,
                       &names[at],
                       sizeof names[at],
                       &found,
                       sizeof found,
                       &bytes,
                       NULL,
                       NULL) == 0);
        CHECK(found != NULL && bytes == sizeof found);
    }
    fact_close(&socket);
    fact_winsock_end();
}

/* ---- SOCK-115 ------------------------------------------------------------ */

static volatile LONG routine_error;

static void CALLBACK routine(DWORD error,
                             DWORD bytes,
                             OVERLAPPED *overlapped,
                             DWORD flags)
{
    (void)bytes;
    (void)overlapped;
    (void)flags;
    routine_error = (LONG)error;
}

/** @brief Too small a buffer, as a completion routine sees it. */
static void check_routine(void)
{
    OVERLAPPED overlapped = {0};
    SOCKET socket = fact_tcp();
    DWORD bytes;
    char small[1];

    routine_error = 0;
    CHECK_REFUSED(WSAIoctl(socket,
                           SIO_GET_INTERFACE_LIST,
                           NULL,
                           0,
                           small,
                           sizeof small,
                           &bytes,
                           &overlapped,
                           routine),
                  WSA_IO_PENDING);
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(routine_error == WSAEFAULT);
    fact_close(&socket);
}

void fact_sock_115(void)
{
    struct fact_packet packet;
    OVERLAPPED overlapped = {0};
    INTERFACE_INFO list[64];
    SOCKET socket;
    HANDLE port;
    DWORD bytes;

    fact_winsock_begin();
    port = fact_port(0);
    socket = fact_tcp();
    fact_associate((HANDLE)socket, port, FACT_KEY);
    CHECK_REFUSED(ask(socket,
                      SIO_GET_INTERFACE_LIST,
                      list,
                      sizeof list,
                      &bytes,
                      &overlapped),
                  WSA_IO_PENDING);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.overlapped == &overlapped);
    CHECK(packet.bytes >= sizeof list[0]);
    CHECK(packet.bytes % sizeof list[0] == 0);
    CHECK_REFUSED(ask(socket, SIO_GET_INTERFACE_LIST, list, 1, &bytes, NULL),
                  WSAEFAULT);
    CHECK_REFUSED(
        ask(socket, SIO_GET_INTERFACE_LIST, list, 1, &bytes, &overlapped),
        WSA_IO_PENDING);
    fact_packet_expect(port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_INSUFFICIENT_BUFFER,
                       0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_BUFFER_TOO_SMALL);
    CHECK(fact_packet_none(port));
    fact_close(&socket);
    check_routine();
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

/* ---- SOCK-116, SOCK-117, SOCK-122 ------------------------------------------- */

enum { PIECE = 1 << 20, SENDS_MAX = 64 };

/** @brief Send until a send waits, for good: the peer receives nothing.
 *  @return how many were started; the last one is the first that waits. */
static int send_much(const struct fact_pair *pair, OVERLAPPED *sends)
{
    static const char piece[PIECE];
    int count = 0;

    while (count < SENDS_MAX) {
        CHECK(fact_begun(
                  fact_send_start(pair->here, piece, PIECE, &sends[count])) !=
              FACT_REFUSED);
        count++;
        if (fact_packet_none(pair->port)) {
            return count;
        }
        fact_packet_expect(pair->port,
                           FACT_KEY,
                           &sends[count - 1],
                           ERROR_SUCCESS,
                           PIECE);
    }
    sim_assert_failed("no send waits", __FILE__, __LINE__);
    return 0;
}

void fact_sock_116(void)
{
    static OVERLAPPED sends[SENDS_MAX];
    struct fact_pair pair = fact_pair_at_port();
    int count;
    DWORD bytes;

    memset(sends, 0, sizeof sends);
    count = send_much(&pair, sends);
    CHECK(ask(pair.here, (DWORD)SIO_FLUSH, NULL, 0, &bytes, NULL) == 0);
    {
        struct fact_packet packet = fact_packet_take(pair.port);

        CHECK(packet.overlapped == &sends[count - 1]);
        CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    }
    fact_pair_close(&pair);
}

void fact_sock_117(void)
{
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    HANDLE port;
    DWORD bytes;

    fact_winsock_begin();
    port = fact_port(0);
    socket = fact_udp(NULL);
    fact_associate((HANDLE)socket, port, FACT_KEY);
    CHECK_REFUSED(ask(socket,
                      (DWORD)SIO_ADDRESS_LIST_CHANGE,
                      NULL,
                      0,
                      &bytes,
                      &overlapped),
                  WSA_IO_PENDING);
    CHECK(fact_packet_none(port));
    CHECK(CancelIoEx((HANDLE)socket, &overlapped));
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_OPERATION_ABORTED, 0);
    fact_set_nonblocking(socket);
    CHECK_REFUSED(
        ask(socket, (DWORD)SIO_ADDRESS_LIST_CHANGE, NULL, 0, &bytes, NULL),
        WSAEWOULDBLOCK);
    CHECK(fact_packet_none(port));
    fact_close(&socket);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

/** @brief Ask for the fast path; a Windows may have given it up. */
static void ask_fast(SOCKET socket)
{
    DWORD on = 1;
    DWORD bytes;

    CHECK(SIO_LOOPBACK_FAST_PATH == 0x98000010);
    CHECK(WSAIoctl(socket,
                   SIO_LOOPBACK_FAST_PATH,
                   &on,
                   sizeof on,
                   NULL,
                   0,
                   &bytes,
                   NULL,
                   NULL) == 0 ||
          WSAGetLastError() == WSAEOPNOTSUPP);
}

void fact_sock_122(void)
{
    struct sockaddr_in address;
    SOCKET listener;
    SOCKET client;
    SOCKET accepted;

    fact_winsock_begin();
    listener = fact_listener(&address);
    client = fact_tcp();
    ask_fast(listener);
    ask_fast(client);
    /* Whatever becomes of it, bytes go as ever. */
    fact_connect(client, &address);
    accepted = fact_accept(listener);
    fact_send(client, "a", 1);
    fact_recv_text(accepted, "a");
    fact_close(&client);
    fact_recv_end(accepted);
    fact_close(&accepted);
    fact_close(&listener);
    fact_winsock_end();
}
