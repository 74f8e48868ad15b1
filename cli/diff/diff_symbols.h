/* The symbols of a program that changed, matched across what compilers do to local names. */
#ifndef CLI_DIFF_DIFF_SYMBOLS_H
#define CLI_DIFF_DIFF_SYMBOLS_H

#include "cli/diff/diff_model.h"

struct diff_symbols {
    const struct diff_symbol *items; /* the largest change first, then by memory and name */
    size_t count;
    struct diff_number fill;
};

/* Symbols with the same name, in the same section of the same object, are the same. What is left is
 * matched by the name without what a compiler appends to it (`.isra.0`, `.constprop.1`, `.part.2`,
 * `.lto_priv.3`, `.5`, the number of `.LC7`, the hash of a Rust function): in the same object first
 * where the size is the same, then in the order of their addresses. What is left then, and has a
 * name of its own, is looked for in the other objects of the section; it moved there when its name,
 * or that and its size, agree. Symbols that changed in nothing but their name are not listed.
 * Shape:  a program NULL has no symbols. The changes of items, and fill, add up to the change of
 *         the program's linked bytes. */
struct diff_symbols diff_symbols_of(const struct report *was, const struct report_program *old,
                                    const struct report *is, const struct report_program *new,
                                    struct arena *arena);

/* The name without what compilers append; the same pointer where there is nothing of it. */
const char *diff_symbol_stem(const char *name, struct arena *arena);

#endif
