/**
 * @file net_resolve.c
 * @brief Layer 2: from names to addresses.
 *
 * Windows answers a question about a name in a thread of its own, which calls
 * a routine of ours.  That thread is not the loop's and runs at any moment:
 * while the call that asks has not returned yet, or while somebody asks for
 * the end of it.  So each of these three is a **party** to the request, and
 * the last of them to leave lets it come back to the loop.
 *
 * Uses:     net_private.h, net_datagram.h.
 * Used by:  programs.
 * Facts:    CANCEL-04.
 * Read next: net_pipe.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_datagram.h"
#include "net_private.h"

#include <string.h>

static void resolve_step(struct net_op *op);
static void resolve_handler(struct net_op *op);
static void resolve_ask(struct net_op *op);
static void resolve_shut(struct net_open *opened);
static void cancel_query(struct op *op);
static void CALLBACK answered(DWORD error,
                              DWORD bytes,
                              LPOVERLAPPED overlapped);

/* ---- Addresses as text --------------------------------------------------- */

/** @brief Put an address behind those that are there, if there is room. */
static void add(struct net_resolve *resolve,
                const struct sockaddr *from,
                size_t bytes)
{
    struct net_address *address = &resolve->addresses[resolve->address_count];

    if (resolve->address_count == NET_RESOLVED_MAX ||
        bytes > sizeof address->any ||
        (from->sa_family != AF_INET && from->sa_family != AF_INET6)) {
        return;
    }
    memset(address, 0, sizeof *address);
    memcpy(&address->any, from, bytes);
    address->bytes = (INT)bytes;
    /* Both families have the port in one place. */
    ((struct sockaddr_in *)&address->any)->sin_port = htons(resolve->port);
    resolve->address_count++;
}

/** @brief Answer a question that needs none.  @return Whether it was one. */
static bool add_numbers(struct net_resolve *resolve, const char *host)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        add(resolve, (const struct sockaddr *)&v4, sizeof v4);
    } else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        add(resolve, (const struct sockaddr *)&v6, sizeof v6);
    }
    return resolve->address_count > 0;
}

/* ---- The question -------------------------------------------------------- */

//! [parties]
/** @brief One party leaves; the last one lets the request come back. */
static void leave(struct net_resolve *resolve)
{
    if (InterlockedDecrement(&resolve->parties) == 0) {
        /* OWNER: que -> app. */
        op_release(&resolve->inner.op, OP_OK);
        net__ready(resolve->op.loop, &resolve->inner.op);
    }
}

/** @brief One party more.  @return false: they have all left. */
static bool enter(struct net_resolve *resolve)
{
    LONG seen = resolve->parties;

    /* BOUND: each round but the last, somebody else has left. */
    while (seen > 0) {
        LONG found =
            InterlockedCompareExchange(&resolve->parties, seen + 1, seen);

        if (found == seen) {
            return true;
        }
        seen = found;
    }
    return false;
}
//! [parties]

/** @brief Ask Windows.  Two parties: this call, and the routine. */
static void send_query(struct net_resolve *resolve)
{
    ADDRINFOEXW hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    LPLOOKUPSERVICE_COMPLETION_ROUTINE routine;
    void(CALLBACK * function)(DWORD, DWORD, LPOVERLAPPED) = answered;
    INT error;

    /* To MinGW a routine is no function. */
    memcpy(&routine, &function, sizeof routine);
    /* OWNER: app -> que. */
    op_hold(&resolve->inner.op);
    resolve->parties = 2;
    net__open_add(resolve->op.loop, &resolve->opened, resolve_shut);
    error = GetAddrInfoExW(resolve->name,
                           NULL,
                           NS_ALL,
                           NULL,
                           &hints,
                           &resolve->found,
                           NULL,
                           &resolve->overlapped,
                           routine,
                           &resolve->query);
    if (error == WSA_IO_PENDING) {
        (void)InterlockedExchange(&resolve->is_sent, 1);
    } else {
        /* Answered or refused at once: the routine is not called. */
        resolve->error = (DWORD)error;
        leave(resolve);
    }
    leave(resolve);
}

static void CALLBACK answered(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    struct net_resolve *resolve =
        NET__OF(overlapped, struct net_resolve, overlapped);

    (void)bytes;
    resolve->error = error;
    leave(resolve);
}

static void resolve_shut(struct net_open *opened)
{
    struct net_resolve *resolve = NET__OF(opened, struct net_resolve, opened);

    net__open_remove(resolve->op.loop, opened);
    net_cancel(&resolve->op);
}

void net_resolve_start(struct net_loop *loop,
                       struct net_strand *strand,
                       struct net_resolve *resolve,
                       const char *host,
                       uint16_t port)
{
    IOCP_ASSERT(loop != NULL && resolve != NULL && host != NULL);
    IOCP_ASSERT(resolve->on_done != NULL && !resolve->op.is_started);
    OP_INIT(&resolve->inner, net__arrived, &resolve->op);
    OP_INIT(&resolve->asking, cancel_query, resolve);
    memset(&resolve->overlapped, 0, sizeof resolve->overlapped);
    resolve->query = NULL;
    resolve->found = NULL;
    resolve->error = 0;
    resolve->is_sent = 0;
    resolve->is_asking = 0;
    resolve->port = port;
    resolve->address_count = 0;
    net__op_begin(&resolve->op,
                  &(struct net__begin){.loop = loop,
                                       .strand = strand,
                                       .inner = &resolve->inner.op,
                                       .step = resolve_step,
                                       .handler = resolve_handler,
                                       .ask = resolve_ask});
    if (add_numbers(resolve, host) || loop->draining) {
        net__op_skip(&resolve->op, OP_OK);
    } else if (!net__wide(host, resolve->name, NET_NAME_BYTES)) {
        net__op_skip(&resolve->op, OP_INVALID);
    } else {
        send_query(resolve);
    }
}

/* ---- Its end ------------------------------------------------------------- */

//! [ask]
static void resolve_ask(struct net_op *op)
{
    struct net_resolve *resolve = NET__OF(op, struct net_resolve, op);

    /* FACT CANCEL-04 cancellation is a request.  It may come with the loop's
   * lock held, and Windows may let it wait for the routine, or call that: so
   * it is made later, by a thread of the loop.  Not sent yet: whoever asks
   * so early is a deadline, and asks again. */
    if (resolve->is_sent &&
        InterlockedCompareExchange(&resolve->is_asking, 1, 0) == 0 &&
        enter(resolve)) {
        net__ready(op->loop, &resolve->asking.op);
    }
}

/** @brief Ask for the end of the question; a party to the request. */
static void cancel_query(struct op *op)
{
    typedef INT(WSAAPI * cancel_fn)(LPHANDLE handle);
    struct net_resolve *resolve = op->context;
    FARPROC found = NULL;
    HMODULE module = GetModuleHandleW(L"ws2_32.dll");
    cancel_fn cancel;

    /* Looked up, for it is younger than the call that asks.  Without it the
   * answer is awaited. */
    if (module != NULL) {
        found = GetProcAddress(module, "GetAddrInfoExCancel");
    }
    if (found != NULL) {
        memcpy(&cancel, &found, sizeof cancel);
        /* Too late is no matter: the answer has come then. */
        (void)cancel(&resolve->query);
    }
    leave(resolve);
}
//! [ask]

/** @brief Copy what was found, and free it. */
static void take_found(struct net_resolve *resolve)
{
    PADDRINFOEXW info = resolve->found;

    /* BOUND: the list ends. */
    while (info != NULL) {
        add(resolve, info->ai_addr, info->ai_addrlen);
        /* MinGW gives this pointer a type of its own. */
        info = (PADDRINFOEXW)(void *)info->ai_next;
    }
    if (resolve->found != NULL) {
        FreeAddrInfoExW(resolve->found);
        resolve->found = NULL;
    }
}

static void resolve_step(struct net_op *op)
{
    struct net_resolve *resolve = NET__OF(op, struct net_resolve, op);
    op_status status = op->inner->status;

    net__open_remove(op->loop, &resolve->opened);
    take_found(resolve);
    if (resolve->error != 0) {
        op->inner->error = resolve->error;
        status = op_status_of_error(resolve->error);
    } else if (status == OP_OK && resolve->address_count == 0) {
        status = OP_NOT_FOUND;
    }
    net__op_finish(op, status, 0);
}

static void resolve_handler(struct net_op *op)
{
    struct net_resolve *resolve = NET__OF(op, struct net_resolve, op);

    resolve->on_done(resolve);
}
