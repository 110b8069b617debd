/**
 * @file stream.c
 * @brief Rules about stream sockets: what they need before a call.
 *
 * Windows answers most of these mistakes with an error code, and a program may
 * ask for that answer on purpose.  Such rules are watched only when asked for;
 * they are for whoever wonders where the code comes from.
 *
 * Uses:     operation.h.
 * Used by:  accept_ex.c, connect_ex.c, close.c, wsa_address.c, tcp_receive.c.
 * Facts:    SOCK-15, SOCK-62, SOCK-63, SOCK-64, SOCK-72, SOCK-80, SOCK-88.
 * Read next: piece.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operation.h"

void sim__watch_unbound(const struct file *file)
{
    char self[WORDS_BYTES];

    if (!sim__rule_on(RULE_connect_unbound)) {
        return;
    }
    /* FACT SOCK-80 ConnectEx needs a bound socket; connect() binds it. */
    sim__call_stack_show_own("called");
    sim__rule_break(RULE_connect_unbound,
                    "%s calls ConnectEx on file %u, which is not bound",
                    sim__self_words(self),
                    (unsigned)file->object.number);
}

void sim__watch_accept_area(const struct file *listener,
                            const char *name,
                            ULONG bytes,
                            ULONG needed)
{
    char self[WORDS_BYTES];

    if (bytes >= needed || !sim__rule_on(RULE_accept_area_short)) {
        return;
    }
    /* FACT SOCK-62 buffer layout: 16 bytes more than an address.  FACT SOCK-64
     * too small an area fails late, when a connection comes. */
    sim__call_stack_show_own("called");
    sim__rule_break(RULE_accept_area_short,
                    "%s calls AcceptEx on file %u with %s %u, and an address "
                    "takes %u bytes",
                    sim__self_words(self),
                    (unsigned)listener->object.number,
                    name,
                    (unsigned)bytes,
                    (unsigned)needed);
}

void sim__watch_raw(const struct file *file, bool accepted, const char *call)
{
    char self[WORDS_BYTES];

    if (!sim__rule_on(RULE_context_missing)) {
        return;
    }
    /* FACT SOCK-72 SO_UPDATE_ACCEPT_CONTEXT, FACT SOCK-88
     * SO_UPDATE_CONNECT_CONTEXT: until then Winsock takes it for unconnected,
     * and only transfers go through. */
    sim__call_stack_show_own("called");
    sim__rule_break(RULE_context_missing,
                    "%s calls %s on file %u, which %s connected and of which "
                    "Winsock does not know that it is: %s was not set",
                    sim__self_words(self),
                    call,
                    (unsigned)file->object.number,
                    accepted ? "AcceptEx" : "ConnectEx",
                    accepted ? "SO_UPDATE_ACCEPT_CONTEXT"
                             : "SO_UPDATE_CONNECT_CONTEXT");
}

void sim__watch_receives(const struct irp *irp, const struct irp *earlier)
{
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    if (earlier->thread == NULL || earlier->thread == irp->thread ||
        earlier->watch == NULL || !sim__rule_on(RULE_receives_race)) {
        return; /* A thread that has ended was first. */
    }
    /* FACT SOCK-15 posting from several threads: the order is unpredictable. */
    sim__show_both(earlier->watch, "started as well");
    sim__rule_break(RULE_receives_race,
                    "%s calls %s on file %u while %s is pending: which of the "
                    "two gets the first bytes depends on who was faster",
                    sim__self_words(self),
                    irp->call,
                    (unsigned)irp->file->object.number,
                    sim__watched_words(earlier->watch, words));
}
