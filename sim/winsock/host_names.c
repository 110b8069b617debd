/**
 * @file host_names.c
 * @brief The name of this host, names of addresses, and Berkeley's old calls.
 *
 * Some of these hand out memory of Winsock's own, which the next such call of
 * the same thread uses again.
 *
 * Uses:     resolver.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: addr_text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "name_area.h"

#include <stdio.h>
#include <string.h>

#include "resolver.h"

/** Winsock's own memory for one thread. */
struct name_area *sim__name_area(void)
{
    static struct {
        uint64_t generation;
        struct name_area *first;
    } areas;
    uint32_t thread = sim__world.current->object.number;
    struct name_area *area;

    if (areas.generation != sim__world.generation) {
        areas.generation = sim__world.generation;
        areas.first = NULL;
    }
    for (area = areas.first; area != NULL; area = area->next) {
        if (area->thread == thread) {
            return area;
        }
    }
    area = sim__take(sizeof *area);
    memset(area, 0, sizeof *area);
    area->thread = thread;
    area->next = areas.first;
    areas.first = area;
    return area;
}

/* ---- This host ----------------------------------------------------------- */

int WSAAPI gethostname(char *name, int bytes)
{
    NTSTATUS status;

    sim__before();
    status = sim__wsa_started();
    if (NT_SUCCESS(status)) {
        const char *own = sim__host_here()->name;

        if (name == NULL || bytes <= (int)strlen(own)) {
            status = STATUS_WINSOCK(WSAEFAULT);
        } else {
            sim__copy_text(name, own);
        }
    }
    return sim__wsa_result(status);
}

int WSAAPI GetHostNameW(PWSTR name, int length)
{
    char narrow[NAME_BYTES];

    if (gethostname(narrow, sizeof narrow) != 0) {
        return SOCKET_ERROR;
    }
    if (name == NULL || length <= (int)strlen(narrow)) {
        return sim__wsa_fail(WSAEFAULT);
    }
    for (size_t at = 0; at <= strlen(narrow); at++) {
        name[at] = (WCHAR)narrow[at];
    }
    return 0;
}

/* ---- From an address to a name ------------------------------------------- */

/** @brief Put text into a program's buffer of characters of 1 or more bytes.
 *  @return 0 or WSAEFAULT when it does not fit. */
static int put(const char *text, void *out, DWORD length, bool wide)
{
    size_t count = strlen(text) + 1;

    if (count > length) {
        return WSAEFAULT;
    }
    for (size_t at = 0; at < count; at++) {
        if (wide) {
            ((WCHAR *)out)[at] = (WCHAR)text[at];
        } else {
            ((char *)out)[at] = text[at];
        }
    }
    return 0;
}

/** What getnameinfo was given. */
struct naming {
    const char *call;
    const struct sockaddr *name;
    int name_bytes;
    void *node;
    DWORD node_length;
    void *service;
    DWORD service_length;
    int flags;
    bool wide;
};

static int name_node(const struct naming *naming,
                     const struct net_address *from)
{
    char numeric[SIM_ADDRESS_TEXT];
    const char *text = sim__address_host_text(from, numeric);

    if (!(naming->flags & NI_NUMERICHOST)) {
        uint64_t delay;
        const struct host *host = sim__resolve_back(from, &delay);

        sim__resolve_wait(naming->call, delay);
        if (host != NULL) {
            text = host->name;
        } else if (naming->flags & NI_NAMEREQD) {
            return WSAHOST_NOT_FOUND;
        }
    }
    return put(text, naming->node, naming->node_length, naming->wide);
}

static int name_service(const struct naming *naming, uint16_t port)
{
    bool udp = (naming->flags & NI_DGRAM) != 0;
    const struct service *service = sim__service_at(port, !udp, udp);
    char text[NI_MAXSERV];

    if ((naming->flags & NI_NUMERICSERV) || service == NULL) {
        (void)snprintf(text, sizeof text, "%u", (unsigned)port);
    } else {
        (void)snprintf(text, sizeof text, "%s", service->name);
    }
    return put(text, naming->service, naming->service_length, naming->wide);
}

static int name_address(const struct naming *naming)
{
    NTSTATUS status = sim__wsa_started();
    struct net_address from;
    int error = 0;

    if (!NT_SUCCESS(status)) {
        return sim__wsa_error(status);
    }
    if (naming->name == NULL) {
        return WSAEFAULT;
    }
    switch (
        sim__address_read(naming->name, naming->name_bytes, NET_NONE, &from)) {
    case ADDRESS_SHORT:
        return WSAEFAULT;
    case ADDRESS_OTHER_FAMILY:
        return WSAEAFNOSUPPORT;
    case ADDRESS_READ:
        break;
    }
    if (naming->node == NULL && naming->service == NULL) {
        return WSAHOST_NOT_FOUND;
    }
    if ((naming->node != NULL && naming->node_length == 0) ||
        (naming->service != NULL && naming->service_length == 0)) {
        return WSAEINVAL;
    }
    if (naming->node != NULL) {
        error = name_node(naming, &from);
    }
    if (error == 0 && naming->service != NULL) {
        error = name_service(naming, from.port);
    }
    return error;
}

/** @brief The choice points and the last error around it. */
static int name_it(const struct naming *naming)
{
    int error;

    sim__before();
    error = name_address(naming);
    trace(call, .text = naming->call, .value = {error});
    if (error != 0) {
        sim__set_error((DWORD)error);
    }
    sim__after();
    return error;
}

INT WSAAPI getnameinfo(const struct sockaddr *name,
                       socklen_t name_bytes,
                       PCHAR node,
                       DWORD node_length,
                       PCHAR service,
                       DWORD service_length,
                       INT flags)
{
    return name_it(&(const struct naming){
        .call = "getnameinfo",
        .name = name,
        .name_bytes = name_bytes,
        .node = node,
        .node_length = node_length,
        .service = service,
        .service_length = service_length,
        .flags = flags,
    });
}

INT WSAAPI GetNameInfoW(const struct sockaddr *name,
                        socklen_t name_bytes,
                        PWCHAR node,
                        DWORD node_length,
                        PWCHAR service,
                        DWORD service_length,
                        INT flags)
{
    return name_it(&(const struct naming){
        .call = "GetNameInfoW",
        .name = name,
        .name_bytes = name_bytes,
        .node = node,
        .node_length = node_length,
        .service = service,
        .service_length = service_length,
        .flags = flags,
        .wide = true,
    });
}

/* ---- Berkeley's old calls ------------------------------------------------ */

static struct hostent *fill_host(const struct resolved *resolved)
{
    struct name_area *area = sim__name_area();

    sim__copy_text(area->name, resolved->name);
    for (uint32_t at = 0; at < resolved->count; at++) {
        memcpy(area->addresses[at], resolved->addresses[at].bytes, 4);
        area->address_list[at] = area->addresses[at];
    }
    area->address_list[resolved->count] = NULL;
    area->host = (struct hostent){
        .h_name = area->name,
        .h_aliases = &area->none,
        .h_addrtype = AF_INET,
        .h_length = 4,
        .h_addr_list = area->address_list,
    };
    return &area->host;
}

struct hostent *WSAAPI gethostbyname(const char *name)
{
    /* Its page: IPv4 only; NULL and "" are this host. */
    struct question question = {
        .call = "gethostbyname",
        .node = name == NULL ? "" : name,
        .family = AF_INET,
    };
    struct resolved resolved = {.count = 0};
    struct hostent *host = NULL;
    NTSTATUS status;
    int error;

    sim__before();
    status = sim__wsa_started();
    error = NT_SUCCESS(status) ? sim__resolve(&question, &resolved)
                               : sim__wsa_error(status);
    trace(call, .text = question.call, .value = {error});
    if (NT_SUCCESS(status)) {
        sim__resolve_wait(question.call, resolved.delay);
    }
    if (error == 0) {
        host = fill_host(&resolved);
    } else {
        sim__set_error((DWORD)error);
    }
    sim__after();
    return host;
}

struct servent *WSAAPI getservbyname(const char *name, const char *protocol)
{
    bool tcp = protocol == NULL || strcmp(protocol, "tcp") == 0;
    bool udp = protocol == NULL || strcmp(protocol, "udp") == 0;
    const struct service *service;
    struct name_area *area;

    if (!NT_SUCCESS(sim__wsa_started())) {
        sim__set_error(WSANOTINITIALISED);
        return NULL;
    }
    service = name == NULL ? NULL : sim__service_named(name, tcp, udp);
    if (service == NULL) {
        sim__set_error(WSANO_DATA);
        return NULL;
    }
    area = sim__name_area();
    sim__copy_text(area->service_name, service->name);
    sim__copy_text(area->protocol_name, service->tcp && tcp ? "tcp" : "udp");
    area->service = (struct servent){
        .s_name = area->service_name,
        .s_aliases = &area->none,
        .s_proto = area->protocol_name,
        .s_port = (short)htons(service->port),
    };
    return &area->service;
}
