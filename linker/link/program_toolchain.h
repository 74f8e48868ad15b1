/* What a linker is told for one program. */
#ifndef LINKER_LINK_PROGRAM_TOOLCHAIN_H
#define LINKER_LINK_PROGRAM_TOOLCHAIN_H

#include "linker/link/program.h"
#include "linker/link/toolchain.h"

/* The toolchain with the flags of a program in place of its own. */
struct toolchain toolchain_of_program(const struct toolchain *toolchain,
                                      const struct program *program);

#endif
