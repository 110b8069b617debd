/**
 * @file test_names_later.c
 * @brief GetAddrInfoExW: answers that come later, never or too late.
 *
 * Uses:     schedules.h, datagrams.h, checks.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: test_name_texts.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "checks.h"
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

/* ---- Without waiting ----------------------------------------------------- */

/** What a completion routine is told. */
static struct {
    OVERLAPPED overlapped; /* First: the routine finds the rest by it. */
    PADDRINFOEXW list;
    HANDLE done;
    int called;
    DWORD error;
    DWORD thread;
    bool crashed; /* Nobody must be told any more. */
} query;

static void WINAPI query_done(DWORD error,
                              DWORD bytes,
                              LPWSAOVERLAPPED overlapped)
{
    (void)bytes;
    sim_assert(overlapped == &query.overlapped && !query.crashed);
    query.called++;
    query.error = error;
    query.thread = GetCurrentThreadId();
    sim_assert(SetEvent(query.done));
}

static int query_begin(PCWSTR node, LPHANDLE handle)
{
    ADDRINFOEXW hints = {.ai_family = AF_INET};

    memset(&query, 0, sizeof query);
    query.done = check_event(TRUE, FALSE);
    return GetAddrInfoExW(node,
                          L"80",
                          NS_DNS,
                          NULL,
                          &hints,
                          &query.list,
                          NULL,
                          &query.overlapped,
                          query_done,
                          handle);
}

static void routine_scenario(void *arg)
{
    HANDLE handle = NULL;
    int error;

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    error = query_begin(L"host2", &handle);
    if (error != WSA_IO_PENDING) {
        /* Answered at once: the routine is not called for it. */
        sim_mark("answered at once");
        sim_assert(error == 0 && query.called == 0);
    } else {
        sim_mark("answered later");
        sim_assert(WaitForSingleObject(query.done, INFINITE) == WAIT_OBJECT_0);
        sim_assert(query.called == 1 && query.error == 0);
        sim_assert(query.thread != GetCurrentThreadId());
        sim_assert(GetAddrInfoExCancel(&handle) == WSA_INVALID_HANDLE);
        datagrams_settle(); /* Its thread ends. */
    }
    sim_assert(query.overlapped.Pointer == (PVOID)&query.list);
    sim_assert(GetAddrInfoExOverlappedResult(&query.overlapped) == 0);
    sim_assert(
        is_at(query.list->ai_addr, query.list->ai_addrlen, "10.0.0.2", 80));
    FreeAddrInfoExW(query.list);
    check_close(query.done);
    datagrams_end();
}

static void cancel_scenario(void *arg)
{
    HANDLE handle = NULL;

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    if (query_begin(L"host2", &handle) == WSA_IO_PENDING) {
        int error = GetAddrInfoExCancel(&handle);

        sim_assert(WaitForSingleObject(query.done, INFINITE) == WAIT_OBJECT_0);
        sim_assert(query.called == 1);
        if (error == 0) {
            /* In time: told so, and no list. */
            sim_mark("cancelled");
            sim_assert(query.error == WSA_E_CANCELLED && query.list == NULL);
            sim_assert(GetAddrInfoExOverlappedResult(&query.overlapped) ==
                       WSA_E_CANCELLED);
        } else {
            sim_mark("too late");
            sim_assert(error == WSA_INVALID_HANDLE && query.error == 0);
        }
        sim_assert(GetAddrInfoExCancel(&handle) == WSA_INVALID_HANDLE);
        datagrams_settle();
    }
    FreeAddrInfoExW(query.list);
    check_close(query.done);
    datagrams_end();
}

static void event_scenario(void *arg)
{
    OVERLAPPED overlapped = {0};
    PADDRINFOEXW list = NULL;
    int error;

    (void)arg;
    datagrams_begin();
    overlapped.hEvent = check_event(TRUE, FALSE);
    error = GetAddrInfoExW(L"nobody",
                           NULL,
                           NS_ALL,
                           NULL,
                           NULL,
                           &list,
                           NULL,
                           &overlapped,
                           NULL,
                           NULL);
    if (error == WSA_IO_PENDING) {
        error = GetAddrInfoExOverlappedResult(&overlapped);
        sim_mark(error == WSAEINPROGRESS ? "in progress" : "over");
        sim_assert(WaitForSingleObject(overlapped.hEvent, INFINITE) ==
                   WAIT_OBJECT_0);
        error = GetAddrInfoExOverlappedResult(&overlapped);
    }
    sim_assert(error == WSAHOST_NOT_FOUND && list == NULL);
    check_close(overlapped.hEvent);
    datagrams_end();
}

static void limit_scenario(void *arg)
{
    struct timeval limit = {.tv_sec = 0, .tv_usec = 500};
    PADDRINFOEXW list = NULL;
    ULONGLONG before = GetTickCount64();
    int error;

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    /* Without OVERLAPPED it waits, but no longer than it may. */
    error = GetAddrInfoExW(L"host2",
                           NULL,
                           NS_ALL,
                           NULL,
                           NULL,
                           &list,
                           &limit,
                           NULL,
                           NULL,
                           NULL);
    sim_assert(error == 0 || (error == WSAETIMEDOUT && list == NULL));
    sim_assert(GetTickCount64() - before < 1000);
    sim_mark(error == 0 ? "in time" : "timed out");
    FreeAddrInfoExW(list);
    datagrams_end();
}

static DWORD WINAPI ask_and_crash(void *arg)
{
    datagrams_begin();
    if (query_begin(L"host3", NULL) == WSA_IO_PENDING) {
        sim_mark("crashed");
    } else {
        FreeAddrInfoExW(query.list);
    }
    sim_host_crash(sim_host_here());
    return (DWORD)(arg == NULL);
}

static void crash_scenario(void *arg)
{
    uint32_t host = sim_host_add();
    HANDLE thread;

    (void)arg;
    (void)sim_host_add();
    memset(&query, 0, sizeof query);
    thread = sim_host_start(host, ask_and_crash, NULL);
    check_join(thread);
    query.crashed = true;
    /* What a host asked before it crashed is not answered to the next
     * program that runs there. */
    sim_host_restart(host);
    datagrams_settle();
}

/** @brief GetAddrInfoExW with what matters; the code. */
static int try_ex(DWORD space,
                  LPOVERLAPPED overlapped,
                  bool routine,
                  LPHANDLE handle)
{
    PADDRINFOEXW list = NULL;

    return GetAddrInfoExW(L"::1",
                          NULL,
                          space,
                          NULL,
                          NULL,
                          &list,
                          NULL,
                          overlapped,
                          routine ? query_done : NULL,
                          handle);
}

static void wrong_ex_scenario(void *arg)
{
    OVERLAPPED overlapped = {0};
    HANDLE event;
    HANDLE handle;

    (void)arg;
    sim_assert(try_ex(NS_ALL, NULL, false, NULL) == WSANOTINITIALISED);
    datagrams_begin();
    event = check_event(TRUE, FALSE);
    /* Exactly one way of being told, and only with OVERLAPPED. */
    sim_assert(try_ex(NS_ALL, &overlapped, false, NULL) == WSAEINVAL);
    overlapped.hEvent = event;
    sim_assert(try_ex(NS_ALL, &overlapped, true, NULL) == WSAEINVAL);
    sim_assert(try_ex(NS_ALL, NULL, true, NULL) == WSAEINVAL);
    sim_assert(try_ex(NS_ALL, NULL, false, &handle) == WSAEINVAL);
    sim_assert(try_ex(999, NULL, false, NULL) == WSASERVICE_NOT_FOUND);
    sim_assert(GetAddrInfoExOverlappedResult(NULL) == WSAEINVAL);
    sim_assert(GetAddrInfoExCancel(NULL) == WSA_INVALID_HANDLE);
    check_close(event);
    overlapped.hEvent = event;
    sim_assert(try_ex(NS_ALL, &overlapped, false, NULL) == WSA_INVALID_HANDLE);
    datagrams_end();
}

static void an_answer_may_come_later(void **state)
{
    const char *const answers[] = {"answered later", "answered at once", NULL};
    const char *const cancels[] = {"cancelled", "too late", NULL};
    const char *const events[] = {"in progress", "over", NULL};
    const char *const crashes[] = {"crashed", NULL};
    const char *const limits[] = {"in time", "timed out", NULL};

    (void)state;
    schedules_pass(routine_scenario);
    schedules_reach(routine_scenario, answers);
    schedules_pass(cancel_scenario);
    schedules_reach(cancel_scenario, cancels);
    schedules_pass(event_scenario);
    schedules_reach(event_scenario, events);
    schedules_pass(limit_scenario);
    schedules_reach(limit_scenario, limits);
    schedules_rules("-17,-18,-19"); /* It uses handles that are closed. */
    schedules_pass(wrong_ex_scenario);
    schedules_rules(NULL);
    schedules_pass(crash_scenario);
    schedules_reach(crash_scenario, crashes);
}

/* ---- Faults -------------------------------------------------------------- */

static void fault_scenario(void *arg)
{
    ADDRINFOA *list = NULL;
    int error;

    (void)arg;
    (void)sim_host_add();
    datagrams_begin();
    error = getaddrinfo("host2", "80", NULL, &list);
    sim_assert(error == 0 || error == WSATRY_AGAIN);
    sim_mark(error == 0 ? "answered" : "try again");
    freeaddrinfo(list);
    /* What needs no question cannot go unanswered. */
    sim_assert(getaddrinfo("localhost", "80", NULL, &list) == 0);
    freeaddrinfo(list);
    datagrams_end();
}

static void a_server_may_not_answer(void **state)
{
    const struct sim_options options = {.faults = "getaddrinfo", .runs = 200};
    struct sim_report report = sim_explore(&options, fault_scenario, NULL);

    (void)state;
    sim_print_report(stderr, &report, &(const struct sim_print){.last = 0});
    assert_true(report.passed && report.faults != 0);
    assert_true(sim_marked("answered") != 0 && sim_marked("try again") != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_may_come_later),
        cmocka_unit_test(a_server_may_not_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
