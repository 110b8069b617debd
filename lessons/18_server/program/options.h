/**
 * @file options.h
 * @brief Lesson 18: what the program is told on its command line.
 *
 * Uses:     limits.h.
 * Used by:  server_18.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_OPTIONS_H
#define LESSON_18_OPTIONS_H

#include <stdbool.h>

#include "../limits.h"

/** What the program is told. */
struct options {
    char address[80];     /**< And port. */
    struct limits limits; /**< The default ones, with --clients. */
    uint64_t idle_us;
    int exit_status;
};

/** @brief Read the command line.
 *  @return false: there is nothing to run, and why was printed; exit_status
 *          says how to end. */
bool options_read(struct options *options, int argc, char **argv);

#endif
