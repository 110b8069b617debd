/**
 * @file operation.h
 * @brief What the files about operations share.
 *
 * Uses:     lent.h, watch.h.
 * Used by:  operation.c, changed.c, frame.c, freed.c, left.c.
 * Facts:    none.
 * Read next: operation.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WATCH_OPERATION_H
#define SIM_WATCH_OPERATION_H

#include "lent.h"
#include "watch.h"

enum { WORDS_BYTES = WATCH_WORDS_BYTES };

/** @brief "operation 3 (ReadFile on file 2, started by A)".
 *  @param out  WORDS_BYTES bytes; returned. */
const char *sim__watched_words(const struct watched *op, char *out);

/** @brief The running thread: "thread A".
 *  @param out  WORDS_BYTES bytes; returned. */
const char *sim__self_words(char *out);

/** @brief The pieces of a request's buffer.
 *  @param own  Room for the one piece that most requests have. */
const struct io_piece *sim__pieces_of(const struct irp *irp,
                                      struct io_piece *own,
                                      uint32_t *count_out);

/** @brief Show who started an operation and who is running now. */
void sim__show_both(const struct watched *op, const char *own_title);

/* ---- changed.c: how memory looked when it was lent -------------------------- */

/** @brief Remember how an operation's memory looks. */
void sim__image_take(struct watched *op);

/** @brief End the run if it looks otherwise now. */
void sim__image_check_block(const struct watched *op);
void sim__image_check_sent(const struct watched *op);
void sim__image_check_filled(const struct watched *op);

/* ---- frame.c: stacks ------------------------------------------------------ */

/** @brief Note a range, which may lie on a stack. */
void sim__frame_lent(const struct lent *lent);

/** @brief End the run if a range lies on a stack whose frame or thread is
 *  gone. */
void sim__frame_check(const struct lent *lent);

#endif
