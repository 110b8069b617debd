/**
 * @file test_status.c
 * @brief Layer 1: every code has a status, and both roads lead to the same.
 *
 * Uses:     op_private.h, takes.h, cmocka.
 * Used by:  ctest.
 * Facts:    OVL-37, SOCK-123, SOCK-124.
 *
 * SPDX-License-Identifier: MIT
 */
#define WIN32_NO_STATUS
#include "op_private.h"
#undef WIN32_NO_STATUS

#include <winternl.h>

#include <ntstatus.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "takes.h"

/** Codes that Winsock can leave behind. */
static const DWORD winsock_codes[] = {
    WSAEINTR,
    WSAEBADF,
    WSAEACCES,
    WSAEFAULT,
    WSAEINVAL,
    WSAEMFILE,
    WSAEWOULDBLOCK,
    WSAEINPROGRESS,
    WSAEALREADY,
    WSAENOTSOCK,
    WSAEDESTADDRREQ,
    WSAEMSGSIZE,
    WSAEPROTOTYPE,
    WSAENOPROTOOPT,
    WSAEPROTONOSUPPORT,
    WSAESOCKTNOSUPPORT,
    WSAEOPNOTSUPP,
    WSAEPFNOSUPPORT,
    WSAEAFNOSUPPORT,
    WSAEADDRINUSE,
    WSAEADDRNOTAVAIL,
    WSAENETDOWN,
    WSAENETUNREACH,
    WSAENETRESET,
    WSAECONNABORTED,
    WSAECONNRESET,
    WSAENOBUFS,
    WSAEISCONN,
    WSAENOTCONN,
    WSAESHUTDOWN,
    WSAETOOMANYREFS,
    WSAETIMEDOUT,
    WSAECONNREFUSED,
    WSAELOOP,
    WSAENAMETOOLONG,
    WSAEHOSTDOWN,
    WSAEHOSTUNREACH,
    WSAENOTEMPTY,
    WSAEPROCLIM,
    WSAEUSERS,
    WSAEDQUOT,
    WSAESTALE,
    WSAEREMOTE,
    WSASYSNOTREADY,
    WSAVERNOTSUPPORTED,
    WSANOTINITIALISED,
    WSAEDISCON,
    WSAENOMORE,
    WSAECANCELLED,
    WSAEINVALIDPROCTABLE,
    WSAEINVALIDPROVIDER,
    WSAEPROVIDERFAILEDINIT,
    WSASYSCALLFAILURE,
    WSASERVICE_NOT_FOUND,
    WSATYPE_NOT_FOUND,
    WSA_E_NO_MORE,
    WSA_E_CANCELLED,
    WSAEREFUSED,
    WSAHOST_NOT_FOUND,
    WSATRY_AGAIN,
    WSANO_RECOVERY,
    WSANO_DATA,
    /* The same numbers as Win32's. */
    WSA_INVALID_HANDLE,
    WSA_NOT_ENOUGH_MEMORY,
    WSA_INVALID_PARAMETER,
    WSA_OPERATION_ABORTED,
    WSA_IO_INCOMPLETE,
    WSA_IO_PENDING,
};

static void every_winsock_code_has_a_row(void **state)
{
    op_status status;

    (void)state;
    for (size_t i = 0; i < sizeof winsock_codes / sizeof winsock_codes[0];
         i++) {
        if (!op__status_find(winsock_codes[i], &status)) {
            fail_msg("%u has no row", (unsigned)winsock_codes[i]);
        }
    }
}

/** @brief See that one status has a row; 0 if Windows has no code for it. */
static unsigned check_status(ULONG bits)
{
    NTSTATUS nt = (NTSTATUS)bits;
    DWORD error = RtlNtStatusToDosError(nt);
    op_status status;

    if (error == ERROR_MR_MID_NOT_FOUND) {
        return 0;
    }
    /* A row of its own gives the same for any code. */
    if (op_status_of_nt(nt, ERROR_SUCCESS) == op_status_of_nt(nt, error) &&
        op_status_of_nt(nt, ERROR_SUCCESS) != OP_OK) {
        return 1;
    }
    if (!op__status_find(error, &status)) {
        fail_msg("status %08x, code %u, has no row",
                 (unsigned)bits,
                 (unsigned)error);
    }
    return 1;
}

static void every_status_of_the_simulator_has_a_row(void **state)
{
    static const ULONG severities[] = {0x00000000,
                                       0x40000000,
                                       0x80000000,
                                       0xC0000000};
    unsigned count = 0;

    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Windows has codes for what no operation ends with. */
    }
    for (size_t i = 0; i < 4; i++) {
        for (ULONG low = 0; low < 0x10000; low++) {
            count += check_status(severities[i] | low);
        }
        for (ULONG low = 0; low < 0x1000; low++) {
            count += check_status(severities[i] | 0x00010000 | low);
            count += check_status(severities[i] | 0x00020000 | low);
        }
    }
    print_message("%u statuses\n", count);
    assert_true(count >= 150);
}

/** What Winsock calls a status, by the catalog. */
static const struct road {
    NTSTATUS nt;
    DWORD winsock;
} roads[] = {
    {STATUS_BUFFER_OVERFLOW, WSAEMSGSIZE},
    {STATUS_CANCELLED, WSA_OPERATION_ABORTED},
    {STATUS_CONNECTION_RESET, WSAECONNRESET},
    {STATUS_REMOTE_DISCONNECT, WSAECONNRESET},
    {STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET},
    {STATUS_LINK_FAILED, WSAECONNRESET},
    {STATUS_CONNECTION_ABORTED, WSAECONNABORTED},
    {STATUS_TRANSACTION_ABORTED, WSAECONNABORTED},
    {STATUS_CONNECTION_REFUSED, WSAECONNREFUSED},
    {STATUS_REMOTE_NOT_LISTENING, WSAECONNREFUSED},
    {STATUS_IO_TIMEOUT, WSAETIMEDOUT},
    {STATUS_LINK_TIMEOUT, WSAETIMEDOUT},
    {STATUS_NETWORK_UNREACHABLE, WSAENETUNREACH},
    {STATUS_PROTOCOL_UNREACHABLE, WSAENETUNREACH},
    {STATUS_BAD_NETWORK_PATH, WSAENETUNREACH},
    {STATUS_HOST_UNREACHABLE, WSAEHOSTUNREACH},
    {STATUS_HOST_DOWN, WSAEHOSTDOWN},
    {STATUS_GRACEFUL_DISCONNECT, WSAEDISCON},
    {STATUS_INVALID_CONNECTION, WSAENOTCONN},
    {STATUS_CONNECTION_ACTIVE, WSAEISCONN},
    {STATUS_DEVICE_NOT_READY, WSAEWOULDBLOCK},
    {STATUS_REQUEST_NOT_ACCEPTED, WSAEWOULDBLOCK},
    {STATUS_ADDRESS_ALREADY_EXISTS, WSAEADDRINUSE},
    {STATUS_SHARING_VIOLATION, WSAEADDRINUSE},
    {STATUS_INVALID_ADDRESS, WSAEADDRNOTAVAIL},
    {STATUS_INVALID_ADDRESS_COMPONENT, WSAEADDRNOTAVAIL},
    {STATUS_ACCESS_DENIED, WSAEACCES},
    {STATUS_INVALID_HANDLE, WSAENOTSOCK},
    {STATUS_OBJECT_TYPE_MISMATCH, WSAENOTSOCK},
    {STATUS_BUFFER_TOO_SMALL, WSAEFAULT},
    {STATUS_ACCESS_VIOLATION, WSAEFAULT},
    {STATUS_NOT_SUPPORTED, WSAEOPNOTSUPP},
    {STATUS_NOT_IMPLEMENTED, WSAEOPNOTSUPP},
    {STATUS_REQUEST_ABORTED, WSAEINTR},
    {STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS},
    {STATUS_NO_MEMORY, WSAENOBUFS},
    {STATUS_QUOTA_EXCEEDED, WSAENOBUFS},
    {STATUS_WORKING_SET_QUOTA, WSAENOBUFS},
    {STATUS_PAGEFILE_QUOTA, WSAENOBUFS},
    {STATUS_COMMITMENT_LIMIT, WSAENOBUFS},
    {STATUS_TOO_MANY_ADDRESSES, WSAENOBUFS},
    {STATUS_CONFLICTING_ADDRESSES, WSAENOBUFS},
    {STATUS_REMOTE_RESOURCES, WSAENOBUFS},
    {STATUS_NETWORK_BUSY, WSAENETDOWN},
    {STATUS_NO_SUCH_DEVICE, WSAENETDOWN},
    {STATUS_INVALID_PARAMETER, WSAEINVAL},
};

static void packet_and_refusal_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof roads / sizeof roads[0]; i++) {
        DWORD win32 = RtlNtStatusToDosError(roads[i].nt);
        op_status by_packet = op_status_of_nt(roads[i].nt, win32);
        op_status by_call = op_status_of_error(roads[i].winsock);

        if (by_packet != by_call) {
            fail_msg("status %08x is %s, code %u is %s",
                     (unsigned)roads[i].nt,
                     op_status_name(by_packet),
                     (unsigned)roads[i].winsock,
                     op_status_name(by_call));
        }
    }
}

static void a_status_says_more_than_its_code(void **state)
{
    (void)state;
    /* One code, three causes. */
    assert_int_equal(
        op_status_of_nt(STATUS_CONNECTION_RESET, ERROR_NETNAME_DELETED),
        OP_RESET);
    assert_int_equal(
        op_status_of_nt(STATUS_LOCAL_DISCONNECT, ERROR_NETNAME_DELETED),
        OP_ABORTED);
    assert_int_equal(op_status_of_error(ERROR_NETNAME_DELETED), OP_RESET);
    assert_int_equal(
        op_status_of_nt(STATUS_INVALID_CONNECTION, ERROR_UNEXP_NET_ERR),
        OP_NOT_CONNECTED);
    assert_int_equal(op_status_of_error(ERROR_UNEXP_NET_ERR), OP_FAILED);
    /* What nobody knows is a failure, not a success. */
    assert_int_equal(op_status_of_error(54321), OP_FAILED);
    assert_int_equal(op_status_of_nt((LONG)0xE0001234, 54321), OP_FAILED);
}

typedef NTSTATUS(NTAPI *set_completion_fn)(HANDLE port,
                                           PVOID key,
                                           PVOID context,
                                           NTSTATUS status,
                                           ULONG_PTR bytes);

/** A packet as old systems send it: the code says that the connection is gone,
 *  the status that it was our doing. */
static void local_disconnect(void *arg)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    struct op_handle handle = {0};
    struct op_port port;
    struct op_recv recv;
    union {
        FARPROC found;
        set_completion_fn call;
    } set;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    OP_INIT(&recv, NULL, NULL);
    /* What a submit and the kernel would leave behind. */
    recv.op.owner = OP_KRN;
    recv.op.handle = &handle;
    recv.op.overlapped.Internal = (ULONG_PTR)(ULONG)STATUS_LOCAL_DISCONNECT;
    set.found = GetProcAddress(ntdll, "NtSetIoCompletion");
    sim_assert(set.found != NULL);
    sim_assert(set.call(port.iocp.handle,
                        NULL,
                        &recv.op.overlapped,
                        STATUS_LOCAL_DISCONNECT,
                        0) == STATUS_SUCCESS);
    take(&port, &recv.op);
    sim_assert(recv.op.error == ERROR_NETNAME_DELETED);
    sim_assert(recv.op.status == OP_ABORTED);
    op_port_close(&port);
}

static void the_status_of_a_packet_is_looked_at(void **state)
{
    (void)state;
    passes(local_disconnect);
}

static void names_and_ends_come_from_the_table(void **state)
{
    (void)state;
    assert_string_equal(op_status_name(OP_OK), "OK");
    assert_string_equal(op_status_name(OP_EOF), "EOF");
    assert_string_equal(op_status_name(OP_CONNECTION_REFUSED),
                        "CONNECTION_REFUSED");
    assert_int_equal(OP_OK, 0);
    assert_false(op_status_is_final(OP_OK));
    assert_false(op_status_is_final(OP_TRUNCATED));
    assert_false(op_status_is_final(OP_ABORTED));
    assert_false(op_status_is_final(OP_NO_RESOURCES));
    assert_true(op_status_is_final(OP_EOF));
    assert_true(op_status_is_final(OP_RESET));
    assert_true(op_status_is_final(OP_NOT_CONNECTED));
    for (int i = 0; i < OP_STATUS_COUNT; i++) {
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(op_status_name((op_status)i),
                                    op_status_name((op_status)k));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_winsock_code_has_a_row),
        cmocka_unit_test(every_status_of_the_simulator_has_a_row),
        cmocka_unit_test(packet_and_refusal_agree),
        cmocka_unit_test(a_status_says_more_than_its_code),
        cmocka_unit_test(the_status_of_a_packet_is_looked_at),
        cmocka_unit_test(names_and_ends_come_from_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
