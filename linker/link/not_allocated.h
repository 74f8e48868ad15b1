/* Sections that a program needs, but that are not part of its memory: GNU as gives a section with
 * an unknown name no flags unless told, and linkers then leave it out of the image in silence. */
#ifndef LINKER_LINK_NOT_ALLOCATED_H
#define LINKER_LINK_NOT_ALLOCATED_H

#include "linker/elf/elf_file.h"
#include "linker/link/program.h"

/* Objects of one program, opened. */
struct opened_object {
    const char *name;
    struct elf_file file;
};

/* Looks for sections with contents, not allocated, that the generated script would place or whose
 * bounds (__start_NAME, __stop_NAME) an object refers to. A program with a script of its own is
 * left alone. Errors: link-not-allocated. */
MUST_CHECK bool not_allocated_check_objects(const struct program *program,
                                            const struct opened_object *objects, size_t count,
                                            struct diag_list *diags);

/* The same for a linked program, where members of archives show too.
 * Errors: link-not-allocated. */
MUST_CHECK bool not_allocated_check_linked(struct arena *arena, const struct program *program,
                                           struct span elf, struct diag_list *diags);

#endif
