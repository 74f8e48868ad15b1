/* What the readers of debug information share: the handles of libelf and libdw, incomplete here. */
#ifndef LINKER_DEBUG_DEBUG_INTERNAL_H
#define LINKER_DEBUG_DEBUG_INTERNAL_H

#include "linker/debug/debug_file.h"

struct Elf;
struct Dwarf;
struct debug_units;

/* NULL when the file lacks it. */
struct Dwarf *debug_file_dwarf(const struct debug_file *file);
struct Elf *debug_file_elf(const struct debug_file *file);

/* What debug_lines.c keeps with a file; made at the first question. */
struct debug_units **debug_file_units(struct debug_file *file);
struct arena *debug_file_arena(const struct debug_file *file);

#endif
