/**
 * @file winerror.h
 * @brief The simulated Windows: error codes.
 *
 * What GetLastError and WSAGetLastError return.  The Winsock codes are here
 * too, as on Windows: both functions read one value.
 *
 * Uses:     nothing of ours.
 * Used by:  winbase.h.
 * Facts:    none.
 * Read next: ntstatus.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINERROR_
#define _WINERROR_

#define NO_ERROR                             0
#define ERROR_SUCCESS                        0
#define ERROR_INVALID_FUNCTION               1
#define ERROR_FILE_NOT_FOUND                 2
#define ERROR_PATH_NOT_FOUND                 3
#define ERROR_TOO_MANY_OPEN_FILES            4
#define ERROR_ACCESS_DENIED                  5
#define ERROR_INVALID_HANDLE                 6
#define ERROR_NOT_ENOUGH_MEMORY              8
#define ERROR_BAD_FORMAT                     11
#define ERROR_INVALID_ACCESS                 12
#define ERROR_INVALID_DATA                   13
#define ERROR_OUTOFMEMORY                    14
#define ERROR_NOT_SAME_DEVICE                17
#define ERROR_NO_MORE_FILES                  18
#define ERROR_WRITE_PROTECT                  19
#define ERROR_NOT_READY                      21
#define ERROR_BAD_COMMAND                    22
#define ERROR_CRC                            23
#define ERROR_BAD_LENGTH                     24
#define ERROR_WRITE_FAULT                    29
#define ERROR_READ_FAULT                     30
#define ERROR_GEN_FAILURE                    31
#define ERROR_SHARING_VIOLATION              32
#define ERROR_LOCK_VIOLATION                 33
#define ERROR_HANDLE_EOF                     38
#define ERROR_HANDLE_DISK_FULL               39
#define ERROR_NOT_SUPPORTED                  50
#define ERROR_REM_NOT_LIST                   51
#define ERROR_DUP_NAME                       52
#define ERROR_BAD_NETPATH                    53
#define ERROR_NETWORK_BUSY                   54
#define ERROR_DEV_NOT_EXIST                  55
#define ERROR_ADAP_HDW_ERR                   57
#define ERROR_BAD_NET_RESP                   58
#define ERROR_UNEXP_NET_ERR                  59
#define ERROR_NETNAME_DELETED                64
#define ERROR_NETWORK_ACCESS_DENIED          65
#define ERROR_BAD_NET_NAME                   67
#define ERROR_TOO_MANY_NAMES                 68
#define ERROR_REQ_NOT_ACCEP                  71
#define ERROR_FILE_EXISTS                    80
#define ERROR_INVALID_PARAMETER              87
#define ERROR_TOO_MANY_SEMAPHORES            100
#define ERROR_SEM_OWNER_DIED                 105
#define ERROR_BROKEN_PIPE                    109
#define ERROR_OPEN_FAILED                    110
#define ERROR_BUFFER_OVERFLOW                111
#define ERROR_DISK_FULL                      112
#define ERROR_CALL_NOT_IMPLEMENTED           120
#define ERROR_SEM_TIMEOUT                    121
#define ERROR_INSUFFICIENT_BUFFER            122
#define ERROR_INVALID_NAME                   123
#define ERROR_MOD_NOT_FOUND                  126
#define ERROR_PROC_NOT_FOUND                 127
#define ERROR_WAIT_NO_CHILDREN               128
#define ERROR_NEGATIVE_SEEK                  131
#define ERROR_DIR_NOT_EMPTY                  145
#define ERROR_SIGNAL_REFUSED                 156
#define ERROR_NOT_LOCKED                     158
#define ERROR_BAD_PATHNAME                   161
#define ERROR_SIGNAL_PENDING                 162
#define ERROR_MAX_THRDS_REACHED              164
#define ERROR_BUSY                           170
#define ERROR_ALREADY_EXISTS                 183
#define ERROR_FILENAME_EXCED_RANGE           206
#define ERROR_BAD_PIPE                       230
#define ERROR_PIPE_BUSY                      231
#define ERROR_NO_DATA                        232
#define ERROR_PIPE_NOT_CONNECTED             233
#define ERROR_MORE_DATA                      234
#define WAIT_TIMEOUT                         258
#define ERROR_NO_MORE_ITEMS                  259
#define ERROR_DIRECTORY                      267
#define ERROR_NOT_OWNER                      288
#define ERROR_TOO_MANY_POSTS                 298
#define ERROR_PARTIAL_COPY                   299
#define ERROR_INVALID_LOCK_RANGE             307
#define ERROR_MR_MID_NOT_FOUND               317
#define ERROR_THREAD_MODE_ALREADY_BACKGROUND 400
#define ERROR_THREAD_MODE_NOT_BACKGROUND     401
#define ERROR_INVALID_ADDRESS                487
#define ERROR_ARITHMETIC_OVERFLOW            534
#define ERROR_PIPE_CONNECTED                 535
#define ERROR_PIPE_LISTENING                 536
#define ERROR_TIMER_NOT_CANCELED             541
#define ERROR_BAD_FUNCTION_TABLE             559
#define ERROR_TOO_MANY_THREADS               565
#define ERROR_THREAD_NOT_IN_PROCESS          566
#define ERROR_CONTROL_C_EXIT                 572
#define ERROR_ASSERTION_FAILURE              668
#define ERROR_HANDLES_CLOSED                 676
#define ERROR_OBJECT_NAME_EXISTS             698
#define ERROR_ABANDONED_WAIT_0               735
#define ERROR_ABANDONED_WAIT_63              736
#define ERROR_USER_APC                       737
#define ERROR_ALERTED                        739
#define ERROR_NOTIFY_CLEANUP                 745
#define ERROR_OPERATION_ABORTED              995
#define ERROR_IO_INCOMPLETE                  996
#define ERROR_IO_PENDING                     997
#define ERROR_NOACCESS                       998
#define ERROR_SWAPERROR                      999
#define ERROR_STACK_OVERFLOW                 1001
#define ERROR_INVALID_MESSAGE                1002
#define ERROR_CAN_NOT_COMPLETE               1003
#define ERROR_INVALID_FLAGS                  1004
#define ERROR_FILE_INVALID                   1006
#define ERROR_NO_TOKEN                       1008
#define ERROR_NOTIFY_ENUM_DIR                1022
#define ERROR_DLL_INIT_FAILED                1114
#define ERROR_IO_DEVICE                      1117
#define ERROR_POSSIBLE_DEADLOCK              1131
#define ERROR_TOO_MANY_LINKS                 1142
#define ERROR_NOT_FOUND                      1168
#define ERROR_CANCELLED                      1223
#define ERROR_CONNECTION_REFUSED             1225
#define ERROR_GRACEFUL_DISCONNECT            1226
#define ERROR_ADDRESS_ALREADY_ASSOCIATED     1227
#define ERROR_ADDRESS_NOT_ASSOCIATED         1228
#define ERROR_CONNECTION_INVALID             1229
#define ERROR_CONNECTION_ACTIVE              1230
#define ERROR_NETWORK_UNREACHABLE            1231
#define ERROR_HOST_UNREACHABLE               1232
#define ERROR_PROTOCOL_UNREACHABLE           1233
#define ERROR_PORT_UNREACHABLE               1234
#define ERROR_REQUEST_ABORTED                1235
#define ERROR_CONNECTION_ABORTED             1236
#define ERROR_RETRY                          1237
#define ERROR_CONNECTION_COUNT_LIMIT         1238
#define ERROR_INCORRECT_ADDRESS              1241
#define ERROR_ALREADY_REGISTERED             1242
#define ERROR_SERVICE_NOT_FOUND              1243
#define ERROR_HOST_DOWN                      1256
#define ERROR_PRIVILEGE_NOT_HELD             1314
#define ERROR_INTERNAL_ERROR                 1359
#define ERROR_CANNOT_IMPERSONATE             1368
#define ERROR_DISK_CORRUPT                   1393
#define ERROR_NO_SYSTEM_RESOURCES            1450
#define ERROR_NONPAGED_SYSTEM_RESOURCES      1451
#define ERROR_PAGED_SYSTEM_RESOURCES         1452
#define ERROR_WORKING_SET_QUOTA              1453
#define ERROR_PAGEFILE_QUOTA                 1454
#define ERROR_COMMITMENT_LIMIT               1455
#define ERROR_TIMEOUT                        1460
#define ERROR_NOT_SAME_OBJECT                1656
#define ERROR_INVALID_USER_BUFFER            1784
#define ERROR_NOT_ENOUGH_QUOTA               1816
#define ERROR_INVALID_STATE                  5023

/* Winsock. */
#define WSABASEERR             10000
#define WSAEINTR               10004
#define WSAEBADF               10009
#define WSAEACCES              10013
#define WSAEFAULT              10014
#define WSAEINVAL              10022
#define WSAEMFILE              10024
#define WSAEWOULDBLOCK         10035
#define WSAEINPROGRESS         10036
#define WSAEALREADY            10037
#define WSAENOTSOCK            10038
#define WSAEDESTADDRREQ        10039
#define WSAEMSGSIZE            10040
#define WSAEPROTOTYPE          10041
#define WSAENOPROTOOPT         10042
#define WSAEPROTONOSUPPORT     10043
#define WSAESOCKTNOSUPPORT     10044
#define WSAEOPNOTSUPP          10045
#define WSAEPFNOSUPPORT        10046
#define WSAEAFNOSUPPORT        10047
#define WSAEADDRINUSE          10048
#define WSAEADDRNOTAVAIL       10049
#define WSAENETDOWN            10050
#define WSAENETUNREACH         10051
#define WSAENETRESET           10052
#define WSAECONNABORTED        10053
#define WSAECONNRESET          10054
#define WSAENOBUFS             10055
#define WSAEISCONN             10056
#define WSAENOTCONN            10057
#define WSAESHUTDOWN           10058
#define WSAETOOMANYREFS        10059
#define WSAETIMEDOUT           10060
#define WSAECONNREFUSED        10061
#define WSAELOOP               10062
#define WSAENAMETOOLONG        10063
#define WSAEHOSTDOWN           10064
#define WSAEHOSTUNREACH        10065
#define WSAENOTEMPTY           10066
#define WSAEPROCLIM            10067
#define WSAEUSERS              10068
#define WSAEDQUOT              10069
#define WSAESTALE              10070
#define WSAEREMOTE             10071
#define WSASYSNOTREADY         10091
#define WSAVERNOTSUPPORTED     10092
#define WSANOTINITIALISED      10093
#define WSAEDISCON             10101
#define WSAENOMORE             10102
#define WSAECANCELLED          10103
#define WSAEINVALIDPROCTABLE   10104
#define WSAEINVALIDPROVIDER    10105
#define WSAEPROVIDERFAILEDINIT 10106
#define WSASYSCALLFAILURE      10107
#define WSASERVICE_NOT_FOUND   10108
#define WSATYPE_NOT_FOUND      10109
#define WSA_E_NO_MORE          10110
#define WSA_E_CANCELLED        10111
#define WSAEREFUSED            10112
#define WSAHOST_NOT_FOUND      11001
#define WSATRY_AGAIN           11002
#define WSANO_RECOVERY         11003
#define WSANO_DATA             11004

#define WSA_SECURE_HOST_NOT_FOUND   11032
#define WSA_IPSEC_NAME_POLICY_ERROR 11033

/* HRESULT. */
#define S_OK           ((HRESULT)0)
#define S_FALSE        ((HRESULT)1)
#define E_NOTIMPL      ((HRESULT)0x80004001)
#define E_FAIL         ((HRESULT)0x80004005)
#define E_UNEXPECTED   ((HRESULT)0x8000FFFF)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_HANDLE       ((HRESULT)0x80070006)
#define E_OUTOFMEMORY  ((HRESULT)0x8007000E)
#define E_INVALIDARG   ((HRESULT)0x80070057)

#define FACILITY_WIN32          7
#define FACILITY_NT_BIT         0x10000000
#define SUCCEEDED(hr)           (((HRESULT)(hr)) >= 0)
#define FAILED(hr)              (((HRESULT)(hr)) < 0)
#define HRESULT_CODE(hr)        ((hr)&0xFFFF)
#define HRESULT_FROM_NT(status) ((HRESULT)((status) | FACILITY_NT_BIT))
#define HRESULT_FROM_WIN32(error)                              \
    ((HRESULT)(error) <= 0 ? ((HRESULT)(error))                \
                           : ((HRESULT)(((error)&0x0000FFFF) | \
                                        (FACILITY_WIN32 << 16) | 0x80000000)))

#endif
