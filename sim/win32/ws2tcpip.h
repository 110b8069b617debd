/**
 * @file ws2tcpip.h
 * @brief The simulated Windows: addresses of the Internet, still empty.
 *
 * Programs include it next to winsock2.h out of habit, and those that need
 * nothing from it yet can run.
 *
 * Uses:     winsock2.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: the end.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include "winsock2.h"

#endif
