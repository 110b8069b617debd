/**
 * @file resp.h
 * @brief Lesson 18: reading requests (RESP2, and typed by hand).
 *
 * A request is a list of arguments, in one of two forms:
 *
 *     *2 CR LF $3 CR LF GET CR LF $1 CR LF a CR LF     from a program
 *     GET a LF                                         from a terminal
 *
 * Bytes come in pieces that have nothing to do with requests.  So reading is
 * done in two steps: resp_scan() finds out whether a whole request is there,
 * and goes on where it stopped when more has come; resp_split() then says
 * where its arguments are.  Between the two nothing but four numbers is kept.
 *
 * Uses:     limits.h, span.h.
 * Used by:  session.h.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_RESP_H
#define LESSON_18_RESP_H

#include "limits.h"
#include "span.h"

/** What a scan found. */
enum resp_found {
    RESP_PART,  /**< More must come. */
    RESP_WHOLE, /**< A request: resp.at bytes. */
    RESP_BAD    /**< No request will ever come of this; resp.error says why. */
};

/** How far a request was looked at. */
struct resp {
    const struct limits *limits; /**< Set by the caller, once. */
    size_t at;                   /**< So many bytes were looked at. */
    int64_t args_left;           /**< Arguments that are still to come, */
    int64_t arg_bytes; /**< and the length of the next: -1: not known. */
    bool is_begun;     /**< Its first line was read. */
    bool is_inline;    /**< It has the form for terminals. */
    char error[64];    /**< With RESP_BAD: for an error reply. */
};

/** @brief Get ready for the next request. */
void resp_begin(struct resp *resp);

/**
 * @brief Look for the end of a request.
 *
 * @param resp   As it was left.
 * @param input  From the start of the request; the same as the last time, and
 *               perhaps more behind.
 */
enum resp_found resp_scan(struct resp *resp, struct span input);

/** What a split yields. */
struct resp_args {
    struct span *args;  /**< Set by the caller: room for limits.args_max. */
    uint32_t arg_count; /**< Result; 0 for an empty line. */
};

/**
 * @brief Find the arguments of a request.
 *
 * @param resp   That found RESP_WHOLE.
 * @param input  The request; escapes in it are replaced where they are.
 * @param args   Filled; the arguments lie in @p input.
 * @return false: RESP_BAD after all, a quote is not closed or there are too
 *         many words.
 */
bool resp_split(struct resp *resp, char *input, struct resp_args *args);

/** @brief resp_split() for the form for terminals; in resp_inline.c. */
bool resp_split_inline(struct resp *resp, char *input, struct resp_args *args);

/** @brief Note why a request is bad.  @return false. */
bool resp_refuse(struct resp *resp, const char *why);

#endif
