/**
 * @file image.c
 * @brief Cutting holes into ranges of memory.
 *
 * Uses:     image.h.
 * Used by:  image_elf.c.
 * Facts:    none.
 * Read next: image_elf.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "image.h"

bool sim__image_cut(struct range *ranges,
                    size_t max,
                    size_t *count,
                    struct range hole)
{
    const char *hole_end = hole.start + hole.bytes;

    for (size_t at = 0; at < *count; at++) {
        struct range *range = &ranges[at];
        char *end = range->start + range->bytes;

        if (hole.bytes == 0 || hole.start >= end || hole_end <= range->start) {
            continue;
        }
        if (hole_end < end) {
            /* What is behind the hole becomes a range of its own. */
            if (*count == max) {
                return false;
            }
            ranges[(*count)++] = (struct range){hole.start + hole.bytes,
                                                (size_t)(end - hole_end)};
        }
        range->bytes =
            hole.start > range->start ? (size_t)(hole.start - range->start) : 0;
    }
    return true;
}
