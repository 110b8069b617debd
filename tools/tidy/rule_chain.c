/**
 * @file rule_chain.c
 * @brief Rule chain: "Read next" leads through the sources once.
 *
 * From iocp.h on, each file names the next, and the last says "the end.".
 * Followed like that, every file of src/ and sim/ is met exactly once.  The
 * check looks at each link alone, so one broken link is one finding and not
 * one for every file behind it.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

#define FIRST_PAGE "src/layer0_iocp/iocp.h"

enum mark { UNSEEN, ON_THIS_WALK, SEEN };

struct page {
    const struct tidy_file *file;
    struct page *next; /* Where it leads, or NULL. */
    struct page *from; /* The first page that leads here, or NULL. */
    bool is_linked;
    enum mark mark;
};

struct book {
    struct page *pages;
    size_t count;
    struct page *last; /* The page that says "the end.". */
};

static bool is_page(const struct tidy_file *file)
{
    return (tidy_is_source(file) || file->kind == TIDY_TABLE) &&
           (tidy_is_under(file, "src/") || tidy_is_under(file, "sim/"));
}

/* Windows' headers and tables may be on the way, but need not be. */
static bool must_be_read(const struct tidy_file *file)
{
    return tidy_is_source(file) &&
           !(tidy_is_under(file, "sim/win32/") && file->kind == TIDY_HEADER);
}

static void collect(struct tidy *tidy, struct book *book)
{
    book->pages =
        tidy_alloc(&tidy->memory, tidy->file_count * sizeof(*book->pages));
    for (size_t i = 0; i < tidy->file_count; i++) {
        if (is_page(&tidy->files[i])) {
            book->pages[book->count++].file = &tidy->files[i];
        }
    }
}

/* The name behind "Read next:": its first word without the full stop.  The
 * steps of a relative path are dropped; the rest has to be unique. */
static struct tidy_span target_name(const char *text)
{
    struct tidy_span rest = tidy_span_of(text);
    struct tidy_span name = tidy_word(&rest);

    while (name.length > 0 && strchr(".,;:", name.start[name.length - 1])) {
        name.length--;
    }
    while (tidy_starts(name, "../") || tidy_starts(name, "./")) {
        name = tidy_from(name, strchr(name.start, '/') + 1);
    }
    return name;
}

static bool is_named(const struct tidy_file *file, struct tidy_span name)
{
    struct tidy_span path = tidy_span_of(file->path);
    size_t before;

    if (name.length == 0 || name.length > path.length) {
        return false;
    }
    before = path.length - name.length;
    path = tidy_from(path, path.start + before);
    return tidy_same_span(path, name) &&
           (before == 0 || file->path[before - 1] == '/');
}

static struct page *find_page(struct tidy *tidy,
                              const struct book *book,
                              const struct page *from,
                              struct tidy_span name)
{
    struct page *found = NULL;
    unsigned line = from->file->header.field_line[TIDY_READ_NEXT];

    for (size_t i = 0; i < book->count; i++) {
        struct page *page = &book->pages[i];

        if (!is_named(page->file, name)) {
            continue;
        }
        if (found != NULL) {
            tidy_report(tidy,
                        from->file->path,
                        line,
                        "say which %.*s: %s or %s.",
                        TIDY_PRINT(name),
                        found->file->path,
                        page->file->path);
            return NULL;
        }
        found = page;
    }
    if (found == NULL) {
        tidy_report(tidy,
                    from->file->path,
                    line,
                    "name a file of src/ or sim/ under \"Read next\": there "
                    "is no %.*s.",
                    TIDY_PRINT(name));
    }
    return found;
}

static void note_end(struct tidy *tidy, struct book *book, struct page *page)
{
    if (book->last != NULL) {
        tidy_report(tidy,
                    page->file->path,
                    page->file->header.field_line[TIDY_READ_NEXT],
                    "lead on from here: %s is the end already.",
                    book->last->file->path);
    } else {
        book->last = page;
    }
}

static void lead(struct tidy *tidy, struct page *page, struct page *next)
{
    bool is_first = strcmp(next->file->path, FIRST_PAGE) == 0;

    if (next->from == NULL && !is_first) {
        page->next = next;
        next->from = page;
        return;
    }
    tidy_report(tidy,
                page->file->path,
                page->file->header.field_line[TIDY_READ_NEXT],
                "lead somewhere new: %s is read %s%s already.",
                next->file->path,
                is_first ? "first" : "after ",
                is_first ? "" : next->from->file->path);
}

static void link_page(struct tidy *tidy, struct book *book, struct page *page)
{
    const char *text = page->file->header.field[TIDY_READ_NEXT];
    struct page *next;

    page->is_linked = true;
    if (text == NULL) {
        return; /* Rule header has said so where it matters. */
    }
    if (tidy_starts(tidy_span_of(text), "the end")) {
        note_end(tidy, book, page);
        return;
    }
    next = find_page(tidy, book, page, target_name(text));
    if (next != NULL) {
        lead(tidy, page, next);
    }
}

/* Link what must be read, and then what that leads to. */
static void link_pages(struct tidy *tidy, struct book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        struct page *page = &book->pages[i];

        if (!must_be_read(page->file)) {
            continue;
        }
        while (page != NULL && !page->is_linked) {
            link_page(tidy, book, page);
            page = page->next;
        }
    }
}

static void check_reached(struct tidy *tidy, const struct page *page)
{
    bool is_first = strcmp(page->file->path, FIRST_PAGE) == 0;

    if (page->from == NULL && !is_first && must_be_read(page->file)) {
        tidy_report(tidy,
                    page->file->path,
                    page->file->header.line != 0 ? page->file->header.line : 1,
                    "let the \"Read next\" of some file lead here; none does.");
    }
    /* A stand-in header on the way that has no field ends the way. */
    if (page->from != NULL && !must_be_read(page->file) &&
        page->file->header.field[TIDY_READ_NEXT] == NULL) {
        tidy_report(tidy,
                    page->file->path,
                    1,
                    "add \"Read next:\": %s leads here and the way stops.",
                    page->from->file->path);
    }
}

/* Walk from every page whose way is still unseen; coming back to the same
 * walk is a circle that nothing leads into. */
static void check_circles(struct tidy *tidy, const struct book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        struct page *page = &book->pages[i];

        while (page != NULL && page->mark == UNSEEN) {
            page->mark = ON_THIS_WALK;
            page = page->next;
        }
        if (page != NULL && page->mark == ON_THIS_WALK) {
            tidy_report(tidy,
                        page->file->path,
                        page->file->header.field_line[TIDY_READ_NEXT],
                        "break the circle: \"Read next\" leads from this "
                        "file back to it.");
        }
        page = &book->pages[i];
        while (page != NULL && page->mark == ON_THIS_WALK) {
            page->mark = SEEN;
            page = page->next;
        }
    }
}

void tidy_check_chain(struct tidy *tidy)
{
    struct book book = {0};

    collect(tidy, &book);
    if (book.count == 0) {
        return;
    }
    if (tidy_file_at(tidy, FIRST_PAGE) == NULL) {
        tidy_report(tidy,
                    FIRST_PAGE,
                    1,
                    "write this file: the book of the sources starts here.");
    }
    link_pages(tidy, &book);
    for (size_t i = 0; i < book.count; i++) {
        check_reached(tidy, &book.pages[i]);
    }
    check_circles(tidy, &book);
    if (book.last == NULL) {
        tidy_report(tidy,
                    FIRST_PAGE,
                    1,
                    "let one file of src/ or sim/ say \"Read next: the "
                    "end.\"; none does.");
    }
}
