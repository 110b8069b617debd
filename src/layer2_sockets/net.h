/**
 * @file net.h
 * @brief Layer 2: the loop and the socket services.
 *
 * A server is made of many small waits.  This layer gives them one loop, one
 * clock and one way to end, so that a program is a set of handlers and says
 * nothing of ports, packets and who owns what at the moment.
 *
 * Uses:     net_loop.h, net_stream.h, net_datagram.h, net_file.h,
 *           net_server.h.
 * Used by:  lessons 12 to 18, programs.
 * Facts:    none.
 * Read next: net_loop.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_H
#define NET_H

/**
 * @defgroup net Layer 2: the loop and the socket services
 *
 * A **request** is a struct that the caller provides: net_read, net_write,
 * net_timer ...  A function starts it, and later the loop calls its handler,
 * once, with the result in it; never inside the call that started it.  From
 * the start until its handler is called a request and its buffers are lent.
 * A request's struct is all zero at first; used again it is left as it is.
 *
 * The usual order of calls: net_loop_open(); open what there is to open and
 * start the first requests; net_loop_run() in as many threads as you like,
 * which returns when nothing is under way any more or net_loop_stop() was
 * called; net_loop_drain(), net_loop_close().
 *
 * **One at a time.**  A stream, a datagram socket or a file, with its
 * requests, is used by one thread at a time: calls and handlers alike.  With
 * one thread in net_loop_run() that is so by itself.  With several it is so as
 * long as there is one request under way, whose handler starts the next; for
 * more there are strands.
 *
 * Statuses are those of layer 1 (op_status.def).  Times are microseconds of
 * net_loop_now().  Nothing is allocated for a request; the server kit
 * allocates a connection when it opens.
 */

#include "net_datagram.h"
#include "net_file.h"
#include "net_loop.h"
#include "net_server.h"
#include "net_stream.h"

#endif
