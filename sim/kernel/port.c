/**
 * @file port.c
 * @brief How a completion port decides which thread gets which packet.
 *
 * A port is a queue of packets, a stack of waiting threads, and a count of
 * running ones.  A packet leaves by one of two doors: a thread that asks takes
 * the oldest, or the newest waiter is released with it in hand.  Both doors
 * are shut while as many threads run as the concurrency value allows.
 *
 * Uses:     port.h, port_list.h, wait.h.
 * Used by:  port_api.c, native_port.c, irp.c, wait_packet.c, schedule.c.
 * Facts:    PORT-01, PORT-33, PORT-47, PORT-49, PORT-56, PORT-58, PORT-59,
 *           PORT-61..PORT-69, PORT-72..PORT-76, PORT-80, PORT-82..PORT-84.
 * Read next: file.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "port.h"

#include "../watch/watch.h"
#include "port_list.h"
#include "wait.h"

struct port *sim__port_create(uint32_t limit)
{
    struct port *port = sim__object_create(OBJECT_PORT, sizeof *port);

    /* FACT PORT-01 creating a bare port: 0 is one thread per processor. */
    port->limit = limit != 0 ? limit : sim__world.options.processors;
    if (sim__world.options.concurrency != 0) {
        port->limit = sim__world.options.concurrency;
    }
    trace(open, .object = &port->object, .value = {(int64_t)port->limit});
    return port;
}

/* ---- Which threads belong to the port, and which of them run ------------ */

static void count_running(struct port *port, struct thread *thread)
{
    sim__assert(!thread->port_active && thread->port == port);
    thread->port_active = true;
    port->running++;
}

static void uncount_running(struct port *port, struct thread *thread)
{
    sim__assert(thread->port_active && port->running > 0);
    thread->port_active = false;
    port->running--;
}

/* ---- The queue of packets ------------------------------------------------ */

static inline void set_depth(struct port *port, uint32_t depth)
{
    port->depth = depth;
    if (!port->closed) {
        port->object.signal = (int32_t)depth;
    }
}

/** @brief FACT PORT-33 packets leave in FIFO order. */
static struct packet *take_oldest(struct port *port)
{
    struct packet *packet = port->first;

    sim__assert(packet != NULL);
    sim__assert(packet->queued && port->depth > 0);
    port->first = packet->next;
    if (port->first == NULL) {
        port->last = NULL;
    }
    packet->next = NULL;
    packet->queued = false;
    set_depth(port, port->depth - 1);
    return packet;
}

static void put_newest(struct port *port, struct packet *packet)
{
    sim__assert(!packet->queued);
    packet->next = NULL;
    packet->queued = true;
    if (port->last == NULL) {
        port->first = packet;
    } else {
        port->last->next = packet;
    }
    port->last = packet;
    set_depth(port, port->depth + 1);
    if (SIM_UNLIKELY(port->closed) && sim__rules_on()) {
        sim__watch_lost(port, packet);
    }
}

bool sim__port_withdraw(struct port *port, struct packet *packet)
{
    struct packet **link = &port->first;
    struct packet *before = NULL;

    if (!packet->queued) {
        return false;
    }
    while (*link != packet) {
        before = *link;
        link = &before->next;
    }
    *link = packet->next;
    if (port->last == packet) {
        port->last = before;
    }
    packet->queued = false;
    set_depth(port, port->depth - 1);
    return true;
}

/* ---- A packet meets a waiter --------------------------------------------- */

/** @brief Release the newest waiter with a packet in its hand. */
static void hand_over(struct port *port, struct packet *packet)
{
    /* FACT PORT-56 waiting threads are released in LIFO order. */
    struct thread *waiter = port->waiter_newest;

    remove_waiter(port, waiter);
    /* FACT PORT-58 a packet is handed to a released waiter directly: it never
     * enters the queue, and nobody can snatch it on the way. */
    waiter->packet = packet;
    count_running(port, waiter);
    trace(hand,
          .object = &port->object,
          .op = packet->op,
          .owner = SIM_QUEUE,
          .value = {waiter->object.number, port->running, port->limit},
          .kernel = true);
    sim__unblock(waiter, STATUS_SUCCESS);
}

/** @brief Whether a waiter may be released. */
static bool may_release(const struct port *port)
{
    /* FACT PORT-59 the concurrency value gates release. */
    return port->waiter_newest != NULL && port->running < port->limit;
}

/** @brief A place became free: release a waiter for a queued packet. */
static void release_waiters(struct port *port)
{
    while (port->depth != 0 && may_release(port)) {
        hand_over(port, take_oldest(port));
    }
}

/** @brief Whether an APC within a wait at the port does what happens now. */
static bool is_inside(const struct port *port)
{
    const struct thread *self = sim__world.current;

    return self->removal != NULL && self->removal->port == port &&
           self->port == port && !sim__world.clock_acts;
}

void sim__port_insert(struct port *port, struct packet *packet)
{
    /* FACT PORT-69 posting from a thread inside the same queue's wait: the
     * packet is queued though others wait.  When it stops they are released. */
    bool inside = is_inside(port);

    if (port->depth == 0 && !inside && may_release(port)) {
        hand_over(port, packet);
        return;
    }
    put_newest(port, packet);
    trace(queue,
          .object = &port->object,
          .op = packet->op,
          .owner = SIM_QUEUE,
          .value = {port->depth},
          .kernel = true);
    if (!inside) {
        release_waiters(port);
    }
    if (port->depth != 0 && port->object.wait_first != NULL) {
        /* FACT PORT-82 the port handle is waitable: one packet that stays
         * wakes all who wait for the handle itself.
         * FACT PORT-83 a packet handed to a waiter wakes none of them. */
        sim__wait_wake(&port->object);
    }
}

/* ---- Removing ------------------------------------------------------------ */

/** @brief FACT PORT-47 removing a packet writes the status block. */
static SIM_NOINLINE void write_block(struct packet *packet)
{
    struct irp *irp = sim__packet_irp(packet);

    if (irp->watch != NULL) {
        sim__watch_take(irp);
    }
    packet->block->Information = packet->information;
    packet->block->Status = packet->status;
}

/** @brief A packet leaves the kernel; @p kernel: its thread has ended. */
static void hand_out(const struct port *port,
                     struct packet *packet,
                     bool kernel)
{
    if (packet->block != NULL) {
        write_block(packet);
    }
    trace(take,
          .object = &port->object,
          .op = packet->op,
          .owner = SIM_APP,
          .value = {trace_key(packet->key),
                    trace_bytes(packet->information),
                    packet->status},
          .kernel = kernel);
}

/** @brief Append one packet to what the caller gets. */
static void deliver(const struct port *port,
                    struct removal *removal,
                    struct packet **last,
                    struct packet *packet)
{
    hand_out(port, packet, false);
    if (*last == NULL) {
        removal->first = packet;
    } else {
        (*last)->next = packet;
    }
    packet->next = NULL;
    *last = packet;
    removal->removed++;
}

/** @brief FACT PORT-49 returns at least one, does not wait to fill. */
static NTSTATUS deliver_queued(struct port *port,
                               struct removal *removal,
                               struct packet *last)
{
    while (removal->removed < removal->count && port->depth != 0) {
        struct packet *packet = take_oldest(port);

        deliver(port, removal, &last, packet);
        last = packet;
    }
    return STATUS_SUCCESS;
}

/** @brief A released waiter returns with the packet in its hand. */
static NTSTATUS deliver_handed(struct port *port, struct removal *removal)
{
    struct thread *self = sim__world.current;
    struct packet *packet = self->packet;
    struct packet *last = NULL;

    self->packet = NULL;
    deliver(port, removal, &last, packet);
    if (removal->count > 1 && port->depth != 0 &&
        sim__choose(CHOOSE_OTHER, 2) == 0) {
        /* No source says whether packets queued since the release are taken
         * as well. */
        return deliver_queued(port, removal, packet);
    }
    return STATUS_SUCCESS;
}

/** @brief From here on the current thread may even end in the call. */
static void enter(struct port *port, struct removal *removal)
{
    struct thread *self = sim__world.current;

    removal->port = port;
    removal->outer = self->removal;
    self->removal = removal;
    sim__object_keep(&port->object);
}

static void leave(struct thread *thread)
{
    struct port *port = thread->removal->port;

    thread->removal = thread->removal->outer;
    sim__object_drop(&port->object);
}

/** @brief Run the APCs that end a call. */
static NTSTATUS run_apcs(struct port *port, struct removal *removal)
{
    enter(port, removal);
    (void)sim__apc_run_all();
    leave(sim__world.current);
    return STATUS_USER_APC;
}

/** @brief FACT PORT-42 timeout: say so, with the port that is still there. */
static NTSTATUS timed_out(const struct port *port, const char *call)
{
    trace(timeout, .text = call, .object = &port->object);
    return STATUS_TIMEOUT;
}

/** @brief Wait on the stack until something ends it. */
static NTSTATUS wait_for_packet(struct port *port, struct removal *removal)
{
    struct thread *self = sim__world.current;
    const int64_t *interval = removal->interval;
    NTSTATUS status;

    trace(
        wait,
        .text = removal->call,
        .object = &port->object,
        .value = {interval == NULL || *interval == INT64_MIN ? 0 : -*interval});
    self->waits_in = removal->call;
    push_waiter(port, self);
    enter(port, removal);
    status =
        sim__block(BLOCK_PORT, removal->alertable, sim__time_due(interval));
    if (status == STATUS_SUCCESS) {
        status = deliver_handed(port, removal);
    } else if (status == STATUS_USER_APC) {
        (void)sim__apc_run_all();
    } else if (status == STATUS_TIMEOUT) {
        status = timed_out(port, removal->call);
    }
    leave(self);
    return status;
}

/** @brief A thread does not belong to its port any more. */
static void leave_port(struct thread *thread)
{
    struct port *port = thread->port;

    if (port == NULL) {
        return;
    }
    if (thread->port_active) {
        uncount_running(port, thread);
    }
    part(port, thread);
    release_waiters(port);
}

NTSTATUS sim__port_remove(struct port *port, struct removal *removal)
{
    struct thread *self = sim__world.current;

    removal->removed = 0;
    removal->first = NULL;
    if (self->port != port) {
        if (removal->alertable && self->apc_first != NULL) {
            /* FACT PORT-72 not associated yet: the APC wins.
             * FACT PORT-73 and the thread stays unassociated. */
            return run_apcs(port, removal);
        }
        /* FACT PORT-68 switching ports: the old one is left first. */
        leave_port(self);
        join(port, self);
    } else if (self->port_active) {
        /* FACT PORT-61 calling again: first it is not counted, so that it
         * comes before the waiters. */
        uncount_running(port, self);
    }
    if (port->depth != 0 && port->running < port->limit) {
        /* FACT PORT-55 a batch counts as one active thread.
         * FACT PORT-74 associated: the packet wins over an APC. */
        count_running(port, self);
        return deliver_queued(port, removal, NULL);
    }
    if (removal->alertable && self->apc_first != NULL) {
        count_running(port, self);
        return run_apcs(port, removal);
    }
    if (removal->interval != NULL && *removal->interval == 0) {
        /* FACT PORT-65 polling at the limit: time-out although packets are
         * queued.
         * FACT PORT-66 timed-out threads stay associated and counted. */
        count_running(port, self);
        return timed_out(port, removal->call);
    }
    return wait_for_packet(port, removal);
}

/* ---- What the scheduler and the handle table report ---------------------- */

void sim__port_pause(struct thread *thread)
{
    struct port *port = thread->port;

    uncount_running(port, thread);
    trace(block,
          .text = "leaves its place",
          .object = &port->object,
          .value = {port->running, port->limit},
          .kernel = thread != sim__world.current);
    release_waiters(port);
}

void sim__port_resume(struct thread *thread)
{
    struct port *port = thread->port;

    /* FACT PORT-63 over-concurrency is possible and temporary. */
    count_running(port, thread);
    trace(unblock,
          .object = &port->object,
          .value = {port->running, port->limit},
          .kernel = true);
}

void sim__port_thread_exit(struct thread *thread)
{
    struct packet *packet = thread->packet;

    if (packet != NULL) {
        /* The program will never hear of it, but its memory does. */
        hand_out(thread->removal->port, packet, true);
        thread->packet = NULL;
        sim__packet_release(packet);
    }
    while (thread->removal != NULL) {
        leave(thread);
    }
    leave_port(thread);
}

void sim__port_unwait(struct thread *thread)
{
    struct port *port = thread->port;

    if (port == NULL || thread->packet != NULL) {
        return; /* Closed under it, or released with a packet. */
    }
    remove_waiter(port, thread);
    /* FACT PORT-66 also after a time-out or an APC. */
    count_running(port, thread);
}

void sim__port_closed(struct object *object)
{
    struct port *port = (struct port *)object;

    if (sim__rules_on()) {
        sim__watch_port_closed(port);
    }
    port->closed = true;
    /* FACT PORT-76 closing the last port handle abandons its waiters. */
    while (port->waiter_newest != NULL) {
        struct thread *waiter = port->waiter_newest;

        remove_waiter(port, waiter);
        part(port, waiter);
        trace(abandon, .object = object, .kernel = true);
        sim__unblock(waiter, STATUS_ABANDONED_WAIT_0);
    }
    while (port->members != NULL) {
        part(port, port->members);
    }
    port->running = 0;
    /* FACT PORT-84 a direct wait ends when the port is closed. */
    object->signal = INT32_MAX;
    sim__wait_wake(object);
}

void sim__port_deleted(struct object *object)
{
    struct port *port = (struct port *)object;

    /* FACT PORT-80 packets left in a closed port are discarded. */
    while (port->depth != 0) {
        sim__packet_release(take_oldest(port));
    }
}
