/**
 * @file process.h
 * @brief The simulated Windows: threads of the C runtime.
 *
 * Programs that use the C library start their threads with _beginthreadex, so
 * that the library can set up what it keeps per thread.
 *
 * Uses:     windef.h, declare.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: ws2def.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#include "windef.h"

typedef unsigned (*_beginthreadex_proc_type)(void *parameter);

#define API_MSVCRT(type, name, parameters) type name parameters;
#include "declare.h"

#ifndef __cplusplus
/* Once more, to say that it does not return. */
_Noreturn void _endthreadex(unsigned exit_code);
#endif

#endif
