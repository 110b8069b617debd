/**
 * @file name_area.h
 * @brief Winsock's own memory, for the calls that return pointers into it.
 *
 * Uses:     resolver.h.
 * Used by:  host_names.c, addr_text.c.
 * Facts:    none.
 * Read next: host_names.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_NAME_AREA_H
#define SIM_NAME_AREA_H

#include "resolver.h"

/** One thread's; written by its next call of the kind. */
struct name_area {
    struct name_area *next;
    uint32_t thread; /* Its number. */
    struct hostent host;
    struct servent service;
    char *none; /* An empty list of aliases. */
    char *address_list[RESOLVED_MAX + 1];
    char addresses[RESOLVED_MAX][4];
    char name[NAME_BYTES];
    char service_name[32];
    char protocol_name[8];
    char text[16]; /* inet_ntoa's. */
};

/** @brief The current thread's. */
struct name_area *sim__name_area(void);

#endif
