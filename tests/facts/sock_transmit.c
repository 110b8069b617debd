/**
 * @file sock_transmit.c
 * @brief Facts about TransmitFile.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-39.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

enum { NAME_LETTERS = MAX_PATH + 1 };

/** @brief A file that holds ten digits and goes when it is closed. */
static HANDLE make_file(void)
{
    WCHAR folder[NAME_LETTERS];
    WCHAR name[NAME_LETTERS];
    DWORD letters = GetTempPathW(NAME_LETTERS, folder);
    DWORD written = 0;
    HANDLE file;

    CHECK(letters > 0 && letters < NAME_LETTERS);
    CHECK(GetTempFileNameW(folder, L"dry", 0, name) != 0);
    file = CreateFileW(name,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       CREATE_ALWAYS,
                       FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE,
                       NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(file, "0123456789", 10, &written, NULL));
    CHECK(written == 10);
    return file;
}

/** @brief What TransmitFile answers: started, or not. */
static enum fact_begun begun(BOOL done)
{
    sim_mark(done ? "over at once" : "not over at once");
    return fact_begun(done ? 0 : SOCKET_ERROR);
}

/** @brief The three parts, and the part of the file that is asked for. */
static void check_parts(const struct fact_pair *pair, HANDLE file)
{
    struct fact_extensions call = fact_extensions(pair->here);
    OVERLAPPED overlapped = {.Offset = 4};
    TRANSMIT_FILE_BUFFERS around = {
        .Head = (char[2]){'<', '<'},
        .HeadLength = 2,
        .Tail = (char[1]){'>'},
        .TailLength = 1,
    };

    CHECK(begun(call.transmit_file(pair->here,
                                   file,
                                   3,
                                   0,
                                   &overlapped,
                                   &around,
                                   0)) != FACT_REFUSED);
    fact_packet_expect(pair->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 6);
    fact_recv_text(pair->peer, "<<456>");
    /* 0 stands for the rest of the file. */
    overlapped.Offset = 7;
    CHECK(
        begun(
            call.transmit_file(pair->here, file, 0, 0, &overlapped, NULL, 0)) !=
        FACT_REFUSED);
    fact_packet_expect(pair->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    fact_recv_text(pair->peer, "789");
    /* No file is a file of nothing. */
    overlapped.Offset = 0;
    CHECK(begun(call.transmit_file(pair->here,
                                   NULL,
                                   0,
                                   0,
                                   &overlapped,
                                   &around,
                                   0)) != FACT_REFUSED);
    fact_packet_expect(pair->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    fact_recv_text(pair->peer, "<<>");
}

static void check_refusals(const struct fact_pair *pair, HANDLE file)
{
    struct fact_extensions call = fact_extensions(pair->here);
    SOCKET fresh = fact_tcp_bound();
    OVERLAPPED overlapped = {0};

    fact_associate((HANDLE)fresh, pair->port, FACT_KEY);
    CHECK_REFUSED_BOOL(
        call.transmit_file(fresh, file, 0, 0, &overlapped, NULL, 0),
        WSAENOTCONN);
    CHECK_REFUSED_BOOL(call.transmit_file(pair->here,
                                          file,
                                          0,
                                          0,
                                          &overlapped,
                                          NULL,
                                          TF_REUSE_SOCKET),
                       WSAEINVAL);
    CHECK(fact_packet_none(pair->port));
    fact_close(&fresh);
}

/** @brief Connect a bound socket to a listener, by ConnectEx. */
static void connect_to(const struct fact_extensions *call,
                       HANDLE port,
                       SOCKET socket,
                       const struct sockaddr_in *to)
{
    OVERLAPPED overlapped = {0};

    CHECK_REFUSED_BOOL(call->connect_ex(socket,
                                        (const struct sockaddr *)to,
                                        sizeof *to,
                                        NULL,
                                        0,
                                        NULL,
                                        &overlapped),
                       ERROR_IO_PENDING);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
}

/** @brief Disconnect a socket after the last part, and use it again.  The
 *  peer ends first, so that no old connection is in the way for minutes. */
static void check_reuse(HANDLE file)
{
    struct fact_extensions call;
    struct sockaddr_in first;
    struct sockaddr_in second;
    OVERLAPPED overlapped = {0};
    HANDLE port = fact_port(0);
    SOCKET socket = fact_tcp_bound();
    SOCKET one = fact_listener(&first);
    SOCKET two = fact_listener(&second);
    SOCKET peer;

    call = fact_extensions(socket);
    fact_associate((HANDLE)socket, port, FACT_KEY);
    connect_to(&call, port, socket, &first);
    peer = fact_accept(one);
    CHECK(shutdown(peer, SD_SEND) == 0);
    fact_recv_end(socket);
    CHECK(begun(call.transmit_file(socket,
                                   file,
                                   0,
                                   0,
                                   &overlapped,
                                   NULL,
                                   TF_DISCONNECT | TF_REUSE_SOCKET)) !=
          FACT_REFUSED);
    fact_recv_text(peer, "0123456789");
    fact_recv_end(peer);
    fact_close(&peer);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_SUCCESS, 10);
    connect_to(&call, port, socket, &second);
    peer = fact_accept(two);
    fact_send(socket, "a", 1);
    fact_recv_text(peer, "a");
    fact_close(&peer);
    fact_close(&socket);
    fact_close(&one);
    fact_close(&two);
    CHECK(CloseHandle(port));
}

void fact_sock_39(void)
{
    struct fact_pair pair = fact_pair_at_port();
    HANDLE file = make_file();

    check_parts(&pair, file);
    check_refusals(&pair, file);
    check_reuse(file);
    CHECK(CloseHandle(file));
    fact_pair_close(&pair);
}
