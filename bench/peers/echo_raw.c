/**
 * @file echo_raw.c
 * @brief Peer: echo on a port by hand, as little of it as will do.
 *
 * What layer 2 is measured against: Windows' own calls, success at once taken
 * where it comes, packets taken in batches, one OVERLAPPED for a connection,
 * nothing allocated after it is open, and no case treated that does not occur.
 *
 * A receive is not started right after the send, but when all that was taken
 * is answered.  By then the next message is often there, and a receive that
 * finishes at once costs no packet and no wake-up: a quarter of all requests
 * to Wine's server.
 *
 * Uses:     echo.h, winsock2.h, mswsock.h.
 * Used by:  bench/peers/run.
 * Facts:    PORT-49, PORT-88, SOCK-18.
 *
 * SPDX-License-Identifier: MIT
 */
#include "echo.h"

#include <mswsock.h>

enum {
    BATCH = 64,
    ROUNDS_MAX = 16, /* Of receives, before the port is looked at again. */
    ADDRESS_BYTES = sizeof(struct sockaddr_in) + 16
};

/** One end of a connection; one operation is under way at a time. */
struct end {
    OVERLAPPED overlapped; /* First: its address is the end's. */
    SOCKET socket;
    struct echo_meter *meter; /* A client's; NULL at the server. */
    bool sends;               /* What is under way; else it receives. */
    DWORD got;                /* Of the message a client waits for. */
    struct end *next;         /* In the line of those that will receive. */
    char bytes[ECHO_BYTES];
};

static HANDLE port_handle;
static struct end *line_first;
static struct end **line_end = &line_first;

/* ---- A conversation ------------------------------------------------------ */

static void end_close(struct end *end)
{
    closesocket(end->socket);
    if (end->meter == NULL) {
        free(end);
    }
}

/** @brief Start to send or receive; whether it finished at once. */
static bool end_start(struct end *end, DWORD *bytes)
{
    WSABUF piece;
    DWORD flags = 0;
    int result;

    if (end->sends) {
        piece.buf = end->bytes;
        piece.len = end->got;
        result =
            WSASend(end->socket, &piece, 1, bytes, 0, &end->overlapped, NULL);
    } else {
        piece.buf = end->bytes + end->got;
        piece.len = ECHO_BYTES - end->got;
        result = WSARecv(end->socket,
                         &piece,
                         1,
                         bytes,
                         &flags,
                         &end->overlapped,
                         NULL);
    }
    if (result != 0) {
        echo_check(WSAGetLastError() == WSA_IO_PENDING, "WSASend or WSARecv");
        return false;
    }
    return true;
}

/** @brief A client received: whether there is more to do. */
static bool client_received(struct end *end, DWORD bytes)
{
    end->got += bytes;
    if (end->got < ECHO_BYTES) {
        return true;
    }
    (void)echo_meter_back(end->meter);
    end->sends = true;
    return echo_meter_send(end->meter);
}

static void end_stand_in_line(struct end *end)
{
    end->sends = false;
    end->got = 0;
    end->next = NULL;
    *line_end = end;
    line_end = &end->next;
}

/** @brief What was under way is done: go on until something is pending. */
static void end_go_on(struct end *end, DWORD bytes)
{
    do {
        if (end->sends) {
            end_stand_in_line(end);
            return;
        }
        if (bytes == 0) {
            end_close(end);
            return;
        } else if (end->meter == NULL) {
            end->sends = true;
            end->got = bytes;
        } else if (!client_received(end, bytes)) {
            return;
        }
    } while (end_start(end, &bytes));
}

/** @brief Start the receives that stand in line, and those that follow. */
static void line_receive(void)
{
    for (int round = 0; round < ROUNDS_MAX && line_first != NULL; round++) {
        struct end *end = line_first;

        line_first = NULL;
        line_end = &line_first;
        while (end != NULL) {
            struct end *next = end->next;
            DWORD bytes;

            if (end_start(end, &bytes)) {
                end_go_on(end, bytes);
            }
            end = next;
        }
    }
}

static void end_open(struct end *end, SOCKET socket)
{
    HANDLE file = (HANDLE)socket;

    end->socket = socket;
    echo_check(CreateIoCompletionPort(file, port_handle, 0, 0) != NULL,
               "CreateIoCompletionPort");
    echo_check(SetFileCompletionNotificationModes(
                   file,
                   FILE_SKIP_COMPLETION_PORT_ON_SUCCESS |
                       FILE_SKIP_SET_EVENT_ON_HANDLE),
               "SetFileCompletionNotificationModes");
}

static SOCKET new_socket(void)
{
    SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    echo_check(made != INVALID_SOCKET, "socket");
    return made;
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/** @brief Take what finished.  Packets of the listener have a key. */
static ULONG take(OVERLAPPED_ENTRY *entries)
{
    DWORD timeout_ms = line_first != NULL ? 0 : INFINITE;
    ULONG count;

    if (!GetQueuedCompletionStatusEx(port_handle,
                                     entries,
                                     BATCH,
                                     &count,
                                     timeout_ms,
                                     FALSE)) {
        echo_check(GetLastError() == WAIT_TIMEOUT,
                   "GetQueuedCompletionStatusEx");
        return 0;
    }
    return count;
}

/* ---- The server ---------------------------------------------------------- */

static SOCKET listener;
static struct end *newcomer;
static char addresses[2 * ADDRESS_BYTES];

static void accept_start(void)
{
    DWORD bytes;

    newcomer = calloc(1, sizeof *newcomer);
    echo_check(newcomer != NULL, "calloc");
    newcomer->socket = new_socket();
    if (!AcceptEx(listener,
                  newcomer->socket,
                  addresses,
                  0,
                  ADDRESS_BYTES,
                  ADDRESS_BYTES,
                  &bytes,
                  &newcomer->overlapped)) {
        echo_check(WSAGetLastError() == WSA_IO_PENDING, "AcceptEx");
    }
}

static void accept_done(void)
{
    struct end *end = newcomer;
    DWORD bytes;

    end_open(end, end->socket);
    accept_start();
    if (end_start(end, &bytes)) {
        end_go_on(end, bytes);
    }
}

static void serve(void)
{
    struct sockaddr_in address = loopback(0);
    int bytes = (int)sizeof address;

    port_handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    listener = new_socket();
    echo_check(bind(listener, (struct sockaddr *)&address, bytes) == 0, "bind");
    echo_check(listen(listener, SOMAXCONN) == 0, "listen");
    echo_check(getsockname(listener, (struct sockaddr *)&address, &bytes) == 0,
               "getsockname");
    CreateIoCompletionPort((HANDLE)listener, port_handle, 1, 0);
    accept_start();
    echo_print_port(ntohs(address.sin_port));
    for (;;) {
        OVERLAPPED_ENTRY entries[BATCH];
        ULONG count = take(entries);

        for (ULONG at = 0; at < count; at++) {
            if (entries[at].lpCompletionKey != 0) {
                accept_done();
            } else {
                end_go_on((struct end *)(void *)entries[at].lpOverlapped,
                          entries[at].dwNumberOfBytesTransferred);
            }
        }
        line_receive();
    }
}

/* ---- The client ---------------------------------------------------------- */

static struct end ends[ECHO_CONNECTIONS_MAX];

static void connect_end(struct end *end,
                        const struct sockaddr_in *address,
                        struct echo_meter *meter)
{
    SOCKET socket = new_socket();

    echo_check(connect(socket,
                       (const struct sockaddr *)address,
                       (int)sizeof *address) == 0,
               "connect");
    memset(end, 0, sizeof *end);
    end->meter = meter;
    end_open(end, socket);
}

static void client(uint16_t port,
                   uint32_t connection_count,
                   struct echo_meter *meter)
{
    struct sockaddr_in address = loopback(port);
    OVERLAPPED_ENTRY entries[BATCH];

    port_handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    for (uint32_t at = 0; at < connection_count; at++) {
        connect_end(&ends[at], &address, meter);
    }
    for (uint32_t at = 0; at < connection_count; at++) {
        DWORD bytes;

        ends[at].sends = true;
        ends[at].got = ECHO_BYTES;
        if (echo_meter_send(meter) && end_start(&ends[at], &bytes)) {
            end_go_on(&ends[at], bytes);
        }
    }
    while (meter->done < meter->total) {
        ULONG count;

        line_receive();
        count = take(entries);

        for (ULONG at = 0; at < count; at++) {
            end_go_on((struct end *)(void *)entries[at].lpOverlapped,
                      entries[at].dwNumberOfBytesTransferred);
        }
    }
    for (uint32_t at = 0; at < connection_count; at++) {
        end_close(&ends[at]);
    }
    CloseHandle(port_handle);
}

int main(int argc, char **argv)
{
    return echo_main(argc, argv, serve, client);
}
