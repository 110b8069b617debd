/**
 * @file sock_pending.c
 * @brief Facts about closing a socket while operations are pending on it.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-47, SOCK-48, SOCK-49, SOCK-50, SOCK-51, SOCK-53, SOCK-54,
 *           SOCK-58.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** A receive that pends on the end of a pair under test. */
struct pending {
    struct fact_pair pair;
    OVERLAPPED overlapped;
    char in[4];
};

static void pending_begin(struct pending *pending)
{
    memset(pending, 0, sizeof *pending);
    pending->pair = fact_pair_at_port();
    fact_recv_later(pending->pair.here,
                    pending->in,
                    sizeof pending->in,
                    &pending->overlapped);
}

/** @brief See one packet, of that error, and no other. */
static void pending_end(struct pending *pending, DWORD error)
{
    fact_packet_expect(pending->pair.port,
                       FACT_KEY,
                       &pending->overlapped,
                       error,
                       0);
    CHECK(fact_packet_none(pending->pair.port));
    fact_pair_close(&pending->pair);
}

/** @brief A second socket for the same connection. */
static SOCKET duplicate(SOCKET socket)
{
    WSAPROTOCOL_INFOW info;
    SOCKET other;

    CHECK(WSADuplicateSocketW(socket, GetCurrentProcessId(), &info) == 0);
    other = WSASocketW(FROM_PROTOCOL_INFO,
                       FROM_PROTOCOL_INFO,
                       FROM_PROTOCOL_INFO,
                       &info,
                       0,
                       WSA_FLAG_OVERLAPPED);
    CHECK(other != INVALID_SOCKET && other != socket);
    return other;
}

/* ---- SOCK-47, SOCK-51 ----------------------------------------------------- */

void fact_sock_47(void)
{
    struct pending pending;

    pending_begin(&pending);
    fact_close(&pending.pair.here);
    pending_end(&pending, ERROR_CONNECTION_ABORTED);
    CHECK((NTSTATUS)pending.overlapped.Internal == STATUS_CONNECTION_ABORTED);
}

void fact_sock_51(void)
{
    struct pending pending;

    pending_begin(&pending);
    CHECK(CloseHandle((HANDLE)pending.pair.here));
    pending.pair.here = INVALID_SOCKET;
    pending_end(&pending, ERROR_CONNECTION_ABORTED);
}

/* ---- SOCK-48, SOCK-49 ----------------------------------------------------- */

void fact_sock_48(void)
{
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    SOCKET udp;
    char in[4];

    fact_winsock_begin();
    udp = fact_udp(NULL);
    fact_associate((HANDLE)udp, port, FACT_KEY);
    fact_recv_later(udp, in, sizeof in, &overlapped);
    fact_close(&udp);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_OPERATION_ABORTED, 0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_CANCELLED);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

enum { AREA = sizeof(struct sockaddr_in) + 16 };

/** @brief Start an accept that pends. */
static void accept_later(SOCKET listener,
                         SOCKET accepted,
                         char *area,
                         OVERLAPPED *overlapped)
{
    struct fact_extensions call = fact_extensions(listener);
    DWORD bytes;

    CHECK_REFUSED_BOOL(call.accept_ex(listener,
                                      accepted,
                                      area,
                                      0,
                                      AREA,
                                      AREA,
                                      &bytes,
                                      overlapped),
                       ERROR_IO_PENDING);
}

void fact_sock_49(void)
{
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    SOCKET listener;
    SOCKET accepted;
    char area[2 * AREA];

    fact_winsock_begin();
    listener = fact_listener(NULL);
    accepted = fact_tcp();
    fact_associate((HANDLE)listener, port, FACT_KEY);
    fact_associate((HANDLE)accepted, port, FACT_KEY + 1);
    accept_later(listener, accepted, area, &overlapped);
    fact_close(&listener);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_OPERATION_ABORTED, 0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_CANCELLED);
    CHECK(fact_packet_none(port));
    fact_close(&accepted);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

/* ---- SOCK-50 ------------------------------------------------------------- */

/** @brief See a packet that says "closed here", in one of its three ways. */
static void expect_closed(HANDLE port, const OVERLAPPED *overlapped)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(!packet.success && packet.overlapped == overlapped);
    CHECK(packet.error == ERROR_OPERATION_ABORTED ||
          packet.error == ERROR_CONNECTION_ABORTED ||
          packet.error == ERROR_NETNAME_DELETED);
    CHECK(packet.bytes == 0);
}

void fact_sock_50(void)
{
    struct pending pending;
    OVERLAPPED second = {0};
    OVERLAPPED datagram = {0};
    OVERLAPPED accepting = {0};
    SOCKET udp;
    SOCKET listener;
    SOCKET accepted;
    char in[4];
    char area[2 * AREA];

    pending_begin(&pending);
    udp = fact_udp(NULL);
    listener = fact_listener(NULL);
    accepted = fact_tcp();
    fact_associate((HANDLE)udp, pending.pair.port, FACT_KEY);
    fact_associate((HANDLE)listener, pending.pair.port, FACT_KEY);
    fact_recv_later(pending.pair.here, in, sizeof in, &second);
    fact_close(&pending.pair.here);
    expect_closed(pending.pair.port, &pending.overlapped);
    expect_closed(pending.pair.port, &second);
    fact_recv_later(udp, in, sizeof in, &datagram);
    fact_close(&udp);
    expect_closed(pending.pair.port, &datagram);
    accept_later(listener, accepted, area, &accepting);
    fact_close(&listener);
    expect_closed(pending.pair.port, &accepting);
    CHECK(fact_packet_none(pending.pair.port));
    fact_close(&accepted);
    fact_pair_close(&pending.pair);
}

/* ---- SOCK-53, SOCK-54 ----------------------------------------------------- */

/** @brief One of two handles is closed; see the receive end with data. */
static void check_data_ends_it(BOOL close_first)
{
    struct pending pending;
    SOCKET other;

    pending_begin(&pending);
    other = duplicate(pending.pair.here);
    fact_close(close_first ? &pending.pair.here : &other);
    CHECK(fact_packet_none(pending.pair.port));
    fact_send(pending.pair.peer, "a", 1);
    fact_packet_expect(pending.pair.port,
                       FACT_KEY,
                       &pending.overlapped,
                       ERROR_SUCCESS,
                       1);
    CHECK(pending.in[0] == 'a');
    fact_close(close_first ? &other : &pending.pair.here);
    CHECK(fact_packet_none(pending.pair.port));
    fact_pair_close(&pending.pair);
}

/** @brief One of two handles is closed; see the receive end when the other
 *  one is closed too. */
static void check_close_ends_it(BOOL close_first)
{
    struct pending pending;
    SOCKET other;

    pending_begin(&pending);
    other = duplicate(pending.pair.here);
    fact_close(close_first ? &pending.pair.here : &other);
    CHECK(fact_packet_none(pending.pair.port));
    fact_close(close_first ? &other : &pending.pair.here);
    CHECK(!fact_packet_take(pending.pair.port).success);
    CHECK(fact_packet_none(pending.pair.port));
    fact_pair_close(&pending.pair);
}

void fact_sock_53(void)
{
    check_close_ends_it(FALSE);
    check_close_ends_it(TRUE);
    check_data_ends_it(FALSE);
    check_data_ends_it(TRUE);
}

void fact_sock_54(void)
{
    struct pending pending;
    struct fact_packet packet;
    SOCKET number;
    SOCKET next;

    pending_begin(&pending);
    number = pending.pair.here;
    fact_close(&pending.pair.here);
    /* Another socket may have its number before its packet is taken, so it is
     * the key and the OVERLAPPED that tell whose packet it is. */
    next = fact_tcp();
    sim_mark(next == number ? "the same number" : "another number");
    fact_associate((HANDLE)next, pending.pair.port, FACT_KEY + 1);
    packet = fact_packet_take(pending.pair.port);
    CHECK(!packet.success && packet.key == FACT_KEY);
    CHECK(packet.overlapped == &pending.overlapped);
    CHECK(fact_packet_none(pending.pair.port));
    fact_close(&next);
    CHECK(fact_packet_none(pending.pair.port));
    fact_pair_close(&pending.pair);
}

/* ---- SOCK-58 ------------------------------------------------------------- */

void fact_sock_58(void)
{
    struct pending pending;
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    SOCKET base = INVALID_SOCKET;
    SOCKET listener;
    SOCKET accepted;
    DWORD bytes;
    char area[2 * AREA];

    /* What is pending is cancelled through the base provider's handle. */
    pending_begin(&pending);
    CHECK(WSAIoctl(pending.pair.here,
                   SIO_BASE_HANDLE,
                   NULL,
                   0,
                   &base,
                   sizeof base,
                   &bytes,
                   NULL,
                   NULL) == 0);
    CHECK(bytes == sizeof base && base != INVALID_SOCKET);
    CHECK(CancelIoEx((HANDLE)base, &pending.overlapped));
    pending_end(&pending, ERROR_OPERATION_ABORTED);
    /* An accept ends without it, too: its socket is closed. */
    fact_winsock_begin();
    listener = fact_listener(NULL);
    accepted = fact_tcp();
    fact_associate((HANDLE)listener, port, FACT_KEY);
    accept_later(listener, accepted, area, &overlapped);
    fact_close(&accepted);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_OPERATION_ABORTED, 0);
    fact_close(&listener);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(port));
    fact_winsock_end();
}
