/**
 * @file command.c
 * @brief The command line of tidy.
 *
 * Wrong use is told in one sentence and ends with status 2; findings end with
 * 1.  It is apart from main.c so that the test can call it.
 *
 * Uses:     tidy.h.
 * Used by:  main.c, tests/tidy/test_tidy.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

enum action { ACTION_CHECK, ACTION_WEAVE, ACTION_STATS, ACTION_RULES };

struct options {
    enum action action;
    const char *root;
    const char *dry_path;
};

static bool parse(int argc, char **argv, struct options *options, FILE *err);
static int run(const struct options *options, FILE *out, FILE *err);

static const char usage[] =
    "tidy [ROOT]          check the tree below ROOT (default: here)\n"
    "tidy --weave [ROOT]  rewrite what is woven in Markdown files\n"
    "tidy --stats [ROOT]  print sizes, comment share and assertions\n"
    "tidy --rules         list the rules\n"
    "     --dry PATH      the dry command, for blocks that show a run\n";

int tidy_command(int argc, char **argv, FILE *out, FILE *err)
{
    struct options options = {ACTION_CHECK, NULL, NULL};

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, out);
        return 0;
    }
    if (!parse(argc, argv, &options, err)) {
        return 2;
    }
    if (options.action == ACTION_RULES) {
        for (size_t i = 0; i < tidy_rule_count; i++) {
            fprintf(out,
                    "%-10s %s\n",
                    tidy_rules[i].name,
                    tidy_rules[i].sentence);
        }
        return 0;
    }
    return run(&options, out, err);
}

static bool set_action(struct options *options, enum action action, FILE *err)
{
    if (options->action != ACTION_CHECK) {
        fputs("tidy: give one of --weave, --stats, --rules, not two.\n", err);
        return false;
    }
    options->action = action;
    return true;
}

static bool can_open(const char *path)
{
    FILE *stream = fopen(path, "rb");

    if (stream == NULL) {
        return false;
    }
    (void)fclose(stream);
    return true;
}

static bool set_dry(struct options *options, const char *path, FILE *err)
{
    if (path == NULL || !can_open(path)) {
        fprintf(err,
                "tidy: --dry wants the path of the dry command; \"%s\" cannot "
                "be opened.\n",
                path != NULL ? path : "");
        return false;
    }
    options->dry_path = path;
    return true;
}

static bool parse(int argc, char **argv, struct options *options, FILE *err)
{
    for (int i = 1; i < argc; i++) {
        bool is_fine = true;

        if (strcmp(argv[i], "--weave") == 0) {
            is_fine = set_action(options, ACTION_WEAVE, err);
        } else if (strcmp(argv[i], "--stats") == 0) {
            is_fine = set_action(options, ACTION_STATS, err);
        } else if (strcmp(argv[i], "--rules") == 0) {
            is_fine = set_action(options, ACTION_RULES, err);
        } else if (strcmp(argv[i], "--dry") == 0) {
            i++;
            is_fine = set_dry(options, i < argc ? argv[i] : NULL, err);
        } else if (argv[i][0] == '-') {
            fprintf(err,
                    "tidy: there is no option \"%s\"; tidy --help lists "
                    "them.\n",
                    argv[i]);
            is_fine = false;
        } else if (options->root != NULL) {
            fprintf(err,
                    "tidy: give one folder, not \"%s\" and \"%s\".\n",
                    options->root,
                    argv[i]);
            is_fine = false;
        } else {
            options->root = argv[i];
        }
        if (!is_fine) {
            return false;
        }
    }
    return true;
}

static size_t count_checked(const struct tidy *tidy)
{
    size_t count = 0;

    for (size_t i = 0; i < tidy->file_count; i++) {
        count += tidy_is_checked(&tidy->files[i]);
    }
    return count;
}

static size_t count_woven(const struct tidy *tidy)
{
    size_t count = 0;

    for (size_t i = 0; i < tidy->file_count; i++) {
        count += tidy->files[i].woven != NULL;
    }
    return count;
}

static void print_unchecked(const struct tidy *tidy, FILE *out)
{
    if (tidy->runs_unchecked > 0) {
        fprintf(out,
                "tidy: %zu woven runs not checked; give --dry PATH.\n",
                tidy->runs_unchecked);
    }
}

static int check(struct tidy *tidy, FILE *out)
{
    tidy_check(tidy, NULL);
    tidy_print_findings(tidy, out);
    print_unchecked(tidy, out);
    fprintf(out,
            "tidy: %zu files, %zu findings\n",
            count_checked(tidy),
            tidy->finding_count);
    return tidy->finding_count > 0;
}

static int weave(struct tidy *tidy, const char *root, FILE *out)
{
    bool is_written;

    tidy->is_weaving = true;
    tidy_check(tidy, "weave");
    tidy_print_findings(tidy, out);
    is_written = tidy_write_woven(tidy, root, out);
    print_unchecked(tidy, out);
    fprintf(out,
            "tidy: %zu files, %zu woven anew, %zu findings\n",
            count_checked(tidy),
            count_woven(tidy),
            tidy->finding_count);
    return tidy->finding_count > 0 || !is_written;
}

static int act(struct tidy *tidy, const struct options *options, FILE *out)
{
    int status = 0;

    switch (options->action) {
    case ACTION_CHECK:
        status = check(tidy, out);
        break;
    case ACTION_WEAVE:
        status = weave(tidy, options->root != NULL ? options->root : ".", out);
        break;
    case ACTION_STATS:
        tidy_print_stats(tidy, out);
        break;
    case ACTION_RULES:
        break; /* Needs no tree; tidy_command has listed them. */
    }
    return status;
}

static int run(const struct options *options, FILE *out, FILE *err)
{
    struct tidy tidy = {.dry_path = options->dry_path};
    const char *root = options->root != NULL ? options->root : ".";
    int status = 2;

    if (!tidy_read_tree(&tidy, root)) {
        fprintf(err,
                "tidy: \"%s\" is no folder that can be read; give the root of "
                "the repository.\n",
                root);
    } else if (count_checked(&tidy) == 0) {
        fprintf(err,
                "tidy: no source and no document below \"%s\"; give the root "
                "of the repository.\n",
                root);
    } else {
        tidy_prepare(&tidy);
        status = act(&tidy, options, out);
    }
    tidy_free_all(&tidy.memory);
    return status;
}
