/* The changed symbols of a program, matched despite the suffixes that compilers add to local names.
 */
#ifndef CLI_DIFF_DIFF_SYMBOLS_H
#define CLI_DIFF_DIFF_SYMBOLS_H

#include "cli/diff/diff_model.h"

struct diff_symbols {
    const struct diff_symbol *items; /* the largest change first, then by memory and name */
    size_t count;
    struct diff_number fill;
};

/* Symbols with the same name, in the same section of the same object, are the same. The rest are
 * matched by name without the suffix that compilers append (`.isra.0`, `.constprop.1`, `.part.2`,
 * `.lto_priv.3`, `.5`, the number of `.LC7`, the hash of a Rust function): in the same object,
 * first those of equal size, then in address order. What still remains, and has a name of its own,
 * is looked for in the other objects of the section; it has moved there if its name, or its name
 * and size, match. Symbols that only changed their name are not listed.
 * Shape:  a program that is NULL has no symbols. The changes of items, and fill, add up to the
 *         change of the program's linked bytes. */
struct diff_symbols diff_symbols_of(const struct report *was, const struct report_program *old,
                                    const struct report *is, const struct report_program *new,
                                    struct arena *arena);

/* The name without a compiler's suffix; the same pointer if it has none. */
const char *diff_symbol_stem(const char *name, struct arena *arena);

#endif
