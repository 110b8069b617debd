/**
 * @file pool.c
 * @brief Threads of the pool: waiting, running callbacks, growing.
 *
 * One thread always waits: who takes a packet and leaves nobody behind starts
 * another thread first.  So callbacks may block, even for one another.
 *
 * Uses:     pool.h.
 * Used by:  pool_io_api.c, pool_work_api.c, pool_wait_api.c, thread.c.
 * Facts:    PORT-101, PORT-102.
 * Read next: pool_io_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pool.h"

#include <string.h>

/** Threads of one pool ("Thread Pools" page: 500 by default). */
enum { THREADS_MAX = 500 };

/** The pool of one host. */
struct pool {
    struct pool *next;
    struct port *port;
    uint32_t threads;
    uint32_t idle;
    uint16_t host_number;
};

static struct {
    uint64_t generation;
    struct pool *first;
} pools;

static DWORD WINAPI serve(void *argument);

static void start_thread(struct pool *pool)
{
    struct thread *thread = sim__thread_create(serve, pool, false);

    thread->pooled = true;
    thread->pool_idle = true;
    sim__world.threads_pooled++;
    sim__world.threads_idle++;
    pool->threads++;
    pool->idle++;
    trace(start,
          .object = &thread->object,
          .value = {(int64_t)thread->object.number},
          .text = "of the pool");
}

/** @brief The pool of the current thread's host. */
static struct pool *current_pool(void)
{
    uint16_t host = sim__world.current->host_number;
    struct pool *pool;

    if (pools.generation != sim__world.generation) {
        pools.generation = sim__world.generation;
        pools.first = NULL;
    }
    pool = pools.first;
    while (pool != NULL && pool->host_number != host) {
        pool = pool->next;
    }
    if (pool == NULL) {
        pool = sim__take(sizeof *pool);
        *pool = (struct pool){.next = pools.first,
                              .port = sim__port_create(0),
                              .host_number = host};
        sim__object_keep(&pool->port->object);
        pools.first = pool;
        start_thread(pool);
    }
    return pool;
}

void sim__pool_thread_over(const struct thread *thread)
{
    struct pool **link = &pools.first;
    struct pool *pool;

    while ((*link)->host_number != thread->host_number) {
        link = &(*link)->next;
    }
    pool = *link;
    sim__world.threads_pooled--;
    pool->threads--;
    if (thread->pool_idle) {
        sim__world.threads_idle--;
        pool->idle--;
    }
    if (pool->threads == 0) {
        /* The process is gone, and so is whatever its port still hears: the
         * next one on this host has a pool of its own. */
        *link = pool->next;
    }
}

void sim__pool_thread_check(const struct thread *thread)
{
    if (SIM_UNLIKELY(thread->pooled)) {
        sim__stop(SIM_CONTRACT,
                  "a thread of the thread pool is ended by ExitThread or "
                  "TerminateThread, but it is not the program's: return from "
                  "the callback instead");
    }
}

struct port *sim__pool_port(void)
{
    return current_pool()->port;
}

struct pool_item *sim__pool_item(void (*call)(struct pool_item *item,
                                              const struct packet *packet),
                                 const void *function,
                                 void *context)
{
    struct pool_item *item = sim__take(sizeof *item);

    *item = (struct pool_item){.call = call, .context = context};
    memcpy(&item->function, function, sizeof item->function);
    return item;
}

/* ---- What a thread of the pool does -------------------------------------- */

/** @brief Wait for the next packet. */
static struct packet take(const struct pool *pool)
{
    struct removal removal = {.count = 1, .call = "the thread pool"};
    struct packet packet;
    NTSTATUS status;

    sim__before();
    status = sim__port_remove(pool->port, &removal);
    sim__assert(status == STATUS_SUCCESS); /* The port is never closed. */
    packet = *removal.first;
    sim__packet_release(removal.first);
    return packet;
}

/** @brief Whether a packet's callback is to run. */
static bool begins(struct pool_item *item)
{
    if (item->dropped != 0) {
        item->dropped--;
        return false;
    }
    if (item->pending == 0 && !item->unannounced) {
        /* FACT PORT-101 thread pool I/O bookkeeping. */
        sim__stop(SIM_CONTRACT,
                  "an operation on file %u has ended that the thread pool was "
                  "not told of: call StartThreadpoolIo before each operation, "
                  "and CancelThreadpoolIo only after one that failed at once",
                  (unsigned)item->number);
    }
    if (item->pending != 0) {
        item->pending--;
    }
    item->running++;
    return true;
}

/** @brief A callback is over: tell who waits for that. */
static void ended(struct pool_item *item)
{
    item->running--;
    if (item->once) {
        sim__give(item, sizeof *item);
    } else if (item->progress != NULL) {
        sim__signal(item->progress);
    }
}

static void set_idle(struct pool *pool, bool idle)
{
    sim__world.current->pool_idle = idle;
    if (idle) {
        sim__world.threads_idle++;
        pool->idle++;
    } else {
        sim__world.threads_idle--;
        pool->idle--;
    }
}

/** @brief Take one packet and do what it says. */
static void serve_one(struct pool *pool)
{
    const struct packet packet = take(pool);
    struct pool_item *item = (struct pool_item *)packet.key;

    if (!begins(item)) {
        return;
    }
    set_idle(pool, false);
    if (pool->idle == 0 && pool->threads < THREADS_MAX) {
        start_thread(pool);
    }
    sim__after();
    item->call(item, &packet);
    sim__before();
    ended(item);
    set_idle(pool, true);
}

static DWORD WINAPI serve(void *argument)
{
    /* BOUND: ends with the world. */
    while (argument != NULL) {
        serve_one(argument);
    }
    return 0;
}

/* ---- What programs ask of it --------------------------------------------- */

void sim__pool_submit(struct pool_item *item)
{
    struct port *port = sim__pool_port();
    struct packet *packet = sim__packet_create();

    item->pending++;
    packet->key = (ULONG_PTR)item;
    packet->op = sim__op_new();
    trace(post,
          .object = &port->object,
          .op = packet->op,
          .owner = SIM_QUEUE,
          .value = {trace_key(packet->key), 0});
    sim__port_insert(port, packet);
}

/** @brief Packets of an item whose callback has not begun: those that are
 *  queued, and those in the hands of a thread that does not run yet. */
static uint32_t queued(const struct pool_item *item)
{
    const struct packet *packet = sim__pool_port()->first;
    const struct thread *thread = sim__world.thread_first;
    uint32_t count = 0;

    for (; packet != NULL; packet = packet->next) {
        count += packet->key == (ULONG_PTR)item;
    }
    for (; thread != NULL; thread = thread->all_next) {
        count += thread->pooled && thread->packet != NULL &&
                 thread->packet->key == (ULONG_PTR)item;
    }
    return count;
}

/** @brief Give up the callbacks that have not begun. */
static void drop(struct pool_item *item)
{
    /* FACT PORT-102 WaitForThreadpoolIoCallbacks(TRUE): the operations
     * themselves go on; whether a callback comes of one that has not ended
     * yet is not said. */
    uint32_t count = queued(item);

    if (count > item->pending ||
        (count < item->pending && sim__choose(CHOOSE_OTHER, 2) == 0)) {
        count = item->pending;
    }
    item->pending -= count;
    item->dropped += count;
}

void sim__pool_wait(struct pool_item *item, bool drop_pending, const char *call)
{
    struct object *progress;
    const struct wait wait = {.objects = &progress, .count = 1, .call = call};

    if (drop_pending) {
        drop(item);
    }
    if (item->progress == NULL) {
        item->progress = sim__object_create(OBJECT_EVENT, sizeof *progress);
        sim__object_keep(item->progress);
    }
    progress = item->progress;
    /* BOUND: each turn waits for the end of a callback. */
    while (item->running != 0 || (!drop_pending && item->pending != 0)) {
        progress->signal = 0;
        (void)sim__wait(&wait);
    }
}

void sim__pool_environment(const void *environment, const char *call)
{
    if (environment != NULL) {
        sim__stop(SIM_REFUSED,
                  "%s was given a callback environment, which the simulated "
                  "thread pool does not have: pass NULL for it",
                  call);
    }
}
