/**
 * @file winternl.h
 * @brief The simulated Windows: the kernel's own interface.
 *
 * Below Win32 lie the native calls.  A port shows more of itself there: any
 * status can be posted, the queue's depth can be read, a file can leave its
 * port again.
 *
 * Uses:     windows.h, declare.h.
 * Used by:  the model, programs that speak NT.
 * Facts:    PORT-15, PORT-28, PORT-31, PORT-32, PORT-85, PORT-95, PORT-97.
 * Read next: process.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINTERNL_
#define _WINTERNL_

#include "windows.h"

typedef LONG NTSTATUS, *PNTSTATUS;

#define NT_SUCCESS(status)     ((NTSTATUS)(status) >= 0)
#define NT_INFORMATION(status) ((((ULONG)(status)) >> 30) == 1)
#define NT_WARNING(status)     ((((ULONG)(status)) >> 30) == 2)
#define NT_ERROR(status)       ((((ULONG)(status)) >> 30) == 3)

typedef struct _IO_STATUS_BLOCK {
    union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef struct _UNICODE_STRING {
    USHORT Length;        /* In bytes, without a final zero. */
    USHORT MaximumLength; /* In bytes. */
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT          0x00000002
#define OBJ_PERMANENT        0x00000010
#define OBJ_EXCLUSIVE        0x00000020
#define OBJ_CASE_INSENSITIVE 0x00000040
#define OBJ_OPENIF           0x00000080
#define OBJ_OPENLINK         0x00000100
#define OBJ_KERNEL_HANDLE    0x00000200

#define InitializeObjectAttributes(p, name, flags, root, security) \
    do {                                                           \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);                   \
        (p)->RootDirectory = (root);                               \
        (p)->Attributes = (flags);                                 \
        (p)->ObjectName = (name);                                  \
        (p)->SecurityDescriptor = (security);                      \
        (p)->SecurityQualityOfService = NULL;                      \
    } while (0)

typedef void (*PIO_APC_ROUTINE)(PVOID context,
                                PIO_STATUS_BLOCK block,
                                ULONG reserved);

/* The classes that NtSetInformationFile and NtQueryInformationFile know. */
typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1,
    FileFullDirectoryInformation = 2,
    FileBothDirectoryInformation = 3,
    FileBasicInformation = 4,
    FileStandardInformation = 5,
    FileInternalInformation = 6,
    FileEaInformation = 7,
    FileAccessInformation = 8,
    FileNameInformation = 9,
    FileRenameInformation = 10,
    FileLinkInformation = 11,
    FileNamesInformation = 12,
    FileDispositionInformation = 13,
    FilePositionInformation = 14,
    FileFullEaInformation = 15,
    FileModeInformation = 16,
    FileAlignmentInformation = 17,
    FileAllInformation = 18,
    FileAllocationInformation = 19,
    FileEndOfFileInformation = 20,
    FileAlternateNameInformation = 21,
    FileStreamInformation = 22,
    FilePipeInformation = 23,
    FilePipeLocalInformation = 24,
    FilePipeRemoteInformation = 25,
    FileMailslotQueryInformation = 26,
    FileMailslotSetInformation = 27,
    FileCompressionInformation = 28,
    FileObjectIdInformation = 29,
    FileCompletionInformation = 30,
    FileMoveClusterInformation = 31,
    FileQuotaInformation = 32,
    FileReparsePointInformation = 33,
    FileNetworkOpenInformation = 34,
    FileAttributeTagInformation = 35,
    FileTrackingInformation = 36,
    FileIoCompletionNotificationInformation = 41,
    FileIoStatusBlockRangeInformation = 42,
    FileIoPriorityHintInformation = 43,
    FileReplaceCompletionInformation = 61
} FILE_INFORMATION_CLASS,
    *PFILE_INFORMATION_CLASS;

/* Class 30 and class 61. */
typedef struct _FILE_COMPLETION_INFORMATION {
    HANDLE Port;
    PVOID Key;
} FILE_COMPLETION_INFORMATION, *PFILE_COMPLETION_INFORMATION;

/* Class 41.  Its third flag has no place in Win32. */
typedef struct _FILE_IO_COMPLETION_NOTIFICATION_INFORMATION {
    ULONG Flags;
} FILE_IO_COMPLETION_NOTIFICATION_INFORMATION,
    *PFILE_IO_COMPLETION_NOTIFICATION_INFORMATION;
#define FILE_SKIP_SET_USER_EVENT_ON_FAST_IO 0x4

/* One removed packet. */
typedef struct _FILE_IO_COMPLETION_INFORMATION {
    PVOID KeyContext;
    PVOID ApcContext;
    IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION, *PFILE_IO_COMPLETION_INFORMATION;

/* Control codes of pipes. */
#define FSCTL_PIPE_DISCONNECT 0x00110004
#define FSCTL_PIPE_LISTEN     0x00110008
#define FSCTL_PIPE_PEEK       0x0011400C
#define FSCTL_PIPE_TRANSCEIVE 0x0011C017

typedef enum _IO_COMPLETION_INFORMATION_CLASS {
    IoCompletionBasicInformation = 0
} IO_COMPLETION_INFORMATION_CLASS;

typedef struct _IO_COMPLETION_BASIC_INFORMATION {
    LONG Depth;
} IO_COMPLETION_BASIC_INFORMATION, *PIO_COMPLETION_BASIC_INFORMATION;

#define IO_COMPLETION_QUERY_STATE 0x0001

typedef enum _MEMORY_RESERVE_TYPE {
    MemoryReserveUserApc = 0,
    MemoryReserveIoCompletion = 1
} MEMORY_RESERVE_TYPE;

#define API_NTDLL(type, name, parameters) type name parameters;
#include "declare.h"

#endif
