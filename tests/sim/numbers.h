/**
 * @file numbers.h
 * @brief Numbers of Windows, written down a second time.
 *
 * A table holds what the headers say beside what Microsoft's pages say.  The
 * second column is typed in, never computed: two places have to agree.
 *
 * Uses:     windows.h (DWORD), where the test includes it first.
 * Used by:  test_win32_headers.c, test_win32_values.c.
 * Facts:    none.
 * Read next: test_win32_headers.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_SIM_NUMBERS_H
#define TESTS_SIM_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

struct number {
    const char *what;
    uint64_t is;
    uint64_t should_be;
};

#define SIZE(type, bytes)                     \
    {                                         \
        "size of " #type, sizeof(type), bytes \
    }
#define AT(type, field, offset)                                 \
    {                                                           \
#        type "." #        field, offsetof(type, field), offset \
    }
#define WIDE(type, field, bytes)                                       \
    {                                                                  \
        "size of " #type "." #field, sizeof(((type *)0)->field), bytes \
    }
#define IS(name, value)             \
    {                               \
#        name, (DWORD)(name), value \
    }

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** @brief Fail unless all are as they should be; first print those that are
 *  not. */
void check_numbers(const struct number *numbers, size_t count);

#endif
