/**
 * @file test_winsock_message.c
 * @brief WSASendMsg and WSARecvMsg, and flags that come back.
 *
 * Uses:     schedules.h, socket_pair.h.
 * Used by:  ctest.
 * Facts:    SOCK-22, SOCK-103, SOCK-112.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"
#include "socket_pair.h"

/** A message with room for all that can be in it. */
struct letter {
    WSAMSG message;
    WSABUF buffer;
    struct sockaddr_in name;
    char bytes[16];
    union {
        WSACMSGHDR align;
        char bytes[64];
    } control;
};

static WSAMSG *letter_open(struct letter *letter)
{
    memset(letter, 0, sizeof *letter);
    letter->buffer.buf = letter->bytes;
    letter->buffer.len = sizeof letter->bytes;
    letter->message.name = (struct sockaddr *)&letter->name;
    letter->message.namelen = sizeof letter->name;
    letter->message.lpBuffers = &letter->buffer;
    letter->message.dwBufferCount = 1;
    letter->message.Control.buf = letter->control.bytes;
    letter->message.Control.len = sizeof letter->control.bytes;
    return &letter->message;
}

static void message_scenario(void *arg)
{
    struct extensions call;
    struct letter out;
    struct letter in;
    OVERLAPPED overlapped = {0};
    DWORD on = 1;
    DWORD bytes = 0;
    u_short from;
    u_short to;
    SOCKET sender;
    SOCKET receiver;

    (void)arg;
    net_up();
    sender = datagram_socket();
    receiver = datagram_socket();
    from = bind_here(sender);
    to = bind_here(receiver);
    call = find_extensions(receiver);
    sim_assert(
        setsockopt(receiver, IPPROTO_IP, IP_PKTINFO, (char *)&on, sizeof on) ==
        0);
    letter_open(&in);
    sim_assert(wsa_failed(
        call.receive_message(receiver, &in.message, NULL, &overlapped, NULL),
        WSA_IO_PENDING));
    letter_open(&out)->Control.len = 0;
    out.name = loopback(to);
    memcpy(out.bytes, "hi", 2);
    out.buffer.len = 2;
    sim_assert(WSASendMsg(sender, &out.message, 0, &bytes, NULL, NULL) == 0);
    sim_assert(bytes == 2);
    Sleep(60000);
    sim_assert(overlapped.Internal == STATUS_SUCCESS);
    sim_assert(overlapped.InternalHigh == 2 && memcmp(in.bytes, "hi", 2) == 0);
    sim_assert(in.name.sin_port == htons(from));
    {
        /* Which of our addresses it came to. */
        WSACMSGHDR *part = WSA_CMSG_FIRSTHDR(&in.message);
        IN_PKTINFO info;

        sim_assert(part->cmsg_level == IPPROTO_IP);
        sim_assert(part->cmsg_type == IP_PKTINFO);
        memcpy(&info, WSA_CMSG_DATA(part), sizeof info);
        sim_assert(info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK));
    }
    close_socket(sender);
    close_socket(receiver);
    net_down();
}

static void a_message_has_an_address_and_control_data(void **state)
{
    (void)state;
    schedules_pass(message_scenario);
}

static void truncation_scenario(void *arg)
{
    struct sockaddr_in name;
    struct letter in;
    struct extensions call;
    DWORD flags = 0;
    DWORD bytes = 0;
    SOCKET one;

    (void)arg;
    net_up();
    one = datagram_socket();
    call = find_extensions(one);
    name = loopback(bind_here(one));
    for (int at = 0; at < 2; at++) {
        sim_assert(sendto(one,
                          "abcdef",
                          6,
                          0,
                          (struct sockaddr *)&name,
                          sizeof name) == 6);
    }
    Sleep(60000);
    {
        /* SOCK-103: cut, and marked. */
        letter_open(&in);
        in.buffer.len = 3;
        sim_assert(
            wsa_failed(WSARecv(one, &in.buffer, 1, &bytes, &flags, NULL, NULL),
                       WSAEMSGSIZE));
        sim_assert(bytes == 3 && memcmp(in.bytes, "abc", 3) == 0);
        sim_assert(flags == MSG_PARTIAL);
    }
    {
        letter_open(&in);
        in.buffer.len = 3;
        sim_assert(wsa_failed(
            call.receive_message(one, &in.message, &bytes, NULL, NULL),
            WSAEMSGSIZE));
        sim_assert(in.message.Control.len == 0);
    }
    close_socket(one);
    net_down();
}

static void a_datagram_that_is_cut_is_marked(void **state)
{
    (void)state;
    schedules_pass(truncation_scenario);
}

static void refusal_scenario(void *arg)
{
    struct socket_pair pair;
    struct letter in;
    struct sockaddr_in name = {0};
    int name_bytes = sizeof name;
    struct extensions call;
    DWORD bytes;
    char byte;

    (void)arg;
    net_up();
    pair = sockets_open();
    call = find_extensions(pair.client);
    letter_open(&in);
    sim_assert(wsa_failed(
        call.receive_message(pair.client, &in.message, &bytes, NULL, NULL),
        WSAEOPNOTSUPP));
    sim_assert(
        wsa_failed(WSASendMsg(pair.client, &in.message, 0, &bytes, NULL, NULL),
                   WSAEOPNOTSUPP));
    sim_assert(
        wsa_failed(call.receive_message(pair.client, NULL, &bytes, NULL, NULL),
                   WSAEFAULT));
    {
        /* SOCK-112: a stream has no addresses. */
        name = loopback(9);
        sim_assert(sendto(pair.client,
                          "a",
                          1,
                          0,
                          (struct sockaddr *)&name,
                          sizeof name) == 1);
        memset(&name, 0, sizeof name);
        sim_assert(recvfrom(pair.server,
                            &byte,
                            1,
                            0,
                            (struct sockaddr *)&name,
                            &name_bytes) == 1);
        sim_assert(name.sin_port == 0);
    }
    sockets_close(&pair);
    net_down();
}

static void streams_have_no_messages(void **state)
{
    (void)state;
    schedules_pass(refusal_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_has_an_address_and_control_data),
        cmocka_unit_test(a_datagram_that_is_cut_is_marked),
        cmocka_unit_test(streams_have_no_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
