/**
 * @file left.c
 * @brief Rules about what is left when a port is closed or a run is over.
 *
 * A packet is a receipt: who does not take it does not know that the kernel
 * is done with the memory.  Packets that somebody posted are exempt, because
 * they stand for no memory, and a wake-up may come when nobody sleeps.  So are
 * packets of operations whose event told the end.
 *
 * Uses:     operation.h, port.h.
 * Used by:  port.c, world.c.
 * Facts:    PORT-80, PORT-81, CANCEL-24.
 * Read next: handle.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operation.h"

#include <stdio.h>

static const char *at_once_words(const struct watched *op)
{
    return op->at_once ? "; it succeeded at once, and its packet came all the "
                         "same"
                       : "";
}

void sim__watch_port_closed(const struct port *port)
{
    struct packet *packet = port->first;

    for (; packet != NULL; packet = packet->next) {
        const struct irp *irp = sim__packet_irp(packet);
        const struct watched *op = irp == NULL ? NULL : irp->watch;

        if (op != NULL && sim__rule_on(RULE_packet_left)) {
            char words[WORDS_BYTES];
            char self[WORDS_BYTES];

            /* FACT PORT-80 packets left in a closed port are discarded. */
            sim__show_both(op, "closed");
            sim__rule_break(RULE_packet_left,
                            "%s closes port %u, in which the packet of %s "
                            "still lies%s",
                            sim__self_words(self),
                            (unsigned)port->object.number,
                            sim__watched_words(op, words),
                            at_once_words(op));
        }
    }
}

void sim__watch_lost(const struct port *port, struct packet *packet)
{
    const struct irp *irp = sim__packet_irp(packet);
    const struct watched *op = irp == NULL ? NULL : irp->watch;
    char words[WORDS_BYTES];

    if (op == NULL || !sim__rule_on(RULE_packet_left)) {
        return;
    }
    /* FACT PORT-81 closing a port does not cancel I/O. */
    sim__call_stack_show("started", op->stack);
    sim__rule_break(RULE_packet_left,
                    "the packet of %s comes to port %u, whose last handle is "
                    "closed, so nobody can take it",
                    sim__watched_words(op, words),
                    (unsigned)port->object.number);
}

void sim__watch_end(void)
{
    const struct watched *op = sim__watched_first();
    enum rule rule;
    char words[WORDS_BYTES];

    if (sim__world.options.leaks_allowed) {
        return; /* Then the end of the process may clean up. */
    }
    for (; op != NULL; op = op->next) {
        rule = op->queued ? RULE_packet_left : RULE_operation_left;
        if (!sim__rule_on(rule)) {
            continue;
        }
        /* FACT CANCEL-24 nothing else tells that the kernel is done. */
        sim__call_stack_show("started", op->stack);
        sim__rule_break(rule,
                        op->queued ? "the run ends, and nobody has taken the "
                                     "packet of %s%s"
                                   : "the run ends while %s is pending%s",
                        sim__watched_words(op, words),
                        at_once_words(op));
    }
}

bool sim__watch_pending(char *words_out, bool *has_port_out)
{
    const struct watched *op = sim__watched_first();

    for (; op != NULL; op = op->next) {
        const struct irp *irp = op->irp;

        if (!op->queued && irp->waiting == NULL && irp->event == NULL &&
            irp->routine == NULL) {
            *has_port_out = irp->file->port != NULL;
            (void)sim__watched_words(op, words_out);
            return true;
        }
    }
    return false;
}
