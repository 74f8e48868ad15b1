/* What a linked program puts into the image. The file is not trusted. */
#ifndef LINKER_ELF_ELF_LOADS_H
#define LINKER_ELF_ELF_LOADS_H

#include "base/arena.h"
#include "base/span.h"

struct elf_load {
    uint64_t addr;     /* p_paddr */
    struct span bytes; /* into the file's own; not empty */
};

struct elf_loads {
    const struct elf_load *items; /* as the file has them */
    size_t count;
    uint16_t machine;
    uint32_t flags; /* e_flags */
    uint64_t entry;
};

/* The bytes of all PT_LOAD segments, by the addresses that they are loaded to. Each section that is
 * loaded has to be a part of one: debuggers load sections, and would load something else. On
 * failure *ret_problem says in words what is wrong with the file, and *ret is untouched. */
bool elf_loads_read(struct arena *arena, struct span elf, struct elf_loads *ret,
                    const char **ret_problem);

#endif
