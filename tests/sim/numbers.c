/**
 * @file numbers.c
 * @brief Compare the numbers of a table.
 *
 * Uses:     numbers.h, cmocka.
 * Used by:  test_win32_headers.c, test_win32_values.c.
 * Facts:    none.
 * Read next: numbers.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "numbers.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void check_numbers(const struct number *numbers, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        const struct number *number = &numbers[i];

        if (number->is != number->should_be) {
            print_error("%s is %" PRIu64 " (0x%" PRIX64 "), should be %" PRIu64
                        " (0x%" PRIX64 ")\n",
                        number->what,
                        number->is,
                        number->is,
                        number->should_be,
                        number->should_be);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}
