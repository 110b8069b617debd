/**
 * @file test_handles.c
 * @brief Names of objects, and handles of any type.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of handle_api.c and names.c.
 * Used by:  ctest.
 * Facts:    TIME-13, PORT-46.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <wchar.h>
#include <windows.h>

#include "checks.h"

/* ---- Names ------------------------------------------------------------- */

static void names_are_shared(void *arg)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"harbour");
    HANDLE same;
    HANDLE other;

    (void)arg;
    {
        /* A new name: the last error is cleared, so that it can be asked. */
        sim_assert(event != NULL && GetLastError() == ERROR_SUCCESS);
        same = CreateEventA(NULL, FALSE, TRUE, "harbour");
        sim_assert(same != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
        sim_assert(CompareObjectHandles(event, same));
        /* What it was created with stays. */
        sim_assert(!check_signaled(same));
        sim_assert(SetEvent(event));
        sim_assert(check_signaled(same) && check_signaled(same));
        check_close(same);
    }
    {
        /* "Local\" is this session's space, which is the ordinary one. */
        same = OpenEventW(SYNCHRONIZE, FALSE, L"Local\\harbour");
        sim_assert(same != NULL && check_signaled(same));
        sim_assert(check_failed(SetEvent(same), ERROR_ACCESS_DENIED));
        check_close(same);
        same = OpenEventA(EVENT_MODIFY_STATE, FALSE, "harbour");
        sim_assert(same != NULL && ResetEvent(same));
        check_close(same);
    }
    {
        /* FACT TIME-13 creating by name: case counts, and so does "Global\".
         */
        other = CreateEventW(NULL, TRUE, FALSE, L"Harbour");
        sim_assert(other != NULL && GetLastError() == ERROR_SUCCESS);
        check_close(other);
        other = CreateEventW(NULL, TRUE, FALSE, L"Global\\harbour");
        sim_assert(other != NULL && GetLastError() == ERROR_SUCCESS);
        sim_assert(check_failed(CompareObjectHandles(event, other),
                                ERROR_NOT_SAME_OBJECT));
        check_close(other);
    }
    {
        /* The name goes with the last handle. */
        check_close(event);
        sim_assert(check_refused(OpenEventW(SYNCHRONIZE, FALSE, L"harbour"),
                                 ERROR_FILE_NOT_FOUND));
    }
}

static void names_are_refused(void *arg)
{
    WCHAR long_name[MAX_PATH + 2];
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"quay");
    LARGE_INTEGER due = {.QuadPart = 0};

    (void)arg;
    {
        /* FACT TIME-13 creating by name: one space for all types. */
        sim_assert(check_refused(CreateSemaphoreW(NULL, 0, 1, L"quay"),
                                 ERROR_INVALID_HANDLE));
        sim_assert(check_refused(CreateMutexW(NULL, FALSE, L"quay"),
                                 ERROR_INVALID_HANDLE));
        sim_assert(check_refused(CreateWaitableTimerW(NULL, FALSE, L"quay"),
                                 ERROR_INVALID_HANDLE));
        sim_assert(check_refused(OpenMutexW(SYNCHRONIZE, FALSE, L"quay"),
                                 ERROR_INVALID_HANDLE));
        sim_assert(check_refused(OpenSemaphoreW(SYNCHRONIZE, FALSE, L"quay"),
                                 ERROR_INVALID_HANDLE));
        sim_assert(
            check_failed(SetWaitableTimer(event, &due, 0, NULL, NULL, FALSE),
                         ERROR_INVALID_HANDLE));
    }
    {
        sim_assert(check_refused(OpenMutexW(SYNCHRONIZE, FALSE, L"nowhere"),
                                 ERROR_FILE_NOT_FOUND));
        sim_assert(check_refused(OpenEventW(SYNCHRONIZE, FALSE, NULL),
                                 ERROR_INVALID_PARAMETER));
        sim_assert(check_refused(CreateEventW(NULL, 0, 0, L"no\\folder"),
                                 ERROR_PATH_NOT_FOUND));
        wmemset(long_name, L'x', MAX_PATH + 1);
        long_name[MAX_PATH + 1] = 0;
        sim_assert(CreateEventW(NULL, 0, 0, long_name) == NULL);
    }
    check_close(event);
}

static void semaphores_and_mutexes_have_names(void *arg)
{
    HANDLE semaphore = CreateSemaphoreW(NULL, 1, 2, L"crane");
    HANDLE mutex = CreateMutexW(NULL, TRUE, L"gate");
    HANDLE same;

    (void)arg;
    same = OpenSemaphoreW(SEMAPHORE_MODIFY_STATE, FALSE, L"crane");
    sim_assert(same != NULL && ReleaseSemaphore(same, 1, NULL));
    check_close(same);
    same = CreateSemaphoreW(NULL, 0, 9, L"crane");
    sim_assert(same != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    sim_assert(
        check_failed(ReleaseSemaphore(same, 1, NULL), ERROR_TOO_MANY_POSTS));
    check_close(same);
    /* Of a mutex that exists nobody becomes the owner by creating it. */
    same = CreateMutexW(NULL, TRUE, L"gate");
    sim_assert(same != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    sim_assert(ReleaseMutex(same));
    sim_assert(check_failed(ReleaseMutex(same), ERROR_NOT_OWNER));
    check_close(same);
    check_close(semaphore);
    check_close(mutex);
}

static void names_find_objects_of_one_type(void **state)
{
    (void)state;
    schedules_pass(names_are_shared);
    schedules_pass(names_are_refused);
    schedules_pass(semaphores_and_mutexes_have_names);
}

static void names_are_given(void *arg)
{
    (void)arg;
    check_close(CreateEventW(NULL, FALSE, FALSE, L"buoy \x2603"));
    sim_assert(SetThreadDescription(GetCurrentThread(), L"pilot") == S_OK);
    sim_assert(SetThreadDescription(GetCurrentThread(), NULL) == S_OK);
}

/** A name is copied into the trace, where it is plain ASCII. */
static void names_are_seen_in_the_trace(void **state)
{
    struct sim_report report = sim_explore(
        &(const struct sim_options){.record = true, .runs = 1, .hash = true},
        names_are_given,
        NULL);
    int seen = 0;

    (void)state;
    assert_true(report.passed);
    for (size_t at = 0; at < report.event_count; at++) {
        const struct sim_event *event = &report.events[at];

        if (event->kind == SIM_EVENT_open) {
            assert_string_equal(event->text, "buoy ?");
            seen++;
        }
        if (event->kind == SIM_EVENT_name && event->text != NULL) {
            assert_string_equal(event->text, "pilot");
            seen++;
        }
    }
    assert_int_equal(seen, 2);
}

/* ---- Handles ----------------------------------------------------------- */

/** @brief A second handle to the object of the first. */
static HANDLE copy_of(HANDLE source, DWORD access, DWORD options)
{
    HANDLE self = GetCurrentProcess();
    HANDLE copy = NULL;

    sim_assert(
        DuplicateHandle(self, source, self, &copy, access, FALSE, options));
    return copy;
}

static void handles_are_duplicated(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE copy = copy_of(event, 0, DUPLICATE_SAME_ACCESS);

    (void)arg;
    {
        /* Two handles, one object: closing one leaves the other. */
        sim_assert(copy != event && CompareObjectHandles(copy, event));
        sim_assert(SetEvent(copy) && check_signaled(event));
        check_close(event);
        sim_assert(SetEvent(copy) && check_signaled(copy));
    }
    {
        /* Fewer rights, and the source closed on the way. */
        event = copy_of(copy, SYNCHRONIZE, DUPLICATE_CLOSE_SOURCE);
        sim_assert(check_failed(SetEvent(copy), ERROR_INVALID_HANDLE));
        sim_assert(!check_signaled(event));
        sim_assert(check_failed(SetEvent(event), ERROR_ACCESS_DENIED));
        check_close(event);
    }
    {
        /* A pseudo handle becomes a real one. */
        copy = copy_of(GetCurrentThread(), 0, DUPLICATE_SAME_ACCESS);
        sim_assert(GetThreadId(copy) == GetCurrentThreadId());
        check_close(copy);
    }
}

static void handles_have_rights(void *arg)
{
    static const DWORD setting[] = {
        GENERIC_ALL,
        MAXIMUM_ALLOWED,
        GENERIC_WRITE | SYNCHRONIZE,
    };
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE copy;

    (void)arg;
    /* Generic rights mean what they mean for the type. */
    for (int at = 0; at < 3; at++) {
        copy = copy_of(event, setting[at], 0);
        sim_assert(SetEvent(copy) && check_signaled(copy));
        check_close(copy);
    }
    copy = copy_of(event, GENERIC_EXECUTE, 0);
    sim_assert(!check_signaled(copy));
    sim_assert(check_failed(SetEvent(copy), ERROR_ACCESS_DENIED));
    check_close(copy);
    copy = copy_of(event, GENERIC_READ, 0);
    sim_assert(
        check_wait_failed(WaitForSingleObject(copy, 0), ERROR_ACCESS_DENIED));
    check_close(copy);
    check_close(event);
}

static void duplicating_fails(void *arg)
{
    HANDLE self = GetCurrentProcess();
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE copy;

    (void)arg;
    /* Closing and nothing else needs no target. */
    sim_assert(DuplicateHandle(self,
                               event,
                               NULL,
                               NULL,
                               0,
                               FALSE,
                               DUPLICATE_CLOSE_SOURCE));
    sim_assert(check_failed(CloseHandle(event), ERROR_INVALID_HANDLE));
    sim_assert(
        check_failed(DuplicateHandle(self, event, self, &copy, 0, FALSE, 0),
                     ERROR_INVALID_HANDLE));
    sim_assert(
        check_failed(DuplicateHandle(NULL, self, self, &copy, 0, FALSE, 0),
                     ERROR_INVALID_HANDLE));
    /* The source is closed although there is nowhere to duplicate to. */
    event = check_event(FALSE, FALSE);
    sim_assert(check_failed(DuplicateHandle(self,
                                            event,
                                            event,
                                            &copy,
                                            0,
                                            FALSE,
                                            DUPLICATE_CLOSE_SOURCE),
                            ERROR_INVALID_HANDLE));
    sim_assert(check_failed(CloseHandle(event), ERROR_INVALID_HANDLE));
}

static void handles_are_protected(void *arg)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE event = CreateEventW(&inherited, FALSE, FALSE, NULL);
    DWORD flags = 99;

    (void)arg;
    sim_assert(GetHandleInformation(event, &flags));
    sim_assert(flags == HANDLE_FLAG_INHERIT);
    sim_assert(SetHandleInformation(event,
                                    HANDLE_FLAG_INHERIT |
                                        HANDLE_FLAG_PROTECT_FROM_CLOSE,
                                    HANDLE_FLAG_PROTECT_FROM_CLOSE));
    sim_assert(GetHandleInformation(event, &flags));
    sim_assert(flags == HANDLE_FLAG_PROTECT_FROM_CLOSE);
    sim_assert(check_failed(CloseHandle(event), ERROR_INVALID_HANDLE));
    sim_assert(SetEvent(event));
    sim_assert(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    check_close(event);
    sim_assert(check_failed(CloseHandle(event), ERROR_INVALID_HANDLE));
    sim_assert(check_failed(GetHandleInformation(event, &flags),
                            ERROR_INVALID_HANDLE));
    sim_assert(
        check_failed(SetHandleInformation(event, 1, 1), ERROR_INVALID_HANDLE));
    /* Closing a pseudo handle has no effect. */
    sim_assert(CloseHandle(GetCurrentProcess()));
    sim_assert(CloseHandle(GetCurrentThread()));
}

/** A stale handle meets whatever its number was given to. */
static void handles_are_used_again(void *arg)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE stale = event;
    HANDLE mutex;

    (void)arg;
    check_close(event);
    sim_assert(check_failed(SetEvent(stale), ERROR_INVALID_HANDLE));
    mutex = CreateMutexW(NULL, FALSE, NULL);
    sim_assert(mutex == stale);
    check_close(stale);
    sim_assert(check_failed(ReleaseMutex(mutex), ERROR_INVALID_HANDLE));
    sim_assert(((ULONG_PTR)mutex & 3) == 0);
}

static void handles_name_objects(void **state)
{
    (void)state;
    schedules_rules("-17,-18"); /* It uses handles that are closed. */
    schedules_pass(handles_are_duplicated);
    schedules_pass(handles_have_rights);
    schedules_pass(duplicating_fails);
    schedules_pass(handles_are_protected);
    schedules_pass(handles_are_used_again);
    schedules_rules(NULL);
}

static void handle_left_open(void *arg)
{
    (void)arg;
    (void)CreateSemaphoreW(NULL, 0, 1, NULL);
}

static void handle_left_open_is_a_leak(void **state)
{
    (void)state;
    schedules_fail(handle_left_open, SIM_LEAK, "semaphore 1");
}

/** With faults on, creating can fail as Windows does when it is short of
 * memory. */
static void create_may_fail(void *arg)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    (void)arg;
    if (event == NULL) {
        sim_assert(GetLastError() == ERROR_NO_SYSTEM_RESOURCES);
        sim_mark("failed");
        return;
    }
    check_close(event);
}

static void create_fails_when_faults_are_on(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = "any", .runs = 300},
                    create_may_fail,
                    NULL);

    (void)state;
    assert_true(report.passed);
    assert_true(sim_marked("failed") > 0);
    schedules_pass(create_may_fail);
    assert_int_equal(sim_marked("failed"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_find_objects_of_one_type),
        cmocka_unit_test(names_are_seen_in_the_trace),
        cmocka_unit_test(handles_name_objects),
        cmocka_unit_test(handle_left_open_is_a_leak),
        cmocka_unit_test(create_fails_when_faults_are_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
