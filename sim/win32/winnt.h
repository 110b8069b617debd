/**
 * @file winnt.h
 * @brief The simulated Windows: what kernel and programs agree on.
 *
 * Access rights, wait codes, memory constants and the memory layout of locks.
 * A lock's contents belong to the simulator, but its size and its static
 * initialiser are those of Windows, so that a program's own structures keep
 * their layout.
 *
 * Uses:     windef.h.
 * Used by:  winbase.h.
 * Facts:    PORT-15.
 * Read next: winbase.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINNT_
#define _WINNT_

#include <string.h>

#include "windef.h"

#define ANYSIZE_ARRAY 1
#define DUMMYSTRUCTNAME
#define DUMMYUNIONNAME
#define UNREFERENCED_PARAMETER(p)          ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p)      ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))

#define MAXCHAR  0x7f
#define MAXLONG  0x7fffffff
#define MAXDWORD 0xffffffff

#define CONTAINING_RECORD(address, type, field) \
    ((type *)((char *)(address)-offsetof(type, field)))
#define FIELD_OFFSET(type, field)   ((LONG)offsetof(type, field))
#define RTL_NUMBER_OF(array)        (sizeof(array) / sizeof((array)[0]))
#define ARRAYSIZE(array)            RTL_NUMBER_OF(array)
#define RTL_FIELD_SIZE(type, field) (sizeof(((type *)0)->field))

#define RtlEqualMemory(a, b, bytes)     (!memcmp((a), (b), (bytes)))
#define RtlMoveMemory(to, from, bytes)  memmove((to), (from), (bytes))
#define RtlCopyMemory(to, from, bytes)  memcpy((to), (from), (bytes))
#define RtlFillMemory(to, bytes, value) memset((to), (value), (bytes))
#define RtlZeroMemory(to, bytes)        memset((to), 0, (bytes))

typedef union _LARGE_INTEGER {
    struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* Only pointers to these two are of use here. */
typedef struct _EXCEPTION_RECORD EXCEPTION_RECORD, *PEXCEPTION_RECORD;
typedef struct _CONTEXT CONTEXT, *PCONTEXT;

typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID PSID;

/* Access rights that any object knows. */
#define DELETE                   0x00010000
#define READ_CONTROL             0x00020000
#define WRITE_DAC                0x00040000
#define WRITE_OWNER              0x00080000
#define SYNCHRONIZE              0x00100000
#define STANDARD_RIGHTS_REQUIRED 0x000F0000
#define STANDARD_RIGHTS_READ     READ_CONTROL
#define STANDARD_RIGHTS_WRITE    READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE  READ_CONTROL
#define STANDARD_RIGHTS_ALL      0x001F0000
#define SPECIFIC_RIGHTS_ALL      0x0000FFFF
#define MAXIMUM_ALLOWED          0x02000000
#define GENERIC_READ             0x80000000
#define GENERIC_WRITE            0x40000000
#define GENERIC_EXECUTE          0x20000000
#define GENERIC_ALL              0x10000000

/* Access rights of one type of object. */
#define IO_COMPLETION_MODIFY_STATE       0x0002
#define IO_COMPLETION_ALL_ACCESS         0x001F0003
#define EVENT_MODIFY_STATE               0x0002
#define EVENT_ALL_ACCESS                 0x001F0003
#define MUTANT_QUERY_STATE               0x0001
#define MUTANT_ALL_ACCESS                0x001F0001
#define SEMAPHORE_MODIFY_STATE           0x0002
#define SEMAPHORE_ALL_ACCESS             0x001F0003
#define TIMER_QUERY_STATE                0x0001
#define TIMER_MODIFY_STATE               0x0002
#define TIMER_ALL_ACCESS                 0x001F0003
#define THREAD_TERMINATE                 0x0001
#define THREAD_SUSPEND_RESUME            0x0002
#define THREAD_GET_CONTEXT               0x0008
#define THREAD_SET_CONTEXT               0x0010
#define THREAD_SET_INFORMATION           0x0020
#define THREAD_QUERY_INFORMATION         0x0040
#define THREAD_SET_THREAD_TOKEN          0x0080
#define THREAD_IMPERSONATE               0x0100
#define THREAD_DIRECT_IMPERSONATION      0x0200
#define THREAD_SET_LIMITED_INFORMATION   0x0400
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800
#define THREAD_ALL_ACCESS                0x001FFFFF
#define PROCESS_TERMINATE                0x0001
#define PROCESS_DUP_HANDLE               0x0040
#define PROCESS_SET_INFORMATION          0x0200
#define PROCESS_QUERY_INFORMATION        0x0400
#define PROCESS_ALL_ACCESS               0x001FFFFF

/* Access rights of files and pipes. */
#define FILE_READ_DATA            0x0001
#define FILE_LIST_DIRECTORY       0x0001
#define FILE_WRITE_DATA           0x0002
#define FILE_ADD_FILE             0x0002
#define FILE_APPEND_DATA          0x0004
#define FILE_ADD_SUBDIRECTORY     0x0004
#define FILE_CREATE_PIPE_INSTANCE 0x0004
#define FILE_READ_EA              0x0008
#define FILE_WRITE_EA             0x0010
#define FILE_EXECUTE              0x0020
#define FILE_TRAVERSE             0x0020
#define FILE_DELETE_CHILD         0x0040
#define FILE_READ_ATTRIBUTES      0x0080
#define FILE_WRITE_ATTRIBUTES     0x0100
#define FILE_ALL_ACCESS           0x001F01FF
#define FILE_GENERIC_READ                                           \
    (STANDARD_RIGHTS_READ | FILE_READ_DATA | FILE_READ_ATTRIBUTES | \
     FILE_READ_EA | SYNCHRONIZE)
#define FILE_GENERIC_WRITE                                             \
    (STANDARD_RIGHTS_WRITE | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | \
     FILE_WRITE_EA | FILE_APPEND_DATA | SYNCHRONIZE)
#define FILE_GENERIC_EXECUTE                                         \
    (STANDARD_RIGHTS_EXECUTE | FILE_READ_ATTRIBUTES | FILE_EXECUTE | \
     SYNCHRONIZE)
#define FILE_SHARE_READ          0x00000001
#define FILE_SHARE_WRITE         0x00000002
#define FILE_SHARE_DELETE        0x00000004
#define FILE_ATTRIBUTE_READONLY  0x00000001
#define FILE_ATTRIBUTE_HIDDEN    0x00000002
#define FILE_ATTRIBUTE_SYSTEM    0x00000004
#define FILE_ATTRIBUTE_DIRECTORY 0x00000010
#define FILE_ATTRIBUTE_ARCHIVE   0x00000020
#define FILE_ATTRIBUTE_NORMAL    0x00000080
#define FILE_ATTRIBUTE_TEMPORARY 0x00000100

/* Handles. */
#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS  0x00000002

/* Waits.  Windows defines these few NTSTATUS values here as DWORD, and in
 * ntstatus.h as NTSTATUS; whoever wants the latter includes it. */
#define MAXIMUM_WAIT_OBJECTS   64
#define MAXIMUM_SUSPEND_COUNT  MAXCHAR
#define MAXIMUM_PROC_PER_GROUP 64
#if !defined(WIN32_NO_STATUS) && !defined(_NTSTATUS_)
#    define STATUS_WAIT_0            ((DWORD)0x00000000)
#    define STATUS_ABANDONED_WAIT_0  ((DWORD)0x00000080)
#    define STATUS_USER_APC          ((DWORD)0x000000C0)
#    define STATUS_TIMEOUT           ((DWORD)0x00000102)
#    define STATUS_PENDING           ((DWORD)0x00000103)
#    define STATUS_ACCESS_VIOLATION  ((DWORD)0xC0000005)
#    define STATUS_IN_PAGE_ERROR     ((DWORD)0xC0000006)
#    define STATUS_INVALID_HANDLE    ((DWORD)0xC0000008)
#    define STATUS_INVALID_PARAMETER ((DWORD)0xC000000D)
#    define STATUS_NO_MEMORY         ((DWORD)0xC0000017)
#    define STATUS_STACK_OVERFLOW    ((DWORD)0xC00000FD)
#    define STATUS_CONTROL_C_EXIT    ((DWORD)0xC000013A)
#    define STATUS_BREAKPOINT        ((DWORD)0x80000003)
#endif

/* Memory. */
#define PAGE_NOACCESS          0x01
#define PAGE_READONLY          0x02
#define PAGE_READWRITE         0x04
#define PAGE_WRITECOPY         0x08
#define PAGE_EXECUTE           0x10
#define PAGE_EXECUTE_READ      0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_GUARD             0x100
#define MEM_COMMIT             0x00001000
#define MEM_RESERVE            0x00002000
#define MEM_DECOMMIT           0x00004000
#define MEM_RELEASE            0x00008000
#define MEM_FREE               0x00010000
#define MEM_RESET              0x00080000
#define MEM_TOP_DOWN           0x00100000
#define MEM_LARGE_PAGES        0x20000000

#define HEAP_NO_SERIALIZE          0x00000001
#define HEAP_GROWABLE              0x00000002
#define HEAP_GENERATE_EXCEPTIONS   0x00000004
#define HEAP_ZERO_MEMORY           0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010
#define HEAP_CREATE_ENABLE_EXECUTE 0x00040000

/* Processors. */
#define PROCESSOR_ARCHITECTURE_INTEL   0
#define PROCESSOR_ARCHITECTURE_ARM     5
#define PROCESSOR_ARCHITECTURE_AMD64   9
#define PROCESSOR_ARCHITECTURE_ARM64   12
#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFF
#define ALL_PROCESSOR_GROUPS           0xffff

/* Locks. */
typedef struct _RTL_CRITICAL_SECTION_DEBUG RTL_CRITICAL_SECTION_DEBUG,
    *PRTL_CRITICAL_SECTION_DEBUG;

typedef struct _RTL_CRITICAL_SECTION {
    PRTL_CRITICAL_SECTION_DEBUG DebugInfo;
    LONG LockCount;
    LONG RecursionCount;
    HANDLE OwningThread;
    HANDLE LockSemaphore;
    ULONG_PTR SpinCount;
} RTL_CRITICAL_SECTION, *PRTL_CRITICAL_SECTION;

typedef struct _RTL_SRWLOCK {
    PVOID Ptr;
} RTL_SRWLOCK, *PRTL_SRWLOCK;

typedef struct _RTL_CONDITION_VARIABLE {
    PVOID Ptr;
} RTL_CONDITION_VARIABLE, *PRTL_CONDITION_VARIABLE;

typedef union _RTL_RUN_ONCE {
    PVOID Ptr;
} RTL_RUN_ONCE, *PRTL_RUN_ONCE;

#define RTL_SRWLOCK_INIT \
    {                    \
        0                \
    }
#define RTL_CONDITION_VARIABLE_INIT \
    {                               \
        0                           \
    }
#define RTL_RUN_ONCE_INIT \
    {                     \
        0                 \
    }
#define RTL_CONDITION_VARIABLE_LOCKMODE_SHARED  0x1
#define RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO 0x01000000
#define RTL_RUN_ONCE_CHECK_ONLY                 0x00000001U
#define RTL_RUN_ONCE_ASYNC                      0x00000002U
#define RTL_RUN_ONCE_INIT_FAILED                0x00000004U
#define RTL_RUN_ONCE_CTX_RESERVED_BITS          2

#define FLS_MAXIMUM_AVAILABLE 4080
#define TLS_MINIMUM_AVAILABLE 64
typedef void (*PFLS_CALLBACK_FUNCTION)(PVOID data);
typedef void (*PAPCFUNC)(ULONG_PTR parameter);

#endif
