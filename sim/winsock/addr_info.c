/**
 * @file addr_info.c
 * @brief getaddrinfo: from a name to a list of addresses.
 *
 * The list is the program's until it gives it back.  Each entry is one block
 * of the process heap, so that the simulator's heap sees what becomes of it.
 *
 * Uses:     resolver.h.
 * Used by:  layer 2, programs.
 * Facts:    none.
 * Read next: addr_info_ex.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>
#include <string.h>

#include "resolver.h"

/* The two kinds of entries differ in what a name's letters are. */
static_assert(sizeof(ADDRINFOA) == sizeof(ADDRINFOW) &&
                  offsetof(ADDRINFOA, ai_addr) ==
                      offsetof(ADDRINFOW, ai_addr) &&
                  offsetof(ADDRINFOA, ai_next) == offsetof(ADDRINFOW, ai_next),
              "one list serves both");

/** An entry and all it points to. */
struct entry {
    union {
        ADDRINFOA narrow;
        ADDRINFOW wide;
    } info; /* First: a program gives its address back. */
    struct sockaddr_in6 address;
    union {
        char narrow[NAME_BYTES];
        WCHAR wide[NAME_BYTES];
    } name;
};

static void free_list(ADDRINFOA *list)
{
    /* BOUND: each turn frees an entry. */
    while (list != NULL) {
        ADDRINFOA *next = list->ai_next;

        (void)HeapFree(GetProcessHeap(), 0, list);
        list = next;
    }
}

static void fill(struct entry *entry,
                 const struct net_address *address,
                 const struct resolved *resolved)
{
    memset(entry, 0, sizeof *entry);
    entry->info.narrow.ai_family =
        address->family == NET_V6 ? AF_INET6 : AF_INET;
    entry->info.narrow.ai_socktype = resolved->type;
    entry->info.narrow.ai_protocol = resolved->protocol;
    entry->info.narrow.ai_addrlen = (size_t)sim__address_bytes(address->family);
    entry->info.narrow.ai_addr = (struct sockaddr *)&entry->address;
    sim__address_write(address, &entry->address);
}

/** @brief Give the first entry the canonical name. */
static void name(struct entry *entry, const char *text, bool wide)
{
    if (!wide) {
        sim__copy_text(entry->name.narrow, text);
        entry->info.narrow.ai_canonname = entry->name.narrow;
        return;
    }
    for (size_t at = 0; at <= strlen(text); at++) {
        entry->name.wide[at] = (WCHAR)text[at];
    }
    entry->info.wide.ai_canonname = entry->name.wide;
}

/** @brief Make the list of an answer; NULL when the heap is full. */
static ADDRINFOA *make_list(const struct resolved *resolved,
                            bool wide,
                            bool named)
{
    ADDRINFOA *first = NULL;
    ADDRINFOA **link = &first;

    for (uint32_t at = 0; at < resolved->count; at++) {
        struct entry *entry =
            HeapAlloc(GetProcessHeap(), 0, sizeof(struct entry));

        if (entry == NULL) {
            free_list(first);
            return NULL;
        }
        fill(entry, &resolved->addresses[at], resolved);
        if (named && at == 0) {
            name(entry, resolved->name, wide);
        }
        *link = &entry->info.narrow;
        link = &entry->info.narrow.ai_next;
    }
    return first;
}

/** @brief What both calls do between their own kinds of text. */
static int answer(const struct question *question, bool wide, ADDRINFOA **out)
{
    struct resolved resolved = {.count = 0};
    NTSTATUS status;
    int error;

    sim__before();
    *out = NULL;
    status = sim__wsa_started();
    error = NT_SUCCESS(status) ? sim__resolve(question, &resolved)
                               : sim__wsa_error(status);
    trace(call, .text = question->call, .value = {error});
    if (NT_SUCCESS(status)) {
        sim__resolve_wait(question->call, resolved.delay);
    }
    if (error == 0) {
        *out = make_list(&resolved,
                         wide,
                         (question->flags & (AI_CANONNAME | AI_FQDN)) != 0);
        error = *out == NULL ? WSA_NOT_ENOUGH_MEMORY : 0;
    }
    if (error != 0) {
        sim__set_error((DWORD)error);
    }
    sim__after();
    return error;
}

/** @brief What the hints of either kind ask for. */
static void read_hints(struct question *question, const ADDRINFOA *hints)
{
    if (hints != NULL) {
        question->flags = hints->ai_flags;
        question->family = hints->ai_family;
        question->type = hints->ai_socktype;
        question->protocol = hints->ai_protocol;
        question->hint_fields =
            hints->ai_addrlen != 0 || hints->ai_canonname != NULL ||
            hints->ai_addr != NULL || hints->ai_next != NULL;
    }
}

INT WSAAPI getaddrinfo(PCSTR node,
                       PCSTR service,
                       const ADDRINFOA *hints,
                       PADDRINFOA *out)
{
    struct question question = {.call = "getaddrinfo",
                                .node = node,
                                .service = service};

    if (out == NULL) {
        sim__set_error(WSAEFAULT);
        return WSAEFAULT;
    }
    read_hints(&question, hints);
    return answer(&question, false, out);
}

INT WSAAPI GetAddrInfoW(PCWSTR node,
                        PCWSTR service,
                        const ADDRINFOW *hints,
                        PADDRINFOW *out)
{
    char node_text[NAME_BYTES];
    char service_text[NAME_BYTES];
    struct question question = {
        .call = "GetAddrInfoW",
        .node = sim__narrow(node, node_text, sizeof node_text),
        .service = sim__narrow(service, service_text, sizeof service_text),
    };
    ADDRINFOA *list;
    int error;

    if (out == NULL) {
        sim__set_error(WSAEFAULT);
        return WSAEFAULT;
    }
    read_hints(&question, (const ADDRINFOA *)(const void *)hints);
    error = answer(&question, true, &list);
    *out = (ADDRINFOW *)(void *)list;
    return error;
}

void WSAAPI freeaddrinfo(PADDRINFOA list)
{
    free_list(list);
}

void WSAAPI FreeAddrInfoW(PADDRINFOW list)
{
    free_list((ADDRINFOA *)(void *)list);
}
