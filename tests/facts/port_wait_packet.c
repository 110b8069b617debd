/**
 * @file port_wait_packet.c
 * @brief Facts about wait completion packets.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-97, PORT-98.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { GENERIC_EVERYTHING = 0x10000000, KEY = 7, COUNT = 12 };

/** What the packets of these facts say, beside key and count. */
static char context[1];

/** Three objects that a wait packet ties together. */
struct tie {
    HANDLE packet;
    HANDLE port;
    HANDLE event; /* Manual-reset, nonsignaled. */
};

static HANDLE make_packet(void)
{
    struct fact_native native = fact_native();
    HANDLE packet = NULL;

    CHECK(native.create_wait_packet(&packet, GENERIC_EVERYTHING, NULL) ==
          STATUS_SUCCESS);
    return packet;
}

static struct tie tie_open(void)
{
    struct tie tie = {
        .packet = make_packet(),
        .port = fact_port(0),
        .event = CreateEventW(NULL, TRUE, FALSE, NULL),
    };

    CHECK(tie.event != NULL);
    return tie;
}

static void tie_close(const struct tie *tie)
{
    CHECK(CloseHandle(tie->packet));
    CHECK(CloseHandle(tie->port));
    CHECK(CloseHandle(tie->event));
}

/** @brief Let an object's signal become a packet; @p already may be NULL. */
static NTSTATUS associate(const struct tie *tie,
                          HANDLE target,
                          BOOLEAN *already)
{
    return fact_native().associate_wait_packet(tie->packet,
                                               tie->port,
                                               target,
                                               (PVOID)(ULONG_PTR)KEY,
                                               context,
                                               STATUS_CANCELLED,
                                               COUNT,
                                               already);
}

/** @brief Associate with something that is not signaled yet. */
static void associate_early(const struct tie *tie, HANDLE target)
{
    BOOLEAN already = 2;

    CHECK(associate(tie, target, &already) == STATUS_SUCCESS);
    CHECK(already == FALSE);
    CHECK(fact_packet_none(tie->port));
}

/** @brief Take the one packet, which must say what was chosen. */
static void take_chosen(HANDLE port)
{
    struct fact_completion packet = fact_packet_remove(port);

    CHECK(packet.key == (PVOID)(ULONG_PTR)KEY);
    CHECK(packet.context == context);
    CHECK(packet.block.Status == STATUS_CANCELLED);
    CHECK(packet.block.Information == COUNT);
    CHECK(fact_packet_none(port));
}

/* ---- Objects become packets ---------------------------------------------- */

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

/** @brief A timer and a thread can be associated like an event. */
static void check_other_objects(const struct tie *tie)
{
    HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    HANDLE thread =
        CreateThread(NULL, 0, do_nothing, NULL, CREATE_SUSPENDED, NULL);
    LARGE_INTEGER due = {.QuadPart = -10000};

    CHECK(timer != NULL && thread != NULL);
    associate_early(tie, timer);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    take_chosen(tie->port);
    associate_early(tie, thread);
    CHECK(ResumeThread(thread) == 1);
    take_chosen(tie->port);
    (void)fact_join(thread);
    CHECK(CloseHandle(timer));
}

void fact_port_97(void)
{
    struct fact_native native = fact_native();
    BOOLEAN already = 2;
    struct tie tie;

    FACT_NEEDS(native.create_wait_packet);
    FACT_NEEDS(native.associate_wait_packet);
    tie = tie_open();
    /* The event's signal becomes a packet with everything chosen before. */
    associate_early(&tie, tie.event);
    CHECK(SetEvent(tie.event));
    take_chosen(tie.port);
    /* Once: a second signal is nobody's affair. */
    CHECK(ResetEvent(tie.event) && SetEvent(tie.event));
    CHECK(fact_packet_none(tie.port));
    /* When the signal is there already, so is the packet, and a flag says
     * so. */
    CHECK(associate(&tie, tie.event, &already) == STATUS_SUCCESS);
    CHECK(already == TRUE);
    CHECK(fact_depth(tie.port) == 1);
    /* In use because its packet is in the port: refused. */
    CHECK(!NT_SUCCESS(associate(&tie, tie.event, NULL)));
    take_chosen(tie.port);
    /* In use because it waits: refused. */
    CHECK(ResetEvent(tie.event));
    associate_early(&tie, tie.event);
    CHECK(!NT_SUCCESS(associate(&tie, tie.event, NULL)));
    CHECK(SetEvent(tie.event));
    take_chosen(tie.port);
    check_other_objects(&tie);
    tie_close(&tie);
}

/* ---- Cancelling ---------------------------------------------------------- */

static NTSTATUS cancel(const struct tie *tie, BOOLEAN remove_signaled)
{
    return fact_native().cancel_wait_packet(tie->packet, remove_signaled);
}

/** @brief Cancel while the event is being set by another thread. */
static DWORD WINAPI set_event(void *event)
{
    CHECK(SetEvent(event));
    return 0;
}

static void check_race(const struct tie *tie)
{
    HANDLE setter;
    NTSTATUS status;

    CHECK(ResetEvent(tie->event));
    associate_early(tie, tie->event);
    setter = fact_start(set_event, tie->event);
    status = cancel(tie, FALSE);
    (void)fact_join(setter);
    /* The answer says whether there will be a packet. */
    if (status == STATUS_SUCCESS) {
        sim_mark("cancelled in time");
        CHECK(fact_packet_none(tie->port));
    } else {
        sim_mark("too late");
        CHECK(status == STATUS_PENDING);
        take_chosen(tie->port);
    }
}

void fact_port_98(void)
{
    struct fact_native native = fact_native();
    struct tie tie;

    FACT_NEEDS(native.create_wait_packet);
    FACT_NEEDS(native.associate_wait_packet);
    FACT_NEEDS(native.cancel_wait_packet);
    tie = tie_open();
    /* Never associated: there is nothing to cancel. */
    CHECK(cancel(&tie, FALSE) == STATUS_CANCELLED);
    CHECK(cancel(&tie, TRUE) == STATUS_CANCELLED);
    /* Waiting: it is cancelled, and the signal that comes is not for it. */
    associate_early(&tie, tie.event);
    CHECK(cancel(&tie, FALSE) == STATUS_SUCCESS);
    CHECK(SetEvent(tie.event));
    CHECK(fact_packet_none(tie.port));
    /* In the port: pending, because it cannot be used again yet, */
    CHECK(associate(&tie, tie.event, NULL) == STATUS_SUCCESS);
    CHECK(cancel(&tie, FALSE) == STATUS_PENDING);
    CHECK(!NT_SUCCESS(associate(&tie, tie.event, NULL)));
    CHECK(fact_depth(tie.port) == 1);
    /* unless the packet is to be taken back: then it is gone, and the other
     * one can be used again. */
    CHECK(cancel(&tie, TRUE) == STATUS_SUCCESS);
    CHECK(fact_packet_none(tie.port));
    CHECK(associate(&tie, tie.event, NULL) == STATUS_SUCCESS);
    take_chosen(tie.port);
    /* Over, because its packet was removed. */
    CHECK(cancel(&tie, FALSE) == STATUS_CANCELLED);
    CHECK(cancel(&tie, TRUE) == STATUS_CANCELLED);
    check_race(&tie);
    tie_close(&tie);
}
