/**
 * @file declare.h
 * @brief The simulated Windows: declarations made from api.def.
 *
 * Windows spreads its functions over several headers, the table lists them in
 * one place.  A header that wants the functions of a module defines
 * API_<module> and includes this file; all other rows become nothing.  There
 * is no include guard: each of those headers includes it once.
 *
 * Uses:     names.h, api.def.
 * Used by:  windows.h, winternl.h, process.h, winsock2.h, mswsock.h.
 * Facts:    none.
 * Read next: interlockedapi.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "names.h"

#ifndef API_KERNEL32
#    define API_KERNEL32(type, name, parameters)
#endif
#ifndef API_NTDLL
#    define API_NTDLL(type, name, parameters)
#endif
#ifndef API_WS2_32
#    define API_WS2_32(type, name, parameters)
#endif
#ifndef API_MSWSOCK
#    define API_MSWSOCK(type, name, parameters)
#endif
#ifndef API_EXTENSION
#    define API_EXTENSION(type, name, parameters)
#endif
#ifndef API_MSVCRT
#    define API_MSVCRT(type, name, parameters)
#endif
#ifndef API_SYNCH
#    define API_SYNCH(type, name, parameters)
#endif
#ifndef API_INTRINSIC
#    define API_INTRINSIC(type, name, parameters)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The prefix is pasted here, where `name` is still what the table says:
 * passed on by itself it would be renamed first. */
#define API(module, layer, type, name, parameters) \
    API_##module(type, sim_##name, parameters)
#include "api.def"
#undef API
#undef API_KERNEL32
#undef API_NTDLL
#undef API_WS2_32
#undef API_MSWSOCK
#undef API_EXTENSION
#undef API_MSVCRT
#undef API_SYNCH
#undef API_INTRINSIC

#ifdef __cplusplus
}
#endif
