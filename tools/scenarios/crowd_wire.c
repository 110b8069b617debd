/**
 * @file crowd_wire.c
 * @brief A blocking connection to a server that talks in lines.
 *
 * Uses:     crowd_wire.h.
 * Used by:  crowd.c, tests/lesson18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "crowd_wire.h"

#include <string.h>

/* Longer than a cut link takes to fail a connection; and the end of a stream
 * may be lost for good when the link is cut. */
enum { PATIENCE_MS = 40000 };

bool wire_open(struct wire *wire, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const DWORD patience_ms = PATIENCE_MS;

    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x0A000001);
    wire->from = 0;
    wire->to = 0;
    wire->socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (wire->socket == INVALID_SOCKET) {
        return false;
    }
    if (setsockopt(wire->socket,
                   SOL_SOCKET,
                   SO_RCVTIMEO,
                   (const char *)&patience_ms,
                   sizeof patience_ms) != 0 ||
        connect(wire->socket,
                (const struct sockaddr *)&address,
                sizeof address) != 0) {
        (void)closesocket(wire->socket);
        return false;
    }
    wire->is_open = true;
    return true;
}

void wire_close(struct wire *wire, bool hard)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};

    if (!wire->is_open) {
        return;
    }
    if (hard) {
        (void)setsockopt(wire->socket,
                         SOL_SOCKET,
                         SO_LINGER,
                         (const char *)&linger,
                         sizeof linger);
    }
    (void)closesocket(wire->socket);
    wire->is_open = false;
}

bool wire_say(struct wire *wire, const char *text)
{
    size_t bytes = strlen(text);

    while (bytes > 0) {
        int part = send(wire->socket, text, (int)bytes, 0);

        if (part <= 0) {
            return false;
        }
        text += part;
        bytes -= (size_t)part;
    }
    return true;
}

/** @brief Receive a byte.  @return false at the end. */
static bool hear_byte(struct wire *wire, char *byte)
{
    if (wire->from == wire->to) {
        int part = recv(wire->socket, wire->bytes, sizeof wire->bytes, 0);

        if (part <= 0) {
            return false;
        }
        wire->from = 0;
        wire->to = (size_t)part;
    }
    *byte = wire->bytes[wire->from++];
    return true;
}

bool wire_hear(struct wire *wire, char *line, size_t line_bytes)
{
    size_t used = 0;
    char byte;

    while (used + 1 < line_bytes && hear_byte(wire, &byte)) {
        if (byte == '\n') {
            line[used] = '\0';
            return true;
        }
        if (byte != '\r') {
            line[used++] = byte;
        }
    }
    return false;
}
