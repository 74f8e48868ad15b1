#include "linker/link/program_toolchain.h"

struct toolchain toolchain_of_program(const struct toolchain *toolchain,
                                      const struct program *program)
{
    struct toolchain own = *toolchain;
    own.flags = program->flags;
    own.flag_count = program->flag_count;
    return own;
}
