/* Flags and libraries of a program, as its linker is given them. */
#ifndef CLI_BUILD_BUILD_LIBRARIES_H
#define CLI_BUILD_BUILD_LIBRARIES_H

#include "linker/link/program.h"
#include "linker/link/toolchain.h"

#include "base/file.h"
#include "manifests/model/manifest.h"

/* What was asked of compilers: programs share libraries. */
struct library_answers {
    struct library_answer *items;
    size_t count;
};

/* Sets program->flags: the board's, then the program's own, response files replaced by their words.
 * Errors: those of response_file_read(). */
MUST_CHECK bool build_flags_of(const struct manifest *manifest, const struct manifest_program *from,
                               struct arena *arena, struct path_list *responses,
                               struct program *program, struct diag_list *diags);

/* Sets program->libraries and library_words, after its objects and flags. A name without a folder
 * that is no file beside the manifest is a file in a folder of -L, or what the compiler says: the
 * driver itself, or the GCC beside a GNU linker, told which processor the program's first object is
 * for.
 * Errors: build-no-library, those of response_file_read() and of running the compiler. */
MUST_CHECK bool build_libraries_of(const struct toolchain *toolchain,
                                   const struct manifest_program *from, struct arena *arena,
                                   struct library_answers *answers, struct path_list *responses,
                                   struct program *program, struct diag_list *diags);

#endif
