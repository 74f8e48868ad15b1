/* Running the linker: what to run is prepared first, as plain data that the caller can compare with
 * the last build's, then run, many at a time.
 */
#ifndef LINKER_LINK_LINK_H
#define LINKER_LINK_LINK_H

#include "linker/link/link_step.h"
#include "linker/link/toolchain.h"

#include "base/process/process_pool.h"

struct link_request {
    const struct toolchain *toolchain;
    const struct program *program;
    const char *folder; /* where generated files go: a folder of this program's own, must exist */
    const char *output_path;            /* the ELF to write */
    bool wants_map;                     /* a map beside it, FOLDER/link.map */
    const char *tables_path;            /* kernel: the tables' object, linked last; else NULL */
    const struct program_place *places; /* one for each of program->memories */
    const struct program_symbol *symbols;
    size_t symbol_count;
};

/* The trial or final link of a program. Paths in argv are as given, none is made absolute. */
struct link_step link_prepare(struct arena *arena, const struct link_request *request);

/* Writes the scripts of all steps and runs their linkers, beside each other as the options say. A
 * linker that fails is no error here: its step says so, for link_report(), or for another try with
 * more room.
 * Errors: file-not-written, interrupted, process-not-started; those of script_check_sections();
 *         link-no-output (success was reported, and nothing written),
 *         linked-noload-contents (a section that is not loaded was given initial values),
 *         file-missing, file-unreadable. */
MUST_CHECK bool link_run(struct arena *arena, struct link_step *steps, size_t count,
                         const struct process_pool_options *options, struct diag_list *diags);

#endif
