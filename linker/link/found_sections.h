/* What the objects of a program have that its generated script must speak of by name. */
#ifndef LINKER_LINK_FOUND_SECTIONS_H
#define LINKER_LINK_FOUND_SECTIONS_H

#include "linker/link/program.h"

/* Looks through the objects and libraries of a program for sections whose names are C identifiers,
 * and for thread-local variables. Those of its own `sections` are left out, as is code: a function
 * in such a section was meant to lie somewhere else.
 * Shape:  *ret_sets in byte order of the names; a file that cannot be read has none.
 * Source: GNU ld manual, "Input Section Keep" and "Orphan Sections": __start_NAME, __stop_NAME. */
void found_sections_of(struct arena *arena, const struct program *program,
                       const struct program_set **ret_sets, size_t *ret_count, bool *ret_has_tls);

#endif
