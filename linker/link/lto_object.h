/* Objects that hold nothing but intermediate code for link-time optimisation. */
#ifndef LINKER_LINK_LTO_OBJECT_H
#define LINKER_LINK_LTO_OBJECT_H

#include "linker/elf/elf_file.h"
#include "linker/link/program.h"
#include "linker/link/toolchain.h"

/* Checks that the linker can use an object of GCC: without GCC's plugin it takes one that was
 * compiled with -flto for an empty file, in silence.
 * Shape:  name as messages have it: "main.o", "libuser.a(print.o)".
 * Errors: link-lto-object. */
MUST_CHECK bool lto_object_check(const struct toolchain *toolchain, const struct program *program,
                                 const char *name, const struct elf_file *object,
                                 struct diag_list *diags);

#endif
