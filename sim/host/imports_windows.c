/**
 * @file imports_windows.c
 * @brief What a program still asks of Windows when the simulator answers.
 *
 * A Windows function that is not in the simulator's table is linked from
 * Windows as ever, and nothing says so.  The executable's list of imports
 * does.  Much of it is needed by the C library and by the simulator itself,
 * and does no harm; the rest is named before the first run.
 *
 * Uses:     image.h, real_windows.h.
 * Used by:  takeover_windows.c.
 * Facts:    none.
 * Read next: sanitizer.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h" /* First: it chooses the version of windows.h. */

#    include "image.h"

#    include <string.h>

extern char __ImageBase[];

/** Of kernel32: what the C library's start-up code and we need, and what
 * asks about text, languages and the like. */
static const char *const harmless[] = {
    "AddVectoredExceptionHandler",
    "AreFileApisANSI",
    "CompareStringA",
    "CompareStringW",
    "ConvertThreadToFiberEx",
    "CreateFiberEx",
    "DeleteFiber",
    "EncodePointer",
    "FormatMessageA",
    "FormatMessageW",
    "GetACP",
    "GetCommandLineA",
    "GetCommandLineW",
    "GetConsoleMode",
    "GetConsoleOutputCP",
    "GetCPInfo",
    "GetEnvironmentVariableA",
    "GetEnvironmentVariableW",
    "GetModuleFileNameA",
    "GetModuleFileNameW",
    "GetOEMCP",
    "GetStartupInfoA",
    "GetStartupInfoW",
    "GetStdHandle",
    "GetStringTypeW",
    "GetThreadContext",
    "GetVersion",
    "GetVersionExA",
    "GetVersionExW",
    "InitializeSListHead",
    "IsDBCSLeadByte",
    "IsDBCSLeadByteEx",
    "IsProcessorFeaturePresent",
    "IsThreadAFiber",
    "IsValidCodePage",
    "LCMapStringA",
    "LCMapStringW",
    "lstrcmpA",
    "lstrcpyA",
    "lstrlenA",
    "lstrlenW",
    "MulDiv",
    "MultiByteToWideChar",
    "RemoveVectoredExceptionHandler",
    "RtlCaptureContext",
    "RtlCaptureStackBackTrace",
    "RtlLookupFunctionEntry",
    "RtlRestoreContext",
    "RtlUnwind",
    "RtlUnwindEx",
    "RtlVirtualUnwind",
    "SetConsoleOutputCP",
    "SetErrorMode",
    "SetThreadContext",
    "SetThreadStackGuarantee",
    "SetUnhandledExceptionFilter",
    "SwitchToFiber",
    "TerminateProcess",
    "UnhandledExceptionFilter",
    "VirtualProtect",
    "VirtualQuery",
    "WideCharToMultiByte",
    "__C_specific_handler",
};

/** Of any library: these make threads that are none of ours. */
static const char *const harmful[] = {
    "_beginthread",
    "CreateRemoteThread",
    "CreateThreadpoolTimer",
    "CreateThreadpoolWait",
    "CreateThreadpoolWork",
    "CreateTimerQueueTimer",
    "QueueUserWorkItem",
    "RegisterWaitForSingleObject",
    "TrySubmitThreadpoolCallback",
};

static bool is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t at = 0; at < count; at++) {
        if (strcmp(names[at], name) == 0) {
            return true;
        }
    }
    return false;
}

/** @brief Whether a library is the one, whatever the case of its letters. */
static bool is_library(const char *name, const char *wanted)
{
    for (; *name != '\0' && *wanted != '\0'; name++, wanted++) {
        char letter = *name;

        if (letter >= 'A' && letter <= 'Z') {
            letter = (char)(letter + ('a' - 'A'));
        }
        if (letter != *wanted) {
            return false;
        }
    }
    return *name == *wanted;
}

/** @brief Whether a function is to be named, and how bad it is. */
static bool judge(struct stranger *stranger)
{
    stranger->harmful =
        is_library(stranger->library, "ws2_32.dll") ||
        is_library(stranger->library, "mswsock.dll") ||
        is_among(harmful, sizeof harmful / sizeof harmful[0], stranger->name);
    if (stranger->harmful) {
        return true;
    }
    return (is_library(stranger->library, "kernel32.dll") ||
            is_library(stranger->library, "ntdll.dll")) &&
           !is_among(harmless,
                     sizeof harmless / sizeof harmless[0],
                     stranger->name);
}

/** @brief The image's list of libraries, ended by one without a name; NULL
 *  when it imports nothing. */
static const IMAGE_IMPORT_DESCRIPTOR *first_library(void)
{
    const IMAGE_DOS_HEADER *dos = (const void *)__ImageBase;
    const IMAGE_NT_HEADERS *nt = (const void *)(__ImageBase + dos->e_lfanew);
    DWORD place = nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT]
                      .VirtualAddress;

    return place == 0 ? NULL : (const void *)(__ImageBase + place);
}

size_t sim__image_stranger(size_t from, struct stranger *stranger)
{
    const IMAGE_IMPORT_DESCRIPTOR *library = first_library();
    size_t number = 0;

    for (; library != NULL && library->Name != 0; library++) {
        const IMAGE_THUNK_DATA *entry =
            (const void *)(__ImageBase + library->OriginalFirstThunk);

        for (; entry->u1.AddressOfData != 0; entry++) {
            if (number++ < from) {
                continue;
            }
            stranger->library = __ImageBase + library->Name;
            stranger->name = "a function without a name";
            if (!IMAGE_SNAP_BY_ORDINAL(entry->u1.Ordinal)) {
                const IMAGE_IMPORT_BY_NAME *named =
                    (const void *)(__ImageBase + entry->u1.AddressOfData);

                stranger->name = (const char *)named->Name;
            }
            if (judge(stranger)) {
                return number;
            }
        }
    }
    return 0;
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__imports_windows_unused;
#endif
