/**
 * @file test_commands.c
 * @brief Lesson 18: commands, and that they answer as Redis 7.0 does.
 *
 * The answers were taken down from Redis 7.0.15, byte for byte.
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

#define NOT_A_NUMBER "-ERR value is not an integer or out of range\r\n"
#define SYNTAX       "-ERR syntax error\r\n"
#define COUNT(name)  "-ERR wrong number of arguments for '" name "' command\r\n"

static void unknown_commands_are_named(void **state)
{
    (void)state;
    talk_expect("foo a b\r\nfoo\r\n\"\"\r\n",
                "-ERR unknown command 'foo', with args beginning with: 'a' "
                "'b' \r\n"
                "-ERR unknown command 'foo', with args beginning with: \r\n"
                "-ERR unknown command '', with args beginning with: \r\n");
    /* A line end in a name must not look like the next reply. */
    talk_expect("\"a\\r\\n+OK\"\r\n",
                "-ERR unknown command 'a  +OK', with args beginning with: "
                "\r\n");
}

static void counts_are_checked(void **state)
{
    (void)state;
    talk_expect("GET\r\nping a b\r\necho\r\nexists\r\nmget\r\nkeys\r\n"
                "publish a\r\nsubscribe\r\nmset a b c\r\nclient\r\nconfig\r\n"
                "client setname\r\nconfig get\r\nclient getname x\r\n",
                COUNT("get") COUNT("ping") COUNT("echo") COUNT("exists")
                    COUNT("mget") COUNT("keys") COUNT("publish")
                        COUNT("subscribe") COUNT("mset") COUNT("client")
                            COUNT("config") COUNT("client|setname")
                                COUNT("config|get") COUNT("client|getname"));
}

static void set_has_options(void **state)
{
    (void)state;
    talk_expect(
        "set a b ex 0\r\nset a b ex x\r\nset a b nx xx\r\n"
        "set a b ex\r\nset a b px 10 ex 10\r\nset a b foo\r\n"
        "set a b ex 9223372036854775807\r\nset a b ex -1\r\nget a\r\n",
        "-ERR invalid expire time in 'set' command\r\n" NOT_A_NUMBER SYNTAX
            SYNTAX SYNTAX SYNTAX "-ERR invalid expire time in 'set' command\r\n"
        "-ERR invalid expire time in 'set' command\r\n$-1\r\n");
    talk_expect("set a 1 xx\r\nset a 1 nx\r\nset a 2 NX\r\nset a 3 XX\r\n"
                "get a\r\nset a 4 ex 10 xx\r\nttl a\r\nset a 5\r\nttl a\r\n"
                "ttl b\r\n",
                "$-1\r\n+OK\r\n$-1\r\n+OK\r\n$1\r\n3\r\n+OK\r\n:10\r\n+OK\r\n"
                ":-1\r\n:-2\r\n");
}

static void keys_expire(void **state)
{
    struct talk talk;

    (void)state;
    talk_open(&talk, &limits_default);
    talk_answers(&talk.session,
                 "set a 1 px 1500\r\nttl a\r\nset b 2 ex 100\r\nincr b\r\n"
                 "expire c 10\r\nset c 3\r\nexpire c 5\r\nset d 4\r\n"
                 "expire d 0\r\nexists a b c d\r\n",
                 "+OK\r\n:2\r\n+OK\r\n:3\r\n:0\r\n+OK\r\n:1\r\n+OK\r\n:1\r\n"
                 ":3\r\n");
    service_set_time(&talk.service, 1001499);
    talk_answers(&talk.session, "get a\r\nttl a\r\n", "$1\r\n1\r\n:0\r\n");
    service_set_time(&talk.service, 1001500);
    talk_answers(&talk.session,
                 "get a\r\nttl b\r\nkeys *\r\nset a x nx\r\nttl a\r\n",
                 "$-1\r\n:99\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n+OK\r\n:-1\r\n");
    {
        /* Memory comes back though nobody asks. */
        assert_int_equal(talk.service.store.count, 3);
        service_set_time(&talk.service, 2000000);
        store_sweep(&talk.service.store, talk.service.store.bucket_count);
        assert_int_equal(talk.service.store.count, 1);
        assert_int_equal(talk.service.store.timed, 0);
    }
    talk_answers(&talk.session,
                 "expire a x\r\nexpire a 1 foo\r\n"
                 "expire a 9223372036854775807\r\n",
                 NOT_A_NUMBER
                 "-ERR Unsupported option foo\r\n"
                 "-ERR invalid expire time in 'expire' command\r\n");
    talk_close(&talk);
}

static void numbers_are_strict(void **state)
{
    (void)state;
    talk_expect("incr n\r\nset n 10\r\nincr n\r\nset n -5\r\nincr n\r\n"
                "set n 05\r\nincr n\r\nset n \" 5\"\r\nincr n\r\nset n \"\"\r\n"
                "incr n\r\nset n -0\r\nincr n\r\nset n x\r\nincr n\r\n",
                ":1\r\n+OK\r\n:11\r\n+OK\r\n:-4\r\n+OK\r\n" NOT_A_NUMBER
                "+OK\r\n" NOT_A_NUMBER "+OK\r\n" NOT_A_NUMBER
                "+OK\r\n" NOT_A_NUMBER "+OK\r\n" NOT_A_NUMBER);
    talk_expect("set n 9223372036854775806\r\nincr n\r\nincr n\r\nget n\r\n"
                "set n -9223372036854775808\r\nincr n\r\n"
                "set n 9223372036854775808\r\nincr n\r\n",
                "+OK\r\n:9223372036854775807\r\n"
                "-ERR increment or decrement would overflow\r\n"
                "$19\r\n9223372036854775807\r\n"
                "+OK\r\n:-9223372036854775807\r\n+OK\r\n" NOT_A_NUMBER);
}

static void many_keys_at_once(void **state)
{
    (void)state;
    talk_expect("mset k1 a k2 b\r\nmget k1 k2 k3\r\nexists k1 k1 k2\r\n"
                "del k1 k2 k3\r\nmset k1 a\r\nexists k1\r\n",
                "+OK\r\n*3\r\n$1\r\na\r\n$1\r\nb\r\n$-1\r\n:3\r\n:2\r\n+OK\r\n"
                ":1\r\n");
}

static void patterns_match(void **state)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } rows[] = {
        {"*", "", true},
        {"*", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"a*", "abc", true},
        {"*c", "abc", true},
        {"*b", "abc", false},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"h?llo", "hello", true},
        {"h?llo", "hllo", false},
        {"h[ae]llo", "hallo", true},
        {"h[ae]llo", "hillo", false},
        {"h[^e]llo", "hello", false},
        {"h[^e]llo", "hbllo", true},
        {"h[a-c]llo", "hbllo", true},
        {"h[c-a]llo", "hbllo", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
        {"[abc", "c", true},
        {"a**", "a", true},
        {"**a", "bba", true},
        {"[\\]]", "]", true},
        {"a\\", "a\\", true},
        {"*ab", "aab", true},
        {"*aab", "aaab", true},
        {"?", "", false},
        {"[]", "a", false},
    };

    (void)state;
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        assert_int_equal(
            span_matches(span_of(rows[at].text), span_of(rows[at].pattern)),
            rows[at].matches);
    }
    {
        /* What makes a matcher that tries everything run for years. */
        char text[1001];
        char pattern[200];

        memset(text, 'a', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        for (size_t at = 0; at < 99; at++) {
            memcpy(pattern + 2 * at, "*a", 2);
        }
        strcpy(pattern + 198, "b");
        assert_false(span_matches(span_of(text), span_of(pattern)));
    }
}

static void what_clients_ask_first(void **state)
{
    (void)state;
    talk_expect("client foo\r\nclient getname\r\nclient setname a\r\n"
                "client getname\r\nconfig get save\r\nconfig get appendonly\r\n"
                "config get nothing\r\nconfig foo\r\nselect 0\r\nselect 99\r\n"
                "select x\r\ncommand docs\r\nclient setname \"a b\"\r\n",
                "-ERR unknown subcommand 'foo'. Try CLIENT HELP.\r\n$-1\r\n"
                "+OK\r\n$1\r\na\r\n*2\r\n$4\r\nsave\r\n$0\r\n\r\n"
                "*2\r\n$10\r\nappendonly\r\n$2\r\nno\r\n*0\r\n"
                "-ERR unknown subcommand 'foo'. Try CONFIG HELP.\r\n+OK\r\n"
                "-ERR DB index is out of range\r\n" NOT_A_NUMBER "*0\r\n"
                "-ERR Client names cannot contain spaces, newlines or special "
                "characters.\r\n");
    talk_expect("info keyspace\r\nset a 1 ex 9\r\ninfo keyspace\r\n"
                "info nothing\r\nquit\r\nping\r\n",
                "$12\r\n# Keyspace\r\n\r\n+OK\r\n"
                "$44\r\n# Keyspace\r\ndb0:keys=1,expires=1,avg_ttl=0\r\n\r\n"
                "$0\r\n\r\n+OK\r\n<end>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_commands_are_named),
        cmocka_unit_test(counts_are_checked),
        cmocka_unit_test(set_has_options),
        cmocka_unit_test(keys_expire),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(many_keys_at_once),
        cmocka_unit_test(patterns_match),
        cmocka_unit_test(what_clients_ask_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
