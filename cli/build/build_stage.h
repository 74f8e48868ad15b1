/* The stages of building one image slot, in the order in which they run. Used by build_slot.c only.
 */
#ifndef CLI_BUILD_BUILD_STAGE_H
#define CLI_BUILD_BUILD_STAGE_H

#include "cli/build/build.h"
#include "cli/plan/task_symbols.h"

/* One image slot being built. Arrays are indexed as programs. */
struct slot_build {
    struct build *build;
    const struct plan_slot *slot;
    struct build_programs programs;
    const char **folders;         /* for each program's intermediate files */
    struct task_symbols *symbols; /* that do not depend on the layout */
    bool *wants_image_range;      /* refers to __image_base or __image_end */
    struct program_place **trial_places;
    struct built_program *trial; /* linked at guessed addresses; the sizes come from it */
    struct plan_sizes sizes;
    struct plan plan;
    struct program_place **places; /* where the layout puts them */
    struct layout_range image_range;
    struct built_program *built;
};

/* Links all programs at guessed addresses and measures them. */
MUST_CHECK bool stage_trial(struct slot_build *slot);

/* Lays the programs out, links them there, and starts again if one turns out larger. */
MUST_CHECK bool stage_final(struct slot_build *slot);

/* The kernel's tables. With `is_final` false only their size and structure are right.
 * Errors: those of tables_encode and table_object_build. */
enum tables_state { TABLES_FOR_SIZE, TABLES_FINAL };
MUST_CHECK bool stage_tables(struct slot_build *slot, enum tables_state state, struct span *ret);

/* Reads a linked program.
 * Errors: those of file_read and linked_read. */
MUST_CHECK bool stage_read(struct slot_build *slot, size_t program, const char *path,
                           const struct program_place *places, struct built_program *ret);

/* Prepares the link of a program at given places, with all its symbols.
 * Shape:  the kernel is linked with the tables at `tables_path`; others take NULL. */
enum stage_purpose { STAGE_TO_MEASURE, STAGE_TO_KEEP };
struct link_step stage_link_step(struct slot_build *slot, size_t program,
                                 const struct program_place *places,
                                 const struct layout_range *image_range, enum stage_purpose purpose,
                                 const char *output_path, const char *tables_path);

/* Bytes of a linked program as the plan wants them. */
struct plan_program_sizes stage_sizes(struct slot_build *slot, size_t program,
                                      const struct built_program *built);

enum { KERNEL_PROGRAM = 0, FILE_LIMIT_BYTES = 512 << 20 };

#endif
