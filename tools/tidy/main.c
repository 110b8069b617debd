/**
 * @file main.c
 * @brief The program tidy.
 *
 * Uses:     tidy.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

int main(int argc, char **argv)
{
    return tidy_command(argc, argv, stdout, stderr);
}
