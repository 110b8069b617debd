/**
 * @file test_win32_sockets.c
 * @brief Tests of sim/win32: what Winsock's headers define.
 *
 * Programs put addresses into files and options into calls, so every number
 * and offset has to be the one of Windows.
 *
 * Uses:     socket_numbers.h, sim/win32, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-114, LIMIT-11.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mstcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "numbers.h"
#include "socket_numbers.h"

static void numbers_are_those_of_windows(void **state)
{
    (void)state;
    check_numbers(families_and_types, COUNT(families_and_types));
    check_numbers(options, COUNT(options));
    check_numbers(control_codes, COUNT(control_codes));
    check_numbers(events_and_polls, COUNT(events_and_polls));
    check_numbers(names, COUNT(names));
}

static void structures_have_the_layout_of_windows(void **state)
{
    static const struct number wide[] = {
        /* 628 where WCHAR has two bytes. */
        SIZE(WSAPROTOCOL_INFOW, 628 + 256 * (sizeof(WCHAR) - 2)),
        WIDE(struct sockaddr_in6, sin6_scope_struct, 4),
        WIDE(struct in_addr, s_addr, 4),
        WIDE(struct in6_addr, s6_addr, 16),
        WIDE(WSANETWORKEVENTS, lNetworkEvents, 4),
        WIDE(struct timeval, tv_sec, 4),
    };
    (void)state;

    check_numbers(layouts, COUNT(layouts));
    check_numbers(wide, COUNT(wide));
}

static void extension_functions_have_the_identifiers_of_windows(void **state)
{
    static const struct {
        GUID is;
        unsigned char should_be[16];
    } ids[] = {
        {WSAID_ACCEPTEX,
         "\xf1\x7d\x36\xb5\xac\xcb\xcf\x11\x95\xca\x00\x80\x5f\x48\xa1\x92"},
        {WSAID_CONNECTEX,
         "\xb9\x07\xa2\x25\xf3\xdd\x60\x46\x8e\xe9\x76\xe5\x8c\x74\x06\x3e"},
        {WSAID_DISCONNECTEX,
         "\x11\x2e\xda\x7f\x30\x86\x6f\x43\xa0\x31\xf5\x36\xa6\xee\xc1\x57"},
        {WSAID_WSARECVMSG,
         "\xc8\xd7\x89\xf6\x1f\x6f\x6b\x43\x8a\x53\xe5\x4f\xe3\x51\xc3\x22"},
        {WSAID_WSASENDMSG,
         "\x12\xe7\x41\xa4\x4f\x75\xca\x43\x84\xa7\x0d\xee\x44\xcf\x60\x6d"},
    };
    (void)state;

    /* SOCK-114: as the bytes lie in memory. */
    for (size_t at = 0; at < COUNT(ids); at++) {
        assert_memory_equal(&ids[at].is, ids[at].should_be, sizeof(GUID));
    }
}

/* LIMIT-11: a set is a list of at most FD_SETSIZE sockets. */
static void a_set_of_sockets_is_a_list(void **state)
{
    fd_set set;
    (void)state;

    FD_ZERO(&set);
    for (SOCKET at = 0; at < FD_SETSIZE + 5; at++) {
        FD_SET(at, &set);
    }
    assert_int_equal(set.fd_count, FD_SETSIZE);
    FD_SET(3, &set);
    assert_int_equal(set.fd_count, FD_SETSIZE);
    FD_CLR(3, &set);
    FD_CLR(1000, &set);
    assert_int_equal(set.fd_count, FD_SETSIZE - 1);
    assert_true(set.fd_array[2] == 2 && set.fd_array[3] == 4);
}

static void control_data_is_walked_through(void **state)
{
    union {
        WSACMSGHDR align;
        char bytes[64];
    } buffer = {.bytes = {0}};
    WSAMSG message = {.Control = {.len = sizeof buffer, .buf = buffer.bytes}};
    WSACMSGHDR *first = WSA_CMSG_FIRSTHDR(&message);
    (void)state;

    assert_ptr_equal(first, &buffer);
    first->cmsg_len = WSA_CMSG_LEN(sizeof(IN_PKTINFO));
    assert_int_equal(first->cmsg_len, 24);
    assert_int_equal(WSA_CMSG_SPACE(1), 24);
    assert_ptr_equal(WSA_CMSG_DATA(first), buffer.bytes + 16);
    assert_ptr_equal(WSA_CMSG_NXTHDR(&message, first), buffer.bytes + 24);
    message.Control.len = 24;
    assert_null(WSA_CMSG_NXTHDR(&message, first));
    message.Control.len = 8;
    assert_null(WSA_CMSG_FIRSTHDR(&message));
}

static void addresses_of_ipv6_are_told_apart(void **state)
{
    const IN6_ADDR any = IN6ADDR_ANY_INIT;
    const IN6_ADDR loopback = IN6ADDR_LOOPBACK_INIT;
    IN6_ADDR other = {.s6_bytes = {[10] = 0xff, [11] = 0xff, [12] = 10}};
    (void)state;

    assert_true(IN6_IS_ADDR_UNSPECIFIED(&any));
    assert_true(IN6_IS_ADDR_LOOPBACK(&loopback));
    assert_false(IN6_IS_ADDR_LOOPBACK(&any));
    assert_true(IN6_IS_ADDR_V4MAPPED(&other));
    assert_false(IN6_IS_ADDR_V4MAPPED(&loopback));
    other.s6_bytes[0] = 0xfe;
    other.s6_bytes[1] = 0x80;
    assert_true(IN6_IS_ADDR_LINKLOCAL(&other));
    other.s6_bytes[0] = 0xff;
    assert_true(IN6_IS_ADDR_MULTICAST(&other));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_windows),
        cmocka_unit_test(structures_have_the_layout_of_windows),
        cmocka_unit_test(extension_functions_have_the_identifiers_of_windows),
        cmocka_unit_test(a_set_of_sockets_is_a_list),
        cmocka_unit_test(control_data_is_walked_through),
        cmocka_unit_test(addresses_of_ipv6_are_told_apart),
    };

    return cmocka_run_group_tests_name("win32_sockets", tests, NULL, NULL);
}
