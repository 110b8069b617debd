/**
 * @file windows.h
 * @brief The simulated Windows: what programs include.
 *
 * Off Windows, or when a program is built for the simulator, this header
 * stands where Microsoft's stands.  It declares the functions of api.def and
 * nothing else: a program that needs more does not compile, and so nobody
 * mistakes a missing function for a working one.
 *
 * Uses:     winbase.h, fileapi.h, threadpoolapiset.h, declare.h,
 *           interlockedapi.h.
 * Used by:  every program, layer and file of the model.
 * Facts:    none.
 * Read next: declare.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINDOWS_
#define _WINDOWS_

#include "fileapi.h"
#include "threadpoolapiset.h"
#include "winbase.h"

/* CompareObjectHandles and the waits on addresses are exported by another
 * library than the rest, and atomics by none; all are declared here. */
#define API_KERNEL32(type, name, parameters)  type name parameters;
#define API_SYNCH(type, name, parameters)     type name parameters;
#define API_INTRINSIC(type, name, parameters) type name parameters;
#include "declare.h"

#ifndef __cplusplus
/* Once more, to say that they do not return. */
_Noreturn void ExitThread(DWORD exit_code);
_Noreturn void ExitProcess(UINT exit_code);
#endif

#include "interlockedapi.h"

/* The names without A or W.  Where the table has one of the two only, the
 * other does not compile. */
#ifdef UNICODE
#    define CreateEvent           CreateEventW
#    define CreateEventEx         CreateEventExW
#    define OpenEvent             OpenEventW
#    define CreateSemaphore       CreateSemaphoreW
#    define CreateSemaphoreEx     CreateSemaphoreExW
#    define OpenSemaphore         OpenSemaphoreW
#    define CreateMutex           CreateMutexW
#    define CreateMutexEx         CreateMutexExW
#    define OpenMutex             OpenMutexW
#    define CreateWaitableTimer   CreateWaitableTimerW
#    define CreateWaitableTimerEx CreateWaitableTimerExW
#    define OpenWaitableTimer     OpenWaitableTimerW
#    define GetModuleHandle       GetModuleHandleW
#    define LoadLibrary           LoadLibraryW
#    define CreateNamedPipe       CreateNamedPipeW
#    define WaitNamedPipe         WaitNamedPipeW
#    define CreateFile            CreateFileW
#    define OutputDebugString     OutputDebugStringW
#else
#    define CreateEvent           CreateEventA
#    define CreateEventEx         CreateEventExA
#    define OpenEvent             OpenEventA
#    define CreateSemaphore       CreateSemaphoreA
#    define CreateSemaphoreEx     CreateSemaphoreExA
#    define OpenSemaphore         OpenSemaphoreA
#    define CreateMutex           CreateMutexA
#    define CreateMutexEx         CreateMutexExA
#    define OpenMutex             OpenMutexA
#    define CreateWaitableTimer   CreateWaitableTimerA
#    define CreateWaitableTimerEx CreateWaitableTimerExA
#    define OpenWaitableTimer     OpenWaitableTimerA
#    define GetModuleHandle       GetModuleHandleA
#    define LoadLibrary           LoadLibraryA
#    define CreateNamedPipe       CreateNamedPipeA
#    define WaitNamedPipe         WaitNamedPipeA
#    define CreateFile            CreateFileA
#    define OutputDebugString     OutputDebugStringA
#endif

#endif
