/**
 * @file machine_posix.c
 * @brief Memory, clock and terminal where the host is a POSIX system.
 *
 * A world's arena must grow without moving, because simulated objects point
 * at each other.  So address space is reserved once, far more than is needed,
 * and memory is put behind it page by page.
 *
 * Uses:     host.h.
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: machine_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _DEFAULT_SOURCE  1 /* For MAP_ANONYMOUS under -std=c17. */
#    define _DARWIN_C_SOURCE 1

#    include "host.h"

#    include <sys/mman.h>
#    include <time.h>
#    include <unistd.h>

#    if !defined(MAP_NORESERVE)
#        define MAP_NORESERVE 0
#    endif

/* 0 when the sum does not fit, which mmap then refuses. */
static size_t whole_pages(size_t bytes)
{
    size_t mask = sim__host_page_bytes() - 1;

    return bytes > SIZE_MAX - mask ? 0 : (bytes + mask) & ~mask;
}

size_t sim__host_page_bytes(void)
{
    static size_t page_bytes;

    if (page_bytes == 0) {
        page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    }
    return page_bytes;
}

void *sim__host_reserve(size_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *start = mmap(NULL, whole_pages(bytes), PROT_NONE, flags, -1, 0);

    return start == MAP_FAILED ? NULL : start;
}

bool sim__host_commit(void *start, size_t bytes)
{
    size_t whole_bytes = whole_pages(bytes);

    if (whole_bytes == 0) {
        return bytes == 0;
    }
    return mprotect(start, whole_bytes, PROT_READ | PROT_WRITE) == 0;
}

void sim__host_release(void *start, size_t bytes)
{
    if (start) {
        munmap(start, whole_pages(bytes));
    }
}

double sim__host_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool sim__host_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__machine_posix_unused;
#endif
