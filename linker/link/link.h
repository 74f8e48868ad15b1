/* Running the linker: what to run is prepared first, as plain data that the caller can compare with
 * the last build's, then run, many at a time.
 */
#ifndef LINKER_LINK_LINK_H
#define LINKER_LINK_LINK_H

#include "linker/link/program.h"
#include "linker/link/toolchain.h"

#include "base/file.h"
#include "base/process/process_pool.h"

/* By how much a program does not fit its place in a memory. */
struct link_overflow {
    size_t memory; /* index into program.memories */
    uint64_t bytes_over;
};

/* One run of the linker. Script and argv decide, with the bytes of the files that link_inputs()
 * lists and of the linker itself, what comes out: equal inputs, equal output. */
struct link_step {
    const struct program *program;
    const char *const *argv; /* NULL-terminated */
    size_t argument_count;
    const char *script_path; /* the generated script: memory.ld or link.ld */
    const char *script_text;
    const char *output_path;
    const char *dependency_path; /* make rules that the linker writes */
    const char *map_path;        /* its map, see link_map.h; NULL: none was asked for */
    /* set by link_run */
    bool failed;
    enum process_end end;
    struct span output; /* the linker's own words, also of a run that did not fail */
    int exit_status;    /* -1: not started or ended by a signal */
    int signal_number;
    const struct link_overflow *overflows;
    size_t overflow_count;
};

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
