/**
 * @file test_limits.c
 * @brief Lesson 18: what happens at each limit, and who notices.
 *
 * Uses:     talk.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

#define FULL     "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
#define TOO_LONG "-ERR string exceeds maximum allowed size\r\n"

static void store_has_limits(void **state)
{
    struct talk talk;
    char said[600];
    char value[500];

    (void)state;
    talk_open(&talk, &talk_limits);
    {
        /* Keys. */
        for (int key = 0; key < 8; key++) {
            (void)snprintf(said, sizeof said, "set k%d v\r\n", key);
            talk_answers(&talk.session, said, "+OK\r\n");
        }
        talk_answers(&talk.session, "set k8 v\r\n", FULL);
        talk_answers(&talk.session, "incr k8\r\n", FULL);
        talk_answers(&talk.session, "set k7 w\r\n", "+OK\r\n");
        talk_answers(&talk.session, "del k1 k2 k3\r\n", ":3\r\n");
    }
    {
        /* Bytes of a key, and of a value. */
        talk_answers(&talk.session, "set 12345678901234567 v\r\n", TOO_LONG);
        memset(value, 'v', sizeof value);
        (void)snprintf(said,
                       sizeof said,
                       "*3\r\n$3\r\nset\r\n$1\r\na\r\n$513\r\n%.500s%.13s\r\n",
                       value,
                       value);
        talk_answers(&talk.session, said, TOO_LONG);
    }
    {
        /* Bytes in all: the value that was there is there still. */
        for (int key = 0; key < 3; key++) {
            (void)snprintf(said,
                           sizeof said,
                           "*3\r\n$3\r\nset\r\n$2\r\nK%d\r\n$500\r\n%.500s\r\n",
                           key,
                           value);
            talk_answers(&talk.session, said, "+OK\r\n");
        }
        (void)snprintf(said,
                       sizeof said,
                       "*3\r\n$3\r\nset\r\n$2\r\nk7\r\n$500\r\n%.500s\r\n",
                       value);
        talk_answers(&talk.session, said, FULL);
        talk_answers(&talk.session, "get k7\r\n", "$1\r\nw\r\n");
        (void)snprintf(said,
                       sizeof said,
                       "*3\r\n$3\r\nset\r\n$2\r\nK0\r\n$500\r\n%.500s\r\n",
                       value);
        talk_answers(&talk.session, said, "+OK\r\n");
        assert_true(talk.service.store.bytes <= talk_limits.store_bytes_max);
    }
    talk_close(&talk);
}

static void long_answers_are_errors(void **state)
{
    struct talk talk;
    char said[700];
    char value[513];

    (void)state;
    talk_open(&talk, &talk_limits);
    memset(value, 'v', 512);
    value[512] = '\0';
    (void)snprintf(said,
                   sizeof said,
                   "*3\r\n$3\r\nset\r\n$1\r\na\r\n$512\r\n%s\r\n",
                   value);
    talk_answers(&talk.session, said, "+OK\r\n");
    talk_answers(
        &talk.session,
        "ping\r\nmget a a a a\r\nping\r\n",
        "+PONG\r\n-ERR the answer is too long to be sent\r\n+PONG\r\n");
    talk_close(&talk);
}

static void requests_wait_for_room(void **state)
{
    struct talk talk;
    char said[1024] = "";
    size_t room = 0;
    size_t bytes;
    unsigned pongs = 0;

    (void)state;
    talk_open(&talk, &talk_limits);
    for (int at = 0; at < 100; at++) {
        strcat(said, "ping\r\n");
    }
    bytes = strlen(said);
    /* BOUND: room is made for all of it. */
    for (size_t at = 0; at < bytes; at += room) {
        char *to = session_room(&talk.session, &room);

        room = room < bytes - at ? room : bytes - at;
        memcpy(to, said + at, room);
        session_received(&talk.session, room);
    }
    {
        /* Nothing is taken away, so not all of them run. */
        assert_int_equal(session_run(&talk.session), SESSION_WRITES);
        assert_true(talk.session.output.bytes >= 256);
        assert_true(talk.session.output.bytes < 270);
        assert_int_equal(session_run(&talk.session), SESSION_WRITES);
    }
    {
        /* They run when there is room. */
        char answer[1024] = "";

        while (session_run(&talk.session) == SESSION_WRITES) {
            talk_take(&talk.session, answer, sizeof answer);
        }
        talk_take(&talk.session, answer, sizeof answer);
        for (const char *at = answer; *at != '\0'; at++) {
            pongs += *at == '+' ? 1 : 0;
        }
        assert_int_equal(pongs, 100);
    }
    talk_close(&talk);
}

/* ---- Publish and subscribe
 * ------------------------------------------------------ */

static void messages_reach_subscribers(void **state)
{
    struct talk talk;
    struct session second;
    char answer[512] = "";

    (void)state;
    talk_open(&talk, &talk_limits);
    session_open(&second, &talk.service);
    talk_answers(&talk.session,
                 "subscribe a b a\r\nget x\r\nping\r\nping foo\r\n",
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n"
                 "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / "
                 "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
                 "context\r\n"
                 "*2\r\n$4\r\npong\r\n$0\r\n\r\n"
                 "*2\r\n$4\r\npong\r\n$3\r\nfoo\r\n");
    talk_answers(&second,
                 "publish a one\r\npublish b two\r\npublish c three\r\n",
                 ":1\r\n:1\r\n:0\r\n");
    assert_ptr_equal(session_take_ready(&talk.service), &talk.session);
    assert_null(session_take_ready(&talk.service));
    talk_take(&talk.session, answer, sizeof answer);
    assert_string_equal(answer,
                        "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\none\r\n"
                        "*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$3\r\ntwo\r\n");
    talk_answers(&talk.session,
                 "subscribe c\r\nsubscribe d\r\nunsubscribe b zz\r\n"
                 "unsubscribe\r\nunsubscribe\r\nping\r\n",
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:3\r\n"
                 "-ERR too many subscriptions\r\n"
                 "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:2\r\n"
                 "*3\r\n$11\r\nunsubscribe\r\n$2\r\nzz\r\n:2\r\n"
                 "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n"
                 "*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n"
                 "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n+PONG\r\n");
    session_close(&second);
    talk_close(&talk);
}

static void who_does_not_read_is_dropped(void **state)
{
    struct talk talk;
    struct session slow;
    struct session other;
    unsigned published = 0;

    (void)state;
    talk_open(&talk, &talk_limits);
    session_open(&slow, &talk.service);
    session_open(&other, &talk.service);
    talk_answers(&slow,
                 "subscribe a\r\n",
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    talk_answers(&other,
                 "subscribe a\r\n",
                 "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    /* BOUND: the output of `slow` has a limit. */
    while (!slow.output.is_over) {
        char answer[512] = "";

        talk_answers(&talk.session, "publish a hello\r\n", ":2\r\n");
        published++;
        talk_take(&other, answer, sizeof answer);
        assert_string_equal(
            answer,
            "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n");
        assert_true(slow.output.room <= talk_limits.output_bytes_max);
    }
    assert_int_equal(published, 1 + talk_limits.output_bytes_max / 35);
    assert_int_equal(session_run(&slow), SESSION_DROPPED);
    assert_int_equal(session_run(&slow), SESSION_DROPPED);
    assert_int_equal(talk.service.counts.dropped, 1);
    talk_answers(&talk.session, "publish a hello\r\n", ":1\r\n");
    session_close(&slow);
    session_close(&other);
    talk_close(&talk);
}

/* ---- The page
 * --------------------------------------------------------------------- */

static void browsers_get_a_page(void **state)
{
    struct talk talk;
    char answer[8192];
    const char asked[] = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";

    (void)state;
    for (size_t piece = 1; piece < sizeof asked; piece++) {
        talk_open(&talk, &limits_default);
        talk_say(&talk.session, span_of(asked), piece, answer, sizeof answer);
        assert_ptr_equal(strstr(answer, "HTTP/1.1 200 OK\r\n"), answer);
        assert_non_null(strstr(answer, "connected_clients:1\r\n"));
        assert_non_null(strstr(answer, "</html>\n<end>"));
        talk_close(&talk);
    }
}

/** @brief What a browser asks for and how the answer begins. */
static void asks(const char *asked, const char *begins)
{
    struct talk talk;
    char answer[8192];

    talk_open(&talk, &limits_default);
    talk_say(&talk.session, span_of(asked), SIZE_MAX, answer, sizeof answer);
    assert_ptr_equal(strstr(answer, begins), answer);
    assert_int_equal(talk.session.state, SESSION_ENDS);
    assert_int_equal(talk.service.counts.commands, 0);
    talk_close(&talk);
}

static void browsers_get_nothing_else(void **state)
{
    struct talk talk;

    (void)state;
    asks("GET /favicon.ico HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ");
    /* What follows the head are no commands. */
    asks("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nset a 1\r\n",
         "HTTP/1.1 405 ");
    {
        /* A head without an end. */
        char head[6000] = "GET / HTTP/1.1\r\n";

        memset(head + 16, 'a', sizeof head - 17);
        head[sizeof head - 1] = '\0';
        asks(head, "HTTP/1.1 431 ");
    }
    {
        /* Who has asked something else before is no browser. */
        talk_open(&talk, &limits_default);
        talk_answers(&talk.session,
                     "ping\r\nGET / HTTP/1.1\r\n",
                     "+PONG\r\n-ERR wrong number of arguments for 'get' "
                     "command\r\n");
        talk_close(&talk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_has_limits),
        cmocka_unit_test(long_answers_are_errors),
        cmocka_unit_test(requests_wait_for_room),
        cmocka_unit_test(messages_reach_subscribers),
        cmocka_unit_test(who_does_not_read_is_dropped),
        cmocka_unit_test(browsers_get_a_page),
        cmocka_unit_test(browsers_get_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
