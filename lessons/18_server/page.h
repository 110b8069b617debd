/**
 * @file page.h
 * @brief Lesson 18: what the server tells about itself.
 *
 * Twice: as text for INFO, and as a page for a browser that was pointed at
 * the server's port.  A browser's first line is an inline request like any
 * other, until it ends in `HTTP/1.1`.
 *
 * Uses:     buffer.h, service.h.
 * Used by:  session.c, command_server.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_PAGE_H
#define LESSON_18_PAGE_H

#include "buffer.h"
#include "service.h"

enum { PAGE_INFO_BYTES = 1536 };

/** @brief Whether a line is the first of HTTP/1.x. */
bool page_is_asked(struct span line);

/** @brief Answer, when the whole head is there or too long.
 *  @return whether the answer, or an error, is in the output. */
bool page_answer(const struct service *service,
                 struct buffer *out,
                 struct span head);

/**
 * @brief Write what there is to say, as INFO does.
 *
 * @param section  One of the sections, or "all", "default", "everything".
 * @param start    Room for PAGE_INFO_BYTES.
 */
void page_info(const struct service *service, struct span section, char *start);

#endif
