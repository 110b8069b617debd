/**
 * @file bench_fiber.c
 * @brief What it costs to switch simulated threads, on this machine.
 *
 * Two fibers run the same loop and give way to each other, as simulated
 * threads do; one turn of the loop of both is a round trip.
 *
 * Uses:     host.h.
 * Used by:  make bench.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include "host/host.h"

#include <stdio.h>

#define BATCHES      20
#define BATCH_ROUNDS 200000

static struct sim__fiber host;
static struct sim__fiber fibers[2];
static unsigned rounds_left;

/* Both fibers run this; the first counts the rounds. */
static void ping_pong(void)
{
    /* BOUND: ends when the host does not come back. */
    for (;;) {
        struct sim__fiber *self = sim__fiber_now;

        if (self == &fibers[0] && rounds_left-- == 0) {
            sim__fiber_switch(self, &host);
        }
        sim__fiber_switch(self, &fibers[self == &fibers[0]]);
    }
}

static double round_trip_seconds(void)
{
    double start;

    sim__fiber_prepare(&fibers[0], ping_pong);
    sim__fiber_prepare(&fibers[1], ping_pong);
    rounds_left = BATCH_ROUNDS;
    start = sim__host_seconds();
    sim__fiber_switch(&host, &fibers[0]);
    return (sim__host_seconds() - start) / BATCH_ROUNDS;
}

static double prepare_seconds(void)
{
    double start = sim__host_seconds();

    for (unsigned i = 0; i < BATCH_ROUNDS; i++) {
        sim__fiber_prepare(&fibers[0], ping_pong);
    }
    return (sim__host_seconds() - start) / BATCH_ROUNDS;
}

/* The fastest batch: what disturbs a measurement only makes it longer. */
static void report(const char *name, double (*measure)(void))
{
    double best = measure();

    for (unsigned i = 1; i < BATCHES; i++) {
        double seconds = measure();

        best = seconds < best ? seconds : best;
    }
    printf("%s %.2f ns\n", name, best * 1e9);
}

int main(void)
{
    sim__fiber_adopt(&host);
    if (!sim__fiber_create(&fibers[0], 65536) ||
        !sim__fiber_create(&fibers[1], 65536)) {
        fputs("bench_fiber: the host has no memory for two stacks\n", stderr);
        return 2;
    }
    report("fiber_round_trip", round_trip_seconds);
    report("fiber_prepare", prepare_seconds);
    sim__fiber_destroy(&fibers[0]);
    sim__fiber_destroy(&fibers[1]);
    return 0;
}
