/**
 * @file resp_inline.c
 * @brief Lesson 18: requests typed by hand.
 *
 * Words stand between spaces.  One that has spaces itself is quoted: "a b",
 * where a backslash means what it means in C, or 'a b', where it does so only
 * before a quote.  What a word stands for is never longer than the word, so it
 * is written over it.
 *
 * Uses:     resp.h.
 * Used by:  resp.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "resp.h"

/** Where a line is read, and its words are written. */
struct words {
    char *from;
    char *to; /* Never beyond from. */
    const char *end;
};

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/** @brief Read what stands behind a backslash. */
static char read_escape(struct words *words)
{
    static const char names[] = "nrtba";
    static const char bytes[] = "\n\r\t\b\a";
    char name = *words->from++;

    if (name == 'x') {
        /* The LF that ends the line is no digit, so we stay within it. */
        int high = hex_digit(words->from[0]);
        int low = high >= 0 ? hex_digit(words->from[1]) : -1;

        if (low >= 0) {
            words->from += 2;
            return (char)(high * 16 + low);
        }
    }
    for (size_t at = 0; at < sizeof names - 1; at++) {
        if (names[at] == name) {
            return bytes[at];
        }
    }
    return name;
}

/** @brief Read to the closing quote, behind which the word must end. */
static bool read_quoted(struct words *words, char quote)
{
    while (words->from < words->end) {
        char byte = *words->from++;

        if (byte == quote) {
            return words->from == words->end || is_space(*words->from);
        }
        if (byte == '\\' && words->from < words->end) {
            if (quote == '"') {
                byte = read_escape(words);
            } else if (*words->from == '\'') {
                byte = *words->from++;
            }
        }
        *words->to++ = byte;
    }
    return false;
}

/** @brief Read one word; from stands on its first byte. */
static bool read_word(struct words *words)
{
    while (words->from < words->end && !is_space(*words->from)) {
        char byte = *words->from++;

        if (byte == '"' || byte == '\'') {
            return read_quoted(words, byte);
        }
        *words->to++ = byte;
    }
    return true;
}

bool resp_split_inline(struct resp *resp,
                       /* NOLINTNEXTLINE(readability-non-const-parameter) */
                       char *input,
                       struct resp_args *args)
{
    struct words words = {input, input, input + resp->at};

    while (true) {
        char *start = words.to;

        while (words.from < words.end && is_space(*words.from)) {
            words.from++;
        }
        if (words.from == words.end) {
            return true;
        }
        if (args->arg_count == resp->limits->args_max) {
            return resp_refuse(resp, "too many arguments");
        }
        if (!read_word(&words)) {
            return resp_refuse(resp, "unbalanced quotes in request");
        }
        args->args[args->arg_count] =
            (struct span){start, (size_t)(words.to - start)};
        args->arg_count++;
    }
}
