/**
 * @file addr_info_ex.c
 * @brief GetAddrInfoExW: the same question without waiting for the answer.
 *
 * A question that leaves the host is a deadline here.  When it fires the
 * answer is written and the program is told: by its event, or by a routine
 * that runs in a thread of the system's.  What was answered at once is not told
 * again.
 *
 * Uses:     resolver.h.
 * Used by:  layer 2, programs.
 * Facts:    none.
 * Read next: name_area.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "device.h"
#include "resolver.h"

/** Handles of questions: numbers that no handle table comes to. */
enum { HANDLE_ZERO = 0x20000000, HANDLE_STEP = 4 };

static const char call_name[] = "GetAddrInfoExW";

/** A question on its way. */
struct lookup {
    struct deadline arrival;
    struct lookup *next;
    uint32_t number;
    LPOVERLAPPED overlapped;
    LPLOOKUPSERVICE_COMPLETION_ROUTINE routine;
    struct object *event; /* Referenced, or NULL: the routine is called. */
    struct host *host;    /* Who asks: as in its thread. */
    uint16_t host_number;
    PADDRINFOEXW *out;
    PADDRINFOEXW list; /* The answer, until it is the program's. */
    int error;
};

/** The questions of the present world, newest first. */
static struct {
    uint64_t generation;
    struct lookup *first;
    uint32_t last_number;
} lookups;

/** An entry of the list, and all it points to. */
struct entry {
    ADDRINFOEXW info; /* First: a program gives its address back. */
    struct sockaddr_in6 address;
    WCHAR name[NAME_BYTES];
};

/* ---- Lists --------------------------------------------------------------- */

static void free_list(PADDRINFOEXW list)
{
    /* BOUND: each turn frees an entry. */
    while (list != NULL) {
        PADDRINFOEXW next = list->ai_next;

        (void)HeapFree(GetProcessHeap(), 0, list);
        list = next;
    }
}

static void fill(struct entry *entry,
                 const struct net_address *address,
                 const struct resolved *resolved,
                 bool named)
{
    memset(entry, 0, sizeof *entry);
    entry->info.ai_family = address->family == NET_V6 ? AF_INET6 : AF_INET;
    entry->info.ai_socktype = resolved->type;
    entry->info.ai_protocol = resolved->protocol;
    entry->info.ai_addrlen = (size_t)sim__address_bytes(address->family);
    entry->info.ai_addr = (struct sockaddr *)&entry->address;
    sim__address_write(address, &entry->address);
    if (named) {
        for (size_t at = 0; at <= strlen(resolved->name); at++) {
            entry->name[at] = (WCHAR)resolved->name[at];
        }
        entry->info.ai_canonname = entry->name;
    }
}

/** @brief Make the list of an answer; NULL when the heap is full. */
static PADDRINFOEXW make_list(const struct resolved *resolved, bool named)
{
    PADDRINFOEXW first = NULL;
    PADDRINFOEXW *link = &first;

    for (uint32_t at = 0; at < resolved->count; at++) {
        struct entry *entry =
            HeapAlloc(GetProcessHeap(), 0, sizeof(struct entry));

        if (entry == NULL) {
            free_list(first);
            return NULL;
        }
        fill(entry, &resolved->addresses[at], resolved, named && at == 0);
        *link = &entry->info;
        link = &entry->info.ai_next;
    }
    return first;
}

void WSAAPI FreeAddrInfoExW(PADDRINFOEXW list)
{
    free_list(list);
}

/* ---- Questions on their way ---------------------------------------------- */

/** @brief What the system's thread does. */
static DWORD WINAPI run_routine(void *arg)
{
    struct lookup lookup = *(const struct lookup *)arg;

    sim__give(arg, sizeof lookup);
    lookup.routine((DWORD)lookup.error, 0, lookup.overlapped);
    return 0;
}

/** @brief The end of a question: write the answer and tell the program. */
static void finish(struct lookup *lookup)
{
    struct lookup **link = &lookups.first;

    /* BOUND: the question is in the list. */
    while (*link != lookup) {
        link = &(*link)->next;
    }
    *link = lookup->next;
    *lookup->out = lookup->list;
    lookup->overlapped->Pointer = lookup->out;
    lookup->overlapped->Internal = (ULONG_PTR)lookup->error;
    trace(call, .text = call_name, .value = {lookup->error}, .kernel = true);
    if (lookup->routine != NULL) {
        struct thread *runner = sim__thread_create(run_routine, lookup, false);

        runner->host = lookup->host;
        runner->host_number = lookup->host_number;
        return;
    }
    sim__signal(lookup->event);
    sim__object_drop(lookup->event);
    sim__give(lookup, sizeof *lookup);
}

static void arrive(struct deadline *deadline)
{
    finish((struct lookup *)(void *)deadline);
}

/** @brief Send a question; the program gets a handle to it. */
static void send_off(const struct lookup *what, uint64_t delay, LPHANDLE handle)
{
    struct lookup *lookup = sim__take(sizeof *lookup);

    if (lookups.generation != sim__world.generation) {
        lookups.generation = sim__world.generation;
        lookups.first = NULL;
        lookups.last_number = 0;
    }
    *lookup = *what;
    lookup->host = sim__world.current->host;
    lookup->host_number = sim__world.current->host_number;
    lookup->number = ++lookups.last_number;
    lookup->next = lookups.first;
    lookups.first = lookup;
    lookup->arrival.fire = arrive;
    lookup->overlapped->Internal = STATUS_PENDING;
    if (lookup->event != NULL) {
        sim__object_keep(lookup->event);
        lookup->event->signal = 0;
    }
    if (handle != NULL) {
        *handle = (HANDLE)((uintptr_t)HANDLE_ZERO +
                           (uintptr_t)lookup->number * HANDLE_STEP);
    }
    sim__deadline_arm(&lookup->arrival, sim__world.now + delay);
}

/** @brief The question behind a handle, or NULL. */
static struct lookup *find(HANDLE handle)
{
    struct lookup *lookup =
        lookups.generation == sim__world.generation ? lookups.first : NULL;

    while (lookup != NULL &&
           (uintptr_t)handle != (uintptr_t)HANDLE_ZERO +
                                    (uintptr_t)lookup->number * HANDLE_STEP) {
        lookup = lookup->next;
    }
    return lookup;
}

void sim__lookups_crash(const struct host *host)
{
    struct lookup **link = &lookups.first;

    if (lookups.generation != sim__world.generation) {
        return;
    }
    while (*link != NULL) {
        struct lookup *lookup = *link;

        if (lookup->host != host) {
            link = &lookup->next;
            continue;
        }
        *link = lookup->next;
        sim__deadline_disarm(&lookup->arrival);
        if (lookup->event != NULL) {
            sim__object_drop(lookup->event);
        }
        free_list(lookup->list);
        sim__give(lookup, sizeof *lookup);
    }
}

INT WSAAPI GetAddrInfoExCancel(LPHANDLE handle)
{
    struct lookup *lookup;

    sim__before();
    lookup = handle == NULL ? NULL : find(*handle);
    if (lookup != NULL) {
        trace(call, .text = "GetAddrInfoExCancel");
        sim__deadline_disarm(&lookup->arrival);
        free_list(lookup->list);
        lookup->list = NULL;
        lookup->error = WSA_E_CANCELLED;
        finish(lookup);
    }
    sim__after();
    return lookup != NULL ? NO_ERROR : WSA_INVALID_HANDLE;
}

INT WSAAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED overlapped)
{
    if (overlapped == NULL) {
        return WSAEINVAL;
    }
    sim__before();
    return overlapped->Internal == STATUS_PENDING ? WSAEINPROGRESS
                                                  : (INT)overlapped->Internal;
}

/* ---- The call ------------------------------------------------------------ */

/** @brief Check how the program wants to be told; finds its event. */
static int check(DWORD name_space, struct lookup *lookup, LPHANDLE handle)
{
    NTSTATUS status = sim__wsa_started();
    LPOVERLAPPED overlapped = lookup->overlapped;

    if (!NT_SUCCESS(status)) {
        return sim__wsa_error(status);
    }
    if (name_space != NS_ALL && name_space != NS_DNS) {
        return WSASERVICE_NOT_FOUND;
    }
    if (overlapped == NULL) {
        return lookup->routine != NULL || handle != NULL ? WSAEINVAL : 0;
    }
    if ((lookup->routine == NULL) == (overlapped->hEvent == NULL)) {
        return WSAEINVAL; /* One of the two, and not both. */
    }
    if (lookup->routine == NULL) {
        status = sim__handle_find(overlapped->hEvent,
                                  OBJECT_EVENT,
                                  EVENT_MODIFY_STATE,
                                  &lookup->event);
        return NT_SUCCESS(status) ? 0 : WSA_INVALID_HANDLE;
    }
    return 0;
}

static void read_hints(struct question *question, const ADDRINFOEXW *hints)
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

/** @brief Find the answer, and how long it takes to come.
 *  @return the delay, cut off at the program's time limit. */
static uint64_t ask(const struct question *question,
                    const struct timeval *timeout,
                    struct lookup *lookup)
{
    struct resolved resolved;
    uint64_t limit = UINT64_MAX;

    lookup->error = sim__resolve(question, &resolved);
    if (timeout != NULL) {
        limit = (uint64_t)timeout->tv_sec * 10000000 +
                (uint64_t)timeout->tv_usec * 10;
    }
    if (resolved.delay > limit) {
        lookup->error = WSAETIMEDOUT;
        return limit;
    }
    if (lookup->error == 0) {
        lookup->list =
            make_list(&resolved,
                      (question->flags & (AI_CANONNAME | AI_FQDN)) != 0);
        lookup->error = lookup->list == NULL ? WSA_NOT_ENOUGH_MEMORY : 0;
    }
    return resolved.delay;
}

/** @brief The whole call, but for its choice points. */
static int look_up(const struct question *question,
                   const struct timeval *timeout,
                   struct lookup *lookup,
                   LPHANDLE handle)
{
    uint64_t delay = ask(question, timeout, lookup);

    if (lookup->overlapped == NULL) {
        sim__resolve_wait(call_name, delay);
    } else if (delay != 0 ||
               (lookup->error == 0 && sim__choose(CHOOSE_PENDING, 2) != 0)) {
        send_off(lookup, delay, handle);
        return WSA_IO_PENDING;
    } else {
        lookup->overlapped->Pointer = lookup->out;
        lookup->overlapped->Internal = (ULONG_PTR)lookup->error;
    }
    *lookup->out = lookup->list;
    return lookup->error;
}

INT WSAAPI GetAddrInfoExW(PCWSTR node,
                          PCWSTR service,
                          DWORD name_space,
                          LPGUID provider,
                          const ADDRINFOEXW *hints,
                          PADDRINFOEXW *out,
                          struct timeval *timeout,
                          LPOVERLAPPED overlapped,
                          LPLOOKUPSERVICE_COMPLETION_ROUTINE routine,
                          LPHANDLE handle)
{
    char node_text[NAME_BYTES];
    char service_text[NAME_BYTES];
    struct question question = {
        .call = call_name,
        .node = sim__narrow(node, node_text, sizeof node_text),
        .service = sim__narrow(service, service_text, sizeof service_text),
    };
    struct lookup lookup = {.overlapped = overlapped,
                            .routine = routine,
                            .out = out};
    int error;

    (void)provider; /* There is one for each name space. */
    if (out == NULL) {
        sim__set_error(WSAEFAULT);
        return WSAEFAULT;
    }
    sim__before();
    *out = NULL;
    read_hints(&question, hints);
    error = check(name_space, &lookup, handle);
    if (error == 0) {
        error = look_up(&question, timeout, &lookup, handle);
    }
    trace(call, .text = call_name, .value = {error});
    if (error != 0) {
        sim__set_error((DWORD)error);
    }
    sim__after();
    return error;
}
