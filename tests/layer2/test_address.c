/**
 * @file test_address.c
 * @brief Layer 2: addresses as text.
 *
 * Uses:     net.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"
#include "passes.h"

static void read_and_write(void *arg)
{
    static const char *const texts[] = {"127.0.0.1:80",
                                        "0.0.0.0:0",
                                        "255.255.255.255:65535",
                                        "[::1]:1",
                                        "[::]:443",
                                        "[fd00::a:b]:8080"};
    char text[NET_ADDRESS_TEXT_BYTES];
    WSADATA data;

    (void)arg;
    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct net_address address;

        sim_assert(net_address_read(&address, texts[i]) == OP_OK);
        sim_assert(net_address_write(&address, text) == text);
        sim_assert(strcmp(text, texts[i]) == 0);
        sim_assert(net_address_port(&address) ==
                   (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10));
        sim_assert((size_t)address.bytes == (*text == '['
                                                 ? sizeof(struct sockaddr_in6)
                                                 : sizeof(struct sockaddr_in)));
    }
    sim_assert(WSACleanup() == 0);
}

static void text_of_an_address_is_read_and_written(void **state)
{
    (void)state;
    passes_once(read_and_write);
}

static void refuse_others(void *arg)
{
    static const char *const texts[] = {
        "",
        "80",
        ":80",
        "1.2.3.4",
        "1.2.3.4:",
        "1.2.3:1",
        "1.2.3.4:x",
        "1.2.3.4:-1",
        "1.2.3.4:65536",
        "1.2.3.4:1 ",
        " 1.2.3.4:1",
        "1.2.3.4:100000",
        "host:1",
        "::1:1",
        "[::1]",
        "[::1]1",
        "[::1:1",
        "[1.2.3.4]:1",
        "[]:1",
        "[::1]:",
        "256.1.1.1:1",
        "[0000000000000000000000000000000000000000000000000000000000000000]:1"};
    struct net_address address;
    char text[NET_ADDRESS_TEXT_BYTES];
    WSADATA data;

    (void)arg;
    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    memset(&address, 0, sizeof address);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sim_assert(net_address_read(&address, texts[i]) == OP_INVALID);
        sim_assert(address.bytes == 0);
    }
    /* Of no family that we know. */
    sim_assert(strcmp(net_address_write(&address, text), "?") == 0);
    sim_assert(WSACleanup() == 0);
}

static void text_that_is_no_address_is_refused(void **state)
{
    (void)state;
    passes_once(refuse_others);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_an_address_is_read_and_written),
        cmocka_unit_test(text_that_is_no_address_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
