/**
 * @file rules.c
 * @brief The rules, in the order a reader would ask for them.
 *
 * Uses:     tidy.h.
 * Used by:  command.c, tests/tidy/test_tidy.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

const struct tidy_rule tidy_rules[] = {
    {"include",
     tidy_check_include,
     "A file includes its own headers and the public header one layer down."},
    {"layer",
     tidy_check_layer,
     "A Windows function is called only by the layer that api.def names."},
    {"prefix",
     tidy_check_prefix,
     "What others can see begins with iocp_, op_, net_ or sim_; what is "
     "static does not."},
    {"size",
     tidy_check_size,
     "A file has at most 500 lines, a function 60, 6 parameters and 4 levels "
     "of nesting."},
    {"header",
     tidy_check_header,
     "A file of src/ or sim/ starts with @file, @brief, Uses, Used by, Facts, "
     "Read next, SPDX."},
    {"chain",
     tidy_check_chain,
     "\"Read next\" leads from iocp.h through every file of src/ and sim/ "
     "once."},
    {"fact",
     tidy_check_fact,
     "A fact id has a heading in docs/facts.md and a test in tests/facts; its "
     "row in facts.def has the heading's words."},
    {"tag",
     tidy_check_tag,
     "INVARIANT has an assertion below it, OWNER two owners, an endless loop "
     "a BOUND."},
    {"word",
     tidy_check_word,
     "Comments and prose do without \"simply\", \"just\", \"obviously\", "
     "\"utilise\"; documentation does not shout."},
    {"text",
     tidy_check_text,
     "No tab, no space at a line's end, a newline at the end, one title per "
     "document."},
    {"forbidden",
     tidy_check_forbidden,
     "No malloc outside sim/host, no Sleep in tests, no <threads.h>, no "
     "typedef of a struct."},
    {"names",
     tidy_check_names,
     "sim/win32/names.h has one #define for each row of api.def, in order."},
    {"weave",
     tidy_check_weave,
     "A block under a weave marker and a \"Seen on\" line of docs/facts.md are "
     "what tidy --weave writes there."},
};

const size_t tidy_rule_count = sizeof(tidy_rules) / sizeof(tidy_rules[0]);

void tidy_check(struct tidy *tidy, const char *rule)
{
    for (size_t i = 0; i < tidy_rule_count; i++) {
        if (rule == NULL || strcmp(rule, tidy_rules[i].name) == 0) {
            tidy->rule = tidy_rules[i].name;
            tidy_rules[i].check(tidy);
        }
    }
    tidy_sort_findings(tidy);
}
