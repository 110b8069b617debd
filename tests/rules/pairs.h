/**
 * @file pairs.h
 * @brief For each contract rule a program that breaks it, and its twin.
 *
 * A twin does the same thing in the right way, so a reader sees in a few lines
 * what the rule is about, and the test that a rule does not fire for nothing.
 *
 * Uses:     sim.h, windows.h.
 * Used by:  the files of tests/rules.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "sim.h"

/** Two programs; each gets `bool *`: whether it is to break the rule. */
struct pair {
    unsigned rule; /**< Number in rules.def. */
    sim_scenario_fn *run;
    const char *words; /**< Must stand in the sentence. */
};

/** @brief About memory that the kernel has. @{ */
void pair_overlapped_reused(void *broken);
void pair_overlapped_requeued(void *broken);
void pair_result_twice(void *broken);
void pair_overlapped_freed(void *broken);
void pair_buffer_freed(void *broken);
void pair_overlapped_gone(void *broken);
void pair_buffer_gone(void *broken);
void pair_result_gone(void *broken);
void pair_overlapped_changed(void *broken);
void pair_sent_changed(void *broken);
void pair_filled_changed(void *broken);
void pair_buffer_shared(void *broken);
void pair_lent_freed(void *broken);
void pair_lent_short(void *broken);
/** @} */

/** @brief About packets, operations and handles. @{ */
void pair_packet_left(void *broken);
void pair_operation_left(void *broken);
void pair_handle_stale(void *broken);
void pair_handle_closed_twice(void *broken);
void pair_handle_recycled(void *broken);
void pair_waited_closed(void *broken);
void pair_event_closed(void *broken);
/** @} */

/** @brief About stream sockets; the last three when asked for. @{ */
void pair_stream_gone(void *broken);
void pair_accept_area_short(void *broken);
void pair_connect_unbound(void *broken);
void pair_context_missing(void *broken);
void pair_receives_race(void *broken);
/** @} */

/** @brief About the heap; with malloc taken over. @{ */
void pair_freed_twice(void *broken);
void pair_not_a_block(void *broken);
void pair_freed_written(void *broken);
void pair_block_overrun(void *broken);
/** @} */

/** @brief Programs at the edge of a rule that are right. @{ */
void correct_result_before_packet(void *arg);
void correct_event_and_packet(void *arg);
void correct_peek_and_receive(void *arg);
/** @} */

#endif
