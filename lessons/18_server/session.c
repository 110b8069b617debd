/**
 * @file session.c
 * @brief Lesson 18: one client, without its socket.
 *
 * Uses:     command.h, page.h, reply.h, session.h.
 * Used by:  client.c, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "session.h"

#include <string.h>

#include "command.h"
#include "page.h"
#include "reply.h"

/* Worth a receive. */
#define ROOM_BYTES ((size_t)512)

void session_open(struct session *session, struct service *service)
{
    memset(session, 0, sizeof *session);
    session->service = service;
    session->is_first = true;
    session->input.bytes_max = service->limits.request_bytes_max;
    session->output.bytes_max = service->limits.output_bytes_max;
    session->resp.limits = &service->limits;
    resp_begin(&session->resp);
    session->id = ++service->counts.connections;
    service->counts.clients++;
}

/** @brief Nothing that it says counts any more, and nothing is for it. */
static void retire(struct session *session)
{
    struct service *service = session->service;

    service->counts.subscribers -= session->subscriber.count > 0 ? 1 : 0;
    channels_leave_all(&service->channels, &session->subscriber);
    session->input.bytes = 0;
}

void session_close(struct session *session)
{
    struct service *service = session->service;
    struct session **place = &service->ready_first;

    retire(session);
    service->counts.clients--;
    service->ready_last = NULL;
    while (*place != NULL) {
        if (*place == session) {
            *place = session->next_ready;
        } else {
            service->ready_last = *place;
            place = &(*place)->next_ready;
        }
    }
    buffer_free(&session->input);
    buffer_free(&session->output);
}

/* ---- Who has something to send ----------------------------------------------
 */

void session_set_ready(struct session *session)
{
    struct service *service = session->service;

    if (session->is_ready) {
        return;
    }
    session->is_ready = true;
    session->next_ready = NULL;
    if (service->ready_first == NULL) {
        service->ready_first = session;
    } else {
        service->ready_last->next_ready = session;
    }
    service->ready_last = session;
}

struct session *session_take_ready(struct service *service)
{
    struct session *session = service->ready_first;

    if (session != NULL) {
        service->ready_first = session->next_ready;
        session->is_ready = false;
    }
    return session;
}

/* ---- Bytes come in
 * ------------------------------------------------------------ */

char *session_room(struct session *session, size_t *bytes_out)
{
    struct buffer *input = &session->input;
    size_t left = input->bytes_max - input->bytes;

    /* INVARIANT: a request that fills all the room there is was refused, so
   * sim_assert(left > 0) holds. */
    sim_assert(left > 0);
    if (!buffer_reserve(input, left < ROOM_BYTES ? left : ROOM_BYTES)) {
        session->state = SESSION_DROPPED;
        return NULL;
    }
    *bytes_out = input->room - input->bytes;
    return input->start + input->bytes;
}

void session_received(struct session *session, size_t bytes)
{
    session->input.bytes += bytes;
}

/* ---- Requests run
 * --------------------------------------------------------------- */

/** @brief Send a client away, and tell it why. */
static void refuse(struct session *session)
{
    session->service->counts.bad_input++;
    reply_error(&session->output,
                "ERR Protocol error: %s",
                session->resp.error);
    session->state = SESSION_ENDS;
}

//! [run]
/** @brief Run one request.  If its answer does not fit, an error takes its
 *         place: half an answer would spoil all that follow. */
static void run_request(struct session *session, char *input)
{
    struct service *service = session->service;
    struct resp_args args = {.args = service->args};
    struct buffer *output = &session->output;
    size_t before = output->bytes;

    if (!resp_split(&session->resp, input, &args)) {
        refuse(session);
        return;
    }
    if (args.arg_count == 0) {
        return; /* An empty line. */
    }
    command_run(session, args.args, args.arg_count);
    if (output->is_over && session->state != SESSION_DROPPED) {
        output->is_over = false;
        output->bytes = before;
        reply_error(output, "ERR the answer is too long to be sent");
    }
}
//! [run]

/** @brief Whether the first line is that of a browser, not of a request. */
static bool begins_page(struct session *session, struct span line)
{
    bool is_first = session->is_first;

    session->is_first = false;
    return is_first && session->resp.is_inline && page_is_asked(line);
}

/** @brief Answer a browser, when all of its question is there. */
static void run_page(struct session *session)
{
    struct span head = {session->input.start, session->input.bytes};

    if (page_answer(session->service, &session->output, head)) {
        session->state = SESSION_ENDS;
    }
}

/** @brief Run all requests that are whole.  @return bytes they had. */
static size_t run_requests(struct session *session)
{
    struct buffer *input = &session->input;
    size_t done = 0;

    /* BOUND: each turn takes bytes from the input, or is the last. */
    while (session->state == SESSION_READS && !session->is_page &&
           done < input->bytes) {
        struct span rest = {input->start + done, input->bytes - done};
        enum resp_found found;

        if (session->output.bytes >
            session->service->limits.output_bytes_pause) {
            session->state = SESSION_WRITES;
            break;
        }
        found = resp_scan(&session->resp, rest);
        if (found == RESP_PART) {
            break;
        }
        if (found == RESP_BAD) {
            refuse(session);
            break;
        }
        if (begins_page(session, (struct span){rest.start, session->resp.at})) {
            session->is_page = true;
            break;
        }
        run_request(session, input->start + done);
        done += session->resp.at;
        resp_begin(&session->resp);
    }
    return done;
}

enum session_state session_run(struct session *session)
{
    if (session->state == SESSION_WRITES) {
        session->state = SESSION_READS;
    }
    buffer_drop(&session->input, run_requests(session));
    if (session->is_page && session->state == SESSION_READS) {
        run_page(session);
    }
    if (session->output.is_over && session->state != SESSION_DROPPED) {
        session->service->counts.dropped++;
        session->state = SESSION_DROPPED;
    }
    switch (session->state) {
    case SESSION_READS:
        buffer_trim(&session->input);
        break;
    case SESSION_WRITES:
        break;
    case SESSION_ENDS:
    case SESSION_DROPPED:
        retire(session);
        break;
    }
    return session->state;
}

void session_end(struct session *session, enum session_state how)
{
    if (session->state != SESSION_DROPPED) {
        session->state = how;
    }
    retire(session);
}
