/* The programs of a build, as the linker knows them: the kernel and the tasks of one image slot. */
#ifndef CLI_BUILD_BUILD_PROGRAMS_H
#define CLI_BUILD_BUILD_PROGRAMS_H

#include "cli/plan/board_plan.h"
#include "linker/link/program.h"
#include "linker/link/toolchain.h"

/* A program, with its links to the manifest. */
struct build_program {
    struct program program;
    size_t *memories; /* as program.memories: indices into manifest->memories */
    int task;         /* index, MANIFEST_NONE: the kernel */
};

struct build_programs {
    struct build_program *items; /* [0] is the kernel, [1 + i] task i */
    size_t count;
};

/* Describes kernel and tasks; object patterns become sorted paths. When a pattern matches nothing,
 * *ret lacks only its objects, so that the objects which do exist can be checked in the same run.
 * Errors: build-no-object (a pattern that matches nothing), file-unreadable, those of
 *         build_flags_of() and build_libraries_of(). */
MUST_CHECK bool build_programs_of(const struct manifest *manifest, struct arena *arena,
                                  struct build_programs *ret, struct diag_list *diags);

/* A copy whose data memories can be changed without affecting the original. */
struct build_programs build_programs_copy(const struct build_programs *programs,
                                          struct arena *arena);

/* Moves a program's data to another of the memories it allows. */
void build_programs_set_data_memory(struct build_program *program, const struct manifest *manifest,
                                    size_t memory, struct arena *arena);

/* Without flags: each program has its own, see toolchain_of_program(). */
struct toolchain build_programs_toolchain(const struct manifest *manifest, struct arena *arena);

#endif
