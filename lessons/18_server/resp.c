/**
 * @file resp.c
 * @brief Lesson 18: reading requests (RESP2).
 *
 * Every length is checked before anything is done with it, and before the
 * bytes that it announces have come: who announces too much is told so at
 * once and costs no memory.
 *
 * Uses:     resp.h.
 * Used by:  session.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "resp.h"

#include <stdio.h>
#include <string.h>

/* No number needs more. */
#define NUMBER_LINE_BYTES 32

void resp_begin(struct resp *resp)
{
    resp->at = 0;
    resp->args_left = 0;
    resp->arg_bytes = -1;
    resp->is_begun = false;
    resp->is_inline = false;
}

bool resp_refuse(struct resp *resp, const char *why)
{
    (void)snprintf(resp->error, sizeof resp->error, "%s", why);
    return false;
}

/** What reading one part of a request came to. */
enum step { STEP_ON, STEP_WAIT, STEP_BAD };

static enum step bad(struct resp *resp, const char *why)
{
    (void)resp_refuse(resp, why);
    return STEP_BAD;
}

//! [line]
/**
 * @brief Take a line with a number behind its first byte.
 *
 * @param too_long  What to say when the line does not end.
 * @param wrong     What to say when that is no number.
 */
static enum step take_number(struct resp *resp,
                             struct span input,
                             const char *too_long,
                             const char *wrong,
                             int64_t *number_out)
{
    struct span rest = {input.start + resp->at, input.bytes - resp->at};
    size_t looked =
        rest.bytes < NUMBER_LINE_BYTES ? rest.bytes : NUMBER_LINE_BYTES;
    const char *end = memchr(rest.start, '\r', looked);
    size_t bytes;

    if (end == NULL) {
        return looked == NUMBER_LINE_BYTES ? bad(resp, too_long) : STEP_WAIT;
    }
    bytes = (size_t)(end - rest.start);
    if (bytes + 1 == rest.bytes) {
        return STEP_WAIT; /* The LF is still to come. */
    }
    if (end[1] != '\n' ||
        !span_number((struct span){rest.start + 1, bytes - 1}, number_out)) {
        return bad(resp, wrong);
    }
    resp->at += bytes + 2;
    return STEP_ON;
}
//! [line]

/** @brief Take "*2": how many arguments there are. */
static enum step take_count(struct resp *resp, struct span input)
{
    static const char wrong[] = "invalid multibulk length";
    enum step step = take_number(resp,
                                 input,
                                 "too big mbulk count string",
                                 wrong,
                                 &resp->args_left);

    if (step != STEP_ON) {
        return step;
    }
    if (resp->args_left > resp->limits->args_max) {
        return bad(resp, wrong);
    }
    resp->is_begun = true;
    return STEP_ON;
}

/** @brief Take "$3": how long the next argument is. */
static enum step take_length(struct resp *resp, struct span input)
{
    static const char wrong[] = "invalid bulk length";
    size_t max = resp->limits->request_bytes_max;
    enum step step;

    if (input.start[resp->at] != '$') {
        char why[sizeof resp->error];

        (void)snprintf(why,
                       sizeof why,
                       "expected '$', got '%c'",
                       input.start[resp->at]);
        return bad(resp, why);
    }
    step = take_number(resp,
                       input,
                       "too big bulk count string",
                       wrong,
                       &resp->arg_bytes);
    if (step != STEP_ON) {
        return step;
    }
    /* As unsigned numbers negative ones are large. */
    if (resp->at + 2 > max || (uint64_t)resp->arg_bytes > max - resp->at - 2) {
        return bad(resp, wrong);
    }
    return STEP_ON;
}

/** @brief Take the bytes of an argument, and the CR LF behind them. */
static enum step take_bytes(struct resp *resp, struct span input)
{
    size_t bytes = (size_t)resp->arg_bytes;

    if (input.bytes - resp->at < bytes + 2) {
        return STEP_WAIT;
    }
    if (memcmp(input.start + resp->at + bytes, "\r\n", 2) != 0) {
        return bad(resp, "expected CR LF behind a bulk");
    }
    resp->at += bytes + 2;
    resp->arg_bytes = -1;
    resp->args_left--;
    return STEP_ON;
}

/** @brief Take a line as it is typed. */
static enum step take_line(struct resp *resp, struct span input)
{
    const char *end =
        memchr(input.start + resp->at, '\n', input.bytes - resp->at);
    size_t bytes = end == NULL ? input.bytes : (size_t)(end - input.start) + 1;

    if (bytes > resp->limits->line_bytes_max) {
        return bad(resp, "too big inline request");
    }
    resp->at = bytes;
    resp->is_inline = true;
    resp->is_begun = end != NULL;
    return end == NULL ? STEP_WAIT : STEP_ON;
}

static enum step take_next(struct resp *resp, struct span input)
{
    if (!resp->is_begun) {
        return input.start[0] == '*' ? take_count(resp, input)
                                     : take_line(resp, input);
    }
    return resp->arg_bytes < 0 ? take_length(resp, input)
                               : take_bytes(resp, input);
}

enum resp_found resp_scan(struct resp *resp, struct span input)
{
    enum step step = STEP_ON;

    /* BOUND: each step takes bytes, or is the last. */
    while (step == STEP_ON && !(resp->is_begun && resp->args_left <= 0)) {
        step = resp->at < input.bytes ? take_next(resp, input) : STEP_WAIT;
    }
    if (step == STEP_WAIT && input.bytes >= resp->limits->request_bytes_max) {
        step = bad(resp, "too big request"); /* There is no room for more. */
    }
    switch (step) {
    case STEP_WAIT:
        return RESP_PART;
    case STEP_BAD:
        return RESP_BAD;
    case STEP_ON:
        break;
    }
    return RESP_WHOLE;
}

/** @brief Behind the next CR LF: the scan has seen that there is one. */
static size_t behind_line(const char *input, size_t at)
{
    while (input[at] != '\n') {
        at++;
    }
    return at + 1;
}

bool resp_split(struct resp *resp, char *input, struct resp_args *args)
{
    size_t at;

    args->arg_count = 0;
    if (resp->is_inline) {
        return resp_split_inline(resp, input, args);
    }
    at = behind_line(input, 0);
    while (at < resp->at) {
        size_t start = behind_line(input, at);
        int64_t bytes = 0;

        (void)span_number((struct span){input + at + 1, start - at - 3},
                          &bytes);
        args->args[args->arg_count] =
            (struct span){input + start, (size_t)bytes};
        args->arg_count++;
        at = start + (size_t)bytes + 2;
    }
    return true;
}
