/**
 * @file statics.c
 * @brief Static variables, as they are when a program starts.
 *
 * A counter that is static starts at 0 in every process, and here a thousand
 * runs share one.  So the program's variables are copied before its main runs
 * for the first time, and copied back before every further run.  The C
 * library's own variables are in a library that is loaded, outside of what
 * is copied: streams stay open, and so do blocks of malloc that a run that was
 * ended early did not free.
 *
 * Uses:     program.h, image.h, host.h.
 * Used by:  main.c, lifetime.c.
 * Facts:    none.
 * Read next: tsan.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../host/host.h"
#include "../host/image.h"
#include "program.h"

enum { RANGES_MAX = 32 };

static struct {
    struct range ranges[RANGES_MAX];
    size_t count;
    char *copy; /* Of all ranges, one behind the other. */
    bool dirty; /* A run has begun since. */
} statics;

/* Between two variables AddressSanitizer keeps memory that nobody may touch,
 * and it looks into memcpy. */
#if SIM_ASAN
SIM_UNWATCHED static void copy(char *to, const char *from, size_t bytes)
{
    volatile char *out = to;

    for (size_t at = 0; at < bytes; at++) {
        out[at] = ((const volatile char *)from)[at];
    }
}
#else
static void copy(char *to, const char *from, size_t bytes)
{
    memcpy(to, from, bytes);
}
#endif

const char *sim__statics_begin(void)
{
    const char *why =
        sim__image_ranges(statics.ranges, RANGES_MAX, &statics.count);
    size_t bytes = 0;

    if (why != NULL) {
        statics.count = 0;
        return why;
    }
    for (size_t at = 0; at < statics.count; at++) {
        bytes += statics.ranges[at].bytes;
    }
    statics.copy = sim__host_reserve(bytes + 1);
    if (statics.copy == NULL || !sim__host_commit(statics.copy, bytes + 1)) {
        statics.count = 0;
        return "there is no memory for a copy of the program's variables";
    }
    bytes = 0;
    for (size_t at = 0; at < statics.count; at++) {
        const struct range *range = &statics.ranges[at];

        copy(statics.copy + bytes, range->start, range->bytes);
        bytes += range->bytes;
    }
    return NULL;
}

void sim__statics_keep(void)
{
    statics.count = 0;
}

void sim__statics_restore(void)
{
    size_t bytes = 0;

    if (!statics.dirty) {
        statics.dirty = true;
        return;
    }
    for (size_t at = 0; at < statics.count; at++) {
        const struct range *range = &statics.ranges[at];

        copy(range->start, statics.copy + bytes, range->bytes);
        bytes += range->bytes;
    }
}
