/**
 * @file echo_client.c
 * @brief A client that does not wait for ever: ConnectEx, and time-outs.
 *
 * Each question goes through the same steps on a socket of its own: connect,
 * send the question, receive the answer.  A step that takes too long is
 * cancelled.  Cancelling is a request: the operation may be done by then, and
 * its packet comes in any case, so it is waited for before the memory of the
 * operation is used again.
 *
 * So that the program can be tried without another machine it starts a server
 * itself, which is late with some of its answers.
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

#define QUESTIONS      6
#define QUESTION_BYTES 16
#define STEP_MS        100 /* What the client is ready to wait. */
#define LATE_MS        250 /* What every third answer takes. */
#define PATIENCE_MS    50  /* How long the server waits before it looks up. */

struct question {
    int number;
    char text[QUESTION_BYTES - sizeof(int)];
};

static HANDLE port;
static HANDLE stop; /* An event: the server is to end. */
static SOCKET listener;
static struct sockaddr_in server_address;

static void fail(const char *what, int error)
{
    fprintf(stderr, "echo_client: %s failed with error %d\n", what, error);
    exit(1);
}

/* ---- The server ---------------------------------------------------------- */

/* Receive a whole question; false when the client is gone. */
static BOOL receive_question(SOCKET from, struct question *question)
{
    int done = 0;

    while (done < QUESTION_BYTES) {
        int received =
            recv(from, (char *)question + done, QUESTION_BYTES - done, 0);

        if (received <= 0) {
            return FALSE;
        }
        done += received;
    }
    return TRUE;
}

static void send_answer(SOCKET to, const struct question *question)
{
    int done = 0;

    while (done < QUESTION_BYTES) {
        int sent =
            send(to, (const char *)question + done, QUESTION_BYTES - done, 0);

        if (sent <= 0) {
            return; /* The client did not want to wait any longer. */
        }
        done += sent;
    }
}

/* Take a connection that select has promised, and answer its question. */
static void serve(void)
{
    struct question question = {0, ""};
    SOCKET from = accept(listener, NULL, NULL);
    u_long no = 0;

    if (from == INVALID_SOCKET) {
        return; /* The client has given up since. */
    }
    /* Like the listener it does not block, and from now on it does. */
    if (ioctlsocket(from, (long)FIONBIO, &no) == 0 &&
        receive_question(from, &question)) {
        if (question.number % 3 == 2) {
            WaitForSingleObject(stop, LATE_MS);
        }
        send_answer(from, &question);
    }
    closesocket(from);
}

static unsigned __stdcall server(void *unused)
{
    (void)unused;
    while (WaitForSingleObject(stop, 0) == WAIT_TIMEOUT) {
        struct timeval patience = {0, 1000 * PATIENCE_MS};
        fd_set readable;

        FD_ZERO(&readable);
        FD_SET(listener, &readable);
        if (select(0, &readable, NULL, NULL, &patience) == SOCKET_ERROR) {
            fail("select", WSAGetLastError());
        }
        if (FD_ISSET(listener, &readable)) {
            serve();
        }
    }
    return 0;
}

static void open_listener(void)
{
    int length = sizeof server_address;
    u_long yes = 1;

    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    server_address.sin_family = AF_INET;
    server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener == INVALID_SOCKET ||
        bind(listener,
             (const struct sockaddr *)&server_address,
             sizeof server_address) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)&server_address, &length) !=
            0 ||
        ioctlsocket(listener, (long)FIONBIO, &yes) != 0) {
        fail("listen", WSAGetLastError());
    }
}

/* ---- The client's steps -------------------------------------------------- */

/* A socket and its one operation. */
struct call {
    OVERLAPPED overlapped;
    SOCKET socket;
    DWORD bytes; /* Of the last step that was finished. */
};

/* How a step ended. */
enum ending { FINISHED, BROKEN, LATE };

static void take_packet(const struct call *call,
                        DWORD milliseconds,
                        BOOL *good,
                        DWORD *bytes,
                        BOOL *taken)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;

    *good =
        GetQueuedCompletionStatus(port, bytes, &key, &overlapped, milliseconds);
    *taken = overlapped != NULL;
    if (*taken && overlapped != &call->overlapped) {
        fail("a packet of an operation that is over", 0);
    }
    if (!*taken && GetLastError() != WAIT_TIMEOUT) {
        fail("GetQueuedCompletionStatus", (int)GetLastError());
    }
}

/* Wait for the operation that was begun; cancel it when it takes too long. */
static enum ending wait_for(struct call *call, BOOL begun)
{
    BOOL good;
    BOOL taken;

    if (!begun && WSAGetLastError() != WSA_IO_PENDING) {
        return BROKEN;
    }
    take_packet(call, STEP_MS, &good, &call->bytes, &taken);
    if (taken) {
        return good ? FINISHED : BROKEN;
    }
    /* There may be nothing left to cancel.  The packet comes anyway. */
    CancelIoEx((HANDLE)call->socket, &call->overlapped);
    take_packet(call, INFINITE, &good, &call->bytes, &taken);
    return good ? FINISHED : LATE;
}

static LPFN_CONNECTEX find_connect_ex(SOCKET socket)
{
    LPFN_CONNECTEX found = NULL;
    GUID id = WSAID_CONNECTEX;
    DWORD bytes = 0;

    if (WSAIoctl(socket,
                 SIO_GET_EXTENSION_FUNCTION_POINTER,
                 &id,
                 sizeof id,
                 &found,
                 sizeof found,
                 &bytes,
                 NULL,
                 NULL) != 0) {
        fail("WSAIoctl", WSAGetLastError());
    }
    return found;
}

static enum ending connect_to_server(struct call *call)
{
    struct sockaddr_in any;
    LPFN_CONNECTEX connect_ex = find_connect_ex(call->socket);
    enum ending ending;

    /* ConnectEx wants a socket that has an address already. */
    memset(&any, 0, sizeof any);
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(call->socket, (const struct sockaddr *)&any, sizeof any) != 0) {
        fail("bind", WSAGetLastError());
    }
    memset(&call->overlapped, 0, sizeof call->overlapped);
    ending = wait_for(call,
                      connect_ex(call->socket,
                                 (const struct sockaddr *)&server_address,
                                 sizeof server_address,
                                 NULL,
                                 0,
                                 NULL,
                                 &call->overlapped));
    if (ending == FINISHED && setsockopt(call->socket,
                                         SOL_SOCKET,
                                         SO_UPDATE_CONNECT_CONTEXT,
                                         NULL,
                                         0) != 0) {
        fail("SO_UPDATE_CONNECT_CONTEXT", WSAGetLastError());
    }
    return ending;
}

static enum ending send_question(struct call *call, struct question *question)
{
    DWORD done = 0;

    while (done < QUESTION_BYTES) {
        WSABUF piece = {QUESTION_BYTES - done, (char *)question + done};
        enum ending ending;

        memset(&call->overlapped, 0, sizeof call->overlapped);
        ending = wait_for(call,
                          WSASend(call->socket,
                                  &piece,
                                  1,
                                  NULL,
                                  0,
                                  &call->overlapped,
                                  NULL) == 0);
        if (ending != FINISHED) {
            return ending;
        }
        done += call->bytes;
    }
    return FINISHED;
}

static enum ending receive_answer(struct call *call, struct question *answer)
{
    DWORD done = 0;

    while (done < QUESTION_BYTES) {
        WSABUF piece = {QUESTION_BYTES - done, (char *)answer + done};
        DWORD flags = 0;
        enum ending ending;

        memset(&call->overlapped, 0, sizeof call->overlapped);
        ending = wait_for(call,
                          WSARecv(call->socket,
                                  &piece,
                                  1,
                                  NULL,
                                  &flags,
                                  &call->overlapped,
                                  NULL) == 0);
        if (ending != FINISHED) {
            return ending;
        }
        if (call->bytes == 0) {
            return BROKEN;
        }
        done += call->bytes;
    }
    return FINISHED;
}

/* ---- From beginning to end ----------------------------------------------- */

/* Ask one question on a connection of its own. */
static enum ending ask(int number)
{
    struct question question = {number, "how much?"};
    struct question answer = {0, ""};
    struct call call;
    enum ending ending;

    call.socket = WSASocketW(AF_INET,
                             SOCK_STREAM,
                             IPPROTO_TCP,
                             NULL,
                             0,
                             WSA_FLAG_OVERLAPPED);
    if (call.socket == INVALID_SOCKET) {
        fail("WSASocket", WSAGetLastError());
    }
    if (CreateIoCompletionPort((HANDLE)call.socket, port, 0, 0) == NULL) {
        fail("CreateIoCompletionPort", (int)GetLastError());
    }
    ending = connect_to_server(&call);
    if (ending == FINISHED) {
        ending = send_question(&call, &question);
    }
    if (ending == FINISHED) {
        ending = receive_answer(&call, &answer);
    }
    if (ending == FINISHED && memcmp(&question, &answer, sizeof answer) != 0) {
        fail("the answer", number);
    }
    closesocket(call.socket);
    return ending;
}

int main(void)
{
    WSADATA data;
    HANDLE thread;
    int count[LATE + 1] = {0};
    int error = WSAStartup(MAKEWORD(2, 2), &data);

    if (error != 0) {
        fail("WSAStartup", error);
    }
    stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (stop == NULL || port == NULL) {
        fail("CreateIoCompletionPort", (int)GetLastError());
    }
    open_listener();
    thread = (HANDLE)_beginthreadex(NULL, 0, server, NULL, 0, NULL);
    if (thread == NULL) {
        fail("_beginthreadex", 0);
    }
    for (int number = 0; number < QUESTIONS; number++) {
        count[ask(number)]++;
    }
    SetEvent(stop);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    closesocket(listener);
    CloseHandle(port);
    CloseHandle(stop);
    WSACleanup();
    printf("echo_client: %d answered, %d too late, %d broken\n",
           count[FINISHED],
           count[LATE],
           count[BROKEN]);
    return count[FINISHED] + count[LATE] == QUESTIONS ? 0 : 1;
}
