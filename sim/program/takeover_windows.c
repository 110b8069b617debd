/**
 * @file takeover_windows.c
 * @brief Answering the calls of a program that was compiled for Windows.
 *
 * Such a program calls CreateThread through a pointer, __imp_CreateThread,
 * that comes with Windows' import library and that Windows fills in.  A
 * library that is linked first may define the pointer itself, and then no
 * import is needed and the call goes where we want.  All pointers and all
 * functions here come from the table api.def.
 *
 * The C library's start-up code is linked into the program and calls through
 * the same pointers, before there is any world and after.  So they lead to
 * Windows' own functions until the first run begins, and again after the last.
 * What it calls inside of a run is its own critical sections: those stay with
 * Windows always.
 *
 * Uses:     program.h, api.def, image.h.
 * Used by:  main.c, lifetime.c; the program, by way of the linker.
 * Facts:    none.
 * Read next: takeover_windows.S.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include <process.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <winsock2.h>

#    include <mswsock.h>
#    include <ws2tcpip.h>

#    include <windows.h>
#    include <winternl.h>

#    include "../host/image.h"
#    include "program.h"

/* Which rows of the table are imported from where.  An intrinsic is imported
 * from nowhere, and an extension is asked for by its number (WSAIoctl).
 * Names are pasted in API(), where they are still what the table says. */
#    define ROW_KERNEL32(take, ...) take("kernel32.dll", __VA_ARGS__)
#    define ROW_NTDLL(take, ...)    take("ntdll.dll", __VA_ARGS__)
#    define ROW_WS2_32(take, ...)   take("ws2_32.dll", __VA_ARGS__)
#    define ROW_MSWSOCK(take, ...)  take("mswsock.dll", __VA_ARGS__)
#    define ROW_MSVCRT(take, ...)   take("msvcrt.dll", __VA_ARGS__)
#    define ROW_SYNCH(take, ...)    take("kernelbase.dll", __VA_ARGS__)
#    define ROW_INTRINSIC(take, ...)
#    define ROW_EXTENSION(take, ...)

/* ---- To Windows ------------------------------------------------------------ */

/** Numbers of the functions, in the order of the table. */
enum number {
#    define NUMBER(library, number) number,
#    define API(module, layer, type, name, parameters) \
        ROW_##module(NUMBER, NUMBER_##name)
#    include <api.def>
#    undef API
    NUMBER_COUNT
};

static sim__any_fn *real_functions[NUMBER_COUNT];

/** @brief Windows' function, looked up when it is first called. */
static sim__any_fn *real_function(enum number number,
                                  const char *library,
                                  const char *name)
{
    sim__any_fn *function = real_functions[number];

    if (function == NULL) {
        function = sim__image_windows(library, name);
        real_functions[number] = function;
    }
    if (function == NULL) {
        (void)fprintf(stderr, "%s has no function %s\n", library, name);
        abort();
    }
    return function;
}

/* All parameters in the table are integers or pointers, and 64-bit Windows
 * passes each in a register or in eight bytes of the stack.  So one type does
 * for all functions: a caller that passes fewer lets the callee look at a
 * piece of its own stack, and nobody looks at the copies. */
#    define WORDS_DECLARED                                                   \
        uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e,     \
            uintptr_t f, uintptr_t g, uintptr_t h, uintptr_t i, uintptr_t j, \
            uintptr_t k
#    define WORDS a, b, c, d, e, f, g, h, i, j, k
#    define SECTION_WORDS(section) \
        (uintptr_t)(section), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

typedef uintptr_t words_fn(WORDS_DECLARED);

static void note_section(enum number number, uintptr_t section);

#    define TO_WINDOWS(library, number, to, text)                             \
        static uintptr_t to(WORDS_DECLARED)                                   \
        {                                                                     \
            note_section(number, a);                                          \
            return ((words_fn *)real_function(number, library, text))(WORDS); \
        }
#    define API(module, layer, type, name, parameters) \
        ROW_##module(TO_WINDOWS, NUMBER_##name, to_windows_##name, #name)
#    include <api.def>
#    undef API

/* ---- The pointers ----------------------------------------------------------- */

#    define POINTER(library, pointer, to) \
        extern sim__any_fn *pointer;      \
        sim__any_fn *pointer = (sim__any_fn *)(to);
#    define API(module, layer, type, name, parameters) \
        ROW_##module(POINTER, __imp_##name, to_windows_##name)
#    include <api.def>
#    undef API

/** Each pointer and the two places where it may lead. */
static const struct import {
    sim__any_fn **pointer;
    sim__any_fn *real;
    sim__any_fn *simulated;
} imports[] = {
#    define IMPORT(library, pointer, to, simulated) \
        {&(pointer), (sim__any_fn *)(to), (sim__any_fn *)(simulated)},
#    define API(module, layer, type, name, parameters) \
        ROW_##module(IMPORT, __imp_##name, to_windows_##name, sim_##name)
#    include <api.def>
#    undef API
};

/* ---- The C library's own critical sections ---------------------------------- */

/*
 * Those that its code in the program initialises before the first run are
 * remembered, and calls about them go to Windows.  Those of msvcrt.dll, one
 * for each file that is open, are initialised out of our sight.  Where they
 * have a record for debuggers (Wine, older Windows) its address tells them
 * from ours; elsewhere they count as the program's, which shows in the trace
 * and does no harm.
 */
enum { FOREIGN_MAX = 64, ADDRESS_MIN = 65536 };

static uintptr_t foreign[FOREIGN_MAX];
static size_t foreign_count;

/** @brief Windows is about to be called: is it to initialise a section? */
static void note_section(enum number number, uintptr_t section)
{
    if ((number == NUMBER_InitializeCriticalSection ||
         number == NUMBER_InitializeCriticalSectionAndSpinCount ||
         number == NUMBER_InitializeCriticalSectionEx) &&
        foreign_count < FOREIGN_MAX) {
        foreign[foreign_count++] = section;
    }
}

static bool is_foreign(const CRITICAL_SECTION *section)
{
    uintptr_t record;

    for (size_t at = 0; at < foreign_count; at++) {
        if (foreign[at] == (uintptr_t)section) {
            return true;
        }
    }
    if (section == NULL) {
        return false;
    }
    /* 0: never initialised; -1 and -2: ours, live and deleted. */
    record = (uintptr_t)section->DebugInfo;
    return record >= ADDRESS_MIN && record < (uintptr_t)0 - ADDRESS_MIN;
}

static void enter(CRITICAL_SECTION *section)
{
    if (is_foreign(section)) {
        (void)to_windows_EnterCriticalSection(SECTION_WORDS(section));
    } else {
        EnterCriticalSection(section);
    }
}

static BOOL try_enter(CRITICAL_SECTION *section)
{
    if (is_foreign(section)) {
        return (BOOL)to_windows_TryEnterCriticalSection(SECTION_WORDS(section));
    }
    return TryEnterCriticalSection(section);
}

static void leave(CRITICAL_SECTION *section)
{
    if (is_foreign(section)) {
        (void)to_windows_LeaveCriticalSection(SECTION_WORDS(section));
    } else {
        LeaveCriticalSection(section);
    }
}

static void delete (CRITICAL_SECTION *section)
{
    if (is_foreign(section)) {
        (void)to_windows_DeleteCriticalSection(SECTION_WORDS(section));
    } else {
        DeleteCriticalSection(section);
    }
}

/* ---- Taking over and giving back -------------------------------------------- */

#    if !defined(SIM_PROGRAM_RENAMED)
/* takeover_windows.S: the plain names, for callers who do not know that what
 * they call is imported.  It is linked because its address is looked at. */
extern const char sim__takeover_names[];
static const char *const volatile names = sim__takeover_names;
#    else
static const char *const volatile names = "";
#    endif

void sim__takeover_begin(void)
{
    char text[32];

    /* A number with a point makes the C library initialise what it needs for
     * that, critical sections included, while it still is with Windows. */
    (void)snprintf(text, sizeof text, "%.17g", 0.1);
    (void)names;
}

const char *sim__takeover_check(FILE *notes)
{
    static char sentence[256];
    struct stranger stranger;

    for (size_t at = sim__image_stranger(0, &stranger); at != 0;
         at = sim__image_stranger(at, &stranger)) {
        if (stranger.harmful) {
            (void)snprintf(sentence,
                           sizeof sentence,
                           "DRYPORT: the program calls %.80s of %.40s, which "
                           "the simulator does not have, and real threads or "
                           "sockets cannot be mixed with simulated ones",
                           stranger.name,
                           stranger.library);
            return sentence;
        }
        (void)fprintf(notes,
                      "DRYPORT: the program calls %s of %s, which the "
                      "simulator does not have: Windows itself answers\n",
                      stranger.name,
                      stranger.library);
    }
    return NULL;
}

void sim__takeover(bool on)
{
    static bool is_on;

    if (on == is_on) {
        return;
    }
    is_on = on;
    for (size_t at = 0; at < sizeof imports / sizeof imports[0]; at++) {
        const struct import *import = &imports[at];

        *import->pointer = on ? import->simulated : import->real;
    }
    if (on) {
        __imp_EnterCriticalSection = (sim__any_fn *)enter;
        __imp_TryEnterCriticalSection = (sim__any_fn *)try_enter;
        __imp_LeaveCriticalSection = (sim__any_fn *)leave;
        __imp_DeleteCriticalSection = (sim__any_fn *)delete;
    }
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__takeover_windows_unused;
#endif
