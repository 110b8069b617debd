/**
 * @file machine_windows.c
 * @brief Memory, clock and terminal where the host is Windows.
 *
 * Windows has the two steps that an arena needs as calls of their own: it
 * reserves address space and commits memory to it.
 *
 * Uses:     host.h, real_windows.h.
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: fiber.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "host.h"
#    include "real_windows.h"

/* Windows' functions that have a simulated counterpart are called through
 * sim__real(): their names may be the simulator's (see real_windows.h). */

size_t sim__host_page_bytes(void)
{
    static size_t page_bytes;

    if (page_bytes == 0) {
        SYSTEM_INFO info;

        sim__real()->GetSystemInfo(&info);
        page_bytes = info.dwPageSize;
    }
    return page_bytes;
}

void *sim__host_reserve(size_t bytes)
{
    void *start =
        sim__real()->VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);

    return start;
}

bool sim__host_commit(void *start, size_t bytes)
{
    if (bytes == 0) {
        return true;
    }
    return sim__real()->VirtualAlloc(start,
                                     bytes,
                                     MEM_COMMIT,
                                     PAGE_READWRITE) != NULL;
}

void sim__host_release(void *start, size_t bytes)
{
    (void)bytes;
    if (start) {
        sim__real()->VirtualFree(start, 0, MEM_RELEASE);
    }
}

double sim__host_seconds(void)
{
    LARGE_INTEGER ticks;
    LARGE_INTEGER ticks_per_second;

    sim__real()->QueryPerformanceCounter(&ticks);
    sim__real()->QueryPerformanceFrequency(&ticks_per_second);
    return (double)ticks.QuadPart / (double)ticks_per_second.QuadPart;
}

bool sim__host_is_terminal(int fd)
{
    DWORD mode;
    HANDLE stream =
        GetStdHandle(fd == 2 ? STD_ERROR_HANDLE : STD_OUTPUT_HANDLE);

    /* Only a console has a mode; a file, a pipe and NUL have none. */
    return GetConsoleMode(stream, &mode) != 0;
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__machine_windows_unused;
#endif
