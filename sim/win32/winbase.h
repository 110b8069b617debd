/**
 * @file winbase.h
 * @brief The simulated Windows: structures and constants of kernel32.
 *
 * Everything that the functions of api.def take and give back and that is not
 * shared with the kernel's own interface.  OVERLAPPED is here: the one
 * structure this whole project is about.
 *
 * Uses:     winnt.h, winerror.h.
 * Used by:  windows.h.
 * Facts:    PORT-85.
 * Read next: fileapi.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINBASE_
#define _WINBASE_

#include "winerror.h"
#include "winnt.h"

/* Minus one, written as a literal: a cast from a computed number to a pointer
 * is what static analysis rightly objects to. */
#define INVALID_HANDLE_VALUE ((HANDLE)0xFFFFFFFFFFFFFFFF)
#define INFINITE             0xFFFFFFFF

/* What waits return. */
#define WAIT_OBJECT_0      ((DWORD)0x00000000)
#define WAIT_ABANDONED     ((DWORD)0x00000080)
#define WAIT_ABANDONED_0   ((DWORD)0x00000080)
#define WAIT_IO_COMPLETION ((DWORD)0x000000C0)
#define WAIT_FAILED        ((DWORD)0xFFFFFFFF)
#define STILL_ACTIVE       ((DWORD)0x00000103)

#define MoveMemory RtlMoveMemory
#define CopyMemory RtlCopyMemory
#define FillMemory RtlFillMemory
#define ZeroMemory RtlZeroMemory

/** One operation in flight.  While the kernel owns it, it may write to
 *  Internal (an NTSTATUS) and InternalHigh (bytes) at any time. */
typedef struct _OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    union {
        struct {
            DWORD Offset;
            DWORD OffsetHigh;
        };
        PVOID Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef struct _OVERLAPPED_ENTRY {
    ULONG_PTR lpCompletionKey;
    LPOVERLAPPED lpOverlapped;
    ULONG_PTR Internal;
    DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

#define HasOverlappedIoCompleted(overlapped) \
    (((DWORD)(overlapped)->Internal) != (DWORD)0x00000103)

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _SYSTEM_INFO {
    union {
        DWORD dwOemId;
        struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        };
    };
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress;
    LPVOID lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors;
    DWORD dwProcessorType;
    DWORD dwAllocationGranularity;
    WORD wProcessorLevel;
    WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef struct _REASON_CONTEXT {
    ULONG Version;
    DWORD Flags;
    union {
        struct {
            HMODULE LocalizedReasonModule;
            ULONG LocalizedReasonId;
            ULONG ReasonStringCount;
            LPWSTR *ReasonStrings;
        } Detailed;
        LPWSTR SimpleReasonString;
    } Reason;
} REASON_CONTEXT, *PREASON_CONTEXT;

/* Locks under the names that programs use. */
typedef RTL_CRITICAL_SECTION CRITICAL_SECTION, *PCRITICAL_SECTION,
    *LPCRITICAL_SECTION;
typedef RTL_CRITICAL_SECTION_DEBUG CRITICAL_SECTION_DEBUG,
    *PCRITICAL_SECTION_DEBUG, *LPCRITICAL_SECTION_DEBUG;
typedef RTL_SRWLOCK SRWLOCK, *PSRWLOCK;
typedef RTL_CONDITION_VARIABLE CONDITION_VARIABLE, *PCONDITION_VARIABLE;
typedef RTL_RUN_ONCE INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
#define SRWLOCK_INIT            RTL_SRWLOCK_INIT
#define CONDITION_VARIABLE_INIT RTL_CONDITION_VARIABLE_INIT
#define INIT_ONCE_STATIC_INIT   RTL_RUN_ONCE_INIT
#define CONDITION_VARIABLE_LOCKMODE_SHARED \
    RTL_CONDITION_VARIABLE_LOCKMODE_SHARED
#define CRITICAL_SECTION_NO_DEBUG_INFO RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO
#define INIT_ONCE_CHECK_ONLY           RTL_RUN_ONCE_CHECK_ONLY
#define INIT_ONCE_ASYNC                RTL_RUN_ONCE_ASYNC
#define INIT_ONCE_INIT_FAILED          RTL_RUN_ONCE_INIT_FAILED
#define INIT_ONCE_CTX_RESERVED_BITS    RTL_RUN_ONCE_CTX_RESERVED_BITS

/* Functions that the program gives and the system calls. */
typedef DWORD (*PTHREAD_START_ROUTINE)(LPVOID parameter);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;
typedef void (*PTIMERAPCROUTINE)(LPVOID arg, DWORD time_low, DWORD time_high);
typedef void (*LPOVERLAPPED_COMPLETION_ROUTINE)(DWORD error,
                                                DWORD bytes,
                                                LPOVERLAPPED overlapped);
typedef BOOL (*PINIT_ONCE_FN)(PINIT_ONCE once, PVOID parameter, PVOID *context);

/* Ports and files opened overlapped. */
#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE        0x2
#define FILE_FLAG_WRITE_THROUGH              0x80000000
#define FILE_FLAG_OVERLAPPED                 0x40000000
#define FILE_FLAG_NO_BUFFERING               0x20000000
#define FILE_FLAG_RANDOM_ACCESS              0x10000000
#define FILE_FLAG_SEQUENTIAL_SCAN            0x08000000
#define FILE_FLAG_DELETE_ON_CLOSE            0x04000000
#define FILE_FLAG_BACKUP_SEMANTICS           0x02000000
#define FILE_FLAG_FIRST_PIPE_INSTANCE        0x00080000
#define CREATE_NEW                           1
#define CREATE_ALWAYS                        2
#define OPEN_EXISTING                        3
#define OPEN_ALWAYS                          4
#define TRUNCATE_EXISTING                    5
#define FILE_BEGIN                           0
#define FILE_CURRENT                         1
#define FILE_END                             2
#define LOCKFILE_FAIL_IMMEDIATELY            0x00000001
#define LOCKFILE_EXCLUSIVE_LOCK              0x00000002
#define SECURITY_SQOS_PRESENT                0x00100000
#define SECURITY_ANONYMOUS                   0x00000000
#define SECURITY_IDENTIFICATION              0x00010000

/* Named pipes. */
#define PIPE_ACCESS_INBOUND        0x00000001
#define PIPE_ACCESS_OUTBOUND       0x00000002
#define PIPE_ACCESS_DUPLEX         0x00000003
#define PIPE_CLIENT_END            0x00000000
#define PIPE_SERVER_END            0x00000001
#define PIPE_WAIT                  0x00000000
#define PIPE_NOWAIT                0x00000001
#define PIPE_READMODE_BYTE         0x00000000
#define PIPE_READMODE_MESSAGE      0x00000002
#define PIPE_TYPE_BYTE             0x00000000
#define PIPE_TYPE_MESSAGE          0x00000004
#define PIPE_ACCEPT_REMOTE_CLIENTS 0x00000000
#define PIPE_REJECT_REMOTE_CLIENTS 0x00000008
#define PIPE_UNLIMITED_INSTANCES   255
#define NMPWAIT_WAIT_FOREVER       0xffffffff
#define NMPWAIT_NOWAIT             0x00000001
#define NMPWAIT_USE_DEFAULT_WAIT   0x00000000

/* Handles, threads, objects. */
#define HANDLE_FLAG_INHERIT                   0x00000001
#define HANDLE_FLAG_PROTECT_FROM_CLOSE        0x00000002
#define CREATE_SUSPENDED                      0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION     0x00010000
#define THREAD_PRIORITY_LOWEST                (-2)
#define THREAD_PRIORITY_BELOW_NORMAL          (-1)
#define THREAD_PRIORITY_NORMAL                0
#define THREAD_PRIORITY_ABOVE_NORMAL          1
#define THREAD_PRIORITY_HIGHEST               2
#define THREAD_PRIORITY_TIME_CRITICAL         15
#define THREAD_PRIORITY_IDLE                  (-15)
#define THREAD_PRIORITY_ERROR_RETURN          MAXLONG
#define THREAD_MODE_BACKGROUND_BEGIN          0x00010000
#define THREAD_MODE_BACKGROUND_END            0x00020000
#define TLS_OUT_OF_INDEXES                    ((DWORD)0xFFFFFFFF)
#define FLS_OUT_OF_INDEXES                    ((DWORD)0xFFFFFFFF)
#define CREATE_EVENT_MANUAL_RESET             0x00000001
#define CREATE_EVENT_INITIAL_SET              0x00000002
#define CREATE_MUTEX_INITIAL_OWNER            0x00000001
#define CREATE_WAITABLE_TIMER_MANUAL_RESET    0x00000001
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x00000002
#define MUTEX_MODIFY_STATE                    MUTANT_QUERY_STATE
#define MUTEX_ALL_ACCESS                      MUTANT_ALL_ACCESS
#define FAIL_FAST_GENERATE_EXCEPTION_ADDRESS  0x1

/* Memory from LocalAlloc. */
#define LMEM_FIXED    0x0000
#define LMEM_MOVEABLE 0x0002
#define LMEM_ZEROINIT 0x0040
#define LPTR          (LMEM_FIXED | LMEM_ZEROINIT)

#endif
