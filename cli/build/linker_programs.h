/* The programs that take part in a link: another one of them may link otherwise, as much as another
 * object. */
#ifndef CLI_BUILD_LINKER_PROGRAMS_H
#define CLI_BUILD_LINKER_PROGRAMS_H

#include "base/file.h"
#include "manifests/model/manifest.h"

/* Finds the linker, its launcher, what a compiler driver starts (as it tells, asked with the flags
 * of the toolchain), and, where one of these is a script, the programs that the script names.
 * Shape:  flags: those of all programs. linker_path: where the linker was found. Appended to *ret: existing files, each once.
 * Errors: interrupted, process-not-started. */
MUST_CHECK bool linker_programs_find(struct arena *arena,
                                     const struct manifest_toolchain *toolchain,
                                     const struct path_list *flags, const char *linker_path,
                                     struct path_list *ret, struct diag_list *diags);

#endif
