/**
 * @file test_system.c
 * @brief The machine, its libraries and its absent debugger.
 *
 * Uses:     schedules.h, api.def, the Win32 calls of system.c and
 *           module_api.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

/* ---- The machine ------------------------------------------------------- */

static void machine_scenario(void *processors)
{
    SYSTEM_INFO information;
    DWORD wanted = *(const DWORD *)processors;

    memset(&information, 0xFF, sizeof information);
    GetSystemInfo(&information);
    sim_assert(information.dwNumberOfProcessors == wanted);
    sim_assert(information.dwActiveProcessorMask ==
               ((DWORD_PTR)1 << wanted) - 1);
    sim_assert(information.dwPageSize == 4096);
    sim_assert(information.dwAllocationGranularity == 65536);
    sim_assert(information.wProcessorArchitecture ==
               PROCESSOR_ARCHITECTURE_AMD64);
    GetNativeSystemInfo(&information);
    sim_assert(information.dwNumberOfProcessors == wanted);
    sim_assert(GetActiveProcessorCount(0) == wanted);
    sim_assert(GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) == wanted);
    sim_assert(GetActiveProcessorCount(3) == 0);
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
}

static void machine_has_the_processors_of_the_options(void **state)
{
    static DWORD counts[] = {1, 4, 16};

    (void)state;
    for (int at = 0; at < 3; at++) {
        struct sim_report report = sim_explore(
            &(const struct sim_options){.processors = counts[at], .runs = 1},
            machine_scenario,
            &counts[at]);

        assert_true(report.passed);
    }
}

/* ---- Libraries --------------------------------------------------------- */

static void modules_scenario(void *arg)
{
    HMODULE kernel = GetModuleHandleA("kernel32.dll");
    HMODULE base = GetModuleHandleW(L"KernelBase");

    (void)arg;
    sim_assert(kernel != NULL && base != NULL && kernel != base);
    sim_assert(GetModuleHandleA("KERNEL32") == kernel);
    sim_assert(GetModuleHandleW(L"Kernel32.DLL") == kernel);
    sim_assert(LoadLibraryA("C:\\Windows\\System32\\kernel32.dll") == kernel);
    sim_assert(LoadLibraryW(L"api-ms-win-core-synch-l1-2-0.dll") == base);
    sim_assert(GetModuleHandleA(NULL) != NULL);
    sim_assert(GetModuleHandleA(NULL) == GetModuleHandleW(NULL));
    sim_assert(GetModuleHandleA("ntdll") != NULL);
    sim_assert(GetModuleHandleA("ws2_32.dll") != NULL);
    sim_assert(GetModuleHandleA("msvcrt.dll") != NULL);
    sim_assert(GetModuleHandleA("kernel32.") == NULL); /* No extension. */
    sim_assert(GetModuleHandleA("kernel33.dll") == NULL);
    sim_assert(GetLastError() == ERROR_MOD_NOT_FOUND);
    sim_assert(GetModuleHandleA("") == NULL);
    sim_assert(LoadLibraryA(NULL) == NULL);
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    sim_assert(FreeLibrary(kernel));
    sim_assert(!FreeLibrary(NULL));
    sim_assert(!FreeLibrary((HMODULE)(uintptr_t)0x1234));
    sim_assert(GetLastError() == ERROR_MOD_NOT_FOUND);
}

static void modules_have_names(void **state)
{
    (void)state;
    schedules_pass(modules_scenario);
}

/** Each row of the table, and in which library it is looked for. */
static const struct row {
    const char *module;
    const char *name;
} rows[] = {
#define API(module, layer, type, name, parameters) {#module, #name},
#include <api.def>
#undef API
};

static bool has(const char *library, const char *name)
{
    HMODULE module = GetModuleHandleA(library);

    sim_assert(module != NULL);
    SetLastError(0);
    if (GetProcAddress(module, name) != NULL) {
        return true;
    }
    sim_assert(GetLastError() == ERROR_PROC_NOT_FOUND);
    return false;
}

static void table_scenario(void *arg)
{
    (void)arg;
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        const char *module = rows[at].module;
        const char *name = rows[at].name;
        bool is_kernel = strcmp(module, "KERNEL32") == 0;
        bool is_synch = strcmp(module, "SYNCH") == 0;

        sim_assert(has("kernel32", name) == is_kernel);
        sim_assert(has("kernelbase", name) == (is_kernel || is_synch));
        sim_assert(has("ntdll", name) == (strcmp(module, "NTDLL") == 0));
        sim_assert(has("ws2_32", name) == (strcmp(module, "WS2_32") == 0));
        sim_assert(has("ucrtbase", name) == (strcmp(module, "MSVCRT") == 0));
    }
}

static void functions_scenario(void *arg)
{
    HMODULE kernel = GetModuleHandleA("kernel32");
    FARPROC found = GetProcAddress(kernel, "SetLastError");
    void (*set_error)(DWORD);

    (void)arg;
    memcpy(&set_error, &found, sizeof set_error);
    set_error(4711);
    sim_assert(GetLastError() == 4711);
    sim_assert(GetProcAddress(kernel, "setlasterror") == NULL);
    sim_assert(GetProcAddress(kernel, "SetLastErro") == NULL);
    sim_assert(GetProcAddress(kernel, (const char *)(uintptr_t)17) == NULL);
    sim_assert(GetLastError() == ERROR_PROC_NOT_FOUND);
    sim_assert(GetProcAddress(NULL, "SetLastError") == NULL);
    sim_assert(GetLastError() == ERROR_PROC_NOT_FOUND);
    sim_assert(GetProcAddress(GetModuleHandleA(NULL), "main") == NULL);
    sim_assert(GetProcAddress((HMODULE)(uintptr_t)0x1234, "Sleep") == NULL);
    sim_assert(GetLastError() == ERROR_MOD_NOT_FOUND);
}

static void functions_are_found_in_their_library(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.runs = 1},
                    table_scenario,
                    NULL);

    (void)state;
    assert_true(report.passed);
    schedules_pass(functions_scenario);
}

/* ---- The debugger ------------------------------------------------------ */

static void fail_with_words(void *arg)
{
    (void)arg;
    OutputDebugStringA("port.c:7: depth > 0 does not hold\r\n");
    sim_assert(!IsDebuggerPresent());
    RaiseFailFastException(NULL, NULL, 0);
}

static void fail_without_words(void *arg)
{
    (void)arg;
    OutputDebugStringA(NULL);
    RaiseFailFastException(NULL, NULL, 0);
}

static void fail_later(void *arg)
{
    (void)arg;
    OutputDebugStringA("all is well");
    (void)SwitchToThread();
    RaiseFailFastException(NULL, NULL, 0);
}

static DWORD WINAPI fail_worker(void *argument)
{
    (void)argument;
    RaiseFailFastException(NULL, NULL, 0);
    return 0;
}

static void fail_elsewhere(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, fail_worker, NULL, 0, NULL);

    (void)arg;
    OutputDebugStringA("said by another");
    (void)WaitForSingleObject(thread, INFINITE);
}

static void break_scenario(void *arg)
{
    (void)arg;
    DebugBreak();
}

static void last_words_become_the_sentence(void **state)
{
    (void)state;
    schedules_fail(fail_with_words,
                   SIM_ASSERTION,
                   "port.c:7: depth > 0 does not hold");
    schedules_fail(fail_without_words, SIM_ASSERTION, "did not say why");
    schedules_fail(fail_later, SIM_ASSERTION, "did not say why");
    schedules_fail(fail_elsewhere, SIM_ASSERTION, "did not say why");
    schedules_fail(break_scenario, SIM_CRASH, "DebugBreak");
}

/** The notes of a run, one after another. */
static char notes[200];

static void observe(void *context, const struct sim_event *event)
{
    size_t used = strlen(notes);

    (void)context;
    if (event->kind == SIM_EVENT_note) {
        (void)snprintf(notes + used, sizeof notes - used, "%s|", event->text);
    }
}

static void talk_scenario(void *arg)
{
    char text[8] = "one\n";

    (void)arg;
    OutputDebugStringA(text);
    memcpy(text, "two", 4);
    OutputDebugStringA(text);
}

static void debug_output_is_in_the_trace(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.runs = 1,
                                                .record = true,
                                                .observe = observe},
                    talk_scenario,
                    NULL);

    (void)state;
    assert_true(report.passed);
    assert_string_equal(notes, "one|two|");
    assert_true(report.event_count >= 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(machine_has_the_processors_of_the_options),
        cmocka_unit_test(modules_have_names),
        cmocka_unit_test(functions_are_found_in_their_library),
        cmocka_unit_test(last_words_become_the_sentence),
        cmocka_unit_test(debug_output_is_in_the_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
