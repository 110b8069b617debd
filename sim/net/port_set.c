/**
 * @file port_set.c
 * @brief Finding a free port in a few steps.
 *
 * A word of bits is looked at in one step, so the longest search, through all
 * 16,384 ports but one, takes 256 of them; the usual one takes one.
 *
 * Uses:     port_set.h, world.h.
 * Used by:  ports.c.
 * Facts:    none.
 * Read next: buffer.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "port_set.h"

#include <string.h>

#include "../kernel/world.h"

enum {
    WORD_PORTS = 64,
    CHUNK_WORDS = 16,
    CHUNK_PORTS = WORD_PORTS * CHUNK_WORDS,
    PORTS = CHUNK_PORTS * PORT_SET_CHUNKS,
    WORDS = PORTS / WORD_PORTS
};

void sim__port_set_put(struct port_set *set, uint16_t port, bool in)
{
    uint32_t at = (uint32_t)(port - PORT_EPHEMERAL_FIRST);
    uint64_t **chunk;
    uint64_t bit;

    if (port < PORT_EPHEMERAL_FIRST) {
        return;
    }
    chunk = &set->chunks[at / CHUNK_PORTS];
    bit = UINT64_C(1) << (at % WORD_PORTS);
    at = at % CHUNK_PORTS / WORD_PORTS;
    if (*chunk == NULL) {
        if (!in) {
            return;
        }
        *chunk = sim__take(CHUNK_WORDS * sizeof(uint64_t));
        memset(*chunk, 0, CHUNK_WORDS * sizeof(uint64_t));
    }
    if (in) {
        (*chunk)[at] |= bit;
    } else {
        (*chunk)[at] &= ~bit;
    }
}

/** @brief 64 neighbouring ports; the bits of those in the set are 1. */
static uint64_t word(const struct port_set *set, uint32_t at)
{
    const uint64_t *chunk = set->chunks[at / CHUNK_WORDS];

    return chunk == NULL ? 0 : chunk[at % CHUNK_WORDS];
}

/** @brief Position of the lowest bit that is 1. */
static uint32_t lowest(uint64_t bits)
{
    uint32_t at = 0;

    for (uint32_t step = WORD_PORTS / 2; step != 0; step /= 2) {
        if ((bits & ((UINT64_C(1) << step) - 1)) == 0) {
            bits >>= step;
            at += step;
        }
    }
    return at;
}

uint16_t sim__port_set_find(const struct port_set *set,
                            const struct port_set *also,
                            uint32_t *next)
{
    uint32_t first = *next / WORD_PORTS;
    uint64_t passed = (UINT64_C(1) << (*next % WORD_PORTS)) - 1;

    /* One word more than there are: the first one is looked at twice, from
     * the place on and, at the end, up to it. */
    for (uint32_t step = 0; step <= WORDS; step++) {
        uint32_t at = (first + step) % WORDS;
        uint64_t taken = word(set, at) | (also == NULL ? 0 : word(also, at));

        if (step == 0) {
            taken |= passed;
        }
        if (taken != UINT64_MAX) {
            uint32_t found = at * WORD_PORTS + lowest(~taken);

            *next = (found + 1) % PORTS;
            return (uint16_t)(PORT_EPHEMERAL_FIRST + found);
        }
    }
    return 0;
}
