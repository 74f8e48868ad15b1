/* The linker scripts that imgbuild generates; one dialect that GNU ld and lld both read.
 *
 * Names of memories in scripts are those of the manifest with `-` and `.` as `_`; CODE and DATA are
 * aliases of the program's code and data memory, for scripts that work on any chip.
 *
 * A user's own script starts with `INCLUDE memory.ld` (found through -L), which gives it MEMORY,
 * the aliases, the absolute symbols, __stack_size and __heap_size. What a script must do beyond
 * that stands in the comment at the top of the generated file.
 */
#ifndef LINKER_LINK_SCRIPT_H
#define LINKER_LINK_SCRIPT_H

#include "linker/link/program.h"

/* A name with `-` and `.` as `_`. */
const char *script_name(struct arena *arena, const char *name);

/* The name of a program's memory in scripts and in linkers' messages. Two that differ only in `-`,
 * `.` and
 * `_` are told apart by number. */
const char *script_region(struct arena *arena, const struct program *program, size_t memory);

/* memory.ld, for a program with its own script.
 * Shape:  places[0..program->memory_count). */
const char *script_memory(struct arena *arena, const struct program *program,
                          const struct program_place *places, const struct program_symbol *symbols,
                          size_t symbol_count);

/* The whole script of a final link, script_memory() included.
 * Shape:  code block: [.vectors .imgbuild.image for a kernel] .text .rodata … and the load image
 *         of .data; data block: stack at the bottom, .data, .bss, heap. Every output section
 *         starts and ends on 4 bytes, load addresses too. */
const char *script_link(struct arena *arena, const struct program *program,
                        const struct program_place *places, const struct program_symbol *symbols,
                        size_t symbol_count);

/* Checks that the program's sections can stand in the generated script.
 * Errors: link-section-name (not letters, digits, `_`, `-`, `.`; one that the script has already;
 *         two whose symbols are the same), link-section-memory (in code memory). */
MUST_CHECK bool script_check_sections(struct arena *arena, const struct program *program,
                                      struct diag_list *diags);

#endif
