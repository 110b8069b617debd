/**
 * @file fact_stage.c
 * @brief AcceptEx and ConnectEx for fact tests.
 *
 * Uses:     fact_socket.h.
 * Used by:  the fact tests of sockets.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

void fact_stage_open(struct fact_stage *stage)
{
    memset(stage, 0, sizeof *stage);
    fact_winsock_begin();
    stage->listener = fact_listener(&stage->address);
    stage->accepted = fact_tcp();
    stage->call = fact_extensions(stage->listener);
    stage->port = fact_port(0);
    fact_associate((HANDLE)stage->listener, stage->port, FACT_KEY);
}

void fact_stage_close(struct fact_stage *stage)
{
    if (stage->accepted != INVALID_SOCKET) {
        fact_close(&stage->accepted);
    }
    if (stage->listener != INVALID_SOCKET) {
        fact_close(&stage->listener);
    }
    CHECK(CloseHandle(stage->port));
    fact_winsock_end();
}

/* ---- AcceptEx ------------------------------------------------------------ */

BOOL fact_stage_accept(struct fact_stage *stage,
                       DWORD data_bytes,
                       DWORD local_bytes,
                       DWORD remote_bytes)
{
    memset(stage->buffer, 0, sizeof stage->buffer);
    stage->bytes = 0xDD;
    return stage->call.accept_ex(stage->listener,
                                 stage->accepted,
                                 stage->buffer,
                                 data_bytes,
                                 local_bytes,
                                 remote_bytes,
                                 &stage->bytes,
                                 &stage->overlapped);
}

void fact_stage_accept_later(struct fact_stage *stage, DWORD data_bytes)
{
    CHECK_REFUSED_BOOL(
        fact_stage_accept(stage, data_bytes, FACT_AREA, FACT_AREA),
        ERROR_IO_PENDING);
}

void fact_stage_expect(struct fact_stage *stage, DWORD error, DWORD bytes)
{
    fact_packet_expect(stage->port, FACT_KEY, &stage->overlapped, error, bytes);
}

SOCKET fact_stage_client(const struct fact_stage *stage)
{
    SOCKET client = fact_tcp();

    fact_connect(client, &stage->address);
    return client;
}

void fact_update_accept(SOCKET accepted, SOCKET listener)
{
    CHECK(setsockopt(accepted,
                     SOL_SOCKET,
                     SO_UPDATE_ACCEPT_CONTEXT,
                     (const char *)&listener,
                     sizeof listener) == 0);
}

/* ---- ConnectEx ----------------------------------------------------------- */

void fact_update_connect(SOCKET socket)
{
    CHECK(setsockopt(socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) ==
          0);
}

BOOL fact_connect_ex(SOCKET socket,
                     const struct sockaddr_in *to,
                     OVERLAPPED *overlapped)
{
    struct fact_extensions call = fact_extensions(socket);

    return call.connect_ex(socket,
                           (const struct sockaddr *)to,
                           sizeof *to,
                           NULL,
                           0,
                           NULL,
                           overlapped);
}
