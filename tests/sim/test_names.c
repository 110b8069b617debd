/**
 * @file test_names.c
 * @brief getaddrinfo: from names to lists of addresses.
 *
 * Uses:     schedules.h, datagrams.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: test_names_later.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <wchar.h>

#include "datagrams.h"
#include "schedules.h"
#include "sim_network.h"

/** @brief Whether an entry of a list is this place. */
static bool is_at(const struct sockaddr *name,
                  size_t bytes,
                  const char *host,
                  u_short port)
{
    struct sockaddr_storage expected = place(host, port);

    return bytes == (size_t)place_bytes(&expected) &&
           memcmp(name, &expected, bytes) == 0;
}

/** @brief Ask for a node; the code. */
static int ask(const char *node,
               const char *service,
               int family,
               ADDRINFOA **out)
{
    ADDRINFOA hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};

    return getaddrinfo(node, service, &hints, out);
}

/** @brief Whether a node has one address, and this one. */
static bool means(const char *node, int family, const char *host)
{
    ADDRINFOA *list = NULL;
    bool yes = ask(node, "80", family, &list) == 0 && list->ai_next == NULL &&
               is_at(list->ai_addr, list->ai_addrlen, host, 80) &&
               list->ai_socktype == SOCK_STREAM;

    freeaddrinfo(list);
    return yes;
}

/** @brief Whether a node has two addresses, in this order. */
static bool means_both(const char *node,
                       const char *service,
                       int flags,
                       const char *first,
                       const char *second)
{
    ADDRINFOA hints = {.ai_flags = flags};
    ADDRINFOA *list = NULL;
    bool yes =
        getaddrinfo(node, service, &hints, &list) == 0 &&
        is_at(list->ai_addr, list->ai_addrlen, first, 9) &&
        list->ai_next != NULL && list->ai_next->ai_next == NULL &&
        is_at(list->ai_next->ai_addr, list->ai_next->ai_addrlen, second, 9);

    freeaddrinfo(list);
    return yes;
}

/* ---- getaddrinfo --------------------------------------------------------- */

static void nodes_scenario(void *arg)
{
    (void)arg;
    datagrams_begin();
    {
        /* Numbers need no looking up. */
        sim_assert(means("10.1.2.3", AF_UNSPEC, "10.1.2.3"));
        sim_assert(means("fd00::99", AF_UNSPEC, "fd00::99"));
        sim_assert(means("::1", AF_INET6, "::1"));
    }
    {
        /* The host itself, by its names and by none. */
        sim_assert(means("localhost", AF_INET, "127.0.0.1"));
        sim_assert(means("LocalHost", AF_INET6, "::1"));
        sim_assert(means("host1", AF_INET, "10.0.0.1"));
        sim_assert(means("HOST1", AF_INET6, "fd00::1"));
        sim_assert(means("", AF_INET, "10.0.0.1"));
        sim_assert(means("..localmachine", AF_INET6, "fd00::1"));
        sim_assert(means(NULL, AF_INET, "127.0.0.1"));
    }
    {
        /* The better one first: ::1 before 127.0.0.1, but local IPv6 networks
         * behind IPv4. */
        sim_assert(means_both("localhost", "9", 0, "::1", "127.0.0.1"));
        sim_assert(means_both("host1", "9", 0, "10.0.0.1", "fd00::1"));
        sim_assert(means_both(NULL, "9", 0, "::1", "127.0.0.1"));
        sim_assert(means_both(NULL, "9", AI_PASSIVE, "::", "0.0.0.0"));
    }
    datagrams_end();
}

static void others_scenario(void *arg)
{
    uint32_t host = sim_host_add();
    ULONGLONG before = GetTickCount64();
    ADDRINFOA *list = NULL;

    (void)arg;
    sim_assert(host == 2);
    datagrams_begin();
    {
        /* Another host's name is asked for over the network. */
        sim_assert(means("host2", AF_INET, "10.0.0.2"));
        sim_assert(means("Host2.", AF_INET6, "fd00::2"));
        sim_mark(GetTickCount64() == before ? "at once" : "later");
    }
    {
        sim_assert(ask("nobody", "80", 0, &list) == WSAHOST_NOT_FOUND);
        sim_assert(WSAGetLastError() == WSAHOST_NOT_FOUND && list == NULL);
    }
    datagrams_end();
}

static void mapped_scenario(void *arg)
{
    ADDRINFOA hints = {.ai_family = AF_INET6,
                       .ai_socktype = SOCK_DGRAM,
                       .ai_flags = AI_V4MAPPED};
    ADDRINFOA *list = NULL;

    (void)arg;
    datagrams_begin();
    {
        /* IPv4 in IPv6 clothes, when there is nothing better. */
        sim_assert(getaddrinfo("10.1.2.3", "7", &hints, &list) == 0);
        sim_assert(
            is_at(list->ai_addr, list->ai_addrlen, "::ffff:10.1.2.3", 7));
        sim_assert(list->ai_family == AF_INET6 && list->ai_next == NULL);
        freeaddrinfo(list);
        sim_assert(getaddrinfo("host1", "7", &hints, &list) == 0);
        sim_assert(list->ai_next == NULL);
        freeaddrinfo(list);
    }
    {
        /* Or besides it, when asked for all. */
        hints.ai_flags |= AI_ALL;
        sim_assert(getaddrinfo("host1", "7", &hints, &list) == 0);
        sim_assert(is_at(list->ai_addr, list->ai_addrlen, "fd00::1", 7));
        sim_assert(is_at(list->ai_next->ai_addr,
                         list->ai_next->ai_addrlen,
                         "::ffff:10.0.0.1",
                         7));
        freeaddrinfo(list);
    }
    {
        hints.ai_flags = 0;
        sim_assert(getaddrinfo("10.1.2.3", "7", &hints, &list) ==
                   WSAHOST_NOT_FOUND);
    }
    datagrams_end();
}

static void services_scenario(void *arg)
{
    ADDRINFOA hints = {.ai_family = AF_INET};
    ADDRINFOA *list = NULL;

    (void)arg;
    datagrams_begin();
    {
        /* A service brings its kind of socket. */
        sim_assert(getaddrinfo("127.0.0.1", "HTTP", &hints, &list) == 0);
        sim_assert(is_at(list->ai_addr, list->ai_addrlen, "127.0.0.1", 80));
        sim_assert(list->ai_socktype == SOCK_STREAM &&
                   list->ai_protocol == IPPROTO_TCP);
        freeaddrinfo(list);
        sim_assert(getaddrinfo(NULL, "tftp", &hints, &list) == 0);
        sim_assert(list->ai_socktype == SOCK_DGRAM &&
                   list->ai_protocol == IPPROTO_UDP);
        freeaddrinfo(list);
    }
    {
        /* A number leaves it open, and so does no hint at all. */
        sim_assert(getaddrinfo("::1", "65535", NULL, &list) == 0);
        sim_assert(list->ai_socktype == 0 && list->ai_protocol == 0);
        sim_assert(is_at(list->ai_addr, list->ai_addrlen, "::1", 65535));
        freeaddrinfo(list);
    }
    {
        sim_assert(getaddrinfo(NULL, "nonsense", &hints, &list) ==
                   WSATYPE_NOT_FOUND);
        sim_assert(getaddrinfo(NULL, "65536", &hints, &list) ==
                   WSATYPE_NOT_FOUND);
        hints.ai_socktype = SOCK_STREAM;
        sim_assert(getaddrinfo(NULL, "tftp", &hints, &list) ==
                   WSATYPE_NOT_FOUND);
        hints.ai_flags = AI_NUMERICSERV;
        sim_assert(getaddrinfo(NULL, "http", &hints, &list) ==
                   WSAHOST_NOT_FOUND);
    }
    datagrams_end();
}

static void wrong_scenario(void *arg)
{
    ADDRINFOA hints = {0};
    ADDRINFOA *list = (ADDRINFOA *)&hints;
    struct sockaddr name = {0};

    (void)arg;
    sim_assert(getaddrinfo("host1", NULL, NULL, &list) == WSANOTINITIALISED);
    datagrams_begin();
    sim_assert(getaddrinfo(NULL, NULL, NULL, &list) == WSAHOST_NOT_FOUND);
    sim_assert(list == NULL);
    sim_assert(getaddrinfo("host1", NULL, NULL, NULL) == WSAEFAULT);
    hints.ai_family = AF_UNIX;
    sim_assert(getaddrinfo("::1", NULL, &hints, &list) == WSAEAFNOSUPPORT);
    hints = (ADDRINFOA){.ai_socktype = 99};
    sim_assert(getaddrinfo("::1", NULL, &hints, &list) == WSAESOCKTNOSUPPORT);
    hints = (ADDRINFOA){.ai_flags = 0x10};
    sim_assert(getaddrinfo("::1", NULL, &hints, &list) == WSAEINVAL);
    hints = (ADDRINFOA){.ai_flags = AI_CANONNAME};
    sim_assert(getaddrinfo(NULL, "80", &hints, &list) == WSAEINVAL);
    hints = (ADDRINFOA){.ai_addr = &name};
    sim_assert(getaddrinfo("::1", NULL, &hints, &list) == WSANO_RECOVERY);
    hints = (ADDRINFOA){.ai_flags = AI_NUMERICHOST};
    sim_assert(getaddrinfo("host1", NULL, &hints, &list) == WSAHOST_NOT_FOUND);
    freeaddrinfo(NULL);
    datagrams_end();
}

static void wide_scenario(void *arg)
{
    ADDRINFOW hints = {.ai_flags = AI_CANONNAME, .ai_family = AF_INET};
    ADDRINFOW *list = NULL;

    (void)arg;
    datagrams_begin();
    sim_assert(GetAddrInfoW(L"localhost", L"https", &hints, &list) == 0);
    sim_assert(is_at(list->ai_addr, list->ai_addrlen, "127.0.0.1", 443));
    sim_assert(wcscmp(list->ai_canonname, L"host1") == 0);
    FreeAddrInfoW(list);
    sim_assert(GetAddrInfoW(L"n\u00f6body", NULL, &hints, &list) ==
               WSAHOST_NOT_FOUND);
    datagrams_end();
}

static void a_name_has_the_addresses_of_its_host(void **state)
{
    const char *const marks[] = {"later", "at once", NULL};

    (void)state;
    schedules_pass(nodes_scenario);
    schedules_pass(others_scenario);
    schedules_reach(others_scenario, marks);
    schedules_pass(mapped_scenario);
    schedules_pass(services_scenario);
    schedules_pass(wrong_scenario);
    schedules_pass(wide_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_the_addresses_of_its_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
