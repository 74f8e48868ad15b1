/* Looking at object files and archives before any link. */
#ifndef LINKER_LINK_OBJECTS_H
#define LINKER_LINK_OBJECTS_H

#include "linker/link/archive_walk.h"
#include "linker/link/program.h"

#include "base/span.h"

/* What every object of an image must have in common. */
struct objects_target {
    uint16_t machine; /* EM_ARM, EM_RISCV, … */
    uint32_t flags;   /* e_flags of the object it was taken from */
};

/* Checks that each object and library of all programs is there and is a 32-bit little-endian ELF
 * object (or an archive of such), whole, for one machine: that of the kernel's first object, or the
 * most common one when no program is a kernel. All programs are checked before it returns; a file
 * is named once per program.
 * Shape:  *ret: machine and flags of the kernel's first object, or of the first object of all.
 * Errors: link-object-missing, link-not-an-object, link-wrong-machine, file-unreadable,
 *         file-too-large. */
MUST_CHECK bool objects_check(struct arena *arena, const struct program *const *programs,
                              size_t count, struct objects_target *ret, struct diag_list *diags);

/* Machine and flags of one object, or of an archive's first one.
 * Errors: link-object-missing, link-not-an-object, file-unreadable, file-too-large. */
MUST_CHECK bool objects_target_of(struct arena *arena, const char *path, struct source_pos pos,
                                  struct objects_target *ret, struct diag_list *diags);

/* The name of a machine as people write it: "ARM", "RISC-V", "machine 62". */
const char *objects_machine_name(struct arena *arena, uint16_t machine);

#endif
