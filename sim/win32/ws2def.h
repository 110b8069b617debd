/**
 * @file ws2def.h
 * @brief The simulated Windows: addresses, protocols and control codes.
 *
 * What Winsock and the drivers below it agree on.  Layouts and numbers are
 * Microsoft's, so a program may put an address into a file or on a wire.
 *
 * Off Windows some of these names are also names of the system's C library,
 * with other meanings; a macro keeps the two apart.
 *
 * Uses:     windows.h.
 * Used by:  winsock2.h.
 * Facts:    none.
 * Read next: winsock2.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WS2DEF_
#define _WS2DEF_

#include "windows.h"

#ifndef _WIN32
/* windef.h had the system declare its own before these lines. */
#    define u_long    sim_u_long
#    define fd_set    sim_fd_set
#    define timeval   sim_timeval
#    define socklen_t sim_socklen_t
#endif

/* Winsock's names for numbers. */
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef ULONG u_long;
typedef ULONGLONG u_int64;

/* Families of addresses; most of them only ever in an error. */
#define AF_UNSPEC     0
#define AF_UNIX       1
#define AF_INET       2
#define AF_IMPLINK    3
#define AF_PUP        4
#define AF_CHAOS      5
#define AF_NS         6
#define AF_IPX        AF_NS
#define AF_ISO        7
#define AF_OSI        AF_ISO
#define AF_ECMA       8
#define AF_DATAKIT    9
#define AF_CCITT      10
#define AF_SNA        11
#define AF_DECnet     12
#define AF_DLI        13
#define AF_LAT        14
#define AF_HYLINK     15
#define AF_APPLETALK  16
#define AF_NETBIOS    17
#define AF_VOICEVIEW  18
#define AF_FIREFOX    19
#define AF_UNKNOWN1   20
#define AF_BAN        21
#define AF_ATM        22
#define AF_INET6      23
#define AF_CLUSTER    24
#define AF_12844      25
#define AF_IRDA       26
#define AF_NETDES     28
#define AF_TCNPROCESS 29
#define AF_TCNMESSAGE 30
#define AF_ICLFXBM    31
#define AF_BTH        32
#define AF_LINK       33
#define AF_MAX        34

#define PF_UNSPEC  AF_UNSPEC
#define PF_UNIX    AF_UNIX
#define PF_INET    AF_INET
#define PF_IPX     AF_IPX
#define PF_NETBIOS AF_NETBIOS
#define PF_INET6   AF_INET6
#define PF_IRDA    AF_IRDA
#define PF_BTH     AF_BTH
#define PF_MAX     AF_MAX

/* Types of sockets. */
#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_RDM       4
#define SOCK_SEQPACKET 5

/* Levels and names of options that both sides of Winsock know. */
#define SOL_SOCKET             0xffff
#define SO_DEBUG               0x0001
#define SO_ACCEPTCONN          0x0002
#define SO_REUSEADDR           0x0004
#define SO_KEEPALIVE           0x0008
#define SO_DONTROUTE           0x0010
#define SO_BROADCAST           0x0020
#define SO_USELOOPBACK         0x0040
#define SO_LINGER              0x0080
#define SO_OOBINLINE           0x0100
#define SO_DONTLINGER          (int)(~SO_LINGER)
#define SO_EXCLUSIVEADDRUSE    ((int)(~SO_REUSEADDR))
#define SO_SNDBUF              0x1001
#define SO_RCVBUF              0x1002
#define SO_SNDLOWAT            0x1003
#define SO_RCVLOWAT            0x1004
#define SO_SNDTIMEO            0x1005
#define SO_RCVTIMEO            0x1006
#define SO_ERROR               0x1007
#define SO_TYPE                0x1008
#define SO_BSP_STATE           0x1009
#define SO_GROUP_ID            0x2001
#define SO_GROUP_PRIORITY      0x2002
#define SO_MAX_MSG_SIZE        0x2003
#define SO_PROTOCOL_INFOA      0x2004
#define SO_PROTOCOL_INFOW      0x2005
#define PVD_CONFIG             0x3001
#define SO_CONDITIONAL_ACCEPT  0x3002
#define SO_PAUSE_ACCEPT        0x3003
#define SO_COMPARTMENT_ID      0x3004
#define SO_RANDOMIZE_PORT      0x3005
#define SO_PORT_SCALABILITY    0x3006
#define SO_REUSE_UNICASTPORT   0x3007
#define SO_REUSE_MULTICASTPORT 0x3008
#define TCP_NODELAY            0x0001
#define WSK_SO_BASE            0x4000

/* Protocols.  The first is a macro on Windows, too. */
#define IPPROTO_IP 0
typedef enum {
    IPPROTO_HOPOPTS = 0,
    IPPROTO_ICMP = 1,
    IPPROTO_IGMP = 2,
    IPPROTO_GGP = 3,
    IPPROTO_IPV4 = 4,
    IPPROTO_ST = 5,
    IPPROTO_TCP = 6,
    IPPROTO_CBT = 7,
    IPPROTO_EGP = 8,
    IPPROTO_IGP = 9,
    IPPROTO_PUP = 12,
    IPPROTO_UDP = 17,
    IPPROTO_IDP = 22,
    IPPROTO_RDP = 27,
    IPPROTO_IPV6 = 41,
    IPPROTO_ROUTING = 43,
    IPPROTO_FRAGMENT = 44,
    IPPROTO_ESP = 50,
    IPPROTO_AH = 51,
    IPPROTO_ICMPV6 = 58,
    IPPROTO_NONE = 59,
    IPPROTO_DSTOPTS = 60,
    IPPROTO_ND = 77,
    IPPROTO_ICLFXBM = 78,
    IPPROTO_PIM = 103,
    IPPROTO_PGM = 113,
    IPPROTO_L2TP = 115,
    IPPROTO_SCTP = 132,
    IPPROTO_RAW = 255,
    IPPROTO_MAX = 256
} IPPROTO,
    *PIPROTO;

/* Addresses. */
typedef USHORT ADDRESS_FAMILY;

typedef struct sockaddr {
    ADDRESS_FAMILY sa_family;
    CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;

typedef struct in_addr {
    union {
        struct {
            UCHAR s_b1, s_b2, s_b3, s_b4;
        } S_un_b;
        struct {
            USHORT s_w1, s_w2;
        } S_un_w;
        ULONG S_addr;
    } S_un;
} IN_ADDR, *PIN_ADDR, *LPIN_ADDR;
#define s_addr  S_un.S_addr
#define s_host  S_un.S_un_b.s_b2
#define s_net   S_un.S_un_b.s_b1
#define s_imp   S_un.S_un_w.s_w2
#define s_impno S_un.S_un_b.s_b4
#define s_lh    S_un.S_un_b.s_b3

typedef struct sockaddr_in {
    ADDRESS_FAMILY sin_family;
    USHORT sin_port;
    IN_ADDR sin_addr;
    CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;

typedef struct sockaddr_storage {
    ADDRESS_FAMILY ss_family;
    CHAR __ss_pad1[6];
    LONGLONG __ss_align;
    CHAR __ss_pad2[112];
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE,
    SOCKADDR_STORAGE_LH, *PSOCKADDR_STORAGE_LH, *LPSOCKADDR_STORAGE_LH;

typedef struct _SOCKET_ADDRESS {
    LPSOCKADDR lpSockaddr;
    INT iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

typedef struct _SOCKET_ADDRESS_LIST {
    INT iAddressCount;
    SOCKET_ADDRESS Address[1];
} SOCKET_ADDRESS_LIST, *PSOCKET_ADDRESS_LIST, *LPSOCKET_ADDRESS_LIST;

typedef struct _CSADDR_INFO {
    SOCKET_ADDRESS LocalAddr;
    SOCKET_ADDRESS RemoteAddr;
    INT iSocketType;
    INT iProtocol;
} CSADDR_INFO, *PCSADDR_INFO, *LPCSADDR_INFO;

typedef union {
    struct {
        ULONG Zone : 28;
        ULONG Level : 4;
    };
    ULONG Value;
} SCOPE_ID, *PSCOPE_ID;

#define INADDR_ANY       (ULONG)0x00000000
#define INADDR_LOOPBACK  0x7f000001
#define INADDR_BROADCAST (ULONG)0xffffffff
#define INADDR_NONE      0xffffffff

#define IN_CLASSA(i)    (((LONG)(i)&0x80000000) == 0)
#define IN_CLASSB(i)    (((LONG)(i)&0xc0000000) == 0x80000000)
#define IN_CLASSC(i)    (((LONG)(i)&0xe0000000) == 0xc0000000)
#define IN_CLASSD(i)    (((LONG)(i)&0xf0000000) == 0xe0000000)
#define IN_MULTICAST(i) IN_CLASSD(i)

#define IPPORT_ECHO        7
#define IPPORT_RESERVED    1024
#define IPPORT_DYNAMIC_MIN 0xc000
#define IPPORT_DYNAMIC_MAX 0xffff

/* Control codes: who defines it, and which way data go. */
#define IOCPARM_MASK 0x7f
#define IOC_VOID     0x20000000
#define IOC_OUT      0x40000000
#define IOC_IN       0x80000000
#define IOC_INOUT    (IOC_IN | IOC_OUT)
#define _IO(x, y)    (IOC_VOID | ((x) << 8) | (y))
#define _IOR(x, y, type) \
    (IOC_OUT | (((LONG)sizeof(type) & IOCPARM_MASK) << 16) | ((x) << 8) | (y))
#define _IOW(x, y, type) \
    (IOC_IN | (((LONG)sizeof(type) & IOCPARM_MASK) << 16) | ((x) << 8) | (y))
#define IOC_UNIX                           0x00000000
#define IOC_WS2                            0x08000000
#define IOC_PROTOCOL                       0x10000000
#define IOC_VENDOR                         0x18000000
#define _WSAIO(x, y)                       (IOC_VOID | (x) | (y))
#define _WSAIOR(x, y)                      (IOC_OUT | (x) | (y))
#define _WSAIOW(x, y)                      (IOC_IN | (x) | (y))
#define _WSAIORW(x, y)                     (IOC_INOUT | (x) | (y))
#define SIO_ASSOCIATE_HANDLE               _WSAIOW(IOC_WS2, 1)
#define SIO_ENABLE_CIRCULAR_QUEUEING       _WSAIO(IOC_WS2, 2)
#define SIO_FIND_ROUTE                     _WSAIOR(IOC_WS2, 3)
#define SIO_FLUSH                          _WSAIO(IOC_WS2, 4)
#define SIO_GET_BROADCAST_ADDRESS          _WSAIOR(IOC_WS2, 5)
#define SIO_GET_EXTENSION_FUNCTION_POINTER _WSAIORW(IOC_WS2, 6)
#define SIO_GET_QOS                        _WSAIORW(IOC_WS2, 7)
#define SIO_GET_GROUP_QOS                  _WSAIORW(IOC_WS2, 8)
#define SIO_MULTIPOINT_LOOPBACK            _WSAIOW(IOC_WS2, 9)
#define SIO_MULTICAST_SCOPE                _WSAIOW(IOC_WS2, 10)
#define SIO_SET_QOS                        _WSAIOW(IOC_WS2, 11)
#define SIO_SET_GROUP_QOS                  _WSAIOW(IOC_WS2, 12)
#define SIO_TRANSLATE_HANDLE               _WSAIORW(IOC_WS2, 13)
#define SIO_ROUTING_INTERFACE_QUERY        _WSAIORW(IOC_WS2, 20)
#define SIO_ROUTING_INTERFACE_CHANGE       _WSAIOW(IOC_WS2, 21)
#define SIO_ADDRESS_LIST_QUERY             _WSAIOR(IOC_WS2, 22)
#define SIO_ADDRESS_LIST_CHANGE            _WSAIO(IOC_WS2, 23)
#define SIO_QUERY_TARGET_PNP_HANDLE        _WSAIOR(IOC_WS2, 24)
#define SIO_ADDRESS_LIST_SORT              _WSAIORW(IOC_WS2, 25)
#define SIO_BSP_HANDLE                     _WSAIOR(IOC_WS2, 27)
#define SIO_BSP_HANDLE_SELECT              _WSAIOR(IOC_WS2, 28)
#define SIO_BSP_HANDLE_POLL                _WSAIOR(IOC_WS2, 29)
#define SIO_BASE_HANDLE                    _WSAIOR(IOC_WS2, 34)

/* Buffers and messages. */
typedef struct _WSABUF {
    ULONG len;
    CHAR *buf;
} WSABUF, *LPWSABUF;

typedef struct _WSAMSG {
    LPSOCKADDR name;
    INT namelen;
    LPWSABUF lpBuffers;
    ULONG dwBufferCount;
    WSABUF Control;
    ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;

typedef struct _WSACMSGHDR {
    SIZE_T cmsg_len;
    INT cmsg_level;
    INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR, *LPWSACMSGHDR;

/* Walking through WSAMSG.Control: each part is rounded up to 8 bytes. */
#define WSA_CMSGHDR_ALIGN(bytes)  (((SIZE_T)(bytes) + 7) & ~(SIZE_T)7)
#define WSA_CMSGDATA_ALIGN(bytes) WSA_CMSGHDR_ALIGN(bytes)
#define WSA_CMSG_FIRSTHDR(message)                      \
    (((message)->Control.len >= sizeof(WSACMSGHDR))     \
         ? (LPWSACMSGHDR)(void *)(message)->Control.buf \
         : (LPWSACMSGHDR)NULL)
#define WSA_CMSG_NXTHDR(message, part)                             \
    (((part) == NULL) ? WSA_CMSG_FIRSTHDR(message)                 \
     : (((PUCHAR)(part) + WSA_CMSGHDR_ALIGN((part)->cmsg_len) +    \
         sizeof(WSACMSGHDR)) >                                     \
        (PUCHAR)((message)->Control.buf) + (message)->Control.len) \
         ? (LPWSACMSGHDR)NULL                                      \
         : (LPWSACMSGHDR)(void *)((PUCHAR)(part) +                 \
                                  WSA_CMSGHDR_ALIGN((part)->cmsg_len)))
#define WSA_CMSG_DATA(part) \
    ((PUCHAR)(part) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
#define WSA_CMSG_SPACE(bytes) \
    (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR) + WSA_CMSGHDR_ALIGN(bytes)))
#define WSA_CMSG_LEN(bytes) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (bytes))

/* WSAMSG.dwFlags. */
#define MSG_TRUNC  0x0100
#define MSG_CTRUNC 0x0200
#define MSG_BCAST  0x0400
#define MSG_MCAST  0x0800

/* Names to addresses. */
#define AI_PASSIVE                0x00000001
#define AI_CANONNAME              0x00000002
#define AI_NUMERICHOST            0x00000004
#define AI_NUMERICSERV            0x00000008
#define AI_ALL                    0x00000100
#define AI_ADDRCONFIG             0x00000400
#define AI_V4MAPPED               0x00000800
#define AI_NON_AUTHORITATIVE      0x00004000
#define AI_SECURE                 0x00008000
#define AI_RETURN_PREFERRED_NAMES 0x00010000
#define AI_FQDN                   0x00020000
#define AI_FILESERVER             0x00040000
#define AI_DISABLE_IDN_ENCODING   0x00080000
#define AI_EXTENDED               0x80000000
#define AI_RESOLUTION_HANDLE      0x40000000

typedef struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    size_t ai_addrlen;
    char *ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfo *ai_next;
} ADDRINFOA, *PADDRINFOA;

typedef struct addrinfoW {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    size_t ai_addrlen;
    PWSTR ai_canonname;
    struct sockaddr *ai_addr;
    struct addrinfoW *ai_next;
} ADDRINFOW, *PADDRINFOW;

typedef struct addrinfoexW {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    size_t ai_addrlen;
    PWSTR ai_canonname;
    struct sockaddr *ai_addr;
    void *ai_blob;
    size_t ai_bloblen;
    LPGUID ai_provider;
    struct addrinfoexW *ai_next;
} ADDRINFOEXW, *PADDRINFOEXW, *LPADDRINFOEXW;

typedef ADDRINFOA ADDRINFO, *LPADDRINFO;

#define NS_ALL 0
#define NS_DNS 12

#define NI_NOFQDN      0x01
#define NI_NUMERICHOST 0x02
#define NI_NAMEREQD    0x04
#define NI_NUMERICSERV 0x08
#define NI_DGRAM       0x10
#define NI_MAXHOST     1025
#define NI_MAXSERV     32

#endif
