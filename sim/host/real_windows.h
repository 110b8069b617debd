/**
 * @file real_windows.h
 * @brief Windows' own functions, whatever the linker made of their names.
 *
 * A Windows program can be linked so that the simulator answers its calls.
 * The linker then gives every caller of CreateThread the simulator's, and the
 * simulator is a caller, too.  The host's files therefore reach those Windows
 * functions that have a simulated counterpart through this table.
 *
 * Uses:     windows.h, Microsoft's.
 * Used by:  machine_windows.c, guard_windows.c, heart_windows.c,
 *           image_windows.c.
 * Facts:    none.
 * Read next: real_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_REAL_WINDOWS_H
#define SIM_REAL_WINDOWS_H

#if defined(_WIN32)

/* windows.h wants to know which Windows is the oldest we run on: 8. */
#    if !defined(_WIN32_WINNT) || _WIN32_WINNT < 0x0602
#        undef _WIN32_WINNT
#        define _WIN32_WINNT 0x0602
#    endif
#    define WIN32_LEAN_AND_MEAN 1
#    include <windows.h>

/* X(return type, name, parameters), all from kernel32.dll. */
#    define SIM__REAL_FUNCTIONS(X)                                            \
        X(HANDLE,                                                             \
          CreateThread,                                                       \
          (LPSECURITY_ATTRIBUTES,                                             \
           SIZE_T,                                                            \
           LPTHREAD_START_ROUTINE,                                            \
           LPVOID,                                                            \
           DWORD,                                                             \
           LPDWORD))                                                          \
        X(HANDLE, OpenThread, (DWORD, BOOL, DWORD))                           \
        X(DWORD, GetCurrentThreadId, (void))                                  \
        X(DWORD, SuspendThread, (HANDLE))                                     \
        X(DWORD, ResumeThread, (HANDLE))                                      \
        X(HANDLE, CreateEventW, (LPSECURITY_ATTRIBUTES, BOOL, BOOL, LPCWSTR)) \
        X(BOOL, SetEvent, (HANDLE))                                           \
        X(DWORD, WaitForSingleObject, (HANDLE, DWORD))                        \
        X(BOOL, CloseHandle, (HANDLE))                                        \
        X(void, GetSystemInfo, (LPSYSTEM_INFO))                               \
        X(BOOL, QueryPerformanceCounter, (LARGE_INTEGER *))                   \
        X(BOOL, QueryPerformanceFrequency, (LARGE_INTEGER *))                 \
        X(LPVOID, VirtualAlloc, (LPVOID, SIZE_T, DWORD, DWORD))               \
        X(BOOL, VirtualFree, (LPVOID, SIZE_T, DWORD))                         \
        X(HANDLE, GetCurrentProcess, (void))                                  \
        X(HMODULE, LoadLibraryA, (LPCSTR))

/** One pointer per function of the list. */
struct sim__real {
#    define X(result, name, parameters) result(WINAPI *name) parameters;
    SIM__REAL_FUNCTIONS(X)
#    undef X
};

/** The table, filled in by the first call. */
const struct sim__real *sim__real(void);

/** Any function of any DLL, or NULL. */
FARPROC sim__real_function(const char *dll, const char *name);

#endif
#endif
