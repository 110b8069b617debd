/**
 * @file setsockopt.c
 * @brief Setting options.
 *
 * Some options are no values but acts: the two context updates tell Winsock
 * what AcceptEx and ConnectEx have done behind its back.
 *
 * Uses:     option.h, rare.h.
 * Used by:  layers 1 and 2, programs.
 * Facts:    SOCK-45, SOCK-46, SOCK-72, SOCK-88.
 * Read next: getsockopt.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "option.h"
#include "rare.h"

/** A call of setsockopt. */
struct setting {
    struct socket *socket;
    int level;
    int name;
    const char *value;
    int bytes;
};

/** @brief Whether the value is long enough. */
static bool has(const struct setting *setting, size_t bytes)
{
    return setting->value != NULL && setting->bytes >= (int)bytes;
}

/** @brief Read a BOOL or DWORD.  Below the socket level a shorter value will
 *  do, and counts as one byte. */
static NTSTATUS read_number(const struct setting *setting, uint32_t *out)
{
    if (has(setting, sizeof *out)) {
        memcpy(out, setting->value, sizeof *out);
        return STATUS_SUCCESS;
    }
    if (setting->level != SOL_SOCKET && has(setting, 1)) {
        *out = (unsigned char)setting->value[0];
        return STATUS_SUCCESS;
    }
    return STATUS_WINSOCK(WSAEFAULT);
}

static NTSTATUS set_number(const struct setting *setting,
                           const struct option *option)
{
    struct socket_options *options = &setting->socket->options;
    uint32_t value = 0;
    NTSTATUS status = read_number(setting, &value);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (setting->level == SOL_SOCKET && value != 0 &&
        ((setting->name == SO_REUSEADDR && options->exclusive) ||
         (setting->name == SO_EXCLUSIVEADDRUSE && options->reuse))) {
        /* The two exclude one another (SO_EXCLUSIVEADDRUSE's page). */
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (setting->level == SOL_SOCKET &&
        setting->name == SO_CONDITIONAL_ACCEPT &&
        setting->socket->state == SOCKET_LISTENING) {
        return STATUS_WINSOCK(WSAEINVAL); /* Before listen only. */
    }
    status = sim__option_set(setting->socket, option, value);
    if (NT_SUCCESS(status) && !option->rare) {
        sim__socket_options_changed(setting->socket);
    }
    return status;
}

/** @brief SO_LINGER and its opposite.  FACT SOCK-45 hard close and FACT SOCK-46
 *  timed linger happen when the socket is closed. */
static NTSTATUS set_linger(const struct setting *setting)
{
    struct socket_options *options = &setting->socket->options;
    struct linger linger = {0};
    uint32_t off = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (setting->socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
    if (setting->name == SO_DONTLINGER) {
        status = read_number(setting, &off);
        linger.l_onoff = off == 0;
        linger.l_linger = options->linger_s;
    } else if (has(setting, sizeof linger)) {
        memcpy(&linger, setting->value, sizeof linger);
    } else {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (NT_SUCCESS(status)) {
        options->linger = linger.l_onoff != 0;
        options->linger_s = linger.l_linger;
    }
    return status;
}

/** @brief FACT SOCK-72 SO_UPDATE_ACCEPT_CONTEXT: the value is the listener. */
static NTSTATUS update_accept(const struct setting *setting)
{
    struct socket *listener;
    SOCKET number;
    NTSTATUS status;

    if (!has(setting, sizeof number)) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    memcpy(&number, setting->value, sizeof number);
    status = sim__socket_find(number, &listener);
    if (NT_SUCCESS(status) && listener->state != SOCKET_LISTENING) {
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status)) {
        status = sim__socket_update_accept(setting->socket, listener);
    }
    return status;
}

static NTSTATUS change_group(const struct setting *setting, bool join)
{
    const struct group_change change = {
        .level = setting->level,
        .join = join,
        .value = setting->value,
        .bytes = setting->bytes,
    };

    return sim__group_change(setting->socket, &change);
}

/** @brief Options of a socket that are no plain numbers. */
static NTSTATUS set_of_socket(const struct setting *setting)
{
    switch (setting->name) {
    case SO_LINGER:
    case SO_DONTLINGER:
        return set_linger(setting);
    case SO_UPDATE_ACCEPT_CONTEXT:
        return update_accept(setting);
    case SO_UPDATE_CONNECT_CONTEXT:
        /* FACT SOCK-88 SO_UPDATE_CONNECT_CONTEXT: without a value. */
        return sim__socket_update_connect(setting->socket);
    default:
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
}

static NTSTATUS set_of_internet(const struct setting *setting)
{
    bool is_v6 = setting->level == IPPROTO_IPV6;

    /* NOLINTNEXTLINE(bugprone-branch-clone) */
    if (setting->name == (is_v6 ? IPV6_ADD_MEMBERSHIP : IP_ADD_MEMBERSHIP)) {
        return change_group(setting, true);
    }
    /* NOLINTNEXTLINE(bugprone-branch-clone) */
    if (setting->name == (is_v6 ? IPV6_DROP_MEMBERSHIP : IP_DROP_MEMBERSHIP)) {
        return change_group(setting, false);
    }
    return STATUS_WINSOCK(WSAENOPROTOOPT);
}

static NTSTATUS set(const struct setting *setting)
{
    const struct option *option =
        sim__option_find(setting->socket, setting->level, setting->name);

    if (option != NULL) {
        return set_number(setting, option);
    }
    switch (setting->level) {
    case SOL_SOCKET:
        return set_of_socket(setting);
    case IPPROTO_IP:
    case IPPROTO_IPV6:
        return set_of_internet(setting);
    case IPPROTO_TCP:
    case IPPROTO_UDP:
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    default:
        return STATUS_WINSOCK(WSAEINVAL); /* No such level. */
    }
}

int WSAAPI
setsockopt(SOCKET number, int level, int name, const char *value, int bytes)
{
    struct setting setting = {
        .level = level,
        .name = name,
        .value = value,
        .bytes = bytes,
    };
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &setting.socket);
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = "setsockopt",
              .object = &setting.socket->file->object,
              .value = {name});
        status = set(&setting);
    }
    sim__after();
    return sim__wsa_result(status);
}
