/**
 * @file winsock2.h
 * @brief The simulated Windows: sockets.
 *
 * Types and constants of Winsock 2, and the functions of ws2_32.dll that the
 * table has.  What stands in ws2tcpip.h on Windows, and how its types look,
 * is in the headers that follow.
 *
 * Uses:     ws2def.h, ws2ipdef.h, declare.h.
 * Used by:  programs, layers, sim/net, sim/winsock.
 * Facts:    OVL-33.
 * Read next: ws2ipdef.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#define _WINSOCKAPI_ /* Keeps the older winsock.h out. */

#include "ws2def.h"
#include "ws2ipdef.h"

#define WINSOCK_VERSION MAKEWORD(2, 2)

typedef UINT_PTR SOCKET;
#define INVALID_SOCKET ((SOCKET)(~(SOCKET)0))
#define SOCKET_ERROR   (-1)

/* ---- select --------------------------------------------------------------
 *
 * A set is a list of sockets here, not bits.  A program may ask for longer
 * lists; off Windows the number may come from the system's own header. */
#if !defined(_WIN32) && defined(_SYS_SELECT_H)
#    undef FD_SETSIZE
#endif
#ifndef FD_SETSIZE
#    define FD_SETSIZE 64
#endif
#undef FD_CLR
#undef FD_SET
#undef FD_ZERO
#undef FD_ISSET

typedef struct fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;

#define FD_CLR(fd, set)                                                 \
    do {                                                                \
        u_int at_ = 0;                                                  \
        while (at_ < (set)->fd_count && (set)->fd_array[at_] != (fd)) { \
            at_++;                                                      \
        }                                                               \
        if (at_ < (set)->fd_count) {                                    \
            (set)->fd_count--;                                          \
            for (; at_ < (set)->fd_count; at_++) {                      \
                (set)->fd_array[at_] = (set)->fd_array[at_ + 1];        \
            }                                                           \
        }                                                               \
    } while (0)
#define FD_SET(fd, set)                                                 \
    do {                                                                \
        u_int at_ = 0;                                                  \
        while (at_ < (set)->fd_count && (set)->fd_array[at_] != (fd)) { \
            at_++;                                                      \
        }                                                               \
        if (at_ == (set)->fd_count && at_ < FD_SETSIZE) {               \
            (set)->fd_array[at_] = (fd);                                \
            (set)->fd_count++;                                          \
        }                                                               \
    } while (0)
#define FD_ZERO(set)      (((set)->fd_count) = 0)
#define FD_ISSET(fd, set) __WSAFDIsSet((SOCKET)(fd), (set))

#if !defined(_WIN32) || !defined(_TIMEVAL_DEFINED)
#    define _TIMEVAL_DEFINED
struct timeval {
    LONG tv_sec;
    LONG tv_usec;
};
#endif
typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;
#undef timerisset
#undef timercmp
#undef timerclear
#define timerisset(value) ((value)->tv_sec || (value)->tv_usec)
#define timercmp(one, two, order)        \
    ((one)->tv_sec order(two)->tv_sec || \
     ((one)->tv_sec == (two)->tv_sec && (one)->tv_usec order(two)->tv_usec))
#define timerclear(value) ((value)->tv_sec = (value)->tv_usec = 0)

/* ---- WSAPoll ------------------------------------------------------------- */

typedef struct pollfd {
    SOCKET fd;
    SHORT events;
    SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;

#define POLLRDNORM 0x0100
#define POLLRDBAND 0x0200
#define POLLIN     (POLLRDNORM | POLLRDBAND)
#define POLLPRI    0x0400
#define POLLWRNORM 0x0010
#define POLLOUT    (POLLWRNORM)
#define POLLWRBAND 0x0020
#define POLLERR    0x0001
#define POLLHUP    0x0002
#define POLLNVAL   0x0004

/* ---- Control codes of ioctlsocket ---------------------------------------- */

#define FIONREAD   _IOR('f', 127, u_long)
#define FIONBIO    ((LONG)_IOW('f', 126, u_long))
#define FIOASYNC   ((LONG)_IOW('f', 125, u_long))
#define SIOCSHIWAT ((LONG)_IOW('s', 0, u_long))
#define SIOCGHIWAT _IOR('s', 1, u_long)
#define SIOCSLOWAT ((LONG)_IOW('s', 2, u_long))
#define SIOCGLOWAT _IOR('s', 3, u_long)
#define SIOCATMARK _IOR('s', 7, u_long)

/* ---- Names --------------------------------------------------------------- */

typedef struct hostent {
    char *h_name;
    char **h_aliases;
    short h_addrtype;
    short h_length;
    char **h_addr_list;
#define h_addr h_addr_list[0]
} HOSTENT, *PHOSTENT, *LPHOSTENT;

typedef struct servent {
    char *s_name;
    char **s_aliases;
    char *s_proto; /* In this order on 64-bit Windows. */
    short s_port;
} SERVENT, *PSERVENT, *LPSERVENT;

typedef struct protoent {
    char *p_name;
    char **p_aliases;
    short p_proto;
} PROTOENT, *PPROTOENT, *LPPROTOENT;

#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN      WSATRY_AGAIN
#define NO_RECOVERY    WSANO_RECOVERY
#define NO_DATA        WSANO_DATA
#define NO_ADDRESS     WSANO_ADDRESS
#define WSANO_ADDRESS  WSANO_DATA

/* ---- Start-up ------------------------------------------------------------ */

#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN  128

typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    unsigned short iMaxSockets; /* In this order on 64-bit Windows. */
    unsigned short iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

/* ---- Calls --------------------------------------------------------------- */

#define SOMAXCONN         0x7fffffff
#define SOMAXCONN_HINT(b) (-(b))

#define MSG_OOB            0x1
#define MSG_PEEK           0x2
#define MSG_DONTROUTE      0x4
#define MSG_WAITALL        0x8
#define MSG_PUSH_IMMEDIATE 0x20
#define MSG_PARTIAL        0x8000
#define MSG_INTERRUPT      0x10
#define MSG_MAXIOVLEN      16

#define MAXGETHOSTSTRUCT 1024

#define SD_RECEIVE 0x00
#define SD_SEND    0x01
#define SD_BOTH    0x02

#define CF_ACCEPT 0x0000
#define CF_REJECT 0x0001
#define CF_DEFER  0x0002

typedef unsigned int GROUP;
#define SG_UNCONSTRAINED_GROUP 0x01
#define SG_CONSTRAINED_GROUP   0x02

typedef struct linger {
    u_short l_onoff;
    u_short l_linger;
} LINGER, *PLINGER, *LPLINGER;

struct sockproto {
    u_short sp_family;
    u_short sp_protocol;
};

/* ---- Network events ------------------------------------------------------ */

#define FD_READ_BIT                     0
#define FD_READ                         (1 << FD_READ_BIT)
#define FD_WRITE_BIT                    1
#define FD_WRITE                        (1 << FD_WRITE_BIT)
#define FD_OOB_BIT                      2
#define FD_OOB                          (1 << FD_OOB_BIT)
#define FD_ACCEPT_BIT                   3
#define FD_ACCEPT                       (1 << FD_ACCEPT_BIT)
#define FD_CONNECT_BIT                  4
#define FD_CONNECT                      (1 << FD_CONNECT_BIT)
#define FD_CLOSE_BIT                    5
#define FD_CLOSE                        (1 << FD_CLOSE_BIT)
#define FD_QOS_BIT                      6
#define FD_QOS                          (1 << FD_QOS_BIT)
#define FD_GROUP_QOS_BIT                7
#define FD_GROUP_QOS                    (1 << FD_GROUP_QOS_BIT)
#define FD_ROUTING_INTERFACE_CHANGE_BIT 8
#define FD_ROUTING_INTERFACE_CHANGE     (1 << FD_ROUTING_INTERFACE_CHANGE_BIT)
#define FD_ADDRESS_LIST_CHANGE_BIT      9
#define FD_ADDRESS_LIST_CHANGE          (1 << FD_ADDRESS_LIST_CHANGE_BIT)
#define FD_MAX_EVENTS                   10
#define FD_ALL_EVENTS                   ((1 << FD_MAX_EVENTS) - 1)

typedef struct _WSANETWORKEVENTS {
    LONG lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

/* ---- Winsock's names for the same thing ---------------------------------- */

#define WSAAPI        FAR PASCAL
#define WSAEVENT      HANDLE
#define LPWSAEVENT    LPHANDLE
#define WSAOVERLAPPED OVERLAPPED /* OVL-33 */
typedef struct _OVERLAPPED *LPWSAOVERLAPPED;

#define WSA_IO_PENDING          (ERROR_IO_PENDING)
#define WSA_IO_INCOMPLETE       (ERROR_IO_INCOMPLETE)
#define WSA_INVALID_HANDLE      (ERROR_INVALID_HANDLE)
#define WSA_INVALID_PARAMETER   (ERROR_INVALID_PARAMETER)
#define WSA_NOT_ENOUGH_MEMORY   (ERROR_NOT_ENOUGH_MEMORY)
#define WSA_OPERATION_ABORTED   (ERROR_OPERATION_ABORTED)
#define WSA_INVALID_EVENT       ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS (MAXIMUM_WAIT_OBJECTS)
#define WSA_WAIT_FAILED         (WAIT_FAILED)
#define WSA_WAIT_EVENT_0        (WAIT_OBJECT_0)
#define WSA_WAIT_IO_COMPLETION  (WAIT_IO_COMPLETION)
#define WSA_WAIT_TIMEOUT        (WAIT_TIMEOUT)
#define WSA_INFINITE            (INFINITE)

#define WSA_FLAG_OVERLAPPED             0x01
#define WSA_FLAG_MULTIPOINT_C_ROOT      0x02
#define WSA_FLAG_MULTIPOINT_C_LEAF      0x04
#define WSA_FLAG_MULTIPOINT_D_ROOT      0x08
#define WSA_FLAG_MULTIPOINT_D_LEAF      0x10
#define WSA_FLAG_ACCESS_SYSTEM_SECURITY 0x40
#define WSA_FLAG_NO_HANDLE_INHERIT      0x80
#define WSA_FLAG_REGISTERED_IO          0x100

/* ---- Protocols ----------------------------------------------------------- */

#define MAX_PROTOCOL_CHAIN          7
#define BASE_PROTOCOL               1
#define LAYERED_PROTOCOL            0
#define WSAPROTOCOL_LEN             255
#define BIGENDIAN                   0x0000
#define LITTLEENDIAN                0x0001
#define SECURITY_PROTOCOL_NONE      0x0000
#define FROM_PROTOCOL_INFO          (-1)
#define PFL_MULTIPLE_PROTO_ENTRIES  0x00000001
#define PFL_RECOMMENDED_PROTO_ENTRY 0x00000002
#define PFL_HIDDEN                  0x00000004
#define PFL_MATCHES_PROTOCOL_ZERO   0x00000008
#define XP1_CONNECTIONLESS          0x00000001
#define XP1_GUARANTEED_DELIVERY     0x00000002
#define XP1_GUARANTEED_ORDER        0x00000004
#define XP1_MESSAGE_ORIENTED        0x00000008
#define XP1_PSEUDO_STREAM           0x00000010
#define XP1_GRACEFUL_CLOSE          0x00000020
#define XP1_EXPEDITED_DATA          0x00000040
#define XP1_CONNECT_DATA            0x00000080
#define XP1_DISCONNECT_DATA         0x00000100
#define XP1_SUPPORT_BROADCAST       0x00000200
#define XP1_SUPPORT_MULTIPOINT      0x00000400
#define XP1_QOS_SUPPORTED           0x00002000
#define XP1_UNI_SEND                0x00008000
#define XP1_UNI_RECV                0x00010000
#define XP1_IFS_HANDLES             0x00020000
#define XP1_PARTIAL_MESSAGE         0x00040000

typedef struct _WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

#define WSAPROTOCOL_INFO_(suffix, letter)       \
    typedef struct _WSAPROTOCOL_INFO##suffix {  \
        DWORD dwServiceFlags1;                  \
        DWORD dwServiceFlags2;                  \
        DWORD dwServiceFlags3;                  \
        DWORD dwServiceFlags4;                  \
        DWORD dwProviderFlags;                  \
        GUID ProviderId;                        \
        DWORD dwCatalogEntryId;                 \
        WSAPROTOCOLCHAIN ProtocolChain;         \
        int iVersion;                           \
        int iAddressFamily;                     \
        int iMaxSockAddr;                       \
        int iMinSockAddr;                       \
        int iSocketType;                        \
        int iProtocol;                          \
        int iProtocolMaxOffset;                 \
        int iNetworkByteOrder;                  \
        int iSecurityScheme;                    \
        DWORD dwMessageSize;                    \
        DWORD dwProviderReserved;               \
        letter szProtocol[WSAPROTOCOL_LEN + 1]; \
    } WSAPROTOCOL_INFO##suffix, *LPWSAPROTOCOL_INFO##suffix
WSAPROTOCOL_INFO_(A, CHAR);
WSAPROTOCOL_INFO_(W, WCHAR);
#undef WSAPROTOCOL_INFO_

/* ---- Quality of service: only ever NULL, or what a condition gets -------- */

typedef ULONG SERVICETYPE;
typedef struct _flowspec {
    ULONG TokenRate;
    ULONG TokenBucketSize;
    ULONG PeakBandwidth;
    ULONG Latency;
    ULONG DelayVariation;
    SERVICETYPE ServiceType;
    ULONG MaxSduSize;
    ULONG MinimumPolicedSize;
} FLOWSPEC, *PFLOWSPEC, *LPFLOWSPEC;

typedef struct _QualityOfService {
    FLOWSPEC SendingFlowspec;
    FLOWSPEC ReceivingFlowspec;
    WSABUF ProviderSpecific;
} QOS, *LPQOS;

/* ---- What Winsock calls back --------------------------------------------- */

typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF caller_id,
                                       LPWSABUF caller_data,
                                       LPQOS caller_qos,
                                       LPQOS group_qos,
                                       LPWSABUF callee_id,
                                       LPWSABUF callee_data,
                                       GROUP *group,
                                       DWORD_PTR context);

typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(
    DWORD error,
    DWORD bytes,
    LPWSAOVERLAPPED overlapped,
    DWORD flags);

typedef void(CALLBACK *LPLOOKUPSERVICE_COMPLETION_ROUTINE)(
    DWORD error,
    DWORD bytes,
    LPWSAOVERLAPPED overlapped);

#define API_WS2_32(type, name, parameters) type name parameters;
#include "declare.h"

#if defined(__cplusplus)
/* In C++ a macro would rename std::bind as well. */
static inline int bind(SOCKET socket, const struct sockaddr *name, int bytes)
{
    return sim_bind(socket, name, bytes);
}
#endif

#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOW LPWSAPROTOCOL_INFO;
#    define WSASocket          WSASocketW
#    define WSADuplicateSocket WSADuplicateSocketW
#    define WSAEnumProtocols   WSAEnumProtocolsW
#    define WSAAddressToString WSAAddressToStringW
#    define WSAStringToAddress WSAStringToAddressW
#    define SO_PROTOCOL_INFO   SO_PROTOCOL_INFOW
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOA LPWSAPROTOCOL_INFO;
#    define WSASocket          WSASocketA
#    define WSADuplicateSocket WSADuplicateSocketA
#    define WSAEnumProtocols   WSAEnumProtocolsA
#    define WSAAddressToString WSAAddressToStringA
#    define WSAStringToAddress WSAStringToAddressA
#    define SO_PROTOCOL_INFO   SO_PROTOCOL_INFOA
#endif

#endif
