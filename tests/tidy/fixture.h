/**
 * @file fixture.h
 * @brief Two small trees in one text file.
 *
 * The form of the file is told at the top of test_tidy.c.
 *
 * Uses:     tidy.h.
 * Used by:  fixture.c, test_tidy.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "tidy.h"

struct fixture_section {
    const char *kind;
    const char *path;
    struct tidy_span text;
};

struct fixture {
    const char *name; /* "size-file" */
    const char *rule; /* "size" */
    struct fixture_section *sections;
    size_t section_count;
    const char **expected; /* Under "finds". */
    size_t expected_count;
};

struct fixtures {
    struct fixture *items; /* Sorted by name. */
    size_t count;
};

/* Read every fixture of a folder; false when there is none. */
bool fixture_read_all(struct tidy_memory *memory,
                      const char *folder,
                      struct fixtures *fixtures);

#endif
