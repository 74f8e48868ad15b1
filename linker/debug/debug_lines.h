/* From an address to the source: function, file and line, with the functions that were inlined. */
#ifndef LINKER_DEBUG_DEBUG_LINES_H
#define LINKER_DEBUG_DEBUG_LINES_H

#include "linker/debug/debug_file.h"

struct debug_position {
    const char *function; /* as the linker knows it: not demangled; NULL: not known */
    const char *file;     /* NULL: not known */
    uint32_t line;        /* 0: not known */
    bool is_inlined;      /* into the function of the next position */
};

/* The positions of the instruction at an address, innermost first; none when the debug information
 * knows nothing of it.
 * Shape:  *ret in `arena`. */
size_t debug_lines_at(struct debug_file *file, uint64_t addr, struct arena *arena,
                      const struct debug_position **ret);

#endif
