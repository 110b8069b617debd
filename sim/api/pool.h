/**
 * @file pool.h
 * @brief The thread pool of the simulated process: a port and who serves it.
 *
 * Windows' pool is made of the same parts that programs have: its threads wait
 * at a completion port, and what they are to run is told by packets.  So it
 * is here, and its threads are threads like any other, except that the
 * process does not wait for them.
 *
 * Uses:     ../kernel/port.h.
 * Used by:  pool.c, pool_io_api.c, pool_work_api.c, pool_wait_api.c.
 * Facts:    PORT-101, PORT-102.
 * Read next: pool.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "../kernel/port.h"
#include "api.h"

/** What packets of the pool's port are about: their key. */
struct pool_item {
    /** Call the program's function; in a thread of the pool. */
    void (*call)(struct pool_item *item, const struct packet *packet);
    const char *noun;        /**< What its packets tell of, for sentences. */
    void *function;          /**< The program's. */
    void *context;           /**< Its argument. */
    uint32_t number;         /**< Of the file, for sentences. */
    uint32_t pending;        /**< Callbacks still to begin. */
    uint32_t dropped;        /**< Packets to come that nobody wants. */
    uint32_t running;        /**< Callbacks begun and not ended. */
    bool unannounced;        /**< Packets come without being announced. */
    bool once;               /**< Goes when its callback ends. */
    struct object *progress; /**< Signaled when a callback ends; NULL until
                              * somebody waits for that. */
};

/** @brief Make an item; all other fields are zero. */
struct pool_item *sim__pool_item(void (*call)(struct pool_item *item,
                                              const struct packet *packet),
                                 const void *function,
                                 void *context);

/** @brief Port of the current host's pool, made with its first thread. */
struct port *sim__pool_port(void);

/** @brief Run an item's callback once, soon. */
void sim__pool_submit(struct pool_item *item);

/**
 * @brief Wait for an item's callbacks.
 * @param drop  Drop those that have not begun, and wait for the rest only.
 */
void sim__pool_wait(struct pool_item *item, bool drop, const char *call);

/** @brief Stop the run unless a call was given NULL for its environment. */
void sim__pool_environment(const void *environment, const char *call);

#endif
