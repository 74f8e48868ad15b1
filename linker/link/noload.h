/* Sections that are not loaded must have nothing to load. */
#ifndef LINKER_LINK_NOLOAD_H
#define LINKER_LINK_NOLOAD_H

#include "linker/link/program.h"

#include "base/span.h"

/* Whether an output section of the generated script is not loaded whatever goes into it: .noinit
 * and those that the manifest names. A linker drops the contents of their input sections in
 * silence. */
bool noload_is_name(const struct program *program, const char *name);

/* Whether an ELF file has such a section with room in it. */
bool noload_is_used(const struct program *program, struct span elf);

/* Looks for initial values other than 0 in the input sections .NAME and .NAME.*, and NAME and
 * NAME.* of those that the manifest names, of objects and archives. (Compilers give a variable in a
 * named section zeroes for contents, even when nothing was written.)
 * Errors: linked-noload-contents, file-missing, file-unreadable, file-too-large. */
MUST_CHECK bool noload_check(struct arena *arena, const struct program *program,
                             const char *const *paths, size_t count, struct diag_list *diags);

#endif
