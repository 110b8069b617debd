/**
 * @file rule_include.c
 * @brief Rule include: arrows point down only.
 *
 * Layers are worth their folders only while no header reaches up.  The table
 * below is the whole picture; a file obeys the first row that matches it.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

#define TARGET_MAX 8

#define IOCP_H "src/layer0_iocp/iocp.h"
#define OP_H   "src/layer1_ops/op.h"
#define NET_H  "src/layer2_sockets/net.h"
#define SIM_H  "sim/sim.h"
#define WEB_H  "sim/sim_network.h"
#define DISK_H "sim/sim_disk.h"
#define HOST_H "sim/host/host.h"

/* Who may include whom.  A target that ends with "/" or has no suffix stands
 * for everything below it; "" stands for everything. */
static const struct arrow {
    const char *from;
    const char *may[TARGET_MAX];
    const char *sentence;
} arrows[] = {
    {"src/layer0",
     {"src/layer0"},
     "layer 0 may include its own headers and the Windows headers"},
    {"src/layer1",
     {"src/layer1", IOCP_H},
     "layer 1 may include its own headers, iocp.h and the Windows headers"},
    {"src/layer2",
     {"src/layer2", OP_H},
     "layer 2 may include its own headers, op.h and the Windows headers"},
    {"src/", {"src/"}, "src/ may include src/ and the Windows headers"},
    {"sim/",
     {"sim/"},
     "sim/ may include sim/ only: to the layers it is an operating system"},
    {"lessons/",
     {"lessons/", IOCP_H, OP_H, NET_H, SIM_H, "tools/scenarios/"},
     "a lesson may include lessons/, the public headers of the layers and "
     "sim.h"},
    {"tools/tidy/", {"tools/tidy/"}, "tidy may include its own headers only"},
    {"tools/scenarios/",
     {"tools/scenarios/",
      "lessons/",
      IOCP_H,
      OP_H,
      NET_H,
      SIM_H,
      WEB_H,
      DISK_H},
     "a scenario may include the scenario tables, the public headers of the "
     "layers and of the simulator"},
    {"tools/",
     {"tools/", "lessons/", SIM_H, "sim/real.h", "tests/facts/fact.h"},
     "tools/ may include sim.h and the tables of scenarios, lessons and "
     "facts"},
    {"tests/sim/", {""}, ""},
    {"tests/",
     {"tests/", "src/", "tools/", "lessons/", "bench/", SIM_H, WEB_H, DISK_H},
     "a test outside tests/sim may include sim.h, no other header of sim/ but "
     "sim_network.h and sim_disk.h"},
    /* What a switch of fibers costs cannot be measured from further up. */
    {"bench/",
     {"bench/", IOCP_H, OP_H, NET_H, SIM_H, HOST_H, WEB_H},
     "a benchmark may include the public headers of the layers, sim.h, "
     "sim_network.h and host.h"},
};

static const struct arrow *arrow_of(const struct tidy_file *file)
{
    for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++) {
        if (tidy_is_under(file, arrows[i].from)) {
            return &arrows[i];
        }
    }
    return NULL;
}

static bool is_allowed(const struct arrow *arrow,
                       const struct tidy_file *target)
{
    for (size_t i = 0; i < TARGET_MAX && arrow->may[i] != NULL; i++) {
        if (tidy_is_under(target, arrow->may[i])) {
            return true;
        }
    }
    return false;
}

/* One #include, as written. */
struct include {
    struct tidy_span spec;
    unsigned line;
    bool is_angled;
};

static bool read_include(const struct tidy_tokens *tokens,
                         size_t at,
                         struct include *include)
{
    const struct tidy_token *items = tokens->items;

    if (at + 2 >= tokens->count || items[at].kind != TIDY_DIRECTIVE ||
        !tidy_same(items[at + 1].text, "include")) {
        return false;
    }
    include->line = items[at].line;
    include->is_angled = tidy_same(items[at + 2].text, "<");
    if (items[at + 2].kind == TIDY_STRING && items[at + 2].text.length > 2) {
        include->spec = (struct tidy_span){items[at + 2].text.start + 1,
                                           items[at + 2].text.length - 2};
        return true;
    }
    for (size_t end = at + 3; include->is_angled && end < tokens->count;
         end++) {
        if (tidy_same(items[end].text, ">")) {
            include->spec.start = items[at + 2].text.start + 1;
            include->spec.length =
                (size_t)(items[end].text.start - include->spec.start);
            return true;
        }
    }
    return false;
}

/* True when path ends with the part of spec behind its "../" steps. */
static bool path_matches(const char *path, struct tidy_span spec)
{
    struct tidy_span whole = tidy_span_of(path);
    size_t before;

    while (tidy_starts(spec, "../") || tidy_starts(spec, "./")) {
        spec = tidy_from(spec, strchr(spec.start, '/') + 1);
    }
    if (spec.length == 0 || whole.length < spec.length) {
        return false;
    }
    before = whole.length - spec.length;
    return memcmp(path + before, spec.start, spec.length) == 0 &&
           (before == 0 || path[before - 1] == '/');
}

static bool is_beside(const struct tidy_file *file,
                      const struct tidy_file *target)
{
    size_t folder = (size_t)(file->name - file->path);

    return (size_t)(target->name - target->path) == folder &&
           memcmp(file->path, target->path, folder) == 0;
}

static bool is_public(struct tidy_span spec)
{
    return tidy_same(spec, "iocp.h") || tidy_same(spec, "op.h") ||
           tidy_same(spec, "net.h") || tidy_same(spec, "sim.h") ||
           tidy_starts(spec, "dryport/");
}

/* The files that a spec may name: the one beside the file if there is one,
 * else any file of the tree.  Returns the first that is not allowed when none
 * is allowed, and NULL when nothing can be said against the include. */
static const struct tidy_file *find_culprit(const struct tidy *tidy,
                                            const struct tidy_file *file,
                                            const struct arrow *arrow,
                                            const struct include *include)
{
    const struct tidy_file *culprit = NULL;
    struct tidy_span spec = include->spec;
    bool has_slash = tidy_find(spec, "/") != NULL;

    if (tidy_starts(spec, "dryport/")) {
        spec = tidy_from(spec, spec.start + strlen("dryport/"));
    }
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *target = &tidy->files[i];
        bool is_windows = tidy_is_under(target, "sim/win32/") &&
                          target->kind == TIDY_HEADER && !has_slash;

        if (!path_matches(target->path, spec)) {
            continue;
        }
        if (is_windows || is_allowed(arrow, target) ||
            (!include->is_angled && is_beside(file, target) && !has_slash)) {
            return NULL;
        }
        culprit = culprit == NULL ? target : culprit;
    }
    return culprit;
}

static void check_file(struct tidy *tidy, const struct tidy_file *file)
{
    const struct arrow *arrow = arrow_of(file);

    for (size_t at = 0; arrow != NULL && at < file->directives.count; at++) {
        struct include include = {{"", 0}, 0, false};
        const struct tidy_file *culprit = NULL;

        if (!read_include(&file->directives, at, &include)) {
            continue;
        }
        /* <time.h> is the C library's even when some folder has a time.h. */
        if (!include.is_angled || is_public(include.spec)) {
            culprit = find_culprit(tidy, file, arrow, &include);
        }
        if (culprit != NULL) {
            tidy_report(tidy,
                        file->path,
                        include.line,
                        "do not include %s here; %s.",
                        culprit->path,
                        arrow->sentence);
        }
    }
}

void tidy_check_include(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        if (tidy_is_source(&tidy->files[i])) {
            check_file(tidy, &tidy->files[i]);
        }
    }
}
