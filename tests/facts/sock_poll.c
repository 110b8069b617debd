/**
 * @file sock_poll.c
 * @brief Facts about polls by the driver's own call, as wepoll does them.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-56, SOCK-57.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

enum { AFD_POLL = 0x12024, AFD_RECEIVE = 1, AFD_SEND = 4, POLL_CONTEXT = 7 };

/** What a poll asks and answers, for one socket. */
struct afd_poll {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE socket;
        ULONG events;
        NTSTATUS status;
    } socket[1];
};

/** NtDeviceIoControlFile. */
typedef NTSTATUS(NTAPI *device_control_fn)(HANDLE file,
                                           HANDLE event,
                                           PVOID apc,
                                           PVOID apc_context,
                                           PIO_STATUS_BLOCK block,
                                           ULONG code,
                                           PVOID in,
                                           ULONG in_bytes,
                                           PVOID out,
                                           ULONG out_bytes);

static device_control_fn device_control(void)
{
    FARPROC found =
        GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtDeviceIoControlFile");
    device_control_fn call;

    memcpy(&call, &found, sizeof found);
    return call;
}

/** A poll on a socket at a port, about its peer. */
struct poll {
    struct fact_pair pair;
    IO_STATUS_BLOCK block;
    struct afd_poll asked;
    struct afd_poll told;
    device_control_fn call;
};

/** @brief Start a poll.
 *  @param timeout  0, or INT64_MAX for ever. */
static NTSTATUS poll_start(struct poll *poll, ULONG events, LONGLONG timeout)
{
    memset(&poll->block, 0xCC, sizeof poll->block);
    memset(&poll->told, 0xCC, sizeof poll->told);
    poll->asked = (struct afd_poll){
        .timeout.QuadPart = timeout,
        .count = 1,
        .socket[0] = {.socket = (HANDLE)poll->pair.peer, .events = events},
    };
    return poll->call((HANDLE)poll->pair.here,
                      NULL,
                      NULL,
                      (PVOID)(ULONG_PTR)POLL_CONTEXT,
                      &poll->block,
                      AFD_POLL,
                      &poll->asked,
                      sizeof poll->asked,
                      &poll->told,
                      sizeof poll->told);
}

/** @brief See the packet of a poll, and no other. */
static void poll_end(struct poll *poll, NTSTATUS status, ULONG count)
{
    struct fact_completion packet = fact_packet_remove(poll->pair.port);

    CHECK(packet.key == (PVOID)(ULONG_PTR)FACT_KEY);
    CHECK(packet.context == (PVOID)(ULONG_PTR)POLL_CONTEXT);
    CHECK(packet.block.Status == status);
    CHECK(poll->told.count == count);
    CHECK(fact_packet_none(poll->pair.port));
}

void fact_sock_56(void)
{
    struct poll poll = {.call = device_control()};

    FACT_NEEDS(poll.call);
    poll.pair = fact_pair_at_port();
    CHECK(poll_start(&poll, AFD_RECEIVE, INT64_MAX) == STATUS_PENDING);
    CHECK(fact_packet_none(poll.pair.port));
    fact_close(&poll.pair.here);
    poll_end(&poll, STATUS_TIMEOUT, 0);
    fact_pair_close(&poll.pair);
}

void fact_sock_57(void)
{
    struct poll poll = {.call = device_control()};

    FACT_NEEDS(poll.call);
    poll.pair = fact_pair_at_port();
    /* It holds already. */
    CHECK(poll_start(&poll, AFD_RECEIVE | AFD_SEND, INT64_MAX) ==
          STATUS_SUCCESS);
    poll_end(&poll, STATUS_SUCCESS, 1);
    CHECK(poll.told.socket[0].events == AFD_SEND);
    CHECK(poll.told.socket[0].socket == (HANDLE)poll.pair.peer);
    /* It does not hold, and nobody waits for it. */
    CHECK(poll_start(&poll, AFD_RECEIVE, 0) == STATUS_SUCCESS);
    CHECK(fact_packet_remove(poll.pair.port).context ==
          (PVOID)(ULONG_PTR)POLL_CONTEXT);
    CHECK(poll.told.count == 0);
    CHECK(fact_packet_none(poll.pair.port));
    fact_pair_close(&poll.pair);
}
