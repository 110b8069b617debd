/**
 * @file fileapi.h
 * @brief The simulated Windows: structures and constants of files.
 *
 * What the calls about files and folders take and give back, beyond what
 * ports and pipes need.
 *
 * Uses:     winbase.h.
 * Used by:  windows.h.
 * Facts:    none.
 * Read next: threadpoolapiset.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _FILEAPI_
#define _FILEAPI_

#include "winbase.h"

/* A pointer of 64 bits, which all are here. */
typedef void *PVOID64;
#define PtrToPtr64(pointer) ((PVOID64)(pointer))

#define INVALID_FILE_SIZE        ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)
#define INVALID_FILE_ATTRIBUTES  ((DWORD)-1)

#define FILE_FLAG_POSIX_SEMANTICS    0x01000000
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_OPEN_NO_RECALL     0x00100000

#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK    0x0001
#define FILE_TYPE_CHAR    0x0002
#define FILE_TYPE_PIPE    0x0003

#define MOVEFILE_REPLACE_EXISTING      0x00000001
#define MOVEFILE_COPY_ALLOWED          0x00000002
#define MOVEFILE_DELAY_UNTIL_REBOOT    0x00000004
#define MOVEFILE_WRITE_THROUGH         0x00000008
#define MOVEFILE_CREATE_HARDLINK       0x00000010
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x00000020

/* Changes in folders. */
#define FILE_NOTIFY_CHANGE_FILE_NAME   0x00000001
#define FILE_NOTIFY_CHANGE_DIR_NAME    0x00000002
#define FILE_NOTIFY_CHANGE_ATTRIBUTES  0x00000004
#define FILE_NOTIFY_CHANGE_SIZE        0x00000008
#define FILE_NOTIFY_CHANGE_LAST_WRITE  0x00000010
#define FILE_NOTIFY_CHANGE_LAST_ACCESS 0x00000020
#define FILE_NOTIFY_CHANGE_CREATION    0x00000040
#define FILE_NOTIFY_CHANGE_SECURITY    0x00000100
#define FILE_ACTION_ADDED              0x00000001
#define FILE_ACTION_REMOVED            0x00000002
#define FILE_ACTION_MODIFIED           0x00000003
#define FILE_ACTION_RENAMED_OLD_NAME   0x00000004
#define FILE_ACTION_RENAMED_NEW_NAME   0x00000005

typedef struct _FILE_NOTIFY_INFORMATION {
    DWORD NextEntryOffset;
    DWORD Action;
    DWORD FileNameLength; /* In bytes. */
    WCHAR FileName[1];
} FILE_NOTIFY_INFORMATION, *PFILE_NOTIFY_INFORMATION;

/* A page of memory for ReadFileScatter and WriteFileGather. */
typedef union _FILE_SEGMENT_ELEMENT {
    PVOID64 Buffer;
    ULONGLONG Alignment;
} FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION,
    *LPBY_HANDLE_FILE_INFORMATION;

typedef enum _GET_FILEEX_INFO_LEVELS {
    GetFileExInfoStandard,
    GetFileExMaxInfoLevel
} GET_FILEEX_INFO_LEVELS;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;

typedef struct _WIN32_FIND_DATAA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD dwReserved0;
    DWORD dwReserved1;
    CHAR cFileName[MAX_PATH];
    CHAR cAlternateFileName[14];
} WIN32_FIND_DATAA, *PWIN32_FIND_DATAA, *LPWIN32_FIND_DATAA;

typedef struct _WIN32_FIND_DATAW {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD dwReserved0;
    DWORD dwReserved1;
    WCHAR cFileName[MAX_PATH];
    WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW, *PWIN32_FIND_DATAW, *LPWIN32_FIND_DATAW;

/* The names without A or W. */
#ifdef UNICODE
#    define CallNamedPipe           CallNamedPipeW
#    define CopyFile                CopyFileW
#    define CreateDirectory         CreateDirectoryW
#    define DeleteFile              DeleteFileW
#    define FindFirstFile           FindFirstFileW
#    define FindNextFile            FindNextFileW
#    define GetDiskFreeSpaceEx      GetDiskFreeSpaceExW
#    define GetFileAttributes       GetFileAttributesW
#    define GetFileAttributesEx     GetFileAttributesExW
#    define GetNamedPipeHandleState GetNamedPipeHandleStateW
#    define GetTempFileName         GetTempFileNameW
#    define GetTempPath             GetTempPathW
#    define MoveFile                MoveFileW
#    define MoveFileEx              MoveFileExW
#    define RemoveDirectory         RemoveDirectoryW
#    define SetFileAttributes       SetFileAttributesW
#    define WIN32_FIND_DATA         WIN32_FIND_DATAW
#    define LPWIN32_FIND_DATA       LPWIN32_FIND_DATAW
#else
#    define CallNamedPipe           CallNamedPipeA
#    define CopyFile                CopyFileA
#    define CreateDirectory         CreateDirectoryA
#    define DeleteFile              DeleteFileA
#    define FindFirstFile           FindFirstFileA
#    define FindNextFile            FindNextFileA
#    define GetDiskFreeSpaceEx      GetDiskFreeSpaceExA
#    define GetFileAttributes       GetFileAttributesA
#    define GetFileAttributesEx     GetFileAttributesExA
#    define GetNamedPipeHandleState GetNamedPipeHandleStateA
#    define GetTempFileName         GetTempFileNameA
#    define GetTempPath             GetTempPathA
#    define MoveFile                MoveFileA
#    define MoveFileEx              MoveFileExA
#    define RemoveDirectory         RemoveDirectoryA
#    define SetFileAttributes       SetFileAttributesA
#    define WIN32_FIND_DATA         WIN32_FIND_DATAA
#    define LPWIN32_FIND_DATA       LPWIN32_FIND_DATAA
#endif

#endif
