/**
 * @file limits.h
 * @brief Lesson 18: how much the server takes from the world at most.
 *
 * A server's memory is decided by strangers unless it says how much each of
 * them may have.  Every number that a client can drive up stands here, so the
 * most that the server ever needs can be added up; see INFO, `memory_most`.
 *
 * Uses:     none.
 * Used by:  every file of lesson 18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_LIMITS_H
#define LESSON_18_LIMITS_H

#include <stddef.h>
#include <stdint.h>

//! [limits]
/** What clients can drive up. */
struct limits {
    /* One request. */
    size_t line_bytes_max;    /**< An inline request, or a page's head. */
    size_t request_bytes_max; /**< All of it, as it comes in. */
    uint32_t args_max;        /**< Its arguments, the name included. */

    /* One client. */
    size_t output_bytes_pause; /**< With so many bytes unsent, no further
                              * request of that client is run. */
    size_t output_bytes_max;   /**< With more, the client is dropped. */
    uint32_t channels_max;     /**< It subscribes to. */

    /* All together. */
    uint32_t clients_max;   /**< Who comes then waits to be accepted. */
    uint32_t keys_max;      /**< Stored. */
    size_t key_bytes_max;   /**< Of one key, or a channel's name. */
    size_t value_bytes_max; /**< Of one value. */
    size_t store_bytes_max; /**< Of all keys and values. */
};
//! [limits]

extern const struct limits limits_default;

/** What the server keeps of a client and of a subscription at most, besides
 * the client's buffers and the channel's name. */
enum { LIMITS_CLIENT_BYTES = 4096, LIMITS_SUBSCRIPTION_BYTES = 128 };

/** @brief The most memory that clients and keys can take, added up. */
uint64_t limits_memory_most(const struct limits *limits);

#endif
