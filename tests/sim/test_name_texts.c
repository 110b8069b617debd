/**
 * @file test_name_texts.c
 * @brief Addresses as text, names of addresses, and Berkeley's old calls.
 *
 * Uses:     schedules.h, datagrams.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <wchar.h>

#include "datagrams.h"
#include "schedules.h"
#include "sim_network.h"

/* ---- Bytes and texts ----------------------------------------------------- */

static void order_scenario(void *arg)
{
    (void)arg;
    sim_assert(htons(0x1234) == 0x3412 && ntohs(0x3412) == 0x1234);
    sim_assert(htonl(0x12345678) == 0x78563412);
    sim_assert(ntohl(0x78563412) == 0x12345678);
}

static void strict_scenario(void *arg)
{
    struct in_addr v4;
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];
    WCHAR wide[INET6_ADDRSTRLEN];

    (void)arg;
    {
        /* inet_pton: 1, 0 for nonsense, -1 with an error. */
        sim_assert(inet_pton(AF_INET, "10.0.0.7", &v4) == 1);
        sim_assert(v4.s_addr == htonl(0x0A000007));
        sim_assert(inet_pton(AF_INET, "10.0.7", &v4) == 0);
        sim_assert(InetPtonW(AF_INET6, L"fd00::7", &v6) == 1);
        sim_assert(v6.s6_bytes[0] == 0xFD && v6.s6_bytes[15] == 7);
        sim_assert(refused(inet_pton(AF_UNIX, "1", &v4), WSAEAFNOSUPPORT));
        sim_assert(refused(inet_pton(AF_INET, NULL, &v4), WSAEFAULT));
        sim_assert(refused(InetPtonW(AF_INET, NULL, &v4), WSAEFAULT));
    }
    {
        /* inet_ntop, and room that is one letter too small. */
        sim_assert(inet_ntop(AF_INET6, &v6, text, sizeof text) == text);
        sim_assert(strcmp(text, "fd00::7") == 0);
        sim_assert(inet_ntop(AF_INET6, &v6, text, 8) == text);
        sim_assert(inet_ntop(AF_INET6, &v6, text, 7) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        (void)inet_pton(AF_INET, "10.0.0.7", &v4);
        sim_assert(InetNtopW(AF_INET, &v4, wide, 9) == wide);
        sim_assert(wcscmp(wide, L"10.0.0.7") == 0);
        sim_assert(InetNtopW(AF_INET, &v4, wide, 8) == NULL);
        sim_assert(inet_ntop(99, &v4, text, sizeof text) == NULL);
        sim_assert(WSAGetLastError() == WSAEAFNOSUPPORT);
    }
}

static void loose_scenario(void *arg)
{
    struct in_addr address;

    (void)arg;
    datagrams_begin();
    {
        /* inet_addr has four forms and three bases. */
        sim_assert(inet_addr("1.2.3.4") == htonl(0x01020304));
        sim_assert(inet_addr("1.2.772") == htonl(0x01020304));
        sim_assert(inet_addr("1.131844") == htonl(0x01020304));
        sim_assert(inet_addr("0x01020304") == htonl(0x01020304));
        sim_assert(inet_addr("010.0.0.1") == htonl(0x08000001));
        sim_assert(inet_addr("255.255.255.255") == INADDR_NONE);
    }
    {
        sim_assert(inet_addr("1.2.3.256") == INADDR_NONE);
        sim_assert(inet_addr("1.2.65536") == INADDR_NONE);
        sim_assert(inet_addr("1.2.3.4.5") == INADDR_NONE);
        sim_assert(inet_addr("1.2.3.") == INADDR_NONE);
        sim_assert(inet_addr("host1") == INADDR_NONE);
        sim_assert(inet_addr("") == INADDR_NONE);
        sim_assert(inet_addr(NULL) == INADDR_NONE);
    }
    {
        /* inet_ntoa writes into memory of the thread's own. */
        char *text;

        address.s_addr = htonl(0x01020304);
        text = inet_ntoa(address);
        sim_assert(strcmp(text, "1.2.3.4") == 0);
        address.s_addr = INADDR_NONE;
        sim_assert(inet_ntoa(address) == text);
        sim_assert(strcmp(text, "255.255.255.255") == 0);
    }
    datagrams_end();
}

static bool written(const struct sockaddr_in6 *name,
                    int bytes,
                    const char *text)
{
    char out[64];
    DWORD length = sizeof out;

    return WSAAddressToStringA((LPSOCKADDR)(uintptr_t)name,
                               (DWORD)bytes,
                               NULL,
                               out,
                               &length) == 0 &&
           strcmp(out, text) == 0 && length == strlen(text) + 1;
}

static void full_scenario(void *arg)
{
    struct sockaddr_storage v4 = place("10.0.0.7", 80);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    WCHAR wide[64];
    char address[] = "10.0.0.7:80";
    DWORD length = 11;

    (void)arg;
    datagrams_begin();
    {
        /* Address, scope and port, each only when it is there. */
        sim_assert(
            written((const struct sockaddr_in6 *)(void *)&v4, 16, address));
        (void)inet_pton(AF_INET6, "fd00::1", &v6.sin6_addr);
        sim_assert(written(&v6, sizeof v6, "fd00::1"));
        v6.sin6_scope_id = 3;
        sim_assert(written(&v6, sizeof v6, "fd00::1%3"));
        v6.sin6_port = htons(443);
        sim_assert(written(&v6, sizeof v6, "[fd00::1%3]:443"));
    }
    {
        /* Too little room: how much it takes. */
        sim_assert(refused(
            WSAAddressToStringW((LPSOCKADDR)&v4, 16, NULL, wide, &length),
            WSAEFAULT));
        sim_assert(length == 12);
        sim_assert(
            WSAAddressToStringW((LPSOCKADDR)&v4, 16, NULL, wide, &length) == 0);
        sim_assert(wcscmp(wide, L"10.0.0.7:80") == 0);
        sim_assert(refused(
            WSAAddressToStringW((LPSOCKADDR)&v4, 15, NULL, wide, &length),
            WSAEFAULT));
    }
    datagrams_end();
}

static void back_from_text_scenario(void *arg)
{
    struct sockaddr_storage v4 = place("10.0.0.7", 80);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(443),
                              .sin6_scope_id = 3};
    struct sockaddr_storage out;
    WCHAR given[] = L"[fd00::1%3]:443";
    char address[] = "10.0.0.7:80";
    char nonsense[] = "10.0.0.7:65536";
    int bytes = sizeof out;

    (void)arg;
    datagrams_begin();
    (void)inet_pton(AF_INET6, "fd00::1", &v6.sin6_addr);
    {
        /* And back. */
        memset(&out, 0, sizeof out);
        sim_assert(WSAStringToAddressA(address,
                                       AF_INET,
                                       NULL,
                                       (LPSOCKADDR)&out,
                                       &bytes) == 0);
        sim_assert(bytes == 16 && same_place(&out, &v4));
        bytes = sizeof out;
        sim_assert(WSAStringToAddressW(given,
                                       AF_INET6,
                                       NULL,
                                       (LPSOCKADDR)&out,
                                       &bytes) == 0);
        sim_assert(bytes == (int)sizeof v6 &&
                   memcmp(&out, &v6, sizeof v6) == 0);
        bytes = 27;
        sim_assert(refused(WSAStringToAddressW(given,
                                               AF_INET6,
                                               NULL,
                                               (LPSOCKADDR)&out,
                                               &bytes),
                           WSAEFAULT));
        sim_assert(bytes == 28);
        sim_assert(refused(WSAStringToAddressA(nonsense,
                                               AF_INET,
                                               NULL,
                                               (LPSOCKADDR)&out,
                                               &bytes),
                           WSAEINVAL));
        sim_assert(refused(WSAStringToAddressA(address,
                                               AF_INET6,
                                               NULL,
                                               (LPSOCKADDR)&out,
                                               &bytes),
                           WSAEINVAL));
    }
    datagrams_end();
}

static void addresses_are_written_and_read(void **state)
{
    (void)state;
    schedules_pass(order_scenario);
    schedules_pass(strict_scenario);
    schedules_pass(loose_scenario);
    schedules_pass(full_scenario);
    schedules_pass(back_from_text_scenario);
}

/* ---- From addresses to names --------------------------------------------- */

static int name_of(const char *host, u_short port, int flags, char *out)
{
    struct sockaddr_storage from = place(host, port);

    return getnameinfo((const struct sockaddr *)&from,
                       place_bytes(&from),
                       out,
                       NI_MAXHOST,
                       out + NI_MAXHOST,
                       NI_MAXSERV,
                       flags);
}

static void back_scenario(void *arg)
{
    char out[NI_MAXHOST + NI_MAXSERV];
    const char *service = out + NI_MAXHOST;

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    {
        sim_assert(name_of("10.0.0.2", 80, 0, out) == 0);
        sim_assert(strcmp(out, "host2") == 0 && strcmp(service, "http") == 0);
        sim_assert(name_of("::1", 69, NI_DGRAM, out) == 0);
        sim_assert(strcmp(out, "host1") == 0 && strcmp(service, "tftp") == 0);
        sim_assert(
            name_of("fd00::2", 80, NI_NUMERICHOST | NI_NUMERICSERV, out) == 0);
        sim_assert(strcmp(out, "fd00::2") == 0 && strcmp(service, "80") == 0);
    }
    {
        /* Nobody's address keeps its number, unless a name is required. */
        sim_assert(name_of("10.99.0.1", 12345, 0, out) == 0);
        sim_assert(strcmp(out, "10.99.0.1") == 0);
        sim_assert(strcmp(service, "12345") == 0);
        sim_assert(name_of("10.99.0.1", 1, NI_NAMEREQD, out) ==
                   WSAHOST_NOT_FOUND);
    }
    datagrams_end();
}

static void back_wrong_scenario(void *arg)
{
    char out[NI_MAXHOST];
    struct sockaddr_storage from = place("10.0.0.2", 80);
    WCHAR wide[16];

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    {
        sim_assert(GetNameInfoW((const struct sockaddr *)&from,
                                16,
                                wide,
                                6,
                                NULL,
                                0,
                                0) == 0);
        sim_assert(wcscmp(wide, L"host2") == 0);
        sim_assert(GetNameInfoW((const struct sockaddr *)&from,
                                16,
                                wide,
                                5,
                                NULL,
                                0,
                                0) == WSAEFAULT);
        sim_assert(getnameinfo(NULL, 16, out, 9, NULL, 0, 0) == WSAEFAULT);
        sim_assert(getnameinfo((const struct sockaddr *)&from,
                               15,
                               out,
                               9,
                               NULL,
                               0,
                               0) == WSAEFAULT);
        sim_assert(getnameinfo((const struct sockaddr *)&from,
                               16,
                               NULL,
                               0,
                               NULL,
                               0,
                               0) == WSAHOST_NOT_FOUND);
        sim_assert(getnameinfo((const struct sockaddr *)&from,
                               16,
                               out,
                               0,
                               NULL,
                               0,
                               0) == WSAEINVAL);
    }
    datagrams_end();
}

static void old_scenario(void *arg)
{
    char name[8];
    WCHAR wide[8];
    const struct hostent *host;
    const struct servent *service;

    (void)arg;
    sim_assert(refused(gethostname(name, 8), WSANOTINITIALISED));
    datagrams_begin();
    {
        sim_assert(gethostname(name, 6) == 0 && strcmp(name, "host1") == 0);
        sim_assert(refused(gethostname(name, 5), WSAEFAULT));
        sim_assert(GetHostNameW(wide, 6) == 0);
        sim_assert(wcscmp(wide, L"host1") == 0);
        sim_assert(refused(GetHostNameW(wide, 5), WSAEFAULT));
    }
    {
        host = gethostbyname("host1");
        sim_assert(host != NULL && host->h_addrtype == AF_INET);
        sim_assert(host->h_length == 4 && host->h_addr_list[1] == NULL);
        sim_assert(memcmp(host->h_addr, "\012\0\0\001", 4) == 0);
        sim_assert(strcmp(host->h_name, "host1") == 0);
        sim_assert(gethostbyname("nobody") == NULL);
        sim_assert(WSAGetLastError() == WSAHOST_NOT_FOUND);
    }
    {
        service = getservbyname("tftp", NULL);
        sim_assert(service != NULL && service->s_port == (short)htons(69));
        sim_assert(strcmp(service->s_proto, "udp") == 0);
        sim_assert(getservbyname("tftp", "tcp") == NULL);
        sim_assert(WSAGetLastError() == WSANO_DATA);
        sim_assert(getservbyname("nonsense", NULL) == NULL);
    }
    datagrams_end();
}

static void an_address_has_a_name(void **state)
{
    (void)state;
    schedules_pass(back_scenario);
    schedules_pass(back_wrong_scenario);
    schedules_pass(old_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_written_and_read),
        cmocka_unit_test(an_address_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
