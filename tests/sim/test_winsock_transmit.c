/**
 * @file test_winsock_transmit.c
 * @brief TransmitFile: what is sent, and what is refused.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-39, SOCK-98.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/** A file of ten letters, and the way out. */
struct sending {
    struct socket_pair pair;
    HANDLE file;
    HANDLE port; /* Of the server's end, which sends. */
    OVERLAPPED overlapped;
};

static void sending_open(struct sending *sending)
{
    DWORD bytes;

    memset(sending, 0, sizeof *sending);
    net_up();
    sending->pair = sockets_open();
    sending->port = socket_port(sending->pair.server);
    sending->file = CreateFileW(L"C:\\letters",
                                GENERIC_READ | GENERIC_WRITE,
                                0,
                                NULL,
                                CREATE_ALWAYS,
                                0,
                                NULL);
    sim_assert(sending->file != INVALID_HANDLE_VALUE);
    sim_assert(WriteFile(sending->file, "0123456789", 10, &bytes, NULL));
}

static void sending_close(const struct sending *sending)
{
    sockets_close(&sending->pair);
    sim_assert(CloseHandle(sending->file) && CloseHandle(sending->port));
    net_down();
}

/** @brief Read until the other side stops or so many bytes are there. */
static bool receives(SOCKET socket, const char *text)
{
    char in[64];
    size_t bytes = strlen(text);

    return recv(socket, in, (int)bytes, MSG_WAITALL) == (int)bytes &&
           memcmp(in, text, bytes) == 0;
}

/** @brief Whether the operation ends well with so many bytes. */
static bool sends(struct sending *sending,
                  DWORD bytes,
                  TRANSMIT_FILE_BUFFERS *buffers,
                  DWORD flags,
                  DWORD total)
{
    BOOL at_once = TransmitFile(sending->pair.server,
                                sending->file,
                                bytes,
                                0,
                                &sending->overlapped,
                                buffers,
                                flags);

    sim_assert(at_once || GetLastError() == ERROR_IO_PENDING);
    sim_mark(at_once ? "at once" : "later");
    Sleep(60000);
    return packet_is(sending->port, &sending->overlapped, 0, total);
}

static void data_scenario(void *arg)
{
    TRANSMIT_FILE_BUFFERS buffers = {.Head = (char[]){"<<"},
                                     .HeadLength = 2,
                                     .Tail = (char[]){">"},
                                     .TailLength = 1};
    struct sending sending;
    SOCKET client;

    (void)arg;
    sending_open(&sending);
    client = sending.pair.client;
    /* SOCK-39: head, file, tail; the offset is the OVERLAPPED's. */
    sim_assert(sends(&sending, 0, &buffers, 0, 13));
    sim_assert(receives(client, "<<0123456789>"));
    sending.overlapped.Offset = 7;
    sim_assert(sends(&sending, 2, NULL, 0, 2));
    sim_assert(receives(client, "78"));
    /* The end of a file is not the end of the connection. */
    sim_assert(sends(&sending, 0, NULL, 0, 3));
    sim_assert(receives(client, "789"));
    {
        /* No file: head and tail; and without OVERLAPPED it blocks. */
        sim_assert(
            TransmitFile(sending.pair.server, NULL, 0, 0, NULL, &buffers, 0));
        sim_assert(receives(client, "<<>"));
        sim_assert(packet_none(sending.port));
    }
    sending_close(&sending);
}

static void head_file_and_tail_are_sent(void **state)
{
    static const char *const marks[] = {"at once", "later", NULL};

    (void)state;
    schedules_reach(data_scenario, marks);
}

static void farewell_scenario(void *arg)
{
    struct sending sending;
    u_short port;
    SOCKET listener;
    char byte;

    (void)arg;
    sending_open(&sending);
    sim_assert(sends(&sending, 0, NULL, TF_DISCONNECT, 10));
    sim_assert(receives(sending.pair.client, "0123456789"));
    sim_assert(recv(sending.pair.client, &byte, 1, 0) == 0);
    sim_assert(wsa_failed(send(sending.pair.server, "x", 1, 0), WSAESHUTDOWN));
    sending_close(&sending);

    /* SOCK-98: fit for another connection. */
    sending_open(&sending);
    sim_assert(shutdown(sending.pair.client, SD_SEND) == 0);
    Sleep(60000); /* Who stops second need not wait: LIMIT-09. */
    sim_assert(sends(&sending, 0, NULL, TF_DISCONNECT | TF_REUSE_SOCKET, 10));
    sim_assert(receives(sending.pair.client, "0123456789"));
    listener = listen_here(&port);
    {
        OVERLAPPED overlapped = {0};
        char buffer[64];

        sim_assert(failed(AcceptEx(listener,
                                   sending.pair.server,
                                   buffer,
                                   0,
                                   32,
                                   32,
                                   NULL,
                                   &overlapped),
                          ERROR_IO_PENDING));
        close_socket(listener);
    }
    sending_close(&sending);
}

static void a_file_can_end_the_connection(void **state)
{
    (void)state;
    schedules_pass(farewell_scenario);
}

static BOOL transmit(struct sending *sending, SOCKET socket, DWORD flags)
{
    return TransmitFile(socket,
                        sending->file,
                        0,
                        0,
                        &sending->overlapped,
                        NULL,
                        flags);
}

static void refusal_scenario(void *arg)
{
    TRANSMIT_FILE_BUFFERS bad = {.HeadLength = 1};
    struct sending sending;
    HANDLE file;
    SOCKET one;

    (void)arg;
    sending_open(&sending);
    file = sending.file;
    one = stream_socket();
    sim_assert(failed(transmit(&sending, one, 0), WSAENOTCONN));
    sim_assert(failed(transmit(&sending, INVALID_SOCKET, 0), WSAENOTSOCK));
    close_socket(one);
    one = sending.pair.server;
    sim_assert(failed(transmit(&sending, one, TF_REUSE_SOCKET), WSAEINVAL));
    sending.file = INVALID_HANDLE_VALUE;
    sim_assert(failed(transmit(&sending, one, 0), ERROR_INVALID_HANDLE));
    sending.file = file;
    sim_assert(
        failed(TransmitFile(one, file, 0, 0, &sending.overlapped, &bad, 0),
               WSAEFAULT));
    sim_assert(failed(
        TransmitFile(one, file, 0x7FFFFFFF, 0, &sending.overlapped, NULL, 0),
        WSAEINVAL));
    sim_assert(packet_none(sending.port));
    sending_close(&sending);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    schedules_pass(refusal_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_file_and_tail_are_sent),
        cmocka_unit_test(a_file_can_end_the_connection),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
