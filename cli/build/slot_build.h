/* One image slot while it is being built, and what every stage of its build does with a program. */
#ifndef CLI_BUILD_SLOT_BUILD_H
#define CLI_BUILD_SLOT_BUILD_H

#include "cli/build/build.h"
#include "cli/plan/task_symbols.h"

enum { KERNEL_PROGRAM = 0, FILE_LIMIT_BYTES = 512 << 20 };

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

/* What a link keeps: one that only measures needs no map. */
enum slot_link_purpose { SLOT_LINK_TO_MEASURE, SLOT_LINK_TO_KEEP };

/* One link of a program. */
struct slot_link {
    const struct program_place *places;     /* as program.memories */
    const struct layout_range *image_range; /* for programs that refer to it */
    enum slot_link_purpose purpose;
    const char *output_path;
    const char *tables_path; /* of the kernel; NULL for others */
};

/* Prepares the link of a program at given places, with all its symbols. */
struct link_step slot_build_link_step(struct slot_build *slot, size_t program,
                                      const struct slot_link *link);

/* Reads a linked program.
 * Errors: symbol-taken; those of file_read, not_allocated_check_linked and linked_read. */
MUST_CHECK bool slot_build_read(struct slot_build *slot, size_t program, const char *path,
                                const struct program_place *places, struct built_program *ret);

/* Bytes of a linked program as the plan wants them. */
struct plan_program_sizes slot_build_sizes(struct slot_build *slot, size_t program,
                                           const struct built_program *built);

#endif
