/**
 * @file test_requests.c
 * @brief Lesson 18: requests, in pieces, too long, and wrong.
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

/** A session with a bit of everything in it. */
static const char session_text[] =
    "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nx\r\ny\0\r\n"
    "GET a\r\n"
    "\r\n"
    "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"
    "*0\r\n"
    "set \"b c\" 'it\\'s' px 100\n"
    "mget \"b c\" nothing a\n"
    "*1\r\n$4\r\nNOPE\r\n"
    "subscribe n\r\n"
    "ping\r\n"
    "unsubscribe\r\n"
    "*1\r\n$4\r\nQUIT\r\n"
    "never read";

/** @brief What was answered to a piece, and then to others. */
static void answer_in_pieces(size_t first, size_t later, char *answer)
{
    struct talk talk;
    struct span said = {session_text, sizeof session_text - 1};
    struct span start = {said.start, first};
    struct span rest = {said.start + first, said.bytes - first};
    char second[4096];

    talk_open(&talk, &limits_default);
    talk_say(&talk.session, start, later, answer, 4096);
    if (talk.session.state == SESSION_READS) {
        talk_say(&talk.session, rest, later, second, sizeof second);
        strcat(answer, second);
    }
    talk_close(&talk);
}

static void pieces_do_not_matter(void **state)
{
    char whole[4096];
    char pieces[4096];

    (void)state;
    answer_in_pieces(0, SIZE_MAX, whole);
    assert_non_null(strstr(whole, "$4\r\nit's\r\n$-1\r\n$5\r\nx\r\ny~\r\n"));
    {
        /* Cut in two, at every byte. */
        for (size_t cut = 1; cut < sizeof session_text - 1; cut++) {
            answer_in_pieces(cut, SIZE_MAX, pieces);
            assert_string_equal(pieces, whole);
        }
    }
    {
        /* In pieces of 1, 2, 3 ... bytes. */
        for (size_t bytes = 1; bytes < 20; bytes++) {
            answer_in_pieces(0, bytes, pieces);
            assert_string_equal(pieces, whole);
        }
    }
}

/** Malformed input, and what Redis 7.0 answers to it. */
static const struct wrong {
    const char *said;
    const char *why;
} wrongs[] = {
    {"*x\r\n", "invalid multibulk length"},
    {"*\r\n", "invalid multibulk length"},
    {"*03\r\n", "invalid multibulk length"},
    {"*+1\r\n", "invalid multibulk length"},
    {"*2147483648\r\n", "invalid multibulk length"},
    {"*99999999999999999999\r\n", "invalid multibulk length"},
    {"*1025\r\n", "invalid multibulk length"},
    {"*1\rx", "invalid multibulk length"},
    {"*1\r\n:4\r\n", "expected '$', got ':'"},
    {"*1\r\n\r\n", "expected '$', got ' '"},
    {"*1\r\n$-1\r\n", "invalid bulk length"},
    {"*1\r\n$x\r\n", "invalid bulk length"},
    {"*1\r\n$1000000000\r\n", "invalid bulk length"},
    {"*1\r\n$65536\r\n", "invalid bulk length"},
    {"*2\r\n$3\r\nfooXY$1\r\nx\r\n", "expected CR LF behind a bulk"},
    {"\"foo\r\n", "unbalanced quotes in request"},
    {"'foo\r\n", "unbalanced quotes in request"},
    {"echo \"a\"b\r\n", "unbalanced quotes in request"},
};

static void wrong_input_is_refused(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof wrongs / sizeof wrongs[0]; at++) {
        char said[128];
        char answer[128];

        (void)snprintf(said, sizeof said, "ping\r\n%s", wrongs[at].said);
        (void)snprintf(answer,
                       sizeof answer,
                       "+PONG\r\n-ERR Protocol error: %s\r\n<end>",
                       wrongs[at].why);
        talk_expect(said, answer);
    }
}

/** @brief Say a start and then the same piece, for ever, until the end. */
static void endless(const char *start, char byte, const char *why)
{
    struct talk talk;
    char answer[256];
    char expected[128];
    char piece[100];
    size_t said = 0;

    talk_open(&talk, &talk_limits);
    talk_answers(&talk.session, start, "");
    memset(piece, byte, sizeof piece);
    /* BOUND: the request has a limit. */
    do {
        talk_say(&talk.session,
                 (struct span){piece, sizeof piece},
                 7,
                 answer,
                 sizeof answer);
        said += sizeof piece;
        assert_true(said <= talk_limits.request_bytes_max + sizeof piece);
        assert_true(talk.session.input.room <= talk_limits.request_bytes_max);
    } while (talk.session.state == SESSION_READS);
    (void)snprintf(expected,
                   sizeof expected,
                   "-ERR Protocol error: %s\r\n<end>",
                   why);
    assert_string_equal(answer, expected);
    assert_int_equal(talk.service.counts.bad_input, 1);
    talk_close(&talk);
}

static void endless_input_is_refused(void **state)
{
    (void)state;
    endless("", 'a', "too big inline request");
    endless("", ' ', "too big inline request");
    endless("*1", '1', "too big mbulk count string");
    endless("*1\r\n$1", '1', "too big bulk count string");
    endless("*2\r\n$500\r\n", 'a', "expected CR LF behind a bulk");
    endless("\"", 'a', "too big inline request");
}

/** @brief Arguments that fill all the room there is, and one more to come. */
static void full_input_is_refused(void **state)
{
    struct talk talk;
    char said[1100];
    char answer[256];

    (void)state;
    for (size_t bytes = 990; bytes <= 1024; bytes++) {
        int head = snprintf(said,
                            sizeof said,
                            "*3\r\n$4\r\nECHO\r\n$%u\r\n",
                            (unsigned)bytes);

        memset(said + head, 'a', sizeof said - (size_t)head);
        memcpy(said + (size_t)head + bytes, "\r\n$1", 4);
        talk_open(&talk, &talk_limits);
        talk_say(&talk.session,
                 (struct span){said, (size_t)head + bytes + 4},
                 SIZE_MAX,
                 answer,
                 sizeof answer);
        if (talk.session.state == SESSION_READS) {
            talk_say(&talk.session,
                     (struct span){"000000000000000000000000000000000000", 36},
                     1,
                     answer,
                     sizeof answer);
        }
        assert_int_equal(talk.session.state, SESSION_ENDS);
        talk_close(&talk);
    }
}

static void half_a_request_costs_little(void **state)
{
    struct talk talk;

    (void)state;
    talk_open(&talk, &limits_default);
    talk_answers(&talk.session, "*1000\r\n$60000\r\nabc", "");
    assert_true(talk.session.input.room <= 1024);
    assert_int_equal(talk.session.state, SESSION_READS);
    talk_close(&talk);
}

static void longest_request_is_read(void **state)
{
    struct talk talk;
    char said[2048];
    char value[513];
    int bytes;

    (void)state;
    talk_open(&talk, &talk_limits);
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    bytes = snprintf(said,
                     sizeof said,
                     "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$512\r\n%s\r\nGET k\r\n",
                     value);
    assert_true(bytes > 0);
    {
        char expected[1024];

        (void)
            snprintf(expected, sizeof expected, "+OK\r\n$512\r\n%s\r\n", value);
        talk_answers(&talk.session, said, expected);
    }
    {
        /* Its memory goes back when nothing is in it, which 1024 is not
     * worth; what is here is the bound. */
        assert_true(talk.session.input.room <= talk_limits.request_bytes_max);
    }
    {
        /* A request that would be one byte too long in all. */
        talk_answers(&talk.session,
                     "*2\r\n$4\r\nECHO\r\n$1003\r\n",
                     "-ERR Protocol error: invalid bulk length\r\n<end>");
    }
    talk_close(&talk);
}

/* ---- Garbage
 * -------------------------------------------------------------------- */

static uint32_t next_number(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

/** @brief Bytes that look a little like requests. */
static size_t make_garbage(uint64_t *seed, char *garbage, size_t bytes_max)
{
    static const char *const words[] = {
        "*",          "$",
        "\r\n",       "1",
        "3",          "\n",
        "GET ",       "SET ",
        "a",          " ",
        "\"",         "'",
        "\\x4",       "-1",
        "*2\r\n",     "$1\r\nx\r\n",
        "KEYS *",     "SUBSCRIBE a ",
        "PUBLISH a ", "HTTP/1.1\r\n",
        "MGET ",      "*1\r\n$4\r\nPING\r\n",
        "EX 1",       "[^a-",
    };
    size_t used = 0;

    while (used + 32 < bytes_max) {
        uint32_t pick = next_number(seed) % 30;

        if (pick < sizeof words / sizeof words[0]) {
            size_t bytes = strlen(words[pick]);

            memcpy(garbage + used, words[pick], bytes);
            used += bytes;
        } else {
            garbage[used++] = (char)next_number(seed);
        }
    }
    return used;
}

static void garbage_does_no_harm(void **state)
{
    uint64_t seed = 18;
    char garbage[512];
    static char answer[65536];
    unsigned refused = 0;

    (void)state;
    for (int run = 0; run < 20000; run++) {
        struct talk talk;
        size_t bytes =
            make_garbage(&seed, garbage, 33 + next_number(&seed) % 200);
        /* On the heap, so that a sanitizer sees what is read behind it. */
        char *copy = malloc(bytes);

        assert_non_null(copy);
        memcpy(copy, garbage, bytes);
        talk_open(&talk, &talk_limits);
        talk_say(&talk.session,
                 (struct span){copy, bytes},
                 1 + next_number(&seed) % 64,
                 answer,
                 sizeof answer);
        refused += talk.session.state == SESSION_ENDS ? 1 : 0;
        assert_true(talk.session.input.room <= talk_limits.request_bytes_max);
        assert_true(talk.service.store.bytes <= talk_limits.store_bytes_max);
        talk_close(&talk);
        free(copy);
    }
    print_message("%u of 20000 were refused\n", refused);
    assert_true(refused > 1000 && refused < 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(endless_input_is_refused),
        cmocka_unit_test(full_input_is_refused),
        cmocka_unit_test(half_a_request_costs_little),
        cmocka_unit_test(longest_request_is_read),
        cmocka_unit_test(garbage_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
