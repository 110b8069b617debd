/**
 * @file image_elf.c
 * @brief Where the program's variables are, in an ELF executable.
 *
 * The headers of the executable are in memory and say which segments can be
 * written.  Of those, one part is made read-only once addresses are filled in
 * (RELRO), and the sections dryport_data and dryport_bss are the simulator's:
 * for a section whose name could be one of C's, the linker defines symbols at
 * its start and its end.
 *
 * Uses:     image.h, link.h of the C library.
 * Used by:  statics.c.
 * Facts:    none.
 * Read next: image_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(__ELF__)
#    define _GNU_SOURCE 1 /* For dl_iterate_phdr. */

#    include "image.h"

#    include <link.h>
#    include <stdint.h>
#    include <stdio.h>

#    include "../compiler.h"

#    if SIM_ASAN
#        include <sanitizer/asan_interface.h>
#    endif

/* The linker's symbols; not there when no section was renamed.
 * NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming) */
SIM_WEAK extern char __start_dryport_data[];
SIM_WEAK extern char __stop_dryport_data[];
SIM_WEAK extern char __start_dryport_bss[];
SIM_WEAK extern char __stop_dryport_bss[];
/* NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming) */

/** What is asked of dl_iterate_phdr. */
struct search {
    struct range *ranges;
    size_t max;
    size_t count;
    bool full;
    bool watched; /* AddressSanitizer is part of the executable. */
};

static struct range range_of(const struct dl_phdr_info *info,
                             const ElfW(Phdr) * segment)
{
    /* An executable lies where its headers say, moved by dlpi_addr. */
    uintptr_t start = (uintptr_t)(info->dlpi_addr + segment->p_vaddr);

    return (struct range){(char *)start, (size_t)segment->p_memsz};
}

static struct range between(char *start, const char *end)
{
    return (struct range){start, (uintptr_t)end - (uintptr_t)start};
}

static void cut(struct search *search, struct range hole)
{
    if (!sim__image_cut(search->ranges, search->max, &search->count, hole)) {
        search->full = true;
    }
}

#    if SIM_ASAN
/** @brief Whether AddressSanitizer's own code is in a segment. */
static bool holds_asan(struct range segment)
{
    uintptr_t code = (uintptr_t)(void (*)(void))__asan_region_is_poisoned;

    return code - (uintptr_t)segment.start < segment.bytes;
}
#    else
static bool holds_asan(struct range segment)
{
    (void)segment;
    return false;
}
#    endif

/** @brief Called for the executable first, and that is enough. */
static int on_image(struct dl_phdr_info *info, size_t bytes, void *context)
{
    struct search *search = context;

    (void)bytes;
    for (unsigned at = 0; at < info->dlpi_phnum; at++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[at];

        if (segment->p_type != PT_LOAD) {
            continue;
        }
        if (holds_asan(range_of(info, segment))) {
            search->watched = true;
        }
        if ((segment->p_flags & PF_W) != 0) {
            if (search->count == search->max) {
                search->full = true;
                return 1;
            }
            search->ranges[search->count++] = range_of(info, segment);
        }
    }
    for (unsigned at = 0; at < info->dlpi_phnum; at++) {
        if (info->dlpi_phdr[at].p_type == PT_GNU_RELRO) {
            cut(search, range_of(info, &info->dlpi_phdr[at]));
        }
    }
    return 1;
}

static bool is_inside(const struct search *search, const void *address)
{
    for (size_t at = 0; at < search->count; at++) {
        uintptr_t start = (uintptr_t)search->ranges[at].start;

        if ((uintptr_t)address - start < search->ranges[at].bytes) {
            return true;
        }
    }
    return false;
}

const char *sim__image_ranges(struct range *ranges, size_t max, size_t *count)
{
    struct search search = {.ranges = ranges, .max = max};

    /* cppcheck-suppress knownConditionTrueFalse */
    if (__start_dryport_data == NULL || __start_dryport_bss == NULL) {
        return "the simulator's library was built without objcopy, and its "
               "variables cannot be told from the program's";
    }
    (void)dl_iterate_phdr(on_image, &search);
    cut(&search, between(__start_dryport_data, __stop_dryport_data));
    cut(&search, between(__start_dryport_bss, __stop_dryport_bss));
    if (search.full) {
        return "the program has more parts than expected";
    }
    if (search.watched) {
        return "AddressSanitizer is linked into the program, and its "
               "variables cannot be told from the program's (link it as a "
               "library: -shared-libasan)";
    }
    if (is_inside(&search, stdout)) {
        return "the C library is linked into the program, and its variables "
               "cannot be told from the program's";
    }
    *count = search.count;
    return NULL;
}

#elif !defined(_WIN32)
#    include "image.h"

const char *sim__image_ranges(struct range *ranges, size_t max, size_t *count)
{
    (void)ranges;
    (void)max;
    (void)count;
    return "where a program's variables are is known for ELF and for Windows";
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__image_elf_unused;
#endif
