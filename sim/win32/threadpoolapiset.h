/**
 * @file threadpoolapiset.h
 * @brief The simulated Windows: types of the thread pool.
 *
 * What a callback is given, and what it is.  The environment that a program
 * can pass on Windows has no contents here: pass NULL.
 *
 * Uses:     winbase.h.
 * Used by:  windows.h.
 * Facts:    none.
 * Read next: winerror.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _THREADPOOLAPISET_H_
#define _THREADPOOLAPISET_H_

#include "winbase.h"

typedef struct _TP_CALLBACK_INSTANCE TP_CALLBACK_INSTANCE,
    *PTP_CALLBACK_INSTANCE;
typedef struct _TP_CALLBACK_ENVIRON TP_CALLBACK_ENVIRON, *PTP_CALLBACK_ENVIRON;
typedef struct _TP_IO TP_IO, *PTP_IO;
typedef struct _TP_WORK TP_WORK, *PTP_WORK;

typedef void (*PTP_WIN32_IO_CALLBACK)(PTP_CALLBACK_INSTANCE instance,
                                      PVOID context,
                                      PVOID overlapped,
                                      ULONG error,
                                      ULONG_PTR bytes,
                                      PTP_IO io);
typedef void (*PTP_WORK_CALLBACK)(PTP_CALLBACK_INSTANCE instance,
                                  PVOID context,
                                  PTP_WORK work);
typedef void (*PTP_SIMPLE_CALLBACK)(PTP_CALLBACK_INSTANCE instance,
                                    PVOID context);

/* Of RegisterWaitForSingleObject; TRUE: its time is over. */
typedef void(CALLBACK *WAITORTIMERCALLBACK)(PVOID context, BOOLEAN timed_out);

/* How often a wait is served; the others are advice where and how long
 * something runs, and change nothing here. */
#define WT_EXECUTEDEFAULT            0x00000000
#define WT_EXECUTEINIOTHREAD         0x00000001
#define WT_EXECUTEINWAITTHREAD       0x00000004
#define WT_EXECUTEONLYONCE           0x00000008
#define WT_EXECUTELONGFUNCTION       0x00000010
#define WT_EXECUTEINPERSISTENTTHREAD 0x00000080
#define WT_TRANSFER_IMPERSONATION    0x00000100

#endif
