/* The words and numbers for a change, shared by text, Markdown and HTML. */
#ifndef CLI_DIFF_DIFF_FACTS_H
#define CLI_DIFF_DIFF_FACTS_H

#include "cli/diff/diff_model.h"

/* One value, before and after. */
struct diff_fact {
    const char *what;
    const char *was, *is; /* "-": no value */
    const char *change;   /* "+655", "-1"; "" if it is not a number, or is unchanged */
    bool is_changed;
    bool is_list; /* of names gained, which are in `is`, or lost, which are in `was` */
};

struct diff_facts {
    const struct diff_fact *items;
    size_t count;
};

/* Name, board, image slot, version, epoch, ID, compat, MPU. */
struct diff_facts diff_facts_identity(const struct diff *diff, struct arena *arena);

/* Base if it changed, size, used, need, padding, gaps, reserved, free, bound. */
struct diff_facts diff_facts_memory(const struct diff_memory *memory, struct arena *arena);

/* Linked bytes, and the alignment bytes among them; for a task also slots, priority, start, and
 * what it gained and lost. */
struct diff_facts diff_facts_program(const struct diff_program *program, struct arena *arena);

/* Base, need, size, padding, regions, limit, headroom. */
struct diff_facts diff_facts_block(const struct diff_block *block, struct arena *arena);

/* "new", "gone", or "" if it is in both. */
const char *diff_facts_presence(enum diff_presence presence);

/* The sizes of a block's regions: "1024+512"; "-" without a block. */
const char *diff_facts_cuts(const struct report_block *block, struct arena *arena);

/* "+655", "-1", "0". */
const char *diff_facts_change(struct diff_number number, struct arena *arena);

/* "grew", "shrank", "new", "gone", "moved". */
const char *diff_facts_symbol_change(enum diff_symbol_change change);

/* The symbol's name, and its old name: "foo.isra.1 (was foo.isra.0)". */
const char *diff_facts_symbol_name(const struct diff_symbol *symbol, struct arena *arena);

/* Its object, or the old and new object if it moved: "a.o -> b.o"; "-" without one. */
const char *diff_facts_symbol_object(const struct diff_symbol *symbol, struct arena *arena);

/* A symbol and its program. */
struct diff_program_symbol {
    const struct diff_program *program;
    const struct diff_symbol *symbol;
};

/* The symbols of all programs, the largest change first.
 * Shape:  diff->programs[..].symbol_count added up. */
const struct diff_program_symbol *diff_facts_symbols(const struct diff *diff, struct arena *arena,
                                                     size_t *ret_count);

/* The names of the unchanged programs: "a, b"; "" if there are none.
 */
const char *diff_facts_unchanged(const struct diff *diff, struct arena *arena);

#endif
