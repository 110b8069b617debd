/**
 * @file page.c
 * @brief Lesson 18: a page for a browser.
 *
 * This is all of HTTP that one page needs.  Whatever is asked, the answer says
 * that the connection ends with it: so what a browser sends behind its head
 * is never read.  Were it read, a web page could make a browser post a form
 * whose fields are commands.
 *
 * Uses:     page.h.
 * Used by:  session.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "page.h"

#include <stdio.h>
#include <string.h>

/** @brief The rest of a text from behind its first so many bytes. */
static struct span behind(struct span span, size_t bytes)
{
    return (struct span){span.start + bytes, span.bytes - bytes};
}

static bool ends_with(struct span span, const char *end)
{
    size_t bytes = strlen(end);

    return span.bytes >= bytes &&
           span_same(behind(span, span.bytes - bytes), span_of(end));
}

static bool starts_with(struct span span, const char *start)
{
    size_t bytes = strlen(start);

    return span.bytes >= bytes &&
           span_same((struct span){span.start, bytes}, span_of(start));
}

bool page_is_asked(struct span line)
{
    if (ends_with(line, "\n")) {
        line.bytes--;
    }
    if (ends_with(line, "\r")) {
        line.bytes--;
    }
    return ends_with(line, " HTTP/1.1") || ends_with(line, " HTTP/1.0");
}

/** @brief Whether the head is whole: an empty line ends it. */
static bool is_whole(struct span head)
{
    for (size_t at = 0; at + 1 < head.bytes; at++) {
        struct span rest = behind(head, at);

        if (starts_with(rest, "\n\n") || starts_with(rest, "\n\r\n")) {
            return true;
        }
    }
    return false;
}

static void answer(struct buffer *out, const char *status, const char *page)
{
    char head[256];
    int bytes =
        snprintf(head,
                 sizeof head,
                 "HTTP/1.1 %s\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Length: %u\r\n"
                 "Cache-Control: no-store\r\n"
                 "%s"
                 "Connection: close\r\n\r\n",
                 status,
                 (unsigned)strlen(page),
                 starts_with(span_of(status), "405") ? "Allow: GET\r\n" : "");

    buffer_add(out, head, (size_t)bytes);
    buffer_add(out, page, strlen(page));
}

static void answer_status(const struct service *service, struct buffer *out)
{
    char info[PAGE_INFO_BYTES];
    char page[PAGE_INFO_BYTES + 512];

    page_info(service, span_of("all"), info);
    (void)snprintf(page,
                   sizeof page,
                   "<!DOCTYPE html>\n"
                   "<html lang=\"en\"><head><meta charset=\"utf-8\">"
                   "<title>Dryport, lesson 18</title></head>\n"
                   "<body><h1>Dryport, lesson 18</h1>\n"
                   "<p>A server on completion ports.  It speaks the Redis "
                   "protocol; this page is all it says to browsers.</p>\n"
                   "<pre>\n%s</pre></body></html>\n",
                   info);
    answer(out, "200 OK", page);
}

bool page_answer(const struct service *service,
                 struct buffer *out,
                 struct span head)
{
    if (!is_whole(head)) {
        if (head.bytes < service->limits.line_bytes_max) {
            return false;
        }
        answer(out,
               "431 Request Header Fields Too Large",
               "<p>That is more than this server reads.</p>\n");
    } else if (!starts_with(head, "GET ")) {
        answer(out,
               "405 Method Not Allowed",
               "<p>Ask with GET; there is nothing else to do here.</p>\n");
    } else if (!starts_with(head, "GET / ")) {
        answer(out,
               "404 Not Found",
               "<p>There is one page, <a href=\"/\">here</a>.</p>\n");
    } else {
        answer_status(service, out);
    }
    return true;
}
