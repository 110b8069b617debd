/**
 * @file transfer.c
 * @brief Ten megabytes over a bad road, and every byte accounted for.
 *
 * A client sends a stream to a server on another host.  On the way sends and
 * receives are cancelled and connections are reset, by either side; then the
 * client connects again, is told how far the server got, and goes on from
 * there.  The server knows what each byte must be by its place.
 *
 * Uses:     scenario.h, sim_network.h, winsock2.h.
 * Used by:  table.c.
 * Facts:    SOCK-14, SOCK-18, SOCK-31, SOCK-35, SOCK-45, CANCEL-15, CANCEL-16.
 *
 * SPDX-License-Identifier: MIT
 */
#include "scenario.h"

#ifndef DRYPORT_REAL

#    include <string.h>

#    include <winsock2.h>

#    include "sim_network.h"

enum {
    TOTAL_BYTES = 10000000,
    PATTERN_BYTES = 65521, /* A prime: no size of a buffer divides it. */
    SEND_BYTES = 65536,
    RECEIVE_BYTES = 32768,
    SENDS = 4,
    RECEIVES = 3,
    PORT = 7,
    CANCEL_IN = 40, /* One of so many operations is followed by a cancel, */
    RESET_IN = 300  /* or by a reset. */
};

/** An operation with its buffer. */
struct transfer {
    OVERLAPPED overlapped;
    WSABUF buffer;
    char *bytes;
    bool busy;
};

/** One side, for as long as a connection lasts. */
struct side {
    SOCKET socket;
    HANDLE port;
    struct transfer ops[SENDS];
    uint32_t op_count;
    uint32_t busy; /* Operations whose packet has not come. */
};

/** Both sides of a run. */
static struct {
    char pattern[2 * PATTERN_BYTES]; /* Twice, so that no part is broken. */
    char sent[SENDS][SEND_BYTES];
    char received[RECEIVES][RECEIVE_BYTES];
    uint32_t arrived;   /* Bytes that the server has received. */
    uint32_t submitted; /* The furthest byte that the client has sent. */
    struct sockaddr_in server;
} run;

static void make_pattern(void)
{
    uint32_t state = 1;

    for (uint32_t at = 0; at < PATTERN_BYTES; at++) {
        state = state * 1664525 + 1013904223;
        run.pattern[at] = (char)(state >> 24);
        run.pattern[at + PATTERN_BYTES] = run.pattern[at];
    }
}

static uint32_t least(uint32_t one, uint32_t two)
{
    return one < two ? one : two;
}

static bool by_chance(uint32_t one_in)
{
    return sim_choose(one_in) == 1;
}

/* ---- Sides --------------------------------------------------------------- */

static void begin_side(struct side *side, SOCKET socket, uint32_t op_count)
{
    memset(side, 0, sizeof *side);
    side->socket = socket;
    side->op_count = op_count;
    side->port = CreateIoCompletionPort((HANDLE)socket, NULL, 0, 1);
    sim_assert(side->port != NULL);
}

/** @brief Close the connection, politely or not, and wait for what pends. */
static void end_side(struct side *side, bool hard)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    LPOVERLAPPED overlapped;
    ULONG_PTR key;
    DWORD bytes;

    if (hard) {
        sim_assert(setsockopt(side->socket,
                              SOL_SOCKET,
                              SO_LINGER,
                              (const char *)&linger,
                              sizeof linger) == 0);
    }
    sim_assert(closesocket(side->socket) == 0);
    while (side->busy != 0) {
        (void)GetQueuedCompletionStatus(side->port,
                                        &bytes,
                                        &key,
                                        &overlapped,
                                        INFINITE);
        sim_assert(overlapped != NULL);
        side->busy--;
    }
    sim_assert(CloseHandle(side->port));
}

/** @brief Start an operation; false when the connection is gone. */
static bool start(struct side *side, struct transfer *op, bool sends)
{
    DWORD flags = 0;
    int result;

    memset(&op->overlapped, 0, sizeof op->overlapped);
    result = sends ? WSASend(side->socket,
                             &op->buffer,
                             1,
                             NULL,
                             0,
                             &op->overlapped,
                             NULL)
                   : WSARecv(side->socket,
                             &op->buffer,
                             1,
                             NULL,
                             &flags,
                             &op->overlapped,
                             NULL);
    if (result != 0 && WSAGetLastError() != WSA_IO_PENDING) {
        return false;
    }
    op->busy = true;
    side->busy++;
    return true;
}

/** @brief Take a packet; false when its operation failed.
 *  @param op_out  Whose it is. */
static bool take(struct side *side, struct transfer **op_out, DWORD *bytes)
{
    LPOVERLAPPED overlapped;
    ULONG_PTR key;
    BOOL good = GetQueuedCompletionStatus(side->port,
                                          bytes,
                                          &key,
                                          &overlapped,
                                          INFINITE);

    sim_assert(overlapped != NULL);
    *op_out = (struct transfer *)(void *)overlapped;
    (*op_out)->busy = false;
    side->busy--;
    return good != FALSE;
}

/** @brief Receive a number by blocking calls; false when the connection is
 *  gone first. */
static bool receive_number(SOCKET socket, uint32_t *out)
{
    char bytes[sizeof *out] = {0};
    int have = 0;

    while (have < (int)sizeof bytes) {
        int got = recv(socket, bytes + have, (int)sizeof bytes - have, 0);

        if (got <= 0) {
            return false;
        }
        have += got;
    }
    memcpy(out, bytes, sizeof bytes);
    return true;
}

static bool send_number(SOCKET socket, uint32_t number)
{
    char bytes[sizeof number];

    memcpy(bytes, &number, sizeof bytes);
    return send(socket, bytes, sizeof bytes, 0) == (int)sizeof bytes;
}

/* ---- The server ---------------------------------------------------------- */

/** @brief Compare what came with what the bytes at that place must be. */
static void account(const struct transfer *op, DWORD bytes)
{
    sim_assert(bytes <= op->buffer.len);
    sim_assert(memcmp(op->bytes,
                      run.pattern + run.arrived % PATTERN_BYTES,
                      bytes) == 0);
    run.arrived += bytes;
    sim_assert(run.arrived <= run.submitted);
}

/** @brief Receive until the connection ends.
 *  @return whether to reset it. */
static bool receive_all(struct side *side)
{
    struct transfer *op;
    DWORD bytes;

    for (uint32_t at = 0; at < side->op_count; at++) {
        op = &side->ops[at];
        op->bytes = run.received[at];
        op->buffer = (WSABUF){1 + sim_choose(RECEIVE_BYTES), op->bytes};
        if (!start(side, op, false)) {
            return false;
        }
    }
    for (;;) {
        /* BOUND: each packet brings bytes, or the end, or was cancelled. */
        bool good = take(side, &op, &bytes);

        if (good && bytes == 0) {
            return false;
        }
        if (good) {
            account(op, bytes);
        } else if (GetLastError() != ERROR_OPERATION_ABORTED) {
            return false;
        }
        if (by_chance(RESET_IN)) {
            return true;
        }
        if (!start(side, op, false)) {
            return false;
        }
        if (by_chance(CANCEL_IN)) {
            (void)CancelIoEx((HANDLE)side->socket, NULL);
        }
    }
}

/** @brief Serve one connection. */
static void serve_one(SOCKET socket)
{
    struct side side;
    bool hard;

    if (!send_number(socket, run.arrived)) {
        sim_assert(closesocket(socket) == 0);
        return;
    }
    begin_side(&side, socket, RECEIVES);
    hard = receive_all(&side);
    if (!hard) {
        (void)send_number(socket, run.arrived);
    }
    end_side(&side, hard);
}

static DWORD WINAPI serve(void *arg)
{
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    HANDLE listening = arg;
    WSADATA data;

    sim_assert(listener == INVALID_SOCKET); /* This host has not begun. */
    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    sim_assert(bind(listener, (struct sockaddr *)&name, sizeof name) == 0);
    sim_assert(listen(listener, SOMAXCONN) == 0);
    sim_assert(SetEvent(listening));
    while (run.arrived < TOTAL_BYTES) {
        /* BOUND: most connections carry bytes before they end. */
        SOCKET socket = accept(listener, NULL, NULL);

        if (socket != INVALID_SOCKET) {
            serve_one(socket);
        }
    }
    sim_assert(closesocket(listener) == 0);
    sim_assert(WSACleanup() == 0);
    return 0;
}

/* ---- The client ---------------------------------------------------------- */

/** @brief Fill a buffer with the next bytes of the stream. */
static void fill(struct transfer *op, char *bytes, uint32_t at)
{
    uint32_t length = 1 + sim_choose(SEND_BYTES);

    length = least(length, TOTAL_BYTES - at);
    length = least(length, PATTERN_BYTES);
    op->bytes = bytes;
    memcpy(bytes, run.pattern + at % PATTERN_BYTES, length);
    op->buffer = (WSABUF){length, bytes};
}

/** @brief Send what is left, from a place on.
 *  @return whether all of it was accepted. */
static bool send_all(struct side *side, uint32_t at)
{
    while (at < TOTAL_BYTES || side->busy != 0) {
        /* BOUND: each turn submits bytes or takes a packet. */
        struct transfer *op = NULL;
        DWORD bytes;

        for (uint32_t one = 0; one < SENDS && at < TOTAL_BYTES; one++) {
            op = &side->ops[one];
            if (op->busy) {
                continue;
            }
            fill(op, run.sent[one], at);
            at += op->buffer.len;
            if (run.submitted < at) {
                run.submitted = at;
            }
            if (!start(side, op, true) || by_chance(RESET_IN)) {
                return false;
            }
            if (by_chance(CANCEL_IN) &&
                CancelIoEx((HANDLE)side->socket, &op->overlapped)) {
                return false; /* Nobody knows what of it was sent. */
            }
        }
        if (!take(side, &op, &bytes)) {
            return false; /* Reset, or cancelled: then it must be given up. */
        }
        sim_assert(bytes == op->buffer.len);
    }
    return true;
}

/** @brief One connection. @return how far the server got, if it says so. */
static uint32_t converse(SOCKET socket)
{
    struct side side;
    uint32_t far = 0;
    bool good;

    if (connect(socket,
                (const struct sockaddr *)&run.server,
                sizeof run.server) != 0 ||
        !receive_number(socket, &far)) {
        sim_assert(closesocket(socket) == 0);
        return 0;
    }
    begin_side(&side, socket, SENDS);
    good = send_all(&side, far);
    if (good) {
        good = shutdown(socket, SD_SEND) == 0 && receive_number(socket, &far);
    }
    end_side(&side, !good);
    return good ? far : 0;
}

/** @brief A road that is different in each run. */
static void choose_road(uint32_t host)
{
    static const uint64_t latencies[] = {50, 1000, 20000};
    static const uint64_t bandwidths[] = {0, 100000000, 2000000};
    struct sim_link link = sim_link_get(1, host);

    link.latency_us = latencies[sim_choose(3)];
    link.latency_max_us = link.latency_us * (1 + sim_choose(3));
    link.bandwidth = bandwidths[sim_choose(3)];
    link.loss = (uint16_t)(10 * sim_choose(2));
    sim_link_set(1, host, &link);
    sim_link_set(host, 1, &link);
}

void scenario_transfer(void *arg)
{
    HANDLE listening = CreateEventW(NULL, TRUE, FALSE, NULL);
    uint32_t host = sim_host_add();
    uint32_t connections = 0;
    HANDLE server;
    WSADATA data;

    (void)arg;
    memset(&run, 0, sizeof run);
    make_pattern();
    choose_road(host);
    run.server =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(PORT)};
    run.server.sin_addr.s_addr = htonl(0x0a000000 + host);
    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    server = sim_host_start(host, serve, listening);
    sim_assert(WaitForSingleObject(listening, INFINITE) == WAIT_OBJECT_0);
    while (run.arrived < TOTAL_BYTES) {
        SOCKET socket =
            WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
        uint32_t far;

        connections++;
        far = converse(socket);
        sim_assert(far == 0 || far == TOTAL_BYTES);
    }
    sim_assert(WaitForSingleObject(server, INFINITE) == WAIT_OBJECT_0);
    sim_assert(run.arrived == TOTAL_BYTES && run.submitted == TOTAL_BYTES);
    sim_note("%u connections", (unsigned)connections);
    sim_assert(CloseHandle(server) && CloseHandle(listening));
    sim_assert(WSACleanup() == 0);
}

#endif
