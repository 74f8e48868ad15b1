/* A linked program with its symbols and debug information, opened to be asked about addresses. The
 * file is not trusted. */
#ifndef LINKER_DEBUG_DEBUG_FILE_H
#define LINKER_DEBUG_DEBUG_FILE_H

#include "base/diag.h"
#include "base/span.h"

struct debug_file;

/* What a file lacks, as bits. */
enum debug_lack {
    DEBUG_NO_SYMBOLS = 1,
    DEBUG_NO_DWARF = 2,       /* no debug information at all */
    DEBUG_BAD_DWARF = 4,      /* there is some, and it is damaged, or too large when unpacked */
    DEBUG_DWARF_ELSEWHERE = 8 /* some of it lies in other files, which are never looked for */
};

enum debug_machine { DEBUG_ARM, DEBUG_RISCV, DEBUG_OTHER_MACHINE };

/* Compressed sections may hold as much as this in all. */
#define DEBUG_UNPACKED_BYTES_MOST ((uint64_t)512 << 20)

/* Opens an ELF file. What it lacks is no error.
 * Shape:  `elf` is copied; the handle has to be closed.
 * Errors: debug-malformed (it is no 32-bit little-endian ELF file, or damaged). */
MUST_CHECK bool debug_file_open(struct span elf, struct source_pos pos, struct arena *arena,
                                struct debug_file **ret, struct diag_list *diags);

/* NULL is allowed. */
void debug_file_close(struct debug_file *file);

/* Bits of enum debug_lack. */
unsigned debug_file_lacks(const struct debug_file *file);

enum debug_machine debug_file_machine(const struct debug_file *file);

struct debug_symbol {
    const char *name;
    uint64_t addr, bytes; /* bytes: 0 when the file does not say */
};

/* The symbol of a function or variable that an address belongs to; one without a size reaches to
 * the next. */
bool debug_file_symbol(const struct debug_file *file, uint64_t addr, struct debug_symbol *ret);

/* Whether an address lies in a section of instructions. */
bool debug_file_is_code(const struct debug_file *file, uint64_t addr);

/* Whether the program has something at an address: where it runs, or where it is loaded to. */
bool debug_file_is_loaded(const struct debug_file *file, uint64_t addr);

/* The loaded bytes from an address on; empty when there are none. */
struct span debug_file_bytes(const struct debug_file *file, uint64_t addr);

/* ---- for the readers of debug information in this room ---- */

/* The handles of libelf and libdw, incomplete here; NULL when the file lacks it. */
struct Elf;
struct Dwarf;
struct Dwarf *debug_file_dwarf(const struct debug_file *file);
struct Elf *debug_file_elf(const struct debug_file *file);

/* What debug_lines.c keeps with a file; made at the first question. */
struct debug_units;
struct debug_units **debug_file_units(struct debug_file *file);
struct arena *debug_file_arena(const struct debug_file *file);

#endif
