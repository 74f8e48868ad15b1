/* What must not change: the conditions of `imgbuild diff --fail-on`.
 *
 *   condition = subject op value             spaces are allowed between the three
 *   op        = ">" | ">=" | "<" | "<=" | "="
 *   value     = number | ("+" | "-") number  the new value | the change
 *   number    = digits | "0x" digits, and then "K" | "M" | "%"
 *   subject   = MEMORY                       bytes in use, including padding and gaps
 *             | MEMORY "." ("used" | "free" | "need" | "padding" | "gap")
 *             | TASK "." MEMORY              bytes that the task or the kernel needs there
 *             | TASK "." MEMORY "." ("need" | "size" | "padding")
 *             | [TASK "."] ("slots" | "regions")  in use, for this task or for each
 *             | "padding" | "gap"            of all memories together
 *             | "moved"                      blocks that start at a different address
 *             | "boundaries"                 blocks whose region boundaries moved though nothing in
 *                                            the task changed
 *
 * A percentage is of the memory's size or, with a sign, of the old value. A memory or task that
 * only one image has counts as 0 in the other.
 */
#ifndef CLI_DIFF_DIFF_LIMITS_H
#define CLI_DIFF_DIFF_LIMITS_H

#include "base/diag.h"
#include "cli/diff/diff_model.h"

enum diff_measure {
    DIFF_MEMORY_USED,
    DIFF_MEMORY_FREE,
    DIFF_MEMORY_NEED,
    DIFF_MEMORY_PADDING,
    DIFF_MEMORY_GAP,
    DIFF_BLOCK_NEED,
    DIFF_BLOCK_SIZE,
    DIFF_BLOCK_PADDING,
    DIFF_TASK_SLOTS, /* program NULL: of each */
    DIFF_TASK_REGIONS,
    DIFF_ALL_PADDING,
    DIFF_ALL_GAP,
    DIFF_MOVED,
    DIFF_BOUNDARIES
};

enum diff_comparison { DIFF_MORE, DIFF_AT_LEAST, DIFF_LESS, DIFF_AT_MOST, DIFF_EQUAL };

enum diff_unit {
    DIFF_AMOUNT,
    DIFF_CHANGE,
    DIFF_PERCENT, /* of the memory's size */
    DIFF_GROWTH   /* in percent of the old value */
};

struct diff_limit {
    const char *text; /* as given */
    enum diff_measure measure;
    enum diff_comparison comparison;
    enum diff_unit unit;
    int64_t value;
    const struct diff_memory *memory;   /* of memories and blocks */
    const struct diff_program *program; /* of blocks and tasks */
};

/* Reads one condition on the two compared images.
 * Errors: usage, with a list of the valid names. *ret is untouched on failure. */
MUST_CHECK bool diff_limit_read(const char *text, const struct diff *diff, struct arena *arena,
                                struct diff_limit *ret, struct diag_list *diags);

/* Reports each condition that is met as an error.
 * Errors: diff-limit. */
MUST_CHECK bool diff_limits_check(const struct diff *diff, const struct diff_limit *limits,
                                  size_t count, struct arena *arena, struct diag_list *diags);

#endif
