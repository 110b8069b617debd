/**
 * @file talk.c
 * @brief Talking to a session without a network.
 *
 * Uses:     talk.h, cmocka.
 * Used by:  the tests of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const struct limits talk_limits = {
    .line_bytes_max = 256,
    .request_bytes_max = 1024,
    .args_max = 8,
    .output_bytes_pause = 256,
    .output_bytes_max = 2048,
    .channels_max = 3,
    .clients_max = 4,
    .keys_max = 8,
    .key_bytes_max = 16,
    .value_bytes_max = 512,
    .store_bytes_max = 2048,
};

void talk_open(struct talk *talk, const struct limits *limits)
{
    assert_true(service_open(&talk->service, limits, 1000000));
    session_open(&talk->session, &talk->service);
}

void talk_close(struct talk *talk)
{
    session_close(&talk->session);
    assert_int_equal(talk->service.counts.clients, 0);
    assert_int_equal(talk->service.counts.subscribers, 0);
    assert_int_equal(talk->service.channels.count, 0);
    assert_null(talk->service.ready_first);
    service_close(&talk->service);
}

void talk_take(struct session *session, char *answer, size_t answer_bytes)
{
    struct buffer *output = &session->output;
    size_t used = strlen(answer);

    assert_true(used + output->bytes < answer_bytes);
    if (output->bytes > 0) {
        memcpy(answer + used, output->start, output->bytes);
    }
    answer[used + output->bytes] = '\0';
    for (size_t at = used; at < used + output->bytes; at++) {
        answer[at] = (char)(answer[at] == '\0' ? '~' : answer[at]);
    }
    output->bytes = 0;
}

/** @brief Run until it wants input, or nothing any more. */
static void run(struct session *session, char *answer, size_t answer_bytes)
{
    enum session_state state;

    /* BOUND: who writes has run a request, and there are so many. */
    do {
        state = session_run(session);
        talk_take(session, answer, answer_bytes);
    } while (state == SESSION_WRITES);
}

void talk_say(struct session *session,
              struct span said,
              size_t piece_bytes,
              char *answer,
              size_t answer_bytes)
{
    size_t at = 0;

    answer[0] = '\0';
    run(session, answer, answer_bytes);
    while (at < said.bytes && session->state == SESSION_READS) {
        size_t room = 0;
        char *to = session_room(session, &room);
        size_t bytes = said.bytes - at;

        assert_non_null(to);
        assert_true(room > 0);
        bytes = bytes < piece_bytes ? bytes : piece_bytes;
        bytes = bytes < room ? bytes : room;
        memcpy(to, said.start + at, bytes);
        at += bytes;
        session_received(session, bytes);
        run(session, answer, answer_bytes);
    }
    if (session->state == SESSION_ENDS) {
        assert_true(strlen(answer) + 6 < answer_bytes);
        strcat(answer, "<end>");
    }
}

void talk_answers(struct session *session, const char *said, const char *answer)
{
    char got[8192];

    talk_say(session, span_of(said), SIZE_MAX, got, sizeof got);
    assert_string_equal(got, answer);
}

void talk_expect(const char *said, const char *answer)
{
    struct talk talk;

    talk_open(&talk, &limits_default);
    talk_answers(&talk.session, said, answer);
    talk_close(&talk);
}
