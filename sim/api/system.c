/**
 * @file system.c
 * @brief Win32 calls about the machine and the debugger.
 *
 * The simulated machine has the processors that the run's options say and
 * nobody to debug its programs.  What a program tells the debugger goes into
 * the trace; its last words before it gives up become the verdict's
 * sentence, because that is how assertions speak on Windows.
 *
 * Uses:     api.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: module_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "api.h"

enum {
    PAGE_BYTES = 0x1000,
    GRANULARITY = 0x10000,
    PROCESSOR_TYPE_AMD64 = 8664
};

/** Where programs on 64-bit Windows can have memory. */
static const uintptr_t address_min = 0x10000;
static const uintptr_t address_max = UINT64_C(0x7FFFFFFEFFFF);

/* ---- The machine ------------------------------------------------------- */

void WINAPI GetSystemInfo(LPSYSTEM_INFO information)
{
    DWORD processors = sim__world.options.processors;

    sim__require(information, "GetSystemInfo", "lpSystemInfo");
    /* The same machine wherever the simulator runs. */
    memset(information, 0, sizeof *information);
    information->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64;
    information->dwPageSize = PAGE_BYTES;
    information->lpMinimumApplicationAddress = (void *)address_min;
    information->lpMaximumApplicationAddress = (void *)address_max;
    information->dwActiveProcessorMask =
        processors < 64 ? ((DWORD_PTR)1 << processors) - 1 : ~(DWORD_PTR)0;
    information->dwNumberOfProcessors = processors;
    information->dwProcessorType = PROCESSOR_TYPE_AMD64;
    information->dwAllocationGranularity = GRANULARITY;
    information->wProcessorLevel = 6;
}

void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO information)
{
    GetSystemInfo(information);
}

DWORD WINAPI GetActiveProcessorCount(WORD group)
{
    if (group != 0 && group != ALL_PROCESSOR_GROUPS) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return 0;
    }
    return sim__world.options.processors;
}

/* ---- The debugger ------------------------------------------------------ */

/** The last OutputDebugString of the process. */
static struct {
    uint64_t generation; /* Run and step in which it was said. */
    uint64_t steps_left;
    char text[512];
} said;

static void remember(const char *text)
{
    size_t length = strlen(text);

    if (length > sizeof said.text - 1) {
        length = sizeof said.text - 1;
    }
    while (length > 0 &&
           (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    memcpy(said.text, text, length);
    said.text[length] = '\0';
    said.generation = sim__world.generation;
    said.steps_left = sim__world.steps_left;
}

/** @brief Whether nothing has happened since: no thread made a call, so it
 *  was the present one that spoke. */
static bool said_just_now(void)
{
    return said.generation == sim__world.generation &&
           said.steps_left == sim__world.steps_left && said.text[0] != '\0';
}

void WINAPI OutputDebugStringA(LPCSTR text)
{
    if (text != NULL) {
        remember(text);
        trace(note, .text = said.text, .copy = true);
    }
}

BOOL WINAPI IsDebuggerPresent(void)
{
    return FALSE;
}

void WINAPI DebugBreak(void)
{
    sim__stop(SIM_CRASH,
              "the program called DebugBreak and no debugger was there to "
              "take it: Windows ends such a program");
}

void WINAPI RaiseFailFastException(PEXCEPTION_RECORD record,
                                   PCONTEXT context,
                                   DWORD flags)
{
    (void)record; /* For a crash dump, which nobody writes here. */
    (void)context;
    (void)flags;
    sim__stop(SIM_ASSERTION,
              "%s",
              said_just_now() ? said.text
                              : "the program called RaiseFailFastException, "
                                "and did not say why");
}
