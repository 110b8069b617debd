/**
 * @file test_address.c
 * @brief Tests of sim/net: addresses, as bytes and as text.
 *
 * Uses:     address.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/address.h"

/** @brief An IPv4 address. */
static struct net_address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    struct net_address address = sim__address_any(NET_V4, 0);

    address.bytes[0] = a;
    address.bytes[1] = b;
    address.bytes[2] = c;
    address.bytes[3] = d;
    return address;
}

/** @brief An IPv6 address from text that is right. */
static struct net_address v6(const char *text)
{
    struct net_address address = sim__address_any(NET_V6, 0);

    assert_true(sim__address_parse_v6(text, address.bytes));
    return address;
}

/* ---- Bytes --------------------------------------------------------------- */

static void sockaddr_in_is_read_as_windows_lays_it_out(void **state)
{
    static const uint8_t bytes[16] = {2, 0, 0x1F, 0x90, 10, 0, 0, 7};
    struct net_address address;
    uint8_t back[16];

    (void)state;
    {
        /* Family with the low byte first, port with the high byte first. */
        assert_int_equal(sim__address_read(bytes, 16, NET_V4, &address),
                         ADDRESS_READ);
        assert_int_equal(address.family, NET_V4);
        assert_int_equal(address.port, 8080);
        assert_memory_equal(address.bytes, bytes + 4, 4);
    }
    {
        /* What is written is what was read, and the rest is zero. */
        memset(back, 0xEE, sizeof back);
        sim__address_write(&address, back);
        assert_memory_equal(back, bytes, 16);
        assert_int_equal(sim__address_bytes(NET_V4), 16);
    }
    {
        /* Longer is no fault, shorter is, and so is another family. */
        assert_int_equal(sim__address_read(bytes, 100, NET_V4, &address),
                         ADDRESS_READ);
        assert_int_equal(sim__address_read(bytes, 15, NET_V4, &address),
                         ADDRESS_SHORT);
        assert_int_equal(sim__address_read(bytes, 28, NET_V6, &address),
                         ADDRESS_OTHER_FAMILY);
        assert_int_equal(sim__address_read(bytes, 16, NET_NONE, &address),
                         ADDRESS_READ);
        assert_int_equal(sim__address_read(bytes, 1, NET_NONE, &address),
                         ADDRESS_SHORT);
    }
}

static void sockaddr_in6_is_read_as_windows_lays_it_out(void **state)
{
    static const uint8_t bytes[28] = {23, 0, 0, 80, 1, 2, 3, 4, 0xFD, 0,
                                      0,  0, 0, 0,  0, 0, 0, 0, 0,    0,
                                      0,  0, 0, 9,  5, 0, 0, 0};
    struct net_address address;
    uint8_t back[28];

    (void)state;
    assert_int_equal(sim__address_read(bytes, 28, NET_V6, &address),
                     ADDRESS_READ);
    assert_int_equal(address.port, 80);
    assert_int_equal(address.scope, 5);
    assert_memory_equal(address.bytes, bytes + 8, 16);
    assert_int_equal(sim__address_read(bytes, 27, NET_NONE, &address),
                     ADDRESS_SHORT);
    sim__address_write(&address, back);
    /* The flow is not kept: nobody here has any use for it. */
    assert_memory_equal(back, bytes, 4);
    assert_memory_equal(back + 8, bytes + 8, 20);
    assert_int_equal(sim__address_bytes(NET_V6), 28);
}

static void some_addresses_mean_more_than_a_host(void **state)
{
    struct net_address any4 = sim__address_any(NET_V4, 1);
    struct net_address any6 = sim__address_any(NET_V6, 1);
    struct net_address home4 = sim__address_loopback(NET_V4, 1);
    struct net_address home6 = sim__address_loopback(NET_V6, 2);
    struct net_address far = v4(127, 200, 3, 4);
    struct net_address other = v4(10, 0, 0, 1);

    (void)state;
    assert_true(sim__address_is_any(&any4) && sim__address_is_any(&any6));
    assert_false(sim__address_is_any(&home4) || sim__address_is_any(&home6));
    assert_true(sim__address_is_loopback(&home4));
    assert_true(sim__address_is_loopback(&home6));
    assert_true(sim__address_is_loopback(&far));
    assert_false(sim__address_is_loopback(&other));
    assert_false(sim__address_is_loopback(&any6));
    {
        /* The port is not part of the host, but of the place. */
        struct net_address again = home6;

        again.port = 9;
        assert_true(sim__address_same_host(&home6, &again));
        assert_false(sim__address_same(&home6, &again));
        assert_false(sim__address_same_host(&any4, &any6));
    }
}

static void ipv4_in_ipv6_clothes_is_ipv4_underneath(void **state)
{
    struct net_address plain = v4(10, 0, 0, 7);
    struct net_address dressed;
    struct net_address back;
    struct net_address real = v6("fd00::7");

    (void)state;
    plain.port = 99;
    dressed = sim__address_map(&plain);
    assert_int_equal(dressed.family, NET_V6);
    assert_true(sim__address_is_mapped(&dressed));
    back = sim__address_unmap(&dressed);
    assert_true(sim__address_same(&back, &plain));
    {
        /* Addresses of the other kind pass unchanged. */
        assert_false(sim__address_is_mapped(&real));
        assert_false(sim__address_is_mapped(&plain));
        back = sim__address_unmap(&real);
        assert_true(sim__address_same(&back, &real));
        back = sim__address_map(&real);
        assert_true(sim__address_same(&back, &real));
    }
}

/* ---- Text ---------------------------------------------------------------- */

static void reads_as(const char *text, const char *written)
{
    struct net_address address = v6(text);
    char out[SIM_ADDRESS_TEXT];

    assert_string_equal(sim__address_host_text(&address, out), written);
}

static void ipv6_is_written_as_rfc_5952_asks(void **state)
{
    (void)state;
    reads_as("::", "::");
    reads_as("::1", "::1");
    reads_as("1::", "1::");
    reads_as("FD00:0:0:0:0:0:0:1", "fd00::1");
    reads_as("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
    reads_as("2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
    reads_as("1:0:2:0:0:3:0:0", "1:0:2::3:0:0");
    reads_as("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8");
    reads_as("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::");
    reads_as("::ffff:10.0.0.1", "::ffff:10.0.0.1");
    reads_as("0:0:0:0:0:ffff:0.0.0.0", "::ffff:0.0.0.0");
    reads_as("64:ff9b::1.2.3.4", "64:ff9b::102:304");
}

static void ipv6_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        ":",
                                        ":1",
                                        "1:",
                                        "1::2::3",
                                        ":::",
                                        "1:2:3",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7::8:9",
                                        "12345::",
                                        "g::",
                                        "::1.2.3",
                                        "::1.2.3.256",
                                        "1.2.3.4",
                                        "::1.2.3.4:5",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "::1 ",
                                        "1:2:3:4:5:6:7:8::",
                                        "[::1]",
                                        "::%1"};
    uint8_t out[16];

    (void)state;
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        if (sim__address_parse_v6(wrong[at], out)) {
            fail_msg("\"%s\" was taken for an address", wrong[at]);
        }
    }
}

static void ipv4_is_four_decimal_numbers(void **state)
{
    static const char *const wrong[] = {"",
                                        "1",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "256.0.0.1",
                                        "1.2.3.",
                                        ".1.2.3",
                                        "1..2.3",
                                        "01.2.3.4",
                                        "0x1.2.3.4",
                                        "1.2.3.4 ",
                                        "a.b.c.d",
                                        "1.2.3.0004"};
    struct net_address address = sim__address_any(NET_V4, 0);
    char out[SIM_ADDRESS_TEXT];

    (void)state;
    assert_true(sim__address_parse_v4("192.0.2.255", address.bytes));
    assert_string_equal(sim__address_host_text(&address, out), "192.0.2.255");
    assert_true(sim__address_parse_v4("0.0.0.0", address.bytes));
    assert_true(sim__address_is_any(&address));
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        if (sim__address_parse_v4(wrong[at], address.bytes)) {
            fail_msg("\"%s\" was taken for an address", wrong[at]);
        }
    }
}

static void a_port_stands_behind_a_colon(void **state)
{
    struct net_address one = v4(10, 0, 0, 1);
    struct net_address two = v6("fd00::1");
    char out[SIM_ADDRESS_TEXT];

    (void)state;
    one.port = 80;
    two.port = 65535;
    assert_string_equal(sim__address_text(&one, out), "10.0.0.1:80");
    assert_string_equal(sim__address_text(&two, out), "[fd00::1]:65535");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockaddr_in_is_read_as_windows_lays_it_out),
        cmocka_unit_test(sockaddr_in6_is_read_as_windows_lays_it_out),
        cmocka_unit_test(some_addresses_mean_more_than_a_host),
        cmocka_unit_test(ipv4_in_ipv6_clothes_is_ipv4_underneath),
        cmocka_unit_test(ipv6_is_written_as_rfc_5952_asks),
        cmocka_unit_test(ipv6_that_is_none_is_refused),
        cmocka_unit_test(ipv4_is_four_decimal_numbers),
        cmocka_unit_test(a_port_stands_behind_a_colon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
