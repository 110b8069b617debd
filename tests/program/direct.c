/**
 * @file direct.c
 * @brief A program for Windows that does not know that it calls imports.
 *
 * Without Microsoft's header nothing says that these functions come from a
 * library, so the compiler calls them by their plain names.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

void *CreateEventA(void *attributes, int manual, int set, const char *name);
int CloseHandle(void *handle);

int main(void)
{
    return CloseHandle(CreateEventA(NULL, 1, 0, NULL)) ? 0 : 1;
}
