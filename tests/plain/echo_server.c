/**
 * @file echo_server.c
 * @brief An echo server: a pool of threads on one completion port.
 *
 * Several accepts wait on the listening socket.  Whichever worker takes the
 * packet of an accept makes a connection of it and posts another accept in its
 * place.  A connection has one operation at a time: what was received is sent
 * back, and then the next piece is received.
 *
 * So that the program can be tried without another machine it starts a few
 * clients itself, and ends when they have what they wanted.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS       3
#define ACCEPTS       2
#define CLIENTS       3
#define MESSAGES      4
#define BUFFER_BYTES  256
#define MESSAGE_BYTES 600

/* AcceptEx wants 16 bytes more than an address needs. */
#define ADDRESS_BYTES (sizeof(struct sockaddr_in) + 16)

/* The key of what belongs to the server; a packet with another key tells a
 * worker to end. */
#define KEY_SERVER 1
#define KEY_QUIT   2

enum doing { ACCEPTING, RECEIVING, SENDING };

/* A connection, or one that is waited for.  Whoever has its packet owns it. */
struct connection {
    OVERLAPPED overlapped;
    enum doing doing;
    SOCKET socket;
    DWORD filled; /* Bytes received. */
    DWORD sent;   /* Of those, bytes sent back. */
    char buffer[BUFFER_BYTES];
    char addresses[2 * ADDRESS_BYTES];
};

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in server_address;
static LPFN_ACCEPTEX accept_ex;

/* Held while an accept is posted and while the listener is closed. */
static CRITICAL_SECTION listener_lock;
static BOOL stopping;

/* Connections there are, and one for the main thread; the event is set when
 * the last of them is gone. */
static volatile LONG connection_count = 1;
static HANDLE all_gone;

static volatile LONG messages_echoed;
static volatile LONG bytes_echoed;

static void fail(const char *what, int error)
{
    fprintf(stderr, "echo_server: %s failed with error %d\n", what, error);
    exit(1);
}

/* ---- Connections --------------------------------------------------------- */

static void release_one(void)
{
    if (InterlockedDecrement(&connection_count) == 0) {
        SetEvent(all_gone);
    }
}

static void close_connection(struct connection *connection)
{
    closesocket(connection->socket);
    free(connection);
    release_one();
}

static SOCKET open_socket(void)
{
    SOCKET opened = WSASocketW(AF_INET,
                               SOCK_STREAM,
                               IPPROTO_TCP,
                               NULL,
                               0,
                               WSA_FLAG_OVERLAPPED);

    if (opened == INVALID_SOCKET) {
        fail("WSASocket", WSAGetLastError());
    }
    return opened;
}

/* Post an accept, unless the server is about to stop. */
static void post_accept(void)
{
    struct connection *connection = calloc(1, sizeof *connection);
    DWORD bytes = 0;
    BOOL posted = FALSE;

    if (connection == NULL) {
        fail("calloc", 0);
    }
    connection->doing = ACCEPTING;
    connection->socket = open_socket();
    InterlockedIncrement(&connection_count);
    EnterCriticalSection(&listener_lock);
    if (!stopping) {
        posted = accept_ex(listener,
                           connection->socket,
                           connection->addresses,
                           0,
                           ADDRESS_BYTES,
                           ADDRESS_BYTES,
                           &bytes,
                           &connection->overlapped) ||
                 WSAGetLastError() == ERROR_IO_PENDING;
        if (!posted) {
            fail("AcceptEx", WSAGetLastError());
        }
    }
    LeaveCriticalSection(&listener_lock);
    if (!posted) {
        close_connection(connection);
    }
}

static void post_receive(struct connection *connection)
{
    WSABUF piece = {BUFFER_BYTES, connection->buffer};
    DWORD flags = 0;

    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    connection->doing = RECEIVING;
    if (WSARecv(connection->socket,
                &piece,
                1,
                NULL,
                &flags,
                &connection->overlapped,
                NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        close_connection(connection);
    }
}

/* Send what has not been sent yet. */
static void post_send(struct connection *connection)
{
    WSABUF piece = {connection->filled - connection->sent,
                    connection->buffer + connection->sent};

    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    connection->doing = SENDING;
    if (WSASend(connection->socket,
                &piece,
                1,
                NULL,
                0,
                &connection->overlapped,
                NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        close_connection(connection);
    }
}

/* ---- What a packet means ------------------------------------------------- */

static void on_accepted(struct connection *connection)
{
    /* Until this is done the socket does not know that it is connected. */
    if (setsockopt(connection->socket,
                   SOL_SOCKET,
                   SO_UPDATE_ACCEPT_CONTEXT,
                   (const char *)&listener,
                   sizeof listener) != 0 ||
        CreateIoCompletionPort((HANDLE)connection->socket,
                               port,
                               KEY_SERVER,
                               0) == NULL) {
        close_connection(connection);
        return;
    }
    post_receive(connection);
}

static void on_received(struct connection *connection, DWORD bytes)
{
    if (bytes == 0) {
        /* The client has sent all it had. */
        close_connection(connection);
        return;
    }
    connection->filled = bytes;
    connection->sent = 0;
    post_send(connection);
}

static void on_sent(struct connection *connection, DWORD bytes)
{
    InterlockedExchangeAdd(&bytes_echoed, (LONG)bytes);
    connection->sent += bytes;
    if (connection->sent < connection->filled) {
        post_send(connection);
    } else {
        post_receive(connection);
    }
}

static void on_packet(struct connection *connection, BOOL good, DWORD bytes)
{
    enum doing done = connection->doing;

    if (good) {
        switch (done) {
        case ACCEPTING:
            on_accepted(connection);
            break;
        case RECEIVING:
            on_received(connection, bytes);
            break;
        case SENDING:
            on_sent(connection, bytes);
            break;
        }
    } else {
        close_connection(connection);
    }
    if (done == ACCEPTING) {
        post_accept();
    }
}

static unsigned __stdcall worker(void *unused)
{
    (void)unused;
    for (;;) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key = 0;
        DWORD bytes = 0;
        BOOL good = GetQueuedCompletionStatus(port,
                                              &bytes,
                                              &key,
                                              &overlapped,
                                              INFINITE);

        if (overlapped != NULL) {
            on_packet((struct connection *)overlapped, good, bytes);
        } else if (good && key == KEY_QUIT) {
            return 0;
        } else {
            fail("GetQueuedCompletionStatus", (int)GetLastError());
        }
    }
}

/* ---- The clients --------------------------------------------------------- */

static void send_all(SOCKET to, const char *bytes, int count)
{
    int done = 0;

    while (done < count) {
        int sent = send(to, bytes + done, count - done, 0);

        if (sent <= 0) {
            fail("send", WSAGetLastError());
        }
        done += sent;
    }
}

static void receive_all(SOCKET from, char *bytes, int count)
{
    int done = 0;

    while (done < count) {
        int received = recv(from, bytes + done, count - done, 0);

        if (received <= 0) {
            fail("recv", WSAGetLastError());
        }
        done += received;
    }
}

/* Send messages of several sizes and look at what comes back. */
static unsigned __stdcall client(void *number)
{
    SOCKET to = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    char message[MESSAGE_BYTES];
    char answer[MESSAGE_BYTES];
    char rest;

    if (to == INVALID_SOCKET ||
        connect(to,
                (const struct sockaddr *)&server_address,
                sizeof server_address) != 0) {
        fail("connect", WSAGetLastError());
    }
    for (int at = 0; at < MESSAGES; at++) {
        int count = MESSAGE_BYTES * (at + 1) / MESSAGES;

        memset(message, 'a' + at + *(const int *)number, sizeof message);
        send_all(to, message, count);
        receive_all(to, answer, count);
        if (memcmp(message, answer, (size_t)count) != 0) {
            fail("the echo", at);
        }
        InterlockedIncrement(&messages_echoed);
    }
    shutdown(to, SD_SEND);
    if (recv(to, &rest, 1, 0) != 0) {
        fail("the end of the stream", WSAGetLastError());
    }
    closesocket(to);
    return 0;
}

/* ---- From beginning to end ----------------------------------------------- */

/* Listen on a free port of the loopback interface. */
static void open_listener(void)
{
    GUID id = WSAID_ACCEPTEX;
    DWORD bytes = 0;
    int length = sizeof server_address;

    listener = open_socket();
    server_address.sin_family = AF_INET;
    server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener,
             (const struct sockaddr *)&server_address,
             sizeof server_address) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)&server_address, &length) !=
            0) {
        fail("listen", WSAGetLastError());
    }
    if (WSAIoctl(listener,
                 SIO_GET_EXTENSION_FUNCTION_POINTER,
                 &id,
                 sizeof id,
                 &accept_ex,
                 sizeof accept_ex,
                 &bytes,
                 NULL,
                 NULL) != 0) {
        fail("WSAIoctl", WSAGetLastError());
    }
    if (CreateIoCompletionPort((HANDLE)listener, port, KEY_SERVER, 0) == NULL) {
        fail("CreateIoCompletionPort", (int)GetLastError());
    }
}

static HANDLE start(unsigned(__stdcall *function)(void *), void *argument)
{
    HANDLE thread =
        (HANDLE)_beginthreadex(NULL, 0, function, argument, 0, NULL);

    if (thread == NULL) {
        fail("_beginthreadex", 0);
    }
    return thread;
}

/* Wait for threads to end. */
static void join(HANDLE *threads, DWORD count)
{
    if (WaitForMultipleObjects(count, threads, TRUE, INFINITE) == WAIT_FAILED) {
        fail("WaitForMultipleObjects", (int)GetLastError());
    }
    for (DWORD at = 0; at < count; at++) {
        CloseHandle(threads[at]);
    }
}

/* Let the accepts fail, wait for the connections, send the workers home. */
static void stop(HANDLE *workers)
{
    EnterCriticalSection(&listener_lock);
    stopping = TRUE;
    closesocket(listener);
    LeaveCriticalSection(&listener_lock);
    release_one();
    WaitForSingleObject(all_gone, INFINITE);
    for (int at = 0; at < WORKERS; at++) {
        if (!PostQueuedCompletionStatus(port, 0, KEY_QUIT, NULL)) {
            fail("PostQueuedCompletionStatus", (int)GetLastError());
        }
    }
    join(workers, WORKERS);
}

int main(void)
{
    WSADATA data;
    HANDLE workers[WORKERS];
    HANDLE clients[CLIENTS];
    int numbers[CLIENTS];
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0) {
        fail("WSAStartup", error);
    }
    InitializeCriticalSection(&listener_lock);
    all_gone = CreateEventA(NULL, TRUE, FALSE, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (all_gone == NULL || port == NULL) {
        fail("CreateIoCompletionPort", (int)GetLastError());
    }
    open_listener();
    for (int at = 0; at < WORKERS; at++) {
        workers[at] = start(worker, NULL);
    }
    for (int at = 0; at < ACCEPTS; at++) {
        post_accept();
    }
    for (int at = 0; at < CLIENTS; at++) {
        numbers[at] = at;
        clients[at] = start(client, &numbers[at]);
    }
    join(clients, CLIENTS);
    stop(workers);
    CloseHandle(port);
    CloseHandle(all_gone);
    DeleteCriticalSection(&listener_lock);
    WSACleanup();
    printf("echo_server: %d clients, %d messages, %d bytes\n",
           CLIENTS,
           (int)messages_echoed,
           (int)bytes_echoed);
    return 0;
}
