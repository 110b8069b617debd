/**
 * @file limits.c
 * @brief Lesson 18: the limits of a server that is told nothing else.
 *
 * Uses:     limits.h.
 * Used by:  server.c, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "limits.h"

const struct limits limits_default = {
    .line_bytes_max = (size_t)4 * 1024,
    .request_bytes_max = (size_t)64 * 1024,
    .args_max = 1024,
    .output_bytes_pause = (size_t)64 * 1024,
    .output_bytes_max = (size_t)256 * 1024,
    .channels_max = 64,
    .clients_max = 4096,
    .keys_max = 65536,
    .key_bytes_max = 1024,
    .value_bytes_max = (size_t)32 * 1024,
    .store_bytes_max = (size_t)64 * 1024 * 1024,
};

uint64_t limits_memory_most(const struct limits *limits)
{
    uint64_t channel = limits->key_bytes_max + LIMITS_SUBSCRIPTION_BYTES;
    /* One buffer for input, and two for output, which take turns. */
    uint64_t client = limits->request_bytes_max +
                      2 * (uint64_t)limits->output_bytes_max +
                      limits->channels_max * channel + LIMITS_CLIENT_BYTES;

    return limits->clients_max * client + limits->store_bytes_max +
           (uint64_t)limits->keys_max * 2 * sizeof(void *);
}
