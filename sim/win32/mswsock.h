/**
 * @file mswsock.h
 * @brief The simulated Windows: Microsoft's additions to Winsock.
 *
 * The functions that make sockets complete connects and accepts through a
 * port are looked up at run time, so a program needs their types and nothing
 * to link with.
 *
 * Uses:     winsock2.h.
 * Used by:  programs, layers.
 * Facts:    none.
 * Read next: ws2tcpip.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _MSWSOCK_
#define _MSWSOCK_

#include "winsock2.h"

struct sockaddr;

#define SO_CONNECT_TIME           0x700C
#define SO_UPDATE_ACCEPT_CONTEXT  0x700B
#define SO_UPDATE_CONNECT_CONTEXT 0x7010

#define TF_DISCONNECT   0x01
#define TF_REUSE_SOCKET 0x02

typedef BOOL (*LPFN_ACCEPTEX)(SOCKET listener,
                              SOCKET accepted,
                              PVOID buffer,
                              DWORD receive_bytes,
                              DWORD local_bytes,
                              DWORD remote_bytes,
                              LPDWORD bytes,
                              LPOVERLAPPED overlapped);
typedef BOOL (*LPFN_CONNECTEX)(SOCKET socket,
                               const struct sockaddr *name,
                               int name_bytes,
                               PVOID buffer,
                               DWORD send_bytes,
                               LPDWORD bytes,
                               LPOVERLAPPED overlapped);
typedef BOOL (*LPFN_DISCONNECTEX)(SOCKET socket,
                                  LPOVERLAPPED overlapped,
                                  DWORD flags,
                                  DWORD reserved);
typedef void (*LPFN_GETACCEPTEXSOCKADDRS)(PVOID buffer,
                                          DWORD receive_bytes,
                                          DWORD local_bytes,
                                          DWORD remote_bytes,
                                          struct sockaddr **local,
                                          int *local_out_bytes,
                                          struct sockaddr **remote,
                                          int *remote_out_bytes);

// clang-format off
#define WSAID_ACCEPTEX                                                         \
    {0xb5367df1, 0xcbac, 0x11cf,                                               \
     {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_CONNECTEX                                                        \
    {0x25a207b9, 0xddf3, 0x4660,                                               \
     {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}}
#define WSAID_DISCONNECTEX                                                     \
    {0x7fda2e11, 0x8630, 0x436f,                                               \
     {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}}
#define WSAID_GETACCEPTEXSOCKADDRS                                             \
    {0xb5367df2, 0xcbac, 0x11cf,                                               \
     {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
// clang-format on

#endif
