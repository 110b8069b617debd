/**
 * @file ovl_winsock.c
 * @brief What Winsock's calls do with an OVERLAPPED, its neighbours and its
 *        cancelling.
 *
 * Uses:     fact_socket.h.
 * Used by:  facts.def.
 * Facts:    OVL-05, OVL-29, OVL-30, OVL-32, OVL-35, OVL-36, OVL-37,
 *           CANCEL-15, CANCEL-16.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "fact_socket.h"

enum { UNTOUCHED = 0x5EAF00D };

/** STATUS_PENDING as OVERLAPPED.Internal holds it. */
static const ULONG_PTR pending = 0x103;

/** @brief Whether a block looks as if its operation pended for ever. */
static bool looks_pending(const OVERLAPPED *overlapped)
{
    return overlapped->Internal == pending &&
           overlapped->InternalHigh == UNTOUCHED;
}

void fact_ovl_05(void)
{
    const OVERLAPPED before = {.Internal = 1, .InternalHigh = UNTOUCHED};
    OVERLAPPED overlapped = before;
    SOCKET unbound;
    struct fact_stage stage;
    char buffer[8];

    fact_stage_open(&stage);
    unbound = fact_tcp();
    { /* A receive that is refused at once. */
        CHECK_REFUSED(
            fact_recv_start(unbound, buffer, sizeof buffer, &overlapped),
            WSAENOTCONN);
        CHECK(looks_pending(&overlapped));
    }
    { /* AcceptEx with a socket that another one has. */
        fact_stage_accept_later(&stage, 0);
        overlapped = before;
        CHECK_REFUSED_BOOL(stage.call.accept_ex(stage.listener,
                                                stage.accepted,
                                                stage.buffer,
                                                0,
                                                FACT_AREA,
                                                FACT_AREA,
                                                &stage.bytes,
                                                &overlapped),
                           WSAEINVAL);
        CHECK(overlapped.Internal == pending);
    }
    { /* ConnectEx with a socket that is not bound. */
        overlapped = before;
        CHECK_REFUSED_BOOL(
            fact_connect_ex(unbound, &stage.address, &overlapped),
            WSAEINVAL);
        CHECK(overlapped.Internal == pending);
    }
    fact_close(&unbound);
    fact_close(&stage.accepted);
    fact_stage_expect(&stage, ERROR_OPERATION_ABORTED, 0);
    fact_stage_close(&stage);
}

void fact_ovl_29(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char first = 0;
    char second = 0;
    char wrong = 0;
    WSABUF array[2] = {{1, &first}, {1, &second}};
    DWORD flags = 0;

    CHECK_REFUSED(WSARecv(pair.here, array, 2, NULL, &flags, &overlapped, NULL),
                  WSA_IO_PENDING);
    { /* Whoever looked at the array later would find this. */
        array[0].buf = &wrong;
        array[1].buf = &wrong;
        fact_send(pair.peer, "a", 1);
        fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
        CHECK(first == 'a' && second == 0 && wrong == 0);
    }
    fact_pair_close(&pair);
}

void fact_ovl_30(void)
{
    struct sockaddr_in address;
    struct sockaddr_in from = {0};
    int from_bytes = sizeof from;
    OVERLAPPED overlapped = {0};
    WSABUF piece;
    char buffer[8];
    DWORD flags = 0;
    SOCKET receiver;
    SOCKET sender;
    HANDLE port = fact_port(1);
    struct sockaddr_in sent_from;

    fact_winsock_begin();
    receiver = fact_udp(&address);
    sender = fact_udp(&sent_from);
    fact_associate((HANDLE)receiver, port, 1);
    piece = (WSABUF){sizeof buffer, buffer};
    CHECK_REFUSED(WSARecvFrom(receiver,
                              &piece,
                              1,
                              NULL,
                              &flags,
                              (struct sockaddr *)&from,
                              &from_bytes,
                              &overlapped,
                              NULL),
                  WSA_IO_PENDING);
    { /* Not before the end. */
        CHECK(from.sin_port == 0);
    }
    { /* At the end, through the pointers that it kept. */
        CHECK(sendto(sender,
                     "x",
                     1,
                     0,
                     (struct sockaddr *)&address,
                     sizeof address) == 1);
        fact_packet_expect(port, 1, &overlapped, ERROR_SUCCESS, 1);
        CHECK(from.sin_port == sent_from.sin_port);
        CHECK(from_bytes == (int)sizeof from);
    }
    fact_close(&receiver);
    fact_close(&sender);
    CloseHandle(port);
    fact_winsock_end();
}

void fact_ovl_32(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    SOCKET unconnected = fact_tcp();
    char buffer[8];
    WSABUF piece = {sizeof buffer, buffer};
    DWORD bytes = UNTOUCHED;
    DWORD flags = 0;

    { /* A call that is refused, and one that pends, leave it alone. */
        CHECK_REFUSED(
            WSARecv(unconnected, &piece, 1, &bytes, &flags, &overlapped, NULL),
            WSAENOTCONN);
        CHECK(bytes == UNTOUCHED);
        CHECK_REFUSED(
            WSARecv(pair.here, &piece, 1, &bytes, &flags, &overlapped, NULL),
            WSA_IO_PENDING);
        fact_send(pair.peer, "a", 1);
        fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
        CHECK(bytes == UNTOUCHED);
    }
    { /* One that is done at once sets it. */
        fact_send(pair.peer, "b", 1);
        fact_await_bytes(pair.here, 1);
        if (WSARecv(pair.here, &piece, 1, &bytes, &flags, &overlapped, NULL) ==
            0) {
            CHECK(bytes == 1);
            sim_mark("at once");
        }
        fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    }
    fact_close(&unconnected);
    fact_pair_close(&pair);
}

static void CALLBACK note_call(ULONG_PTR called)
{
    *(bool *)called = true;
}

/** @brief A second handle, of which Winsock does not know. */
static SOCKET duplicate(SOCKET socket)
{
    HANDLE same;

    CHECK(DuplicateHandle(GetCurrentProcess(),
                          (HANDLE)socket,
                          GetCurrentProcess(),
                          &same,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    return (SOCKET)same;
}

void fact_ovl_35(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    bool called = false;
    SOCKET stranger = duplicate(pair.here);
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    char buffer[8];
    DWORD bytes = 0;
    DWORD flags = UNTOUCHED;

    { /* Waiting for the event in hEvent; flags are written. */
        fact_recv_later(pair.here, buffer, sizeof buffer, &overlapped);
        fact_send(pair.peer, "a", 1);
        CHECK(WSAGetOverlappedResult(pair.here,
                                     &overlapped,
                                     &bytes,
                                     TRUE,
                                     &flags));
        CHECK(bytes == 1 && flags == 0);
    }
    { /* The wait is not alertable. */
        fact_recv_later(pair.here, buffer, sizeof buffer, &overlapped);
        CHECK(QueueUserAPC(note_call, GetCurrentThread(), (ULONG_PTR)&called));
        fact_send(pair.peer, "b", 1);
        CHECK(WSAGetOverlappedResult(pair.here,
                                     &overlapped,
                                     &bytes,
                                     TRUE,
                                     &flags));
        CHECK(!called);
        CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION && called);
    }
    { /* A handle that Winsock does not know, and one that is no socket. */
        CHECK_REFUSED_BOOL(WSAGetOverlappedResult(stranger,
                                                  &overlapped,
                                                  &bytes,
                                                  FALSE,
                                                  &flags),
                           WSAENOTSOCK);
        CHECK_REFUSED_BOOL(WSAGetOverlappedResult((SOCKET)overlapped.hEvent,
                                                  &overlapped,
                                                  &bytes,
                                                  FALSE,
                                                  &flags),
                           WSAENOTSOCK);
    }
    CloseHandle((HANDLE)stranger);
    CloseHandle(overlapped.hEvent);
    fact_pair_close(&pair);
}

void fact_ovl_36(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    char buffer[8];
    DWORD bytes = 0;
    DWORD flags = 0;

    fact_recv_later(pair.here, buffer, sizeof buffer, &overlapped);
    CHECK_REFUSED_BOOL(
        WSAGetOverlappedResult(pair.here, &overlapped, &bytes, FALSE, &flags),
        WSA_IO_INCOMPLETE);
    fact_send(pair.peer, "a", 1);
    CHECK(WaitForSingleObject(overlapped.hEvent, FACT_LIMIT_MS) ==
          WAIT_OBJECT_0);
    CloseHandle(overlapped.hEvent);
    fact_pair_close(&pair);
}

void fact_ovl_37(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char buffer[8];
    DWORD bytes = 0;
    DWORD flags = 0;

    fact_recv_later(pair.here, buffer, sizeof buffer, &overlapped);
    fact_close_hard(&pair.peer);
    { /* The port's alphabet. */
        fact_packet_expect(pair.port,
                           FACT_KEY,
                           &overlapped,
                           ERROR_NETNAME_DELETED,
                           0);
    }
    { /* Winsock's, for the same status of the same operation. */
        CHECK(overlapped.Internal == 0xC000020D);
        CHECK_REFUSED_BOOL(WSAGetOverlappedResult(pair.here,
                                                  &overlapped,
                                                  &bytes,
                                                  FALSE,
                                                  &flags),
                           WSAECONNRESET);
    }
    fact_pair_close(&pair);
}

void fact_cancel_15(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char buffer[8];
    WSABUF piece = {sizeof buffer, buffer};
    DWORD flags = MSG_WAITALL;
    struct fact_packet packet;

    { /* A pending receive ends with 995. */
        fact_recv_later(pair.here, buffer, sizeof buffer, &overlapped);
        CHECK(CancelIoEx((HANDLE)pair.here, &overlapped));
        fact_packet_expect(pair.port,
                           FACT_KEY,
                           &overlapped,
                           ERROR_OPERATION_ABORTED,
                           0);
    }
    { /* And nothing is lost by it. */
        fact_send(pair.peer, "abc", 3);
        fact_recv(pair.here, buffer, 3);
        CHECK(memcmp(buffer, "abc", 3) == 0);
    }
    { /* Not even what a receive had that waits for more. */
        CHECK_REFUSED(
            WSARecv(pair.here, &piece, 1, NULL, &flags, &overlapped, NULL),
            WSA_IO_PENDING);
        fact_send(pair.peer, "def", 3);
        sim_settle();
        (void)CancelIoEx((HANDLE)pair.here, &overlapped); /* Or it is over. */
        packet = fact_packet_take(pair.port);
        CHECK(packet.overlapped == &overlapped && packet.bytes <= 3);
        fact_recv(pair.here, buffer + packet.bytes, 3 - packet.bytes);
        CHECK(memcmp(buffer, "def", 3) == 0);
    }
    fact_pair_close(&pair);
}

void fact_cancel_16(void)
{
    enum { MANY = 8 * 1024 * 1024 };
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char *bytes = VirtualAlloc(NULL, MANY, MEM_RESERVE | MEM_COMMIT, 4);
    struct fact_packet packet;

    CHECK(bytes != NULL);
    fact_set_option(pair.here, SO_SNDBUF, 0);
    { /* More than the peer takes: a part is on its way when we cancel. */
        if (fact_begun(fact_send_start(pair.here, bytes, MANY, &overlapped)) ==
            FACT_LATER) {
            CHECK(CancelIoEx((HANDLE)pair.here, &overlapped));
            sim_mark("pending");
        }
        packet = fact_packet_take(pair.port);
        CHECK(packet.overlapped == &overlapped);
        /* How much was sent nobody can say; that it is over, everybody. */
        CHECK(packet.success || packet.error == ERROR_OPERATION_ABORTED);
        CHECK(fact_packet_none(pair.port));
    }
    fact_pair_close(&pair);
    CHECK(VirtualFree(bytes, 0, MEM_RELEASE));
}
