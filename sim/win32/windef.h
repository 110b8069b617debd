/**
 * @file windef.h
 * @brief The simulated Windows: basic types.
 *
 * Windows on 64 bits is LLP64: `long` has 32 bits there and 64 bits on Linux
 * and macOS.  Here every type has the size it has on Windows, so structures
 * keep their layout and arithmetic wraps at the same place everywhere.  Off
 * Windows this means that DWORD is `unsigned int` and wants `%u`, and that
 * numbers in these headers go without the suffix L.
 *
 * One type differs: WCHAR is `wchar_t` so that L"..." works, and that has
 * 32 bits off Windows.
 *
 * Uses:     names.h.
 * Used by:  winnt.h.
 * Facts:    none.
 * Read next: winnt.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINDEF_
#define _WINDEF_

#include <stddef.h>
#include <stdint.h>

/* The system's C library has functions and types of the same names as
 * Winsock.  It must declare them before names.h and ws2def.h give those names
 * to the simulator; with C++ any header of the library may do so later. */
#ifndef _WIN32
#    include <sys/types.h>
#    ifdef __cplusplus
#        include <sys/time.h>
#        include <unistd.h>
#    endif
#endif

#include "names.h"

#ifndef _WIN32_WINNT
#    define _WIN32_WINNT 0x0A00
#endif
#ifndef WINVER
#    define WINVER _WIN32_WINNT
#endif

/* Calling conventions: 64-bit Windows has one.  Programs write the double
 * underscore forms too, and off Windows no compiler knows them. */
#define WINAPI
#define CALLBACK
#define NTAPI
#define APIENTRY
#define PASCAL
#ifndef _WIN32
#    ifndef __cdecl
#        define __cdecl
#    endif
#    ifndef __stdcall
#        define __stdcall
#    endif
#    ifndef __int64
#        define __int64 long long
#    endif
#endif

/* Words that declarations on Windows are decorated with. */
#define CONST const
#define FAR
#define NEAR
#define IN
#define OUT
#define OPTIONAL
#define VOID void

#ifndef FALSE
#    define FALSE 0
#endif
#ifndef TRUE
#    define TRUE 1
#endif
#define MAX_PATH 260

#ifdef _WIN32
typedef long LONG;
typedef unsigned long ULONG;
typedef unsigned long DWORD;
#else
typedef int LONG;
typedef unsigned int ULONG;
typedef unsigned int DWORD;
#endif

typedef char CHAR, CCHAR;
typedef unsigned char UCHAR, BYTE;
typedef BYTE BOOLEAN;
typedef short SHORT;
typedef unsigned short USHORT, WORD;
typedef int INT, BOOL, INT32;
typedef unsigned int UINT, UINT32;
typedef LONG LONG32;
typedef ULONG ULONG32, DWORD32;
typedef long long LONGLONG, LONG64, INT64;
typedef unsigned long long ULONGLONG, ULONG64, UINT64, DWORD64, DWORDLONG;
typedef float FLOAT;
typedef wchar_t WCHAR;

typedef intptr_t INT_PTR, LONG_PTR, SSIZE_T;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, KAFFINITY;
typedef size_t SIZE_T;

typedef LONG HRESULT;
typedef DWORD ACCESS_MASK;

/* Pointers: P and LP mean the same today. */
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef CHAR *PCHAR, *PSTR, *LPSTR;
typedef const CHAR *PCSTR, *LPCSTR, *LPCCH;
typedef WCHAR *PWCHAR, *PWSTR, *LPWSTR;
typedef const WCHAR *PCWSTR, *LPCWSTR, *LPCWCH;
typedef UCHAR *PUCHAR;
typedef BYTE *PBYTE, *LPBYTE;
typedef BOOLEAN *PBOOLEAN;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT;
typedef WORD *PWORD, *LPWORD;
typedef INT *PINT, *LPINT;
typedef UINT *PUINT, *LPUINT;
typedef BOOL *PBOOL, *LPBOOL;
typedef LONG *PLONG, *LPLONG;
typedef ULONG *PULONG;
typedef DWORD *PDWORD, *LPDWORD;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef LONG64 *PLONG64;
typedef ULONG64 *PULONG64;
typedef DWORD64 *PDWORD64;
typedef INT_PTR *PINT_PTR;
typedef UINT_PTR *PUINT_PTR;
typedef LONG_PTR *PLONG_PTR;
typedef ULONG_PTR *PULONG_PTR;
typedef DWORD_PTR *PDWORD_PTR;
typedef SIZE_T *PSIZE_T;
typedef ACCESS_MASK *PACCESS_MASK;

#ifdef UNICODE
typedef WCHAR TCHAR;
#    define __TEXT(quote) L##quote
#else
typedef char TCHAR;
#    define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)
typedef TCHAR *PTSTR, *LPTSTR;
typedef const TCHAR *PCTSTR, *LPCTSTR;

/* A handle is a number in a pointer's clothes. */
typedef void *HANDLE;
typedef HANDLE *PHANDLE, *LPHANDLE;
typedef HANDLE HGLOBAL, HLOCAL;
#define DECLARE_HANDLE(name) \
    struct name##__ {        \
        int unused;          \
    };                       \
    typedef struct name##__ *name
DECLARE_HANDLE(HINSTANCE);
typedef HINSTANCE HMODULE;

typedef INT_PTR (*FARPROC)(void);
typedef INT_PTR (*NEARPROC)(void);
typedef INT_PTR (*PROC)(void);

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID, *LPGUID;

#define MAKEWORD(low, high)                   \
    ((WORD)(((BYTE)((DWORD_PTR)(low)&0xff)) | \
            ((WORD)((BYTE)((DWORD_PTR)(high)&0xff))) << 8))
#define MAKELONG(low, high)                     \
    ((LONG)(((WORD)((DWORD_PTR)(low)&0xffff)) | \
            ((DWORD)((WORD)((DWORD_PTR)(high)&0xffff))) << 16))
#define LOWORD(value) ((WORD)(((DWORD_PTR)(value)) & 0xffff))
#define HIWORD(value) ((WORD)((((DWORD_PTR)(value)) >> 16) & 0xffff))
#define LOBYTE(value) ((BYTE)(((DWORD_PTR)(value)) & 0xff))
#define HIBYTE(value) ((BYTE)((((DWORD_PTR)(value)) >> 8) & 0xff))

#ifndef NOMINMAX
#    ifndef max
#        define max(a, b) (((a) > (b)) ? (a) : (b))
#    endif
#    ifndef min
#        define min(a, b) (((a) < (b)) ? (a) : (b))
#    endif
#endif

#endif
